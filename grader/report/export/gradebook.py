"""The class as a table: one row for each student, and no cell that a spreadsheet would run."""

import csv
import io
from collections.abc import Iterable, Sequence

from grader.marks.mark import counted_exercise, counted_stage
from grader.marks.rounding import points
from grader.report.marks import mark_lines
from grader.report.safe import cell
from grader.result import Absent, Result

WHO = ("name", "email", "login")
"""Identities that have a column."""
BEGINS = ("id", *WHO, "section", "group", "score", "max_score", "status", "judged", "adjusted", "late", "attempt")
MISSING, UNREADABLE, EXCUSED = "missing", "unreadable", "excused"

NOT_YET = "not graded yet"


def gradebook(
    results: Sequence[Result],
    absent: Sequence[Absent] = (),
    missing_as: float | None = None,
    pending: Sequence[str] = (),
) -> str:
    """CSV with who everyone is, what counts and what it is made of, and the points of every exercise and stage.

    Args:
        results: of everyone who is graded; a score that is not known is an empty cell.
        absent: who handed in nothing.
        missing_as: their score, if they are to have one.
        pending: the ids of those who are not graded yet.
    """
    out = io.StringIO()
    writer = csv.writer(out, lineterminator="\n")
    exercises = list(dict.fromkeys(exercise.name for result in results for exercise in result.exercises))
    stages = list(dict.fromkeys(stage.name for result in results for stage in result.stages))
    writer.writerow(_cells([*BEGINS, *exercises, "files", *stages]))
    for result in results:
        subtotals = {exercise.name: counted_exercise(result, exercise)[0] for exercise in result.exercises}
        scores = {stage.name: counted_stage(result, stage).score for stage in result.stages}
        files = "; ".join(result.submission.files)
        ends = [*(subtotals.get(name) for name in exercises), files, *(scores.get(name) for name in stages)]
        writer.writerow(_cells([*_begins(result), *ends]))
    most = max((result.final_max for result in results), default=None)
    for each in absent:
        writer.writerow(_cells([*_absent(each, missing_as, most), *[None] * (len(exercises) + 1 + len(stages))]))
    for id in pending:
        row = {"id": id, "status": NOT_YET}
        writer.writerow(_cells([*(row.get(name) for name in BEGINS), *[None] * (len(exercises) + 1 + len(stages))]))
    return out.getvalue()


def _begins(result: Result) -> list[object]:
    submission, arrival = result.submission, result.arrival
    known = submission.identities
    attempt = f"{arrival.attempt} of {arrival.attempts}" if arrival and arrival.attempt else ""
    return [
        submission.id,
        *(known.get(key, "") for key in WHO),
        arrival.section if arrival else "",
        "; ".join(arrival.groups) if arrival else "",
        result.final_score,
        result.final_max,
        status_of(result),
        result.score,
        "; ".join(line.whole for line in mark_lines(result)),
        _late(result),
        attempt,
    ]


def _absent(absent: Absent, points: float | None, most: float | None) -> list[object]:
    known = {"name": absent.name, **absent.identities}
    who = [absent.id, *(known.get(key, "") for key in WHO), absent.section, "; ".join(absent.groups)]
    return [*who, points, most, MISSING, None, "", "", ""]


def status_of(result: Result) -> str:
    """`graded` and so on; or that nothing of it could be read, or nothing counts."""
    if result.is_excused:
        return EXCUSED
    return UNREADABLE if result.submission.unread else result.status


def _late(result: Result) -> str:
    """The days or hours; `late` where nothing says how late; `?` where nothing says whether."""
    lateness = result.mark.lateness if result.mark else None
    if lateness is None:
        return "late" if result.submission.late else ""
    if lateness.status == "unknown":
        return "?"
    if lateness.status == "in time":
        return ""
    if lateness.periods is None:
        return "late"
    unit = "hour" if lateness.hourly else "day"
    return f"{lateness.periods} {unit}{'s' if lateness.periods != 1 else ''}"


def _cells(values: Iterable[object]) -> list[str]:
    return [_cell(value) for value in values]


def _cell(value: object) -> str:
    if value is None:
        return ""
    if isinstance(value, float):
        return points(value)
    return cell(str(value))
