"""What is lent and how it is repaid in; what falls due when, to the fen, out."""
