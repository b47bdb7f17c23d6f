"""Pages about who may do what: accounts, the access review, and passwords."""
