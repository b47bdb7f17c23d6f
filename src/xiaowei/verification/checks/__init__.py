"""The cross-checks, one file per family."""
