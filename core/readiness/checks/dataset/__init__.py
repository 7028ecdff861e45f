"""Is the data sound enough to train and to judge on?"""
