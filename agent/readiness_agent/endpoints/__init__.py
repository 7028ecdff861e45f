"""Models that answer over HTTP: their addresses, the calls, and the protocols that they speak."""
