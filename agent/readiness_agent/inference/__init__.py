"""A model file with its card, ready to take a frame and give an answer."""
