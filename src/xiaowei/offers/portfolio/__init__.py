"""Options of firms and limits on the book in; who gets which, with proof, out."""
