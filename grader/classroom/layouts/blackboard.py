"""Blackboard, *Assignment File Download*: `Assignment_login_attempt_2026-11-20-10-11-12_original.py`, and a text for
each attempt."""

import re
from collections.abc import Collection, Sequence
from dataclasses import dataclass, replace

from grader.classroom.unpack.found import (
    Findings,
    FoundSubmission,
    Layout,
    attempt_notes,
    passed_over_note,
    with_earlier,
)
from grader.classroom.unpack.tree import File, Folder

NAMED = re.compile(
    r"(?P<before>.+?)_attempt_(?P<time>\d{4}(?:-\d\d){5})(?:_(?P<original>.+)|(?P<summary>\.txt))", re.ASCII | re.DOTALL
)


@dataclass(frozen=True)
class _BlackboardName:
    """A file with what its name says. `original` is empty for the text that Blackboard writes of an attempt."""

    file: File
    login: str
    time: str
    original: str


def recognises(folder: Folder) -> bool:
    named = len(_named(folder))
    others = sum(file.is_source or file.is_archive for file in folder.files if NAMED.fullmatch(file.name) is None)
    return named > others + len(folder.folders)


def find(folder: Folder) -> Findings:
    by_student: dict[str, list[_BlackboardName]] = {}
    for each in _named(folder):
        by_student.setdefault(each.login, []).append(each)
    strange = [entry.name for entry in folder.everything if NAMED.fullmatch(entry.name) is None]
    found = [_found(login, files) for login, files in by_student.items()]
    return Findings(found, passed_over_note(strange, "Blackboard does not name files like that"))


def _named(folder: Folder) -> list[_BlackboardName]:
    matches = [(file, match) for file in folder.files if (match := NAMED.fullmatch(file.name))]
    befores = {match["before"] for _, match in matches}
    assignment = _common(befores).rpartition("_")[0] if len(befores) > 1 else ""
    return [
        _BlackboardName(file, _login(match["before"], assignment), match["time"], match["original"] or "")
        for file, match in matches
    ]


def _common(texts: Collection[str]) -> str:
    """What texts begin with."""
    first, last = min(texts), max(texts)
    return first[: next((place for place, pair in enumerate(zip(first, last, strict=False)) if len({*pair}) > 1), None)]


def _login(before: str, assignment: str) -> str:
    """What follows the assignment, which all have in common; of a lone student, what follows the last `_`."""
    return before.removeprefix(f"{assignment}_") if assignment else before.rpartition("_")[2] or before


def _found(login: str, named: Sequence[_BlackboardName]) -> FoundSubmission:
    """The newest attempt of one student; what was handed in with an earlier one was handed in again, or taken back."""
    times = sorted({each.time for each in named})
    return with_earlier(
        [_attempt(login, [each for each in named if each.time == time], times) for time in reversed(times)]
    )


def _attempt(login: str, named: Sequence[_BlackboardName], times: Sequence[str]) -> FoundSubmission:
    number, time = times.index(named[0].time) + 1, named[0].time
    return FoundSubmission(
        id=login,
        entries=tuple(replace(each.file, name=each.original) for each in named if each.original),
        notes=attempt_notes(number, len(times), time),
        identities={"login": login},
        attempt=(number, len(times)),
    )


LAYOUT = Layout("blackboard", recognises, find)
