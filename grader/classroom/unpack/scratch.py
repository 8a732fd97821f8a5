"""The folder that a class is unpacked into: gone at the end of a run, and what a killed run left, with the next one.

A lock says that somebody still needs a folder. The system lets go of it however a process ends.
"""

import os
import shutil
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

if sys.platform != "win32":
    import fcntl

PREFIX, LOCK = "grade-", "lock"


@contextmanager
def scratch_folder() -> Iterator[Path]:
    """A folder to unpack into. It is not removed at the end of a process that was forked meanwhile."""
    remove_abandoned(Path(tempfile.gettempdir()))
    outer, owner = Path(tempfile.mkdtemp(prefix=PREFIX)), os.getpid()
    try:
        with _locked(outer):
            folder = outer / "files"
            folder.mkdir()
            yield folder
    finally:
        if os.getpid() == owner:
            shutil.rmtree(outer, ignore_errors=True)


def remove_abandoned(place: Path) -> None:
    """Remove the folders of runs of this user that were killed; nothing that has no lock of ours in it."""
    if sys.platform == "win32":
        return
    for folder in place.glob(f"{PREFIX}*"):
        with suppress(OSError):
            if folder.is_symlink() or folder.stat().st_uid != os.getuid():
                continue
            lock = os.open(folder / LOCK, os.O_RDWR | os.O_NOFOLLOW | os.O_CLOEXEC)
            try:
                fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
                shutil.rmtree(folder, ignore_errors=True)
            finally:
                os.close(lock)


@contextmanager
def _locked(folder: Path) -> Iterator[None]:
    """Hold the lock of a folder. It gets its name once it is held, or another run could take it in between."""
    if sys.platform == "win32":
        yield
        return
    unnamed = folder / f"{LOCK}-"
    with unnamed.open("xb") as file:
        fcntl.flock(file, fcntl.LOCK_EX)
        unnamed.rename(folder / LOCK)
        yield
