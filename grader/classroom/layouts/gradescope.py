"""Gradescope, *Export submissions*: `submission_metadata.yml`, and a folder `submission_N` for each submission."""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

import yaml

from grader.classroom.unpack.archive import METADATA
from grader.classroom.unpack.found import (
    Findings,
    FoundSubmission,
    Identities,
    Layout,
    attempt_notes,
    passed_over_note,
    with_earlier,
)
from grader.classroom.unpack.tree import File, Folder
from grader.report.safe import as_name

NUMBERED = re.compile(r"submission_(\d+)", re.ASCII)
LARGEST = 16 << 20
"""Bytes of metadata; about two seconds."""
LARGEST_GROUP = 20
TIME = re.compile(r"(\d{4}-\d\d-\d\d)[T ](\d\d:\d\d:\d\d)(\.\d{1,6})?\d*\s*(Z|UTC|[+-]\d\d:?\d\d)?", re.ASCII)
UNKNOWN = datetime.min.replace(tzinfo=UTC)
LOADER: Any = getattr(yaml, "CBaseLoader", yaml.BaseLoader)
"""The one that makes text of everything: no types, no merging of keys that could multiply, and `0012` stays `0012`."""


class _Unreadable(Exception):
    """Why the metadata is of no use, as the end of a sentence."""


@dataclass(frozen=True)
class _Submission:
    """A folder, who it is of, and when it was handed in."""

    folder: Folder
    members: list[Identities]
    created: datetime

    @property
    def order(self) -> tuple[datetime, int]:
        match = NUMBERED.fullmatch(self.folder.name)
        return self.created, int(match[1]) if match else 0


def recognises(folder: Folder) -> bool:
    numbered = sum(bool(NUMBERED.fullmatch(each.name)) for each in folder.folders)
    return 2 * numbered > len(folder.folders)


def find(folder: Folder) -> Findings:
    """One submission for each member of a group: each has a row in the gradebook, and may have submitted alone."""
    notes: list[str] = []
    known: Mapping[object, object] = {}
    try:
        known = _metadata(folder)
    except _Unreadable as why:
        notes.append(f"{METADATA} {why}, so the submissions are named after their folders.")
    by_student: dict[tuple[str, str], list[tuple[_Submission, Identities]]] = {}
    for submission in (_submission(each, known.get(each.name)) for each in folder.folders):
        for member in submission.members:
            key = next((key for key in ("sis", "email", "name") if key in member), "")
            who = member.get(key, submission.folder.name).casefold()
            by_student.setdefault((key, who), []).append((submission, member))
    strange = [entry.name for entry in (*folder.files, *folder.links) if entry.name != METADATA]
    notes += passed_over_note(strange, "they are not folders of submissions")
    return Findings([_found(handed_in) for handed_in in by_student.values()], notes)


def _metadata(folder: Folder) -> Mapping[object, object]:
    file = next((file for file in folder.files if file.name == METADATA), None)
    if file is None or file.content is None:
        raise _Unreadable(file.trouble if file and file.trouble else "is missing")
    table = _parsed(file)
    if not isinstance(table, dict):
        raise _Unreadable("is not a table of submissions")
    return table


def _parsed(file: File) -> object:
    assert file.content
    try:
        with file.content.open("rb") as stream:
            data = stream.read(LARGEST + 1)
        if len(data) > LARGEST:
            raise _Unreadable(f"is larger than {LARGEST >> 20} MB")
        return yaml.load(data, Loader=LOADER)
    except OSError as error:
        raise _Unreadable(f"cannot be read ({error.strerror})") from None
    except (yaml.YAMLError, ValueError, RecursionError):
        raise _Unreadable("is not valid YAML") from None


def _submission(folder: Folder, says: object) -> _Submission:
    says = says if isinstance(says, dict) else {}
    members = list(_members(says.get(":submitters"))) or [{}]
    return _Submission(folder, members, _time(says.get(":created_at")))


def _members(submitters: object) -> Iterator[Identities]:
    for submitter in submitters[:LARGEST_GROUP] if isinstance(submitters, list) else []:
        if isinstance(submitter, dict):
            given = {"name": ":name", "sis": ":sid", "email": ":email"}
            texts = {key: submitter.get(symbol) for key, symbol in given.items()}
            if member := {key: as_name(text) for key, text in texts.items() if isinstance(text, str) and as_name(text)}:
                yield member


def _time(text: object) -> datetime:
    """When that was; long ago if it cannot be told."""
    match = TIME.match(text) if isinstance(text, str) else None
    if match:
        day, time, fraction, zone = match.groups()
        zone = "+00:00" if zone in (None, "Z", "UTC") else zone
        try:
            return datetime.fromisoformat(f"{day}T{time}{fraction or ''}{zone}")
        except ValueError:
            pass
    return UNKNOWN


def _found(handed_in: list[tuple[_Submission, Identities]]) -> FoundSubmission:
    """The newest submission of one student."""
    newest_first = sorted(handed_in, key=lambda each: each[0].order, reverse=True)
    count = len(handed_in)
    return with_earlier([_attempt(each, count - place, count) for place, each in enumerate(newest_first)])


def _attempt(handed_in: tuple[_Submission, Identities], number: int, count: int) -> FoundSubmission:
    """One of them; of those that did not count, nothing needs to be said."""
    submission, member = handed_in
    notes = [*attempt_notes(number, count, submission.folder.name)]
    if len(submission.members) > 1:
        names = ", ".join(_name(each, submission) for each in submission.members)
        notes.append(f"Submitted by a group: {names}.")
    known = {**member, "gradescope": submission.folder.name}
    return FoundSubmission(
        _name(member, submission),
        (submission.folder,),
        notes=tuple(notes),
        identities=known,
        submitted="" if submission.created == UNKNOWN else submission.created.isoformat(),
        attempt=(number, count),
    )


def _name(member: Identities, submission: _Submission) -> str:
    return next((member[key] for key in ("name", "email", "sis") if key in member), submission.folder.name)


LAYOUT = Layout("gradescope", recognises, find)
