"""A table of cases in; a model on record, its verdict, and scores out."""
