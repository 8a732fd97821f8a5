"""The class as a table: one row for each student, and no cell that a spreadsheet would run."""

import csv
import io
from collections.abc import Iterable, Sequence

from grader.report.export.plain import points
from grader.report.safe import cell
from grader.result import Result

NOT_YET = "not graded yet"


def gradebook(results: Sequence[Result], pending: Sequence[str] = ()) -> str:
    """CSV with id, score, status, and the points of every stage; an ungraded score is an empty cell.

    Args:
        results: of everyone who is graded.
        pending: the ids of those who are not graded yet.
    """
    out = io.StringIO()
    writer = csv.writer(out, lineterminator="\n")
    stages = list(dict.fromkeys(stage.name for result in results for stage in result.stages))
    writer.writerow(_cells(["id", "score", "max_score", "status", "files", *stages]))
    for result in results:
        scores = {stage.name: stage.score for stage in result.stages}
        files = "; ".join(result.submission.files)
        head = [result.submission.id, result.score, result.max_score, result.status, files]
        writer.writerow(_cells([*head, *(scores.get(name) for name in stages)]))
    for id in pending:
        writer.writerow(_cells([id, None, None, NOT_YET, "", *(None for _ in stages)]))
    return out.getvalue()


def _cells(values: Iterable[object]) -> list[str]:
    return [_cell(value) for value in values]


def _cell(value: object) -> str:
    if value is None:
        return ""
    if isinstance(value, float):
        return points(value)
    return cell(str(value))
