"""One file per family of cross-check."""
