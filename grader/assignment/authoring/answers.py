"""The solutions of an assignment, from which its stubs are made."""

from grader.assignment.assignment import Assignment, Exercise
from grader.assignment.catalog import DESCRIPTION, shipped
from grader.assignment.derive import taken
from grader.assignment.rename import NameTaken
from grader.errors import AssignmentError
from grader.submission.recognise import HEADER


def solution_texts(assignment: Assignment) -> dict[str, str]:
    """All of them, by the names of the stubs.

    Raises:
        AssignmentError: they are not here.
    """
    return {exercise.stub: solution_text(assignment, exercise) for exercise in assignment.exercises}


def solution_text(assignment: Assignment, exercise: Exercise) -> str:
    """The solution of an exercise: a checkout has it, an installed package does not.

    Raises:
        AssignmentError: there is no solution here, or it cannot be told in the names of an assignment that is derived.
    """
    if assignment.derivation:
        return _in_other_names(assignment, exercise)
    beside = assignment.folder / "solutions" / exercise.stub
    path = beside if beside.is_file() else shipped("solutions") / assignment.name / exercise.stub
    if not path.is_file():
        raise AssignmentError(path, "there is no solution here; stubs are made from solutions, in a full checkout.")
    return path.read_text(encoding="utf-8")


def _in_other_names(assignment: Assignment, exercise: Exercise) -> str:
    assert assignment.derivation
    base, renaming = assignment.derivation.base, assignment.derivation.renaming
    try:
        text = renaming.code(solution_text(base, exercise))
    except NameTaken as error:
        where = f"the solution {exercise.stub} of {base.name}, line {error.line},"
        raise AssignmentError(assignment.folder / DESCRIPTION, taken(error, renaming, where)) from None
    return HEADER.sub(f"# grade: {assignment.name}/{exercise.name}", text, count=1)
