"""The server: merges what devices, datasets and evaluations say into guarded decisions."""
