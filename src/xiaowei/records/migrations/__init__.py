"""Steps from each released schema of the records to the next, for Alembic."""
