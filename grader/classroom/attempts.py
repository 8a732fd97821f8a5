"""Which of a student's attempts counts: the newest, the newest that was in time, or whichever earns most."""

from collections.abc import Iterator, Sequence
from dataclasses import replace
from typing import Literal

from grader.classroom.class_submission import ClassSubmission
from grader.marks.late import DueDate

Wanted = Literal["newest", "in-time", "best"]
WANTED: tuple[Wanted, ...] = ("newest", "in-time", "best")


def wanted_attempts(
    submissions: Sequence[ClassSubmission], wanted: Wanted, due: DueDate | None
) -> list[ClassSubmission]:
    """One attempt of each student; for the best, all of them: only when they are judged can it be told."""
    return [attempt for each in submissions for attempt in _wanted(each, wanted, due)]


def _wanted(submission: ClassSubmission, wanted: Wanted, due: DueDate | None) -> Iterator[ClassSubmission]:
    newest = replace(submission, earlier=())
    attempts = [newest, *(_of_the_same(submission, each) for each in submission.earlier)]
    if wanted == "best":
        yield from attempts
    elif wanted == "in-time" and due is not None:
        yield next((each for each in attempts if _in_time(each, due)), newest)
    else:
        yield newest


def _in_time(submission: ClassSubmission, due: DueDate) -> bool:
    arrival = submission.arrival
    flag = submission.late if submission.late or arrival.says_late else None
    return due.judged(arrival.submitted, arrival.extension, flag, submission.roster_line).status == "in time"


def _of_the_same(newest: ClassSubmission, attempt: ClassSubmission) -> ClassSubmission:
    """An earlier attempt, with what the roster says of the student."""
    says, came = newest.arrival, attempt.arrival
    arrival = replace(came, section=says.section, groups=says.groups, extension=says.extension)
    known = {**attempt.identities, **newest.identities}
    return replace(attempt, id=newest.id, identities=known, arrival=arrival, roster_line=newest.roster_line, earlier=())
