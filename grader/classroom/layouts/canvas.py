"""Canvas, *Download Submissions*: all files side by side, `surnamefirstname_LATE_USER_ATTACHMENT_original.py`."""

import re
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from pathlib import PurePath

from grader.classroom.unpack.found import Findings, FoundSubmission, Layout, passed_over_note
from grader.classroom.unpack.tree import File, Folder, first_names_imported

NAMED = re.compile(
    r"""(?P<name>.+?) (?P<late>_late)? _(?P<user>[1-9]\d*) (?:_question_\d+)?
        (?:_(?P<attachment>[1-9]\d*)_(?P<original>.+) | _(?P<text>text|link)\.html)""",
    re.VERBOSE | re.IGNORECASE | re.ASCII,
)
ANONYMOUS = re.compile(
    r"""(?P<late_before>late_)? (?P<name>anon) (?P<late>_late)? _(?P<user>[a-z0-9]+) (?P<late_after>_late)?
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
    late = any(says.get(place) for place in ("late_before", "late", "late_after"))
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
        entries=tuple(replace(each.file, name=name) for each, name in _as_imported(newest)),
        late=any(each.late for each in newest or named),
        notes=tuple(notes),
        identities={} if anonymous else {"name": name, "canvas": user},
    )


def _newest(named: Sequence[_CanvasName]) -> tuple[list[_CanvasName], list[tuple[_CanvasName, _CanvasName]]]:
    """The files that count, and each older attempt with the one that counts in its place."""
    attempts: dict[tuple[str, str], list[_CanvasName]] = {}
    for each, file in _files(named):
        attempts.setdefault(file, []).append(each)
    by_age = [sorted(same, key=lambda each: each.attachment) for same in attempts.values()]
    older = [(each, same[-1]) for same in by_age for each in same[:-1]]
    return sorted((same[-1] for same in by_age), key=lambda each: each.attachment), older


def _files(named: Sequence[_CanvasName]) -> Iterator[tuple[_CanvasName, tuple[str, str]]]:
    """The files, each with what its attempts have in common.

    A number at the end of a name may be the student's own, for the parts of an assignment. It is Canvas's if the files
    are for the same exercise; where they do not say so, if the name without it is there as well.
    """
    originals = {each.original for each in named}
    firsts = {each.original: each.first_original for each in named}
    exercises: dict[str, set[str]] = {}
    for each in named:
        if exercise := each.file.exercise:
            exercises.setdefault(each.original, set()).add(exercise)
            exercises.setdefault(each.first_original, set()).add(exercise)
    for each in named:
        first = each.first_original if each.first_original in originals else each.original
        known = exercises.get(first, set())
        exercise = each.file.exercise or (next(iter(known)) if len(known) == 1 else "")
        yield each, (firsts.get(first, first), exercise or first)


def _as_imported(counting: Sequence[_CanvasName]) -> Iterator[tuple[_CanvasName, str]]:
    """The files with the names to read them by: `rules-1.py` is what another file imports as `rules`."""
    firsts = Counter(each.first_original for each in counting)
    renamed = any(each.first_original != each.original for each in counting)
    imported = {name for each in counting for name in first_names_imported(each.file)} if renamed else set()
    for each in counting:
        first = PurePath(each.first_original)
        wanted = first.suffix == ".py" and first.stem in imported and firsts[each.first_original] == 1
        yield each, each.first_original if wanted else each.original


LAYOUT = Layout("canvas", recognises, find)
