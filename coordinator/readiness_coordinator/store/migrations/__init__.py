"""The steps that bring an older file to `schema`, run by Alembic when the store opens."""
