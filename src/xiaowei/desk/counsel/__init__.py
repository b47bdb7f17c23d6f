"""A run and facts in; which products an enterprise may have, and its loan, out."""
