"""The fresh process in which a model runs, and how the agent calls it: an engine may die there, never the agent."""
