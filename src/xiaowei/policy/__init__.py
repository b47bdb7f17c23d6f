"""The bank's numbers: dated, sourced, in YAML beside the code."""
