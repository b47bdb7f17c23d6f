"""Who works with xiaowei and what each may do and see, as data of the bank."""
