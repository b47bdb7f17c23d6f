"""Users and what they were given, what keeps them signed in, and what they see."""
