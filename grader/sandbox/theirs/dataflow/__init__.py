"""How values flow through a student's statements, at top level and inside loops and functions."""
