"""The records of what was measured; each names its subjects by digest, when it was observed, on what, and how."""
