"""What the bank did and found, kept."""
