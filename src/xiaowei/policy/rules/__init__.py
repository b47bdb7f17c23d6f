"""Rule sets a bank may start with, as data."""
