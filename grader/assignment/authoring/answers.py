"""The solutions of an assignment, from which its stubs are made."""

import ast
from pathlib import Path

from grader.assignment.assignment import Assignment, Exercise
from grader.assignment.catalog import DESCRIPTION, shipped
from grader.assignment.derive import taken
from grader.assignment.rename import NameTaken
from grader.border import HEADER
from grader.errors import AssignmentError


def solution_texts(assignment: Assignment) -> dict[str, str]:
    """All of them, by the names of the stubs.

    Raises:
        AssignmentError: they are not here.
    """
    return {exercise.stub: solution_text(assignment, exercise) for exercise in assignment.exercises}


def solution_text(assignment: Assignment, exercise: Exercise) -> str:
    """The solution of an exercise: a checkout has it, an installed package does not.

    Raises:
        AssignmentError: there is no solution here, it is not Python, or it cannot be told in the names of an assignment
            that is derived.
    """
    if assignment.derivation:
        return _in_other_names(assignment, exercise)
    path = solution_path(assignment, exercise)
    if not path.is_file():
        raise AssignmentError(path, "there is no solution here; stubs are made from solutions, in a full checkout.")
    text = path.read_text(encoding="utf-8")
    try:
        ast.parse(text)
    except SyntaxError as error:
        raise AssignmentError(f"{path}:{error.lineno}", f"this is not valid Python: {error.msg}.") from None
    return text


def solution_path(assignment: Assignment, exercise: Exercise) -> Path:
    """Where the solution of an exercise is, or would be; of a derived assignment, that of the other one."""
    base = assignment.derivation.base if assignment.derivation else assignment
    beside = base.folder / "solutions" / exercise.stub
    return beside if beside.is_file() else shipped("solutions") / base.name / exercise.stub


def _in_other_names(assignment: Assignment, exercise: Exercise) -> str:
    assert assignment.derivation
    base, renaming = assignment.derivation.base, assignment.derivation.renaming
    try:
        text = renaming.code(solution_text(base, exercise))
    except NameTaken as error:
        where = f"the solution {exercise.stub} of {base.name}, line {error.line},"
        raise AssignmentError(assignment.folder / DESCRIPTION, taken(error, renaming, where)) from None
    return HEADER.sub(f"# grade: {assignment.name}/{exercise.name}", text, count=1)
