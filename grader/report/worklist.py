"""What an instructor has to look at: each kind once, grouped by its cause, with the students it is about."""

from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from grader.report.verdicts import MEANINGS
from grader.result import ExerciseResult, Result, StageResult

Found = Iterator[tuple[str, int, list[StageResult]]]
"""A cause, the position of a result, and the stages it is about."""


@dataclass(frozen=True)
class ToLookAt:
    """A student by the position of the result, and the stages to look at there."""

    number: int
    stages: list[StageResult]


@dataclass(frozen=True)
class WorkCause:
    """One cause, and everyone it is about."""

    text: str
    students: list[ToLookAt]


@dataclass(frozen=True)
class WorkItem:
    """One kind of things to look at. The flag is its word elsewhere on the page."""

    flag: str
    title: str
    causes: list[WorkCause]

    @property
    def count(self) -> int:
        return len({each.number for cause in self.causes for each in cause.students})


def worklist(results: Sequence[Result]) -> list[WorkItem]:
    """What there is to do, the most pressing first."""
    kinds = (
        ("ungraded", "Could not be judged", _ungraded(results)),
        ("unread", "Nothing could be read", _unread(results)),
        ("elsewhere", "For another assignment", _elsewhere(results)),
        ("problems", "A file that could not be read may have cost an exercise", _costly(results)),
        ("identical", "The same files", _identical(results)),
        ("forbidden", "Taken from autograd", _stages(results, "forbidden")),
        ("review", "For review", _stages(results, "review")),
    )
    return [WorkItem(flag, title, causes) for flag, title, found in kinds if (causes := _grouped(found))]


def _grouped(found: Found) -> list[WorkCause]:
    """The causes, those of most students first."""
    by_cause: dict[str, list[ToLookAt]] = defaultdict(list)
    for text, number, stages in found:
        by_cause[text].append(ToLookAt(number, stages))
    causes = [WorkCause(text, students) for text, students in by_cause.items()]
    return sorted(causes, key=lambda cause: -len(cause.students))


def _ungraded(results: Sequence[Result]) -> Found:
    for number, result in enumerate(results):
        if stages := [stage for stage in result.stages if stage.verdict == "ungraded"]:
            yield " ".join(result.submission.problems) or MEANINGS["ungraded"].capitalize() + ".", number, stages


def _unread(results: Sequence[Result]) -> Found:
    for number, result in enumerate(results):
        if result.submission.unread and not result.submission.elsewhere:
            yield result.submission.problems[0], number, []


def _elsewhere(results: Sequence[Result]) -> Found:
    for number, result in enumerate(results):
        if result.submission.elsewhere:
            yield result.submission.elsewhere, number, []


def _costly(results: Sequence[Result]) -> Found:
    for number, result in enumerate(results):
        if not result.submission.problems or result.submission.unread or result.submission.elsewhere:
            continue
        if lost := [exercise.stages[0] for exercise in result.exercises if _is_lost(exercise)]:
            yield " ".join(result.submission.problems), number, lost


def _is_lost(exercise: ExerciseResult) -> bool:
    """Whether nothing of it was found, or nothing that runs."""
    return bool(exercise.stages) and all(stage.verdict in ("error", "missing") for stage in exercise.stages)


def _identical(results: Sequence[Result]) -> Found:
    """Those with something in it; members of one group hand in the same."""
    same: dict[str, list[int]] = defaultdict(list)
    for number, result in enumerate(results):
        if result.submission.files and any(stage.verdict != "missing" for stage in result.stages):
            same[result.submission.sha256].append(number)
    places = [numbers for numbers in same.values() if len(numbers) > 1 and not _are_a_group(results, numbers)]
    for place, numbers in enumerate(places, 1):
        for number in numbers:
            yield f"Set {place}" if len(places) > 1 else "Byte for byte", number, []


def _are_a_group(results: Sequence[Result], numbers: Sequence[int]) -> bool:
    groups = [set(arrival.groups) if (arrival := results[number].arrival) else set() for number in numbers]
    places = {results[number].submission.path for number in numbers}
    return bool(set.intersection(*groups)) or len(places) == 1


def _stages(results: Sequence[Result], status: str) -> Found:
    for number, result in enumerate(results):
        by_cause: dict[str, list[StageResult]] = defaultdict(list)
        for stage in result.stages:
            if stage.integrity.status == status or (status == "forbidden" and stage.verdict == status):
                by_cause[stage.integrity.message or stage.message or MEANINGS[stage.verdict]].append(stage)
        yield from ((cause, number, stages) for cause, stages in by_cause.items())
