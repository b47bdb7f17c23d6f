"""What a firm of a run can bear: its money, ties and cash in; limit and product out."""
