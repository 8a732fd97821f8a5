"""Which hint comes next: one more each time it is asked, and the first again after a day.

What was shown is kept in a small file of the user's. Nothing of it decides a mark, and where it cannot be kept, nothing
fails: the first hint is shown, with the way to the second.
"""

import os
import sys
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import suppress
from pathlib import Path

import msgspec

from grader.assignment.stage import Stage, Task
from grader.errors import NotWritable
from grader.writing import write_file

DAY = 24 * 60 * 60.0
"""Seconds after which the first comes again: by then, nobody knows any more which it was."""
LARGEST = 1_000_000
"""Bytes that are read; what we write is never as large."""

Asked = Sequence[Stage | Task]
"""The stage that is asked about, or all that one function answers."""


class LastShown(msgspec.Struct):
    """The hint of a stage that was shown last, and when, in seconds since 1970."""

    level: int
    when: float


def next_hints(asked: Asked, assignment: str, command: str, level: int | None) -> Iterator[str]:
    """The lines for the next hint of each stage, or for that of a level; it is remembered as the one shown last.

    Args:
        asked: the stages.
        assignment: its name.
        command: what was typed, for the lines that say how to go on.
        level: begin here, at 1 for the first.
    """
    before = _remembered()
    keys = {stage.name: f"{assignment} {stage.name}" for stage in asked}
    levels = {stage.name: _level(stage, level or _following(before.get(keys[stage.name]))) for stage in asked}
    further = [levels[stage.name] + 1 for stage in asked if levels[stage.name] < len(stage.hints)]
    several = any(len(stage.hints) > 1 for stage in asked)
    now = time.time()
    kept = several and _remember(before | {keys[name]: LastShown(each, now) for name, each in levels.items()})
    for stage in asked:
        yield _line(stage, levels[stage.name], named=len(asked) > 1)
    if further:
        yield f"\nFor the next one: {command}{'' if kept else f' --level {min(further)}'}"
        yield f"For all of them: {command} --all"
    elif several:
        yield f"\nThat was the last one. For all of them: {command} --all"


def all_hints(asked: Asked) -> Iterator[str]:
    """The lines for every hint of each stage."""
    for stage in asked:
        for level in range(1, max(len(stage.hints), 1) + 1):
            yield _line(stage, level, named=len(asked) > 1)


def _following(shown: LastShown | None) -> int:
    return shown.level + 1 if shown else 1


def _level(stage: Stage | Task, wanted: int) -> int:
    return max(1, min(wanted, len(stage.hints)))


def _line(stage: Stage | Task, level: int, *, named: bool) -> str:
    if not stage.hints:
        return f"There is no hint for {stage.name}."
    number = f"hint {level} of {len(stage.hints)}"
    text = stage.hints[level - 1]
    if len(stage.hints) == 1:
        return f"{stage.name}: {text}" if named else text
    return f"{stage.name}, {number}: {text}" if named else f"{number.capitalize()}: {text}"


def _remembered() -> dict[str, LastShown]:
    """What was shown less than a day ago, by assignment and stage."""
    with suppress(OSError, RuntimeError, ValueError):
        path = _place()
        if path.is_file() and path.stat().st_size < LARGEST:
            found = msgspec.json.decode(path.read_bytes(), type=dict[str, LastShown])
            return {key: each for key, each in found.items() if abs(time.time() - each.when) < DAY}
    return {}


def _remember(shown: Mapping[str, LastShown]) -> bool:
    """Whether what was shown could be kept."""
    with suppress(OSError, RuntimeError, ValueError, NotWritable):
        path = _place()
        write_file(path, [msgspec.json.encode(shown)], "XDG_STATE_HOME", inside=path.parent)
        return True
    return False


def _place() -> Path:
    """The file.

    Raises:
        RuntimeError: the user has no home.
    """
    return _state_folder() / "backprop-grader" / "hints.json"


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
