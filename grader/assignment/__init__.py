"""What is asked: assignments, their forward scripts, and the probes a submission is tried on."""

from grader.assignment.assignment import Assignment, Exercise
from grader.assignment.catalog import DEFAULT_ASSIGNMENT, assignment_names, load_assignment
from grader.assignment.stage import Stage

__all__ = ["DEFAULT_ASSIGNMENT", "Assignment", "Exercise", "Stage", "assignment_names", "load_assignment"]
