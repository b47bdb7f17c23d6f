"""What each kind of file states: its columns, their units, and when a row is known."""
