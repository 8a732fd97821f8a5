"""Results, in the formats of other tools: a module each, and a table of them."""
