"""All the SQL of the coordinator: one SQLite file, one writer, many readers."""
