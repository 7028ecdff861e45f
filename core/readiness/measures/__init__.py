"""Numbers out of arrays: pure functions over numpy arrays, used by both programs and by no check."""
