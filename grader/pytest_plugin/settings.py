"""What a course may set in the settings of pytest."""

UNWRITTEN_FAILS = "grade_unwritten_fails"
"""A stage that nobody has written yet fails, and is not skipped."""
