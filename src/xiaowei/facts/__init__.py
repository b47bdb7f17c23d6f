"""Files of many sources in; facts out, and a list of every row that is none."""
