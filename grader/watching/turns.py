"""Which exercise someone is at work on, so that its turn comes first; and which ones the work cannot have reached."""

import re
from collections.abc import Iterator, Sequence
from pathlib import Path

from grader.assignment.assignment import Assignment, Exercise
from grader.assignment.stage import Stage, Task
from grader.result import Result
from grader.submission import Submission


class Turns:
    """Two versions of a submission, the first of them with its result."""

    def __init__(self, assignment: Assignment, result: Result, before: Submission, now: Submission) -> None:
        graded = {exercise.name for exercise in result.exercises}
        self._exercises = [exercise for exercise in assignment.exercises if exercise.name in graded]
        self._where = {stage.name: stage.where for stage in result.stages if stage.where}
        self._old, self._new = before.texts, now.texts
        self._unreadable = {broken.source for broken in {*before.faults} ^ {*now.faults}}

    @property
    def order(self) -> list[str]:
        """The exercises to take first."""
        untouched = self.untouched
        others = (exercise.name for exercise in self._exercises if exercise.name not in untouched)
        return list(dict.fromkeys([*self.touched, *others]))

    @property
    def touched(self) -> list[str]:
        """The exercises whose stages stand, or are spoken of, in the lines that are not as they were.

        It is a guess at what someone is working on, good enough to say whose turn comes first.
        """
        stages: set[str] = set()
        words: set[str] = set()
        for file, text in self._new.items():
            was, lines = self._old.get(file, "").split("\n"), text.split("\n")
            first, last, end = _changed(was, lines)
            if was != lines:
                stages |= set(self._standing_in(file, first, end))
                words |= _words("\n".join(lines[first - 1 : last]))
        return [
            exercise.name
            for exercise in self._exercises
            if any(each.name in stages or words & names_of(each) for each in exercise.everything)
        ]

    @property
    def untouched(self) -> frozenset[str]:
        """The exercises that stand in files that are as they were, and that no file speaks of that is not.

        Only by way of the process they share can such a change reach them.
        """
        files = self._old.keys() | self._new.keys()
        changed = {file for file in files if self._old.get(file) != self._new.get(file)} | self._unreadable
        spoken = _words("\n".join(text for file, text in self._new.items() if file in changed))
        elsewhere = _words("\n".join(text for file, text in self._new.items() if file not in changed))
        if any(Path(file).stem in elsewhere for file in changed):
            return frozenset()
        return frozenset(each.name for each in self._exercises if self._is_clear(each, changed, spoken))

    def _is_clear(self, exercise: Exercise, changed: set[str], spoken: set[str]) -> bool:
        places = [self._where.get(each.name) for each in exercise.everything]
        named = set[str]().union(*map(names_of, exercise.everything))
        return not any(where and where.file in changed for where in places) and not named & spoken

    def _standing_in(self, file: str, first: int, last: int) -> Iterator[str]:
        """The stages of a file that have one of these lines."""
        for name, where in self._where.items():
            if where.file == file and where.first_line <= max(first, last) and first <= where.last_line:
                yield name


def names_of(stage: Stage | Task) -> set[str]:
    """What a stage may be called in a submission."""
    return {stage.asked, *stage.also}


def _changed(was: Sequence[str], now: Sequence[str]) -> tuple[int, int, int]:
    """The first line that is different, counted from 1; the last one now, and the last one before."""
    start = _alike(was, now)
    end = _alike(was[start:][::-1], now[start:][::-1])
    return start + 1, len(now) - end, len(was) - end


def _alike(some: Sequence[str], others: Sequence[str]) -> int:
    """How many lines are the same from the start."""
    pairs = enumerate(zip(some, others, strict=False))
    return next((place for place, (one, other) in pairs if one != other), min(len(some), len(others)))


def _words(text: str) -> set[str]:
    return set(re.findall(r"\w+", text))
