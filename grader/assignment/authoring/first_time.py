"""How students have `grade` go by an assignment that does not come with the grader."""

from grader.assignment.assignment import Assignment
from grader.assignment.catalog import is_shipped

FIRST_TIME = "The first time, add `--assignment .` to it, which says that you go by the assignment in this folder."


def first_time(assignment: Assignment) -> str:
    """The line for that in stubs and notebook, to follow on others; empty where the grader knows the assignment."""
    return "" if is_shipped(assignment) else f"\n{FIRST_TIME}"
