"""A regional economy with known truth; writes source files, as sources would."""
