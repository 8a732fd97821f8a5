"""Gradescope's autograder: a zip with its two scripts, this grader, and the assignment if it is not one that ships."""

from grader.assignment.assignment import Assignment
from grader.assignment.authoring.release import grading_files
from grader.assignment.catalog import assignment_names
from grader.ci.archive import packed
from grader.ci.texts import text_of
from grader.ci.wheel import wheel
from grader.ci.workflows import from_index

SETUP, RUN = "setup.sh", "run_autograder"
FOLDER = "assignment"
"""Of an assignment of one's own, inside the zip."""


def autograder(name: str, assignment: Assignment, index: str | None = None) -> bytes:
    """The zip.

    Args:
        name: what the assignment was asked for by.
        assignment: it.
        index: where pip gets torch from; by default, where it gets everything from.

    Raises:
        AssignmentError: it has a file that is not in its folder.
        NotInstalled: there is no grader to put into it.
    """
    ships = name in assignment_names()
    chosen = name if ships else f'"$root/source/{FOLDER}"'
    files = {SETUP: text_of(SETUP, INDEX=from_index(index)).encode(), RUN: text_of(RUN, ASSIGNMENT=chosen).encode()}
    if not ships:
        files |= {f"{FOLDER}/{file}": data for file, data in grading_files(assignment).items()}
    file, data = wheel()
    return packed(files | {file: data}, programs=(SETUP, RUN))
