"""One file per source family: its traits and the grain they are taken from."""
