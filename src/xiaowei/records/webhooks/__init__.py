"""What the journal says, put out for receivers outside as it is said 回调."""
