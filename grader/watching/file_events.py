"""When to look again: as soon as something happens in the folders of a submission, and now and then anyway."""

import os
import time
from collections.abc import Iterator
from pathlib import Path

from watchfiles import watch

from grader.submission import submission_files, submission_folders
from grader.watching.last_seen import WatchedPlace

QUIET, BURST, HEARTBEAT = 10, 200, 1_000
"""Milliseconds: without an event before a burst of them is over; that a burst may last; between two looks at most.

The last is for disks of other machines, whose events do not arrive, and for what happens while the watch is renewed.
"""


def wakes(place: WatchedPlace) -> Iterator[None]:
    """Comes round whenever there may be something new to see at a place, for as long as anyone asks."""
    while True:
        watched = _folders(place)
        try:
            for _ in watch(
                *watched,
                watch_filter=None,
                debounce=BURST,
                step=QUIET,
                rust_timeout=HEARTBEAT,
                yield_on_timeout=True,
                recursive=False,
                ignore_permission_denied=True,
            ):
                yield
                if _folders(place) != watched:
                    break
        except (OSError, RuntimeError):  # a folder went in between, or the system gives no more watches
            time.sleep(HEARTBEAT / 1000)
            yield


def _folders(place: WatchedPlace) -> dict[Path, int]:
    """The folders to watch, none with what is below it, each with its number on the disk: one made anew is another.

    The folder that the path is in belongs to them, since it tells when the path itself goes and comes back.
    """
    try:
        wanted = [
            *submission_folders(place.path, place.stubs),
            *map(_parent, submission_files(place.path, place.stubs)),
        ]
    except OSError:
        wanted = []
    above = place.path.parent
    while not above.is_dir() and above != above.parent:
        above = above.parent
    return {folder: number for folder in (above, *wanted) if (number := _number(folder))}


def _parent(file: Path) -> Path:
    return file.parent


def _number(folder: Path) -> int | None:
    try:
        return os.stat(folder).st_ino
    except OSError:
        return None
