"""All the bank can do, one function each; owns the clock, the records and the lake."""
