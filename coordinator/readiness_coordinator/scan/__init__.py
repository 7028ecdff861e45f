"""A labelled dataset to evidence: every image looked at once, every label counted, every fault listed."""
