"""Does the endpoint still behave as it was judged?"""
