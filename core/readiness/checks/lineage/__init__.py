"""Is the evidence about this model, this data and this target at all?"""
