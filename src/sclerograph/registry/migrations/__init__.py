"""How the tables of a registry came to be, step by step (alembic); a step that was published is never changed."""
