"""What takes long is put on record first, then leased to whoever does it."""
