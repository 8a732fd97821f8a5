"""What programs remember of a user, each thing in a small file. Where it cannot be kept, nothing fails."""

import os
import sys
from contextlib import suppress
from pathlib import Path
from typing import TypeVar

import msgspec

from grader.errors import NotWritable
from grader.writing import write_file

LARGEST = 1_000_000
"""Bytes that are read; what we write is never as large."""
T = TypeVar("T")


def recall(name: str, kind: type[T]) -> T | None:
    """What was remembered under a name; None where that is nothing, or nothing of that kind."""
    with suppress(OSError, RuntimeError, ValueError):
        path = _place(name)
        if path.is_file() and path.stat().st_size < LARGEST:
            return msgspec.json.decode(path.read_bytes(), type=kind)
    return None


def remember(name: str, what: object) -> bool:
    """Whether it could be kept under that name."""
    with suppress(OSError, RuntimeError, ValueError, NotWritable):
        path = _place(name)
        write_file(path, [msgspec.json.encode(what)], "XDG_STATE_HOME", inside=path.parent)
        return True
    return False


def _place(name: str) -> Path:
    """The file.

    Raises:
        RuntimeError: the user has no home.
    """
    return _state_folder() / "backprop-grader" / f"{name}.json"


def _state_folder() -> Path:
    """Where a system keeps what programs remember of a user."""
    given = Path(os.environ.get("XDG_STATE_HOME", ""))
    if given.is_absolute():
        return given
    if sys.platform == "win32":
        return Path(os.environ.get("LOCALAPPDATA") or Path.home() / "AppData" / "Local")
    if sys.platform == "darwin":
        return Path.home() / "Library" / "Application Support"
    return Path.home() / ".local" / "state"
