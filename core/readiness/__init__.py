"""What "ready" means: evidence is judged by checks into a verdict. Pure: no I/O, clock, randomness or threads."""
