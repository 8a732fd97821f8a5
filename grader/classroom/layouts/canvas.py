"""Canvas, *Download Submissions*: all files side by side, `surnamefirstname_LATE_USER_ATTACHMENT_original.py`."""

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace

from grader.classroom.unpack.found import Findings, FoundSubmission, Layout, passed_over_note
from grader.classroom.unpack.tree import File, Folder

NAMED = re.compile(
    r"""(?P<name>.+?) (?P<late>_late)? _(?P<user>[1-9]\d*) (?:_question_\d+)?
        (?:_(?P<attachment>[1-9]\d*)_(?P<original>.+) | _(?P<text>text|link)\.html)""",
    re.VERBOSE | re.IGNORECASE | re.ASCII,
)
ANONYMOUS = re.compile(
    r"""(?P<name>anon) (?P<late>_late)? _(?P<user>[a-z0-9]+) (?P<late_after>_late)?
        (?:_(?P<attachment>[1-9]\d*)_(?P<original>.+) | _(?P<text>text|link)\.html)""",
    re.VERBOSE | re.IGNORECASE | re.ASCII,
)
ATTEMPT = re.compile(r"-\d+(?=(\.[^.]*)?$)", re.ASCII)
"""What Canvas adds to the name of a file that was handed in before: `ex1-1.py`."""
TEXTS = ("text.html", "link.html")


@dataclass(frozen=True)
class _CanvasName:
    """A file with what its name says. `original` is empty for text or a link in the place of a file."""

    file: File
    student: tuple[str, str]
    late: bool
    attachment: int
    original: str

    @property
    def first_original(self) -> str:
        """The name it would have if this were the first attempt."""
        return ATTEMPT.sub("", self.original)


def recognises(folder: Folder) -> bool:
    named = _named(folder)
    attachments = [each.attachment for each in named if each.original]
    others = [file for file in folder.files if file.is_source or file.is_archive]
    of_canvas = {each.file.name for each in named}
    strange = sum(file.name not in of_canvas for file in others)
    return strange < len(named) and len(set(attachments)) == len(attachments)


def find(folder: Folder) -> Findings:
    by_student: dict[tuple[str, str], list[_CanvasName]] = {}
    for each in _named(folder):
        by_student.setdefault(each.student, []).append(each)
    found = [_found(student, files) for student, files in by_student.items()]
    used = {each.file.name for files in by_student.values() for each in files}
    strange = [entry.name for entry in folder.everything if entry.name not in used]
    return Findings(found, passed_over_note(strange, "Canvas does not name files like that"))


def _named(folder: Folder) -> list[_CanvasName]:
    return [named for file in folder.files if (named := _parsed(file))]


def _parsed(file: File) -> _CanvasName | None:
    match = ANONYMOUS.fullmatch(file.name) or NAMED.fullmatch(file.name)
    if match is None:
        return None
    says = match.groupdict()
    original = says["original"] if says["original"] not in TEXTS else None
    late = bool(says["late"] or says.get("late_after"))
    return _CanvasName(file, (says["name"], says["user"]), late, int(says["attachment"] or 0), original or "")


def _found(student: tuple[str, str], named: Sequence[_CanvasName]) -> FoundSubmission:
    name, user = student
    handed_in = [each for each in named if each.original]
    newest, older = _newest(handed_in)
    notes = [f"{each.original} was submitted again as {other.original}; the newest counts." for each, other in older]
    if len(handed_in) < len(named):
        notes.append(
            f"Text or a link was submitted {'besides the files' if handed_in else 'and no file'}; it was not graded."
        )
    anonymous = name.lower() == "anon"
    return FoundSubmission(
        id=f"{name}_{user}" if anonymous else name,
        entries=tuple(replace(each.file, name=each.original) for each in newest),
        late=any(each.late for each in newest or named),
        notes=tuple(notes),
        identities={} if anonymous else {"name": name, "canvas": user},
    )


def _newest(named: Sequence[_CanvasName]) -> tuple[list[_CanvasName], list[tuple[_CanvasName, _CanvasName]]]:
    """The files that count, and each older attempt with the one that counts in its place."""
    originals = {each.original for each in named}
    attempts: dict[tuple[str, str], list[_CanvasName]] = {}
    for each in sorted(named, key=lambda each: each.attachment):
        attempts.setdefault(_same(each, originals), []).append(each)
    older = [(each, same[-1]) for same in attempts.values() for each in same[:-1]]
    return [same[-1] for same in attempts.values()], older


def _same(named: _CanvasName, originals: set[str]) -> tuple[str, str]:
    """What attempts at the same file have in common.

    A number at the end of a name may be the student's own, for the parts of an assignment. It is Canvas's if the files
    are for the same exercise; where they do not say so, if the name without it is there as well.
    """
    if exercise := named.file.exercise:
        return named.first_original, exercise
    return named.first_original if named.first_original in originals else named.original, ""


LAYOUT = Layout("canvas", recognises, find)
