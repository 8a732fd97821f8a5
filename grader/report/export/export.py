"""What a format is given, and what it makes: files by name, and who is not in them."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Literal

from grader.report.safe import WHO, one_line
from grader.result import Absent, Result, SubmissionFacts


@dataclass(frozen=True)
class Given:
    """What there is beside the results: the teacher's file to fill in, and the surroundings."""

    now: datetime
    """With a time zone."""
    environment: Mapping[str, str] = field(default_factory=dict)
    file: bytes = b""
    file_name: str = ""
    column: str | None = None
    """The heading of the column to fill."""
    marks: Literal["refuse", "keep", "replace"] = "refuse"
    """What to do where there are other marks already."""
    report: Callable[[Result], bytes | None] = lambda result: None
    """The page of a student, if there is one."""
    absent: Sequence[Absent] = ()
    """Who handed in nothing."""
    visibility: str = ""
    """When students see a stage in Gradescope; its own default where empty."""
    leaderboard: bool = False
    missing_as: float | None = None
    """Their score, if they are to have one."""


@dataclass(frozen=True)
class LeftOut:
    """Somebody whose score is not in what was made."""

    who: str
    why: str
    ungraded: bool = False

    def __str__(self) -> str:
        return f"{one_line(self.who, WHO)}: {self.why}"


@dataclass(frozen=True)
class Export:
    """What a format makes of results."""

    files: Mapping[str, bytes]
    """By name."""
    left_out: tuple[LeftOut, ...] = ()
    remarks: tuple[str, ...] = ()
    """What else one should know, a sentence each."""


def with_absent(results: Sequence[Result], given: Given) -> list[Result]:
    """The results, and one with the wanted score for each who handed in nothing."""
    if given.missing_as is None:
        return list(results)
    model = replace(results[0], score=given.missing_as, status="graded", exercises=[], mark=None, arrival=None)
    return [*results, *(replace(model, submission=_nothing(each)) for each in given.absent)]


def _nothing(absent: Absent) -> SubmissionFacts:
    known = {**({"name": absent.name} if absent.name else {}), **absent.identities}
    return SubmissionFacts(absent.id, "", "", [], identities=known)


EXCUSED = "excused, so there is no mark"
UNJUDGED = "a stage could not be judged, so there is no score"


def unread(results: Sequence[Result]) -> list[str]:
    """A sentence on each submission of which nothing could be read, or that is for another assignment."""
    told = [result for result in results if result.submission.elsewhere or result.submission.unread]
    return [f"{one_line(each.submission.id, WHO)}: {one_line(each.submission.problems[0])}" for each in told]


def ungraded(results: Sequence[Result]) -> tuple[LeftOut, ...]:
    """Those without a score."""
    return tuple(unscored(result) for result in results if result.final_score is None)


def unscored(result: Result) -> LeftOut:
    """Somebody who has no score, and why."""
    if result.is_excused:
        return LeftOut(result.submission.id, EXCUSED)
    return LeftOut(result.submission.id, UNJUDGED, ungraded=True)
