"""Classroom 50: its `result.json`, in whole points."""

import json
import math
from collections.abc import Sequence
from datetime import UTC
from fractions import Fraction
from typing import Any

from grader.errors import CannotExport
from grader.marks.mark import counted_stage
from grader.marks.rounding import points
from grader.report.export.export import Export, Given, ungraded
from grader.report.export.plain import why
from grader.report.safe import one_line
from grader.report.verdicts import title_of
from grader.result import Result, StageResult

VARIABLES = {
    "classroom": "CLASSROOM",
    "assignment": "ASSIGNMENT",
    "submission": "SUBMISSION_TAG",
    "commit": "COMMIT_URL",
    "release": "RELEASE_URL",
    "review": "REVIEW_URL",
}
"""What its runner tells of a submission, by the key it is wanted under."""


def classroom50(results: Sequence[Result], given: Given) -> Export:
    """`result.json` of one result; nothing where it has no score, so that no 0 stands for it.

    Raises:
        CannotExport: there are several results, or the runner's variables are not there.
    """
    if len(results) != 1:
        raise CannotExport(
            "classroom50",
            f"`classroom50` takes one result, and there are {len(results)} here. Give a single result.json.",
        )
    (result,) = results
    if result.final_score is None:
        return Export({}, ungraded(results))
    text = json.dumps(_document(result, given), ensure_ascii=False, allow_nan=False, indent=1)
    return Export({"result.json": text.encode() + b"\n"}, remarks=tuple(_rounded(result)))


def _document(result: Result, given: Given) -> dict[str, Any]:
    told = {key: given.environment.get(name, "") for key, name in VARIABLES.items()}
    if missing := [VARIABLES[key] for key, value in told.items() if not value]:
        where = "Classroom 50's runner sets these; elsewhere, set them yourself."
        raise CannotExport("classroom50", f"the environment lacks {', '.join(missing)}. {where}")
    if not told["submission"].startswith("submit/"):
        raise CannotExport("classroom50", "SUBMISSION_TAG must begin with submit/; Classroom 50's runner sets it so.")
    return {
        "schema": "classroom50/result/v1",
        **told,
        "assignment_type": "individual",
        "owner": one_line(result.submission.identities.get("github") or result.submission.id),
        "datetime": given.now.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ"),
        "score": _whole(result.final_score or 0),
        "max-score": _whole(result.final_max),
        "tests": [_test(result, stage) for stage in result.stages],
    }


def _test(result: Result, stage: StageResult) -> dict[str, Any]:
    counted = counted_stage(result, stage)
    return {
        "test-name": title_of(stage),
        "passed": stage.passed,
        "score": _whole(counted.score or 0),
        "max-score": 0 if counted.excused else _whole(stage.max_score),
        "verdict": stage.verdict,
        "points": counted.score,
        "message": why(stage),
    }


def _whole(score: float) -> int:
    """The nearest whole number; of two that are as near, the larger."""
    return math.floor(Fraction(repr(score)) + Fraction(1, 2))


def _rounded(result: Result) -> list[str]:
    score = result.final_score or 0
    if score == _whole(score):
        return []
    return [
        f"Classroom 50 takes whole points only, so {points(score)} became {_whole(score)}. "
        "Choose points for the stages that stay whole."
    ]
