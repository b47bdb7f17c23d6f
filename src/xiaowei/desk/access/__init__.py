"""Who is let in, what they may do, and what is kept of it."""
