"""Grade a submission again whenever it is saved: what is there, when to look, and what to tell of each look."""
