"""What `classroom-resources/autograding-grading-reporter` reads: JSON in base64, of equal tests that pass or fail."""

import base64
import json
import math
from collections.abc import Iterator
from fractions import Fraction
from typing import Any

from grader.marks.rounding import exact, number
from grader.report.export.plain import why
from grader.report.safe import one_line
from grader.report.verdicts import summary, title_of
from grader.result import Result, StageResult

MOST_TESTS = 200
SIZE_LIMIT = 96 * 1024
"""Bytes. It travels in an environment variable, and Linux takes none of 128 KiB."""
LENGTHS = (200, 60, 0)
"""Characters of a message; the shorter ones where the whole is over the limit."""


def payload(result: Result) -> str:
    """The base64 text of a result that has a score.

    The reporter adds up points in one place and counts passed tests in another. So that both agree, a stage is as many
    tests of equal points as its points make, of which those it earned are passed; unless that makes too many.
    Of a bonus, there are only those it earned.
    """
    encoded = ""
    for most in LENGTHS:
        text = json.dumps(_document(result, most), ensure_ascii=False, allow_nan=False, separators=(",", ":"))
        encoded = base64.b64encode(text.encode()).decode("ascii")
        if len(encoded) <= SIZE_LIMIT:
            break
    return encoded


def _document(result: Result, most: int) -> dict[str, Any]:
    unit = _unit(result)
    return {
        "version": 1,
        "status": "pass" if result.exit_code == 0 else "fail",
        "max_score": result.max_score,
        "message": summary(result),
        "tests": [test for stage in result.stages for test in _tests(stage, unit, most)],
    }


def _unit(result: Result) -> Fraction | None:
    """The largest number of points that every score and every maximum is a multiple of."""
    values = [exact(value) for stage in result.stages for value in (stage.score or 0, stage.max_score)]
    denominator = math.lcm(*(value.denominator for value in values))
    unit = Fraction(math.gcd(*(int(value * denominator) for value in values)), denominator)
    return unit if unit and exact(result.max_score) / unit <= MOST_TESTS else None


def _tests(stage: StageResult, unit: Fraction | None, most: int) -> Iterator[dict[str, Any]]:
    score = exact(stage.score or 0)
    count = exact(stage.max_score) / unit if unit else 1
    earned = score / unit if unit else int(stage.passed)
    for place in range(math.ceil(earned if stage.bonus else count)):
        passed = place < earned
        yield {
            "name": f"{title_of(stage)} ({place + 1} of {count})" if count > 1 else title_of(stage),
            "status": "pass" if passed else "fail",
            "score": number((unit if passed else Fraction(0)) if unit else score),
            "message": "" if passed else one_line(f"{stage.verdict}. {why(stage, most)}", most),
            "test_code": "",
            "filename": one_line(stage.where.file) if stage.where and place == 0 else "",
            "line_no": stage.where.first_line if stage.where else 0,
            "duration": round(stage.seconds * 1000) if place == 0 else 0,
        }
