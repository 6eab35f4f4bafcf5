"""Everything that must not be lost, in PostgreSQL."""
