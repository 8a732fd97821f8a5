"""One student's submission: read it, and tell whether it is still the same."""

import hashlib
import os
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path

from grader.border import Fault, SourceFault
from grader.report.safe import printable
from grader.result import Arrival
from grader.submission import (
    Submission,
    find_files,
    read_files,
    read_submission,
    unreadable,
    unreadable_submission,
)
from grader.submission.reading_budget import NOTEBOOK_CAP

CHUNK = 1 << 18
MOST_DIGESTED = NOTEBOOK_CAP
"""Bytes of a file: one that has more is not read, whatever comes after them."""


@dataclass(frozen=True)
class ClassSubmission:
    """One student's work. `slug` is the name of the report: safe on any disk, and different for everyone."""

    id: str
    slug: str
    path: Path
    """Where it lies, for people. Of what came in a zip: the zip, and the path in it."""
    late: bool = False
    notes: tuple[str, ...] = ()
    identities: Mapping[str, str] = field(default_factory=dict)
    files: Mapping[str, Path] | None = None
    """What is read, by the names to show; without it, what lies at `path`."""
    faults: Mapping[str, str] = field(default_factory=dict)
    """Files that belong to it and cannot be had, with the sentence why."""
    arrival: Arrival = field(default_factory=Arrival)
    """What it is not judged by: when it came, and what the roster says besides."""
    earlier: tuple["ClassSubmission", ...] = ()
    """Other attempts of the same student, the newest first."""
    roster_line: str = ""
    """Where the roster has the student: the file and the line."""


def read_class_submission(work: ClassSubmission) -> Submission:
    """The submission, with all that is known of how it was handed in. Never raises: what cannot be read is a fault."""
    try:
        submission = _read(work)
    except Exception as error:
        submission = unreadable_submission(work.path, printable(str(error)))
    return known_of(work, submission)


def known_of(work: ClassSubmission, submission: Submission) -> Submission:
    """The submission, with what the class knows of it."""
    faults = submission.faults or (() if submission.sources else (_nothing(work.notes),))
    return replace(
        submission,
        faults=faults,
        hints={**submission.hints, **{fault.source: "" for fault in faults if fault.source not in submission.hints}},
        id=work.id,
        path=Path(printable(str(work.path))),
        late=work.late,
        notes=tuple(work.notes),
        identities=dict(work.identities),
    )


def _nothing(notes: Sequence[str]) -> SourceFault:
    """What is said of a submission with no file in it at all."""
    why = " ".join(notes) or "There is no file in it."
    return SourceFault("", Fault("missing", "NothingSubmitted", f"Nothing that could be graded was submitted. {why}"))


def _read(work: ClassSubmission) -> Submission:
    if work.files is None:
        return read_submission(work.path)
    faults = [unreadable(name, "UnreadableFile", sentence) for name, sentence in work.faults.items()]
    return read_files(work.path, work.files, faults)


def fingerprint(work: ClassSubmission) -> str:
    """SHA-256 over the names and bytes of the files that are read, and all else that it is graded by."""
    digest = hashlib.sha256()
    facts = [
        work.id,
        work.late,
        work.notes,
        sorted(work.identities.items()),
        sorted(work.faults.items()),
    ]
    digest.update(f"{facts!r}\0".encode())
    for name, file in sorted(_files(work).items()):
        digest.update(f"{name!r}\0".encode())
        digest.update(_digest(file))
    return digest.hexdigest()


def _files(work: ClassSubmission) -> Mapping[str, Path]:
    if work.files is not None:
        return work.files
    try:
        return find_files(work.path)
    except Exception:
        return {}


def _digest(file: Path) -> bytes:
    """Of the bytes of an ordinary file, as many as may be read; of anything else, of why there are none."""
    digest, left = hashlib.sha256(), MOST_DIGESTED
    try:
        if not file.is_file():
            return b"no file"
        with file.open("rb") as stream:
            while left > 0 and (chunk := stream.read(CHUNK)):
                digest.update(chunk)
                left -= len(chunk)
            if left <= 0:
                digest.update(str(os.fstat(stream.fileno()).st_size).encode())
    except OSError as error:
        return os.strerror(error.errno or 0).encode()
    return digest.digest()
