"""Any table and its outcome in; the columns and rows that tell the outcome out."""
