"""Brightspace (D2L), *Download*: `1234-567 - Ann Lee - Nov 20, 2026 1011 PM`, as a folder or in front of each file."""

import re
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass, replace
from datetime import datetime

from grader.classroom.unpack.found import Findings, FoundSubmission, Layout, passed_over_note
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
    user, _, name = student
    whens = list(dict.fromkeys(each.when for each in named))
    times = {each.when: each.time for each in named}
    notes = []
    newest = whens[-1]
    if len(whens) > 1:
        known = {when: time for when, time in times.items() if time is not None}
        newest = max(known, key=lambda when: known[when]) if len(known) == len(whens) else whens[-1]
        sure = "" if len(known) == len(whens) else "it is not clear which is the newest, and "
        notes.append(f"Submitted {len(whens)} times; {sure}the one of {newest} counts.")
    entries = tuple(each.entry for each in named if each.when == newest)
    return FoundSubmission(name, entries, notes=tuple(notes), identities={"name": name, "brightspace": user})


LAYOUT = Layout("brightspace", recognises, find)
