"""Does the model do its job, class by class and slice by slice?"""
