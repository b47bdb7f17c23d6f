"""What each trade is judged on: dated profiles in YAML, and how they are read."""
