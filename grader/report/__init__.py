"""Results, shown: in a terminal, as a page, as JSON."""
