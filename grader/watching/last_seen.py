"""What is at a path at one moment, and how that differs from what was there before."""

import time
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from grader.errors import UsageError
from grader.submission import Submission, read_submission, submission_files

Stamp = tuple[int, int, int]
"""What tells a saved file from the one before without reading it: when it was saved, its size, its number there."""
SETTLING, LOOK = 0.3, 0.01
"""Seconds: for so long a file that is gone, empty or cut off is given the chance to come back; between two looks."""

COARSE = 3_000_000_000
"""Nanoseconds: some disks keep time in steps of two seconds, so a stamp says nothing of a file just saved."""


@dataclass(frozen=True)
class WatchedPlace:
    """Where to look: a file or a folder, and the folders below it that hold the files to fill in of a checkout."""

    path: Path
    stubs: tuple[Path, ...] = ()


@dataclass(frozen=True)
class Seen:
    """What was there: a submission, or the reason why there is none."""

    submission: Submission | None
    reason: str
    stamps: Mapping[Path, Stamp]


NOTHING = Seen(None, "", {})


def look(place: WatchedPlace, before: Seen = NOTHING) -> Seen:
    """Read what is there, unless it is what was there before. The files are stamped first, so that a save shows."""
    stamps = _stamps(place)
    if stamps and stamps == before.stamps and time.time_ns() - max(when for when, _, _ in stamps.values()) > COARSE:
        return before
    try:
        submission = read_submission(place.path, place.stubs)
    except UsageError as error:
        gone = not place.path.exists()
        return Seen(None, f"{place.path.name} is gone" if gone else error.reason, stamps)
    except OSError as error:
        return Seen(None, f"{place.path.name} cannot be read ({error.strerror})", stamps)
    if not submission.files:
        return Seen(None, f"There is no Python file or notebook in {place.path.name} any more", stamps)
    return Seen(submission, "", stamps)


def look_until_settled(place: WatchedPlace, before: Seen) -> Seen:
    """The same, with a moment of patience for editors that write a file by way of emptying, removing or renaming it."""
    until = time.monotonic() + SETTLING
    seen = look(place, before)
    while not texts(before.submission).keys() <= texts(seen.submission).keys() and time.monotonic() < until:
        time.sleep(LOOK)
        seen = look(place)
    return seen


def is_stale(seen: Seen) -> bool:
    """Whether one of the files has been saved since."""
    return any(_stamp(file) != stamp for file, stamp in seen.stamps.items())


def is_the_same(one: Submission, other: Submission) -> bool:
    """Whether there is the same to grade."""
    return (one.sources, one.faults) == (other.sources, other.faults)


def what_happened(before: Seen, now: Seen) -> list[str]:
    """The files that are new, gone or saved, a word on each."""
    old, new = before.stamps, now.stamps
    gone = [f"{file.name} (gone)" for file in old if file not in new]
    return gone + [
        file.name if file in old else f"{file.name} (new)" for file, stamp in new.items() if old.get(file) != stamp
    ]


def texts(submission: Submission | None) -> dict[str, str]:
    return submission.texts if submission else {}


def _stamps(place: WatchedPlace) -> dict[Path, Stamp]:
    try:
        files = submission_files(place.path, place.stubs)
    except OSError:
        return {}
    return {file: stamp for file in files if (stamp := _stamp(file))}


def _stamp(file: Path) -> Stamp | None:
    try:
        facts = file.stat()
    except OSError:
        return None
    return facts.st_mtime_ns, facts.st_size, facts.st_ino
