"""Why an answer is wrong: what each known slip would give, and what the error looks like where none fits."""
