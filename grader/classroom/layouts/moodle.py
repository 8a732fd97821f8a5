"""Moodle, *Download all submissions*: `Full Name_NUMBER_assignsubmission_file`, as folders or in front of each file."""

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace

from grader.classroom.unpack.found import Findings, FoundSubmission, Layout, passed_over_note
from grader.classroom.unpack.tree import Entry, File, Folder

NAMED = re.compile(
    r"(?P<name>.+?)(?:_(?P<number>\d+))?_assignsubmission_(?P<kind>[a-z]+)(?:_(?P<original>.*))?", re.ASCII
)
FILE = "file"
NO_GROUP = (
    "Moodle has no number for this group: it is all who are in none. Write this name in the roster's column `group`, "
    "in the row of each of them."
)


@dataclass(frozen=True)
class _MoodleName:
    """A file or a folder with what its name says."""

    entry: Entry
    student: tuple[str, str]
    kind: str


def recognises(folder: Folder) -> bool:
    named = len(_named(folder))
    return named > len(folder.folders) + len(folder.files) - named


def find(folder: Folder) -> Findings:
    by_student: dict[tuple[str, str], list[_MoodleName]] = {}
    named = _named(folder)
    for each in named:
        by_student.setdefault(each.student, []).append(each)
    names = {name for name, _ in by_student}
    blind = (len(by_student) > 1 and len(names) == 1) or names == {"Participant"}
    strange = [entry.name for entry in folder.everything if _parsed(entry) is None]
    found = [_found(student, entries, blind=blind) for student, entries in by_student.items()]
    return Findings(found, passed_over_note(strange, "Moodle does not name files like that"))


def _named(folder: Folder) -> list[_MoodleName]:
    entries: list[Entry] = [*folder.folders, *folder.files]
    return [named for entry in entries if (named := _parsed(entry))]


def _parsed(entry: Entry) -> _MoodleName | None:
    match = NAMED.fullmatch(entry.name)
    if match is None:
        return None
    if isinstance(entry, File):
        entry = replace(entry, name=match["original"] or entry.name)
    return _MoodleName(entry, (match["name"], match["number"] or ""), match["kind"])


def _found(student: tuple[str, str], named: Sequence[_MoodleName], *, blind: bool) -> FoundSubmission:
    name, number = student
    entries = tuple(each.entry for each in named if each.kind == FILE)
    notes = []
    if len(entries) < len(named):
        notes.append(f"Text was submitted {'besides the files' if entries else 'and no file'}; it was not graded.")
    if not number:
        notes.append(NO_GROUP)
        return FoundSubmission(name, entries, notes=tuple(notes), identities={"name": name})
    return FoundSubmission(
        id=f"{name} {number}" if blind else name,
        entries=entries,
        notes=tuple(notes),
        identities={"moodle": number} if blind else {"name": name, "moodle": number},
    )


LAYOUT = Layout("moodle", recognises, find)
