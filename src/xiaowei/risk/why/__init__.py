"""A model and firms in; families of reasons out, and how firmly they stand."""
