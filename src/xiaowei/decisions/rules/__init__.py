"""Rules as data and what is known of a firm in; the outcome with its reasons out."""
