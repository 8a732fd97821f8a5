"""`check()` in a notebook: what `grade` says of the cells that have run, beside them."""
