"""One student's hand-in: read it, and tell whether it is still the same."""

import hashlib
import os
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path

from grader.report.safe import printable
from grader.submission import (
    Submission,
    find_files,
    read_files,
    read_submission,
    unreadable,
    unreadable_submission,
)

CHUNK = 1 << 18


@dataclass(frozen=True)
class HandIn:
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


def read_hand_in(hand_in: HandIn) -> Submission:
    """The submission, with all that is known of how it was handed in. Never raises: what cannot be read is a fault."""
    try:
        submission = _read(hand_in)
    except Exception as error:
        submission = unreadable_submission(hand_in.path, printable(str(error)))
    return known_of(hand_in, submission)


def known_of(hand_in: HandIn, submission: Submission) -> Submission:
    """The submission, with what the class knows of it."""
    return replace(
        submission,
        id=hand_in.id,
        path=Path(printable(str(hand_in.path))),
        late=hand_in.late,
        notes=tuple(hand_in.notes),
        identities=dict(hand_in.identities),
    )


def _read(hand_in: HandIn) -> Submission:
    if hand_in.files is None:
        return read_submission(hand_in.path)
    faults = [unreadable(name, "UnreadableFile", sentence) for name, sentence in hand_in.faults.items()]
    return read_files(hand_in.path, hand_in.files, faults)


def fingerprint(hand_in: HandIn) -> str:
    """SHA-256 over the names and bytes of the files that are read, and all else that `read_hand_in` takes over."""
    digest = hashlib.sha256()
    facts = [
        hand_in.id,
        hand_in.late,
        hand_in.notes,
        sorted(hand_in.identities.items()),
        sorted(hand_in.faults.items()),
    ]
    digest.update(f"{facts!r}\0".encode())
    for name, file in sorted(_files(hand_in).items()):
        digest.update(f"{name!r}\0".encode())
        digest.update(_digest(file))
    return digest.hexdigest()


def _files(hand_in: HandIn) -> Mapping[str, Path]:
    if hand_in.files is not None:
        return hand_in.files
    try:
        return find_files(hand_in.path)
    except Exception:
        return {}


def _digest(file: Path) -> bytes:
    """Of the bytes of an ordinary file; of anything else, of why there are none."""
    digest = hashlib.sha256()
    try:
        if not file.is_file():
            return b"no file"
        with file.open("rb") as stream:
            while chunk := stream.read(CHUNK):
                digest.update(chunk)
    except OSError as error:
        return os.strerror(error.errno or 0).encode()
    return digest.digest()
