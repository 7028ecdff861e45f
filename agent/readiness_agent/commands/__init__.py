"""The `readiness-agent` command line: one file is one command, with `arguments(parser)` and `run(args) -> exit code`."""
