"""One round after the other: see what is new, grade it, and tell what has changed. No verdict is told of what has been
saved over."""

import time
from collections.abc import Callable, Collection, Iterable, Mapping
from contextlib import suppress
from dataclasses import dataclass

from grader.report.changes import Change, LastTold, changes
from grader.result import Result, StageResult
from grader.run.exam import Examination
from grader.run.grade import Graded, grade_submission, is_puzzling
from grader.run.score import updated
from grader.sandbox.ours import Sandbox
from grader.submission import Submission
from grader.watching.last_seen import (
    NOTHING,
    Seen,
    WatchedPlace,
    is_stale,
    is_the_same,
    look_until_settled,
    what_happened,
)
from grader.watching.turns import Turns

PATIENCE = 1.0
"""Seconds after which it is told that grading goes on."""


@dataclass(frozen=True)
class Begun:
    """Something was saved, and is being graded."""

    files: list[str]


@dataclass(frozen=True)
class Slow:
    """It takes a while."""


@dataclass(frozen=True)
class Part:
    """What is new in some stages, as soon as it is known."""

    found: list[Change]


@dataclass(frozen=True)
class Foreseen:
    """What the result will be if a change has not reached the exercises that it cannot have reached: they are graded
    all the same. `changed` are the stages that something was told of in this round."""

    result: Result
    changed: frozenset[str]


@dataclass(frozen=True)
class RoundDone:
    """A submission is graded.

    `found` is what no part has told, `changed` are all stages that something was told of in this round.
    """

    graded: Graded
    submission: Submission
    found: list[Change]
    changed: frozenset[str]
    problems: list[str]
    """Of its files, those that are new."""
    is_first: bool
    is_foreseen: bool = False
    """The result is told already."""


@dataclass(frozen=True)
class Same:
    """It was saved as it was."""


@dataclass(frozen=True)
class Gone:
    """There is nothing to grade at the moment."""

    reason: str


Event = Begun | Slow | Part | Foreseen | RoundDone | Same | Gone


class Superseded(Exception):
    """A file was saved while it was being graded."""


class Rounds:
    """Grades what is at one place, over and over, in one sandbox and with the same probes."""

    def __init__(
        self, place: WatchedPlace, examination: Examination, sandbox: Sandbox, tell: Callable[[Event], None]
    ) -> None:
        """
        Args:
            place: where to look.
            examination: what is asked, the same in every round.
            sandbox: where it runs; it is warm from the first round on.
            tell: called with what happens.
        """
        self._place, self._examination, self._sandbox, self._tell = place, examination, sandbox, tell
        self._seen = NOTHING
        self._told: dict[str, LastTold] = {}
        self._last: tuple[Submission, Graded] | None = None
        self._is_told = False
        """Whether what was graded last is what was told last."""

    def follow(self, wakes: Iterable[object]) -> None:
        """A round at once, and one at every wake, until there are no more."""
        self.round()
        for _ in wakes:
            self.round()

    def round(self) -> None:
        """Look, and grade what is new; once more where something is saved meanwhile."""
        while self._is_new(seen := look_until_settled(self._place, self._seen)):
            was, self._seen = self._seen, seen
            if seen.submission is None:
                self._tell(Gone(seen.reason))
                return
            if self._last:
                self._tell(Begun([f"{self._place.path.name} is back"] if was.reason else what_happened(was, seen)))
            if self._is_told and self._last and is_the_same(seen.submission, self._last[0]):
                self._tell(Same())
                return
            with suppress(Superseded):
                self._grade(seen, seen.submission)
                return

    def _is_new(self, seen: Seen) -> bool:
        """Whether files were saved; by what they hold as well, on disks that keep time to the second."""
        if seen.submission is None or self._seen.submission is None:
            return (seen.reason, seen.stamps) != (self._seen.reason, self._seen.stamps)
        return seen.stamps != self._seen.stamps or not is_the_same(seen.submission, self._seen.submission)

    def _grade(self, seen: Seen, submission: Submission) -> None:
        self._sandbox.heed = heed = _Heed(seen, self._tell)
        self._is_told = False
        if self._last is None:
            graded = grade_submission(submission, self._examination, self._sandbox)
            heed()
            self._told = changes({}, graded.result.stages)[1]
            self._tell(RoundDone(graded, submission, [], frozenset(), [], is_first=True))
        else:
            graded = self._grade_again(submission, *self._last, heed)
        self._last, self._is_told = (submission, graded), True
        self._sandbox.prepare()

    def _grade_again(self, submission: Submission, before: Submission, last: Graded, heed: "_Heed") -> Graded:
        turns = Turns(self._examination.assignment, last.result, before, submission)
        news = _News(last.result, self._told, turns.untouched)

        def heard(stages: list[StageResult]) -> None:
            heed()
            if found := news.of(stages, unexplained=[stage.name for stage in stages if is_puzzling(stage)]):
                self._tell(Part(found))
            if foreseen := news.foreseen():
                heed.be_quiet()
                self._tell(foreseen)

        try:
            graded = grade_submission(submission, self._examination, self._sandbox, first=turns.order, heard=heard)
            heed()
            self._tell(news.done(graded, submission))
        finally:
            self._told = news.told
        return graded


class _Heed:
    """Called while a submission is graded: stops that once it is saved over, and tells once that it takes a while."""

    def __init__(self, seen: Seen, tell: Callable[[Event], None]) -> None:
        self._seen, self._tell = seen, tell
        self._patient_until = time.monotonic() + PATIENCE

    def __call__(self) -> None:
        """
        Raises:
            Superseded: it was saved over.
        """
        if is_stale(self._seen):
            raise Superseded
        if time.monotonic() > self._patient_until:
            self.be_quiet()
            self._tell(Slow())

    def be_quiet(self) -> None:
        """Whoever waits knows all that they wait for."""
        self._patient_until = float("inf")


class _News:
    """What one round has to tell that the rounds before have not."""

    def __init__(self, last: Result, told: Mapping[str, LastTold], untouched: Collection[str]) -> None:
        self.told = dict(told)
        self._last, self._changed = last, set[str]()
        self._pending = {stage.name for stage in last.stages if stage.name not in untouched}
        self._heard: dict[str, StageResult] = {}
        self._is_foreseen = self._is_current = False
        """Whether the result was told ahead of the end, and nothing after that."""

    def of(self, stages: Iterable[StageResult], unexplained: Iterable[str] = ()) -> list[Change]:
        """What is new in some stages."""
        stages = list(stages)
        self._heard |= {stage.name: stage for stage in stages}
        found, self.told = changes(self.told, stages, unexplained)
        self._changed.update(stage.name for change in found for stage in change.stages)
        self._is_current = self._is_current and not found
        return found

    def foreseen(self) -> Foreseen | None:
        """The result, as soon as all has been heard that can be new, unless there will be more to say of it."""
        heard = self._heard.values()
        more = any(is_puzzling(stage) or stage.verdict == "error" for stage in heard)
        if self._is_foreseen or more or not self._pending <= self._heard.keys():
            return None
        self._is_foreseen = self._is_current = True
        return Foreseen(updated(self._last, heard), frozenset(self._changed))

    def done(self, graded: Graded, submission: Submission) -> RoundDone:
        """The end of the round."""
        found, known = self.of(graded.result.stages), self._last.submission.problems
        problems = [problem for problem in graded.result.submission.problems if problem not in known]
        is_foreseen = self._is_current and not problems
        return RoundDone(graded, submission, found, frozenset(self._changed), problems, False, is_foreseen)
