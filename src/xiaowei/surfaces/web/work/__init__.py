"""Pages on which people work: customers, applications, and what waits for them."""
