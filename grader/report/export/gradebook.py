"""The class as a table: one row for each student, and no cell that a spreadsheet would run."""

import csv
import io
import re
from collections.abc import Iterable, Sequence

from grader.report.export.plain import points
from grader.report.safe import plain
from grader.result import Result

FORMULA = re.compile("(^|[;,])(?=[\\s\ufeff\u200b-\u200f\u2060]*[=+\\-@|\uff1d\uff0b\uff0d\uff20])")
"""How a cell begins that a spreadsheet would run; also after what separates cells in other countries."""


def gradebook(results: Sequence[Result]) -> str:
    """CSV with id, score, status, and the points of every stage; an ungraded score is an empty cell."""
    out = io.StringIO()
    writer = csv.writer(out, lineterminator="\n")
    stages = list(dict.fromkeys(stage.name for result in results for stage in result.stages))
    writer.writerow(_cells(["id", "score", "max_score", "status", "files", *stages]))
    for result in results:
        scores = {stage.name: stage.score for stage in result.stages}
        files = "; ".join(result.submission.files)
        head = [result.submission.id, result.score, result.max_score, result.status, files]
        writer.writerow(_cells([*head, *(scores.get(name) for name in stages)]))
    return out.getvalue()


def _cells(values: Iterable[object]) -> list[str]:
    return [_cell(value) for value in values]


def _cell(value: object) -> str:
    if value is None:
        return ""
    if isinstance(value, float):
        return points(value)
    text = plain(str(value)).replace("\n", "\\n").replace("\t", "\\t")
    return FORMULA.sub(r"\1'", text)
