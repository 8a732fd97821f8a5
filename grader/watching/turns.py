"""Which exercise someone is at work on, so that its turn comes first; and which ones the work cannot have reached."""

import re
from collections.abc import Iterator, Sequence
from pathlib import Path

from grader.assignment.assignment import Assignment, Exercise
from grader.assignment.stage import Stage, Task
from grader.result import Result, Where
from grader.submission import Submission


class Turns:
    """Two versions of a submission, the first of them with its result."""

    def __init__(self, assignment: Assignment, result: Result, before: Submission, now: Submission) -> None:
        graded = {exercise.name for exercise in result.exercises}
        self._exercises = [exercise for exercise in assignment.exercises if exercise.name in graded]
        self._where = {stage.name: stage.where for stage in result.stages if stage.where}
        self._stages = {stage.name: stage for exercise in self._exercises for stage in exercise.everything}
        self._old, self._new = before.texts, now.texts
        self._unreadable = {broken.source for broken in {*before.faults} ^ {*now.faults}}

    @property
    def order(self) -> list[str]:
        """The exercises to take first."""
        untouched = self.untouched
        others = (each.name for each in self._exercises if any(s.name not in untouched for s in each.everything))
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
        """The stages that what was saved can have reached only by way of the process they share.

        They stand in files that are as they were, and that no file speaks of that is not. Or all that was saved is
        lines of one function that nothing else speaks of, and what they give is not handed on to them.
        """
        files = self._old.keys() | self._new.keys()
        changed = {file for file in files if self._old.get(file) != self._new.get(file)} | self._unreadable
        if function := self._one_function(changed):
            reached = {each.name for exercise in self._exercises for each in _reached(exercise, function)}
            return frozenset(self._stages) - reached
        spoken = _words("\n".join(text for file, text in self._new.items() if file in changed))
        elsewhere = _words("\n".join(text for file, text in self._new.items() if file not in changed))
        if any(Path(file).stem in elsewhere for file in changed):
            return frozenset()
        clear = (exercise for exercise in self._exercises if self._is_clear(exercise, changed, spoken))
        return frozenset(stage.name for exercise in clear for stage in exercise.everything)

    def _one_function(self, changed: set[str]) -> set[str]:
        """The stages whose function has all lines that were changed; none if others speak of it, or it of them."""
        file = min(changed, default="")
        if len(changed) > 1 or file in self._unreadable or not (file in self._old and file in self._new):
            return set()
        was, now = self._old[file].split("\n"), self._new[file].split("\n")
        first, last, end = _changed(was, now)
        saved = now[first - 1 : last]
        around = [where for where in self._where.values() if _is_within(first, end, file, where)]
        if not around or not was[around[0].first_line - 1].startswith("def ") or any(map(_is_at_margin, saved)):
            return set()
        others = [text for each, text in self._old.items() if each != file]
        beside = [*others, *was[: around[0].first_line - 1], *was[around[0].last_line :]]
        function = {name for name, where in self._where.items() if where in around}
        own = set[str]().union(*(names_of(stage) for name, stage in self._stages.items() if name in function))
        theirs = set[str]().union(*map(names_of, self._stages.values())) - own
        apart = own.isdisjoint(_words("\n".join(beside))) and theirs.isdisjoint(_words("\n".join(saved)))
        return function if apart else set()

    def _is_clear(self, exercise: Exercise, changed: set[str], spoken: set[str]) -> bool:
        places = [self._where.get(each.name) for each in exercise.everything]
        named = set[str]().union(*map(names_of, exercise.everything))
        return not any(where and where.file in changed for where in places) and not named & spoken

    def _standing_in(self, file: str, first: int, last: int) -> Iterator[str]:
        """The stages of a file that have one of these lines."""
        for name, where in self._where.items():
            if where.file == file and where.first_line <= max(first, last) and first <= where.last_line:
                yield name


def _reached(exercise: Exercise, changed: set[str]) -> Iterator[Stage | Task]:
    """The stages of an exercise that are judged by what some of them give."""
    gradients = any(stage.name in changed for stage in exercise.stages)
    for stage in exercise.everything:
        if stage.name in changed or (gradients and (stage in exercise.stages or stage.kind == "run")):
            yield stage


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


def _is_within(first: int, last: int, file: str, where: Where) -> bool:
    """Whether lines are among those below the first one of a stage."""
    return where.file == file and where.first_line < first and last <= where.last_line


def _is_at_margin(line: str) -> bool:
    return bool(line) and not line[0].isspace()


def _words(text: str) -> set[str]:
    return set(re.findall(r"\w+", text))
