"""What a file says it is for, and whether anything has been written in it yet. Nothing here runs it."""

import re
import warnings
from collections.abc import Sequence
from dataclasses import dataclass
from fnmatch import fnmatch
from functools import cache
from pathlib import Path

from grader.assignment import Assignment, Exercise, assignment_names, load_assignment
from grader.border import HEADER, Source, SourceFault
from grader.errors import ForAnotherAssignment, UsageError
from grader.pytest_plugin.head import promising_head
from grader.run.own_folder import described_in, in_ci
from grader.submission.read import NOTEBOOK, read_source

NOTEBOOK_OF = re.compile(r'course_batch\(\\?"([\w.-]+)\\?"')
"""The call with which a generated notebook gets its numbers, in JSON."""
STUB = re.compile(r"^[ \t]+raise NotImplementedError[ \t]*$", re.MULTILINE)
NO_CODE = re.compile(r"\s*(#.*)?")


@dataclass(frozen=True)
class Header:
    """The assignment a file is for, and the exercise its header line names; a notebook may be for all of them."""

    assignment: Assignment
    exercise: str | None

    def exercises(self, text: str) -> tuple[Exercise, ...]:
        """The exercises a file is for. It may have the header lines of several.

        Raises:
            UnknownName: the assignment has no exercise of that name.
            ForAnotherAssignment: a part of it is for an assignment that is not known.
        """
        if self.exercise is None:
            return self.assignment.exercises
        found = HEADER.findall(text)
        known = {*assignment_names(), self.assignment.name}
        if unknown := next((assignment for assignment, _ in found if assignment not in known), None):
            raise ForAnotherAssignment("A part of it", unknown)
        more = [name for assignment, name in found if assignment == self.assignment.name]
        return tuple(self.assignment.exercise(name) for name in dict.fromkeys([self.exercise, *more]))


def header_in(path: Path, head: bytes, tests: Sequence[str] = ()) -> Header | None:
    """What a file is for, if it is for an assignment that ships with the grader, or that its folder describes. Pytest
    is for one's own work: it runs whatever `conftest.py` it finds, so that the folder has been trusted already.

    Args:
        path: of the file.
        head: its first bytes.
        tests: patterns of the names of Python's own tests. There the header has to come before all code: further down
            it may be part of a string.
    """
    text = head.decode("utf-8", errors="replace").lstrip("\ufeff\ufffd")  # what is left of the mark at its beginning
    if any(fnmatch(path.name, pattern) for pattern in tests):
        text = _opening(text)
    if match := HEADER.search(text):
        found = _assignment(match[1], path.parent)
        return Header(found, match[2]) if found else None
    named = NOTEBOOK_OF.search(text) if path.suffix == NOTEBOOK else None
    found = _assignment(named[1], path.parent) if named else None
    return Header(found, None) if found else None


def _opening(text: str) -> str:
    """The lines before the first line of code."""
    lines = text.split("\n")
    first = next((number for number, line in enumerate(lines) if not NO_CODE.fullmatch(line)), len(lines))
    return "\n".join(lines[:first])


@cache
def _assignment(name: str, folder: Path) -> Assignment | None:
    """The one of that name that files in a folder may be for."""
    if name in assignment_names():
        return load_assignment(name)
    own = None if in_ci() else described_in(folder)
    return own if own and own.name == name else None


def text_of(path: Path) -> Source | SourceFault:
    """The text of a file; what its reading warns of is no concern of pytest."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        return read_source(path, path.name)


def is_spare(path: Path, header: Header) -> bool:
    """Whether a file is as it was given out, and its stages are beside it in the other form.

    A student gets stubs and a notebook and works in one of them: that is the one with a dot for each gradient.
    """
    if _begun(path, header):
        return False
    if path.suffix == NOTEBOOK:
        return any(_is_for(header.assignment, other) for other in path.parent.glob("*.py"))
    notebooks = [other for other in path.parent.glob(f"*{NOTEBOOK}") if _is_for(header.assignment, other)]
    return any(_begun(other, Header(header.assignment, None)) for other in notebooks)


def _is_for(assignment: Assignment, path: Path) -> bool:
    header = header_in(path, promising_head(path))
    return header is not None and header.assignment.name == assignment.name


def _begun(path: Path, header: Header) -> bool:
    """Whether fewer functions are stubs than were given out, or it is not as it was given out in another way."""
    read = text_of(path)
    if isinstance(read, SourceFault):
        return True
    try:
        given = sum(len(exercise.functions) for exercise in header.exercises(read.text))
    except UsageError:
        return True
    return len(STUB.findall(read.text)) < given
