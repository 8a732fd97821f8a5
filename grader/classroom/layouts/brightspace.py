"""Brightspace (D2L), *Download*: `1234-567 - Ann Lee - Nov 20, 2026 1011 PM`, as a folder or in front of each file."""

import re
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass, replace
from datetime import datetime

from grader.classroom.unpack.found import Findings, FoundSubmission, Layout, passed_over_note, with_earlier
from grader.classroom.unpack.tree import Entry, File, Folder

NAMED = re.compile(
    r"(?P<user>\d+)-(?P<dropbox>\d+) ?- (?P<name>.+?) ?- (?P<when>(?=[^-]*\b\d{4}\b)[^-]*?\b\d{3,4}(?: ?[AP]M)?)"
    r"(?: ?- (?P<original>.+))?",
    re.ASCII | re.IGNORECASE | re.DOTALL,
)
TIMES = ("%b %d, %Y %I%M %p", "%B %d, %Y %I%M %p", "%d %B, %Y %H%M", "%d %b, %Y %H%M", "%B %d, %Y %H%M")
LIST = "index.html"
"""Of all submissions, which Brightspace adds."""


@dataclass(frozen=True)
class _BrightspaceName:
    """A file or a folder with what its name says."""

    entry: Entry
    student: tuple[str, str, str]
    when: str

    @property
    def time(self) -> datetime | None:
        """None where it is written in a way that is not known: sites have languages of their own."""
        hour = re.search(r"(\d{3,4})((?: ?[AP]M)?)$", self.when, re.IGNORECASE)
        text = f"{self.when[: hour.start()]}{hour[1]:>04}{hour[2]}" if hour else self.when
        for form in TIMES:
            with suppress(ValueError):
                return datetime.strptime(text, form)
        return None


def recognises(folder: Folder) -> bool:
    named = len(_named(folder))
    others = [file for file in folder.files if file.is_source or file.is_archive]
    return named > len(folder.folders) + len(others) - named


def find(folder: Folder) -> Findings:
    by_student: dict[tuple[str, str, str], list[_BrightspaceName]] = {}
    for each in _named(folder):
        by_student.setdefault(each.student, []).append(each)
    strange = [each.name for each in folder.everything if _parsed(each) is None and each.name != LIST]
    found = [_found(student, named) for student, named in by_student.items()]
    return Findings(found, passed_over_note(strange, "Brightspace does not name files like that"))


def _named(folder: Folder) -> list[_BrightspaceName]:
    entries: list[Entry] = [*folder.folders, *folder.files]
    return [named for entry in entries if (named := _parsed(entry))]


def _parsed(entry: Entry) -> _BrightspaceName | None:
    match = NAMED.fullmatch(entry.name)
    if match is None or (isinstance(entry, File) and not match["original"]):
        return None
    if isinstance(entry, File):
        entry = replace(entry, name=match["original"])
    return _BrightspaceName(entry, (match["user"], match["dropbox"], match["name"].strip()), match["when"])


def _found(student: tuple[str, str, str], named: Sequence[_BrightspaceName]) -> FoundSubmission:
    """The newest attempt of one student; the others only where the times of all can be read."""
    times = {each.when: each.time for each in named}
    known = {when: time for when, time in times.items() if time is not None}
    if len(known) < len(times) > 1:
        when = list(times)[-1]
        said = f"Submitted {len(times)} times; it is not clear which is the newest, and the one of {when} counts."
        return _submission(student, named, when, (0, 0), said)
    order = sorted(times, key=lambda when: known.get(when, datetime.min))
    return with_earlier([_attempt(student, named, number, order) for number in range(len(order), 0, -1)])


def _attempt(
    student: tuple[str, str, str], named: Sequence[_BrightspaceName], number: int, order: Sequence[str]
) -> FoundSubmission:
    count, when = len(order), order[number - 1]
    which = "the one" if number == count else f"attempt {number}, the one"
    said = f"Submitted {count} times; {which} of {when} counts." if count > 1 else ""
    return _submission(student, named, when, (number, count), said)


def _submission(
    student: tuple[str, str, str], named: Sequence[_BrightspaceName], when: str, attempt: tuple[int, int], said: str
) -> FoundSubmission:
    user, _, name = student
    entries = tuple(each.entry for each in named if each.when == when)
    known = {"name": name, "brightspace": user}
    return FoundSubmission(name, entries, notes=(said,) if said else (), identities=known, attempt=attempt)


LAYOUT = Layout("brightspace", recognises, find)
