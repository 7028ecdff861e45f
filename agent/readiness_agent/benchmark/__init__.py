"""A benchmark from the agent's side: how much is run, what bounds it gives, whether it was disturbed, the report."""
