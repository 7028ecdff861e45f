"""Predictions and truth to evidence: matched, counted per class and slice, bounded."""
