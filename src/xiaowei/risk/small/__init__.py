"""A table with few defaults in; a model of a few lines that hold out."""
