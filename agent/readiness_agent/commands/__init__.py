"""The `readiness-agent` commands: one file each, with `arguments(parser)` and `run(args) -> exit code`."""
