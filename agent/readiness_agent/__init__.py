"""The device: benchmarks candidate models on captured frames and streams telemetry."""
