"""What a scan looks for, one subject a file; each gives what it found as listings under the reason codes that ask."""
