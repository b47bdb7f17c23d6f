"""A finished run in; one plain document out, from which every face is drawn."""
