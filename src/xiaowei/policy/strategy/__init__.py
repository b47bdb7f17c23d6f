"""How the bank lends to firms of each tier, and to new ones: dated, sourced data."""
