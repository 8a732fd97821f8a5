"""Which hint comes next: one more each time it is asked, and the first again after a day.

What was shown is kept in a small file of the user's. Nothing of it decides a mark, and where it cannot be kept, nothing
fails: the first hint is shown, with the way to the second.
"""

import time
from collections.abc import Iterator, Sequence

import msgspec

from grader.assignment.stage import Stage, Task
from grader.remembered import recall, remember

DAY = 24 * 60 * 60.0
"""Seconds after which the first comes again: by then, nobody knows any more which it was."""
FILE = "hints"

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
    kept = several and remember(FILE, before | {keys[name]: LastShown(each, now) for name, each in levels.items()})
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
    found = recall(FILE, dict[str, LastShown]) or {}
    return {key: each for key, each in found.items() if abs(time.time() - each.when) < DAY}
