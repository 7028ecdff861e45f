"""The `readiness` command line: one file is one command, with `arguments(parser)` and `run(args) -> exit code`."""
