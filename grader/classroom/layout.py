"""How a class arrives: a folder or a zip, in the layout of whatever collected it, and the roster it is mapped to."""

import os
from collections import Counter
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from pathlib import Path

from grader.classroom.attempts import Wanted, wanted_attempts
from grader.classroom.class_submission import ClassSubmission, fingerprint, read_class_submission
from grader.classroom.layouts import BY_NAME, LAYOUTS, NAMES, github, nbgrader, plain
from grader.classroom.mapping import Mapped, folded, map_class, without_shared_numbers
from grader.classroom.own_output import earlier_outputs, without_own_output
from grader.classroom.roster import Roster, Student, columns_said, read_roster
from grader.classroom.unpack.archive import CLASS_CAPS, ArchiveStore, make_store, unpack
from grader.classroom.unpack.contents import ZIP, contents
from grader.classroom.unpack.found import Findings, FoundSubmission, Layout
from grader.classroom.unpack.levels import levels, plain_level
from grader.classroom.unpack.scratch import scratch_folder
from grader.classroom.unpack.tree import Folder, on_disk
from grader.classroom.unpack.zip_entries import UnreadableZip
from grader.errors import PathNotFound, UnknownName, UnreadableClass
from grader.marks.late import DueDate
from grader.report.slugs import slugs
from grader.result import Arrival
from grader.submission import encodable

__all__ = [
    "NAMES",
    "ClassSubmission",
    "Classroom",
    "Student",
    "describe",
    "fingerprint",
    "open_class",
    "read_class_submission",
]

CLASS = "Give the folder, or the zip, that has a file or a folder for each student."
MARKS = ("canvas", "moodle", "sis", "login", "email", "github", "gradescope", "brightspace")
"""What sets apart students of the same name."""
SAYING_LATE = ("canvas",)
"""Layouts that tell late submissions from others."""
MOST_NOTES = 20


@dataclass(frozen=True)
class Classroom:
    """A class: everything that was handed in, and who did not."""

    layout: str
    submissions: list[ClassSubmission]
    missing: list[Student] = field(default_factory=list)
    """On the roster, and nothing handed in."""
    unlisted: list[str] = field(default_factory=list)
    """The ids of submissions that are of nobody on the roster."""
    notes: list[str] = field(default_factory=list)
    """What is to be said of the class as a whole, a sentence each."""
    columns: str = ""
    """Which columns of the roster were used, in a sentence."""


@contextmanager
def open_class(
    path: Path,
    layout: str | None = None,
    roster: Path | None = None,
    assignment: str = "",
    extensions: str | None = None,
    attempt: Wanted = "newest",
    due: DueDate | None = None,
    out: Path | None = None,
) -> Iterator[Classroom]:
    """A class, for as long as it is needed: what comes in zips is unpacked, and removed at the end.

    Args:
        path: a folder or a zip, of any layout that is known.
        layout: one of `NAMES`; by default it is recognised.
        roster: a CSV file with the students of the class.
        extensions: the heading of the roster's column of extensions, if it is called otherwise than we know.
        attempt: which one counts, of several.
        due: when it was due, for the newest in time.
        assignment: the name of the assignment, which tells what to take where several lie side by side.
        out: where the results go: what lies there is no submission.

    Raises:
        UnknownName: there is no such layout.
        PathNotFound: there is nothing at that path.
        UnreadableClass: it cannot be read, has no submission in it, or is not of the layout insisted on.
        UnreadableRoster: the roster cannot be read.
    """
    if layout is not None and layout not in NAMES:
        raise UnknownName("layout", layout, NAMES)
    listed = read_roster(roster, extensions) if roster else None
    with scratch_folder() as temporary:
        store = make_store(temporary)
        root, notes = _opened(path, store, out)
        chosen, findings = _findings(path, root, layout, store, _users(listed))
        found = nbgrader.of_one_assignment(findings.found, assignment, path)
        if not found:
            reason = "has no Python file, notebook or folder in it"
            raise UnreadableClass(path, f"{reason}. Give a folder or a zip with one of these for each student")
        submissions = without_shared_numbers(
            [
                _class_submission(each if attempt != "newest" else replace(each, earlier=()), store, chosen.name)
                for each in found
            ]
        )
        mapped = map_class(submissions, listed) if listed else Mapped([], list(submissions), [])
        reserved = {folded(student.id) for student in listed.students} if listed else set()
        unlisted = _told_apart(mapped.unlisted, reserved)
        everyone = sorted([*mapped.listed, *unlisted], key=lambda each: each.id)
        yield Classroom(
            chosen.name,
            _with_slugs(wanted_attempts(everyone, attempt, due)),
            mapped.missing,
            [each.id for each in unlisted] if listed else [],
            _at_most([*notes, *findings.notes, *(listed.notes if listed else [])]),
            columns_said(listed) if listed else "",
        )


