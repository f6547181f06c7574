"""How the table of corrections came to be, step by step; Alembic runs these by their files."""
