"""All the bank can do, one function each; it owns the clock, records and lake."""
