"""Assignments that do not come with the grader, found in the folder in which a student works.

Whoever works there wants to see numbers, hints and verdicts: for that, what the folder describes is enough. What is
graded is another matter, since a hand-in can bring an `assignment.toml` of its own. There, a folder counts only where
somebody has named it with `--assignment`, on this machine and with the very files that it has now; and never in CI.
"""

import os
from collections.abc import Iterator
from hashlib import sha256
from pathlib import Path

from grader.assignment.assignment import Assignment
from grader.assignment.authoring.release import grading_files
from grader.assignment.catalog import DESCRIPTION, assignment_names, load_assignment
from grader.errors import AssignmentError
from grader.remembered import recall, remember

FILE = "folders"
Digests = dict[str, str]
"""Of the files that say how is graded, by their names."""


def folder_of(path: Path) -> Path:
    """The folder in which somebody works who has a path graded."""
    return path if path.is_dir() else path.parent


def is_described(folder: Path) -> bool:
    """Whether a folder says that it is an assignment. Nothing of it is read."""
    return (folder / DESCRIPTION).is_file()


def described_in(folder: Path) -> Assignment | None:
    """The assignment that a folder describes, unless one that comes with the grader has its name. It decides no mark.

    Raises:
        AssignmentError: a file of it is not what it should be.
    """
    found = load_assignment(folder.absolute()) if is_described(folder) else None
    return found if found and found.name not in assignment_names() else None


def assignment_called(name: str | os.PathLike[str], folder: Path) -> Assignment:
    """The assignment that comes with the grader, or that a folder describes, or whose own folder is given. It decides
    no mark.

    Raises:
        UnknownAssignment: there is none.
        AssignmentError: a file of it is not what it should be.
    """
    if os.fspath(name) not in assignment_names():
        own = described_in(folder)
        if own and own.name == os.fspath(name):
            return own
    return load_assignment(Path(name))


def agreed_in(folder: Path) -> Assignment | None:
    """The assignment that a folder describes, if somebody has agreed to that. Unless they have, nothing of it is read.

    Raises:
        AssignmentError: a file of it is not what it should be.
    """
    agreed = {} if in_ci() else _agreed().get(str(folder.resolve()), {})
    found = described_in(folder) if _is_as_it_was(folder, agreed) else None
    return found if found and dict(_digests(found)) == agreed else None


def agree(folder: Path, assignment: Assignment) -> None:
    """Remember that somebody has named the assignment for this folder, which is graded by it from now on.

    Args:
        folder: in which they work.
        assignment: named by them; the folder counts as long as it has the same files.
    """
    if in_ci() or assignment.name in assignment_names():
        return
    digests = dict(_digests(assignment))
    if _is_as_it_was(folder, digests):
        remember(FILE, _agreed() | {str(folder.resolve()): digests})


def in_ci() -> bool:
    """Whether a machine grades what somebody has pushed."""
    return os.environ.get("CI", "").lower() not in ("", "0", "false")


def _agreed() -> dict[str, Digests]:
    """By folder."""
    return recall(FILE, dict[str, Digests]) or {}


def _digests(assignment: Assignment) -> Iterator[tuple[str, str]]:
    """Nothing where it needs files outside of its folder."""
    try:
        files = grading_files(assignment)
    except AssignmentError:
        return
    for name, data in files.items():
        yield name, sha256(data).hexdigest()


def _is_as_it_was(folder: Path, digests: Digests) -> bool:
    return bool(digests) and all(_digest(folder / name) == digest for name, digest in digests.items())


def _digest(file: Path) -> str:
    try:
        return sha256(file.read_bytes()).hexdigest() if file.is_file() else ""
    except OSError:
        return ""
