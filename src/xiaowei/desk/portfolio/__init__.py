"""Files of candidates and of limits in; a book of loans, as plain values, out."""
