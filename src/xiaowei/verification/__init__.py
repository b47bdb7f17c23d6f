"""Facts and portraits in; findings out."""
