"""Can this model run where it is meant to run?"""
