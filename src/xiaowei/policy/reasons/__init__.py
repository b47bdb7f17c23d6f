"""Which traits are one reason, which may never be one: in YAML, and how it is read."""