def describe(classroom: Classroom) -> Iterator[str]:
    """The class in a few sentences, for whoever grades it."""
    late = sum(each.late for each in classroom.submissions)
    count = len({each.id for each in classroom.submissions})
    yield f"{count} submission{'s' if count != 1 else ''} ({classroom.layout})" + (f", {late} late." if late else ".")
    if classroom.columns:
        yield classroom.columns
    if classroom.missing:
        yield f"Nothing submitted by {_listed([each.name or each.id for each in classroom.missing])}."
    if classroom.unlisted:
        yield f"Not on the roster: {_listed(classroom.unlisted)}."
    yield from classroom.notes


def _listed(names: Sequence[str]) -> str:
    more = f" and {len(names) - MOST_NOTES} more" if len(names) > MOST_NOTES else ""
    return "; ".join(names[:MOST_NOTES]) + more


def _opened(path: Path, store: ArchiveStore, out: Path | None) -> tuple[Folder, list[str]]:
    if not path.exists():
        raise PathNotFound(path, CLASS)
    if path.is_dir():
        try:
            next(path.iterdir(), None)
        except OSError as error:
            raise UnreadableClass(path, f"cannot be opened ({error.strerror})") from None
        root = on_disk(path)
        return without_own_output(root, out), earlier_outputs(root, out)
    if path.suffix.lower() != ZIP or not path.is_file():
        raise UnreadableClass(path, "is a single file. Give a folder or a zip with a file or a folder for each student")
    try:
        unpacked = unpack(path, path, store, CLASS_CAPS, store.room)
    except UnreadableZip as error:
        raise UnreadableClass(path, f"{error}. Unpack it yourself, and give the folder") from None
    return unpacked.folder, unpacked.notes


def _users(listed: Roster | None) -> frozenset[str]:
    """The GitHub users on the roster, in lower case."""
    known = [student.identities.get("github", "") for student in listed.students] if listed else []
    return frozenset(user.casefold() for user in known if user)


def _findings(
    path: Path, root: Folder, insisted: str | None, store: ArchiveStore, users: frozenset[str]
) -> tuple[Layout, Findings]:
    """The layout, and what it finds: at the top, or in the folder or zip that everything lies in."""
    deeper = list(levels(root, store))
    for layout in [BY_NAME[insisted]] if insisted else LAYOUTS:
        if layout is plain.LAYOUT:
            level, notes = plain_level([level for level in deeper if not level.zipped])
            findings = layout.find(level.folder)
            return layout, Findings(findings.found, [*notes, *level.notes, *findings.notes])
        for level in deeper:
            if layout.recognises(level.folder):
                of_github = layout is github.LAYOUT
                findings = github.find_of(level.folder, users) if of_github else layout.find(level.folder)
                return layout, Findings(findings.found, [*level.notes, *findings.notes])
    raise UnreadableClass(
        path,
        (f"does not have the layout of {insisted}. Leave out --layout to have it recognised, or try --layout plain"),
    )


def _class_submission(found: FoundSubmission, store: ArchiveStore, layout: str) -> ClassSubmission:
    read = contents(found.entries, store)
    places = {entry.path for entry in found.entries}
    path = places.pop() if len(places) == 1 else Path(os.path.commonpath(places)) if places else Path(found.id)
    notes = (*found.notes, *read.notes)
    names = [encodable(entry.path.name) for entry in found.entries]
    number, count = found.attempt
    return ClassSubmission(
        found.id,
        "",
        path,
        found.late,
        notes,
        dict(found.identities),
        read.files,
        read.faults,
        Arrival(found.submitted, layout in SAYING_LATE, number, count, names=names),
        tuple(_class_submission(each, store, layout) for each in found.earlier),
    )


def _told_apart(submissions: Sequence[ClassSubmission], reserved: set[str]) -> list[ClassSubmission]:
    """Different ids for everyone, and none that someone on the roster has.

    Args:
        submissions: of nobody on the roster.
        reserved: the ids on the roster, folded: what reads the gradebook may take no notice of case.
    """
    counts, taken = Counter(each.id for each in submissions), set[str]()
    apart = []
    for each in submissions:
        id = each.id
        if counts[id] > 1 or folded(id) in reserved:
            mark = next((f" ({key} {each.identities[key]})" for key in MARKS if key in each.identities), "")
            id += mark
        number, free = 1, id
        while free in taken or folded(free) in reserved:
            number += 1
            free = f"{id} ({number})"
        taken.add(free)
        apart.append(replace(each, id=free))
    return apart


def _with_slugs(submissions: Sequence[ClassSubmission]) -> list[ClassSubmission]:
    made = slugs(each.id for each in submissions)
    return [replace(each, slug=slug) for each, slug in zip(submissions, made, strict=True)]


def _at_most(notes: Sequence[str]) -> list[str]:
    more = [f"There are {len(notes) - MOST_NOTES} more notes like these."] if len(notes) > MOST_NOTES else []
    return [*notes[:MOST_NOTES], *more]
