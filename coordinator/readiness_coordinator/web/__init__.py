"""The pages: rendered on the server, readable without scripts, under a strict content security policy."""
