"""What is kept: a journal that only grows, and the documents of each run."""
