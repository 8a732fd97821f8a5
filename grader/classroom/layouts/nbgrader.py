"""nbgrader: `submitted/STUDENT/ASSIGNMENT/*.ipynb`, given as `submitted` or as the folder of the course."""

import re
from collections import Counter
from datetime import UTC, datetime
from pathlib import Path

from grader.classroom.unpack.found import Findings, FoundSubmission, Layout, passed_over_note
from grader.classroom.unpack.tree import Folder, first_bytes
from grader.errors import UnreadableClass, UnusableMarks
from grader.marks.due import Due, moment_of

SUBMITTED = "submitted"
TIMESTAMP = "timestamp.txt"
NOTEBOOK = ".ipynb"
NAMED = 5
LONGEST_TIME = 100
EPOCH = datetime(1970, 1, 1)
HEAD = 1 << 18
"""Bytes of a file in which the name of the assignment is looked for."""


def recognises(folder: Folder) -> bool:
    submitted = _submitted(folder)
    assignments = [assignment for student in submitted.folders for assignment in student.folders]
    if not assignments or any(file.is_source for student in submitted.folders for file in student.files):
        return False
    files = [file for assignment in assignments for file in assignment.files]
    most = max(Counter(assignment.name for assignment in assignments).values())
    shared = 2 * most > len(submitted.folders) and any(file.suffix == NOTEBOOK for file in files)
    return any(file.name == TIMESTAMP for file in files) or (shared and submitted.name == SUBMITTED)


def find(folder: Folder) -> Findings:
    submitted = _submitted(folder)
    found = [
        FoundSubmission(student.name, (assignment,), assignment=assignment.name, submitted=_submitted_at(assignment))
        for student in submitted.folders
        for assignment in student.folders
    ]
    strange = [entry.name for entry in (*submitted.files, *submitted.links)]
    return Findings(found, passed_over_note(strange, "they are not students' folders"))


def _submitted(folder: Folder) -> Folder:
    return next((each for each in folder.folders if each.name == SUBMITTED), folder)


def _submitted_at(assignment: Folder) -> str:
    """What nbgrader has written beside the notebooks; without a zone, it is UTC."""
    file = next((file for file in assignment.files if file.name == TIMESTAMP and file.content), None)
    if file is None or file.content is None:
        return ""
    try:
        with file.content.open("rb") as stream:
            moment = moment_of(stream.read(LONGEST_TIME).decode("utf-8", errors="replace"), "", Due(EPOCH, UTC))
    except (OSError, UnusableMarks):
        return ""
    return moment.isoformat()


def of_one_assignment(found: list[FoundSubmission], wanted: str, path: Path) -> list[FoundSubmission]:
    """What was handed in for one assignment: the only one, the one of that name, or the one with that name inside.

    Raises:
        UnreadableClass: it is none of these.
    """
    by_name: dict[str, list[FoundSubmission]] = {}
    for each in found:
        by_name.setdefault(each.assignment, []).append(each)
    if len(by_name) < 2:
        return found
    named = [name for name in by_name if name.casefold() == wanted.casefold()]
    named = named or [
        name for name, of_it in by_name.items() if 2 * sum(_is_for(wanted, e) for e in of_it) > len(of_it)
    ]
    if len(named) != 1:
        known = ", ".join(sorted(by_name)[:NAMED])
        reason = f"has several assignments ({known}), and it is not clear which one is {wanted or 'meant'}"
        raise UnreadableClass(path, f"{reason}. Give a folder that has only one of them for each student")
    return by_name[named[0]]


def _is_for(assignment: str, found: FoundSubmission) -> bool:
    """Whether a file has the assignment's name, or the header line of its stubs, or the words of its notebook."""
    said = re.compile(rf"# grade: {re.escape(assignment)}/|grade {re.escape(assignment)}\.ipynb".encode())
    files = [file for entry in found.entries if isinstance(entry, Folder) for file in entry.files if file.is_source]
    return bool(assignment) and any(file.stem == assignment or said.search(first_bytes(file, HEAD)) for file in files)


LAYOUT = Layout("nbgrader", recognises, find)
