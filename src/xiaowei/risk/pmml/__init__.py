"""A model in; the same model as PMML, which other engines score by, out."""
