"""How live sources are read: opened, drained, timed, opened again, and never waited for beyond a stated time."""
