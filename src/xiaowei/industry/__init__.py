"""Trades, outcomes, opinions in; what a trade is judged on and its coefficient out."""
