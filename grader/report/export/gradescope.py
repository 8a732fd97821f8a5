"""Gradescope: the `results.json` of an autograder, one for each submission."""

import json
from collections.abc import Sequence
from typing import Any

from grader.report.export.export import Export, Given, ungraded
from grader.report.export.plain import details
from grader.report.safe import plain
from grader.report.slugs import slugs
from grader.report.verdicts import summary
from grader.result import Result, StageResult

NO_SCORE = (
    "The grader could not judge this submission, so there is no score; this is not your fault. "
    "Hand in again, or tell your instructor."
)
TEXT = {"output_format": "text", "test_output_format": "text", "test_name_format": "text"}
"""The only format in which nothing of a text is markup."""


def gradescope(results: Sequence[Result], given: Given) -> Export:
    """`results.json`; of several results, a file for each, by the name of the student.

    Where something could not be judged there is no number in the file at all, so that Gradescope shows a failure of the
    autograder and not a score of 0.
    """
    names = ["results"] if len(results) == 1 else slugs(result.submission.id for result in results)
    files = {f"{name}.json": _document(result) for name, result in zip(names, results, strict=True)}
    return Export(files, ungraded(results))


def _document(result: Result) -> bytes:
    document: dict[str, Any] = {"output": _output(result), **TEXT, "stdout_visibility": "hidden"}
    document["execution_time"] = round(result.seconds)
    if result.score is not None:
        document["score"] = result.score
        document["tests"] = [
            _test(stage, f"{exercise_number}.{number}", exercise.name)
            for exercise_number, exercise in enumerate(result.exercises, 1)
            for number, stage in enumerate(exercise.stages, 1)
        ]
    return json.dumps(document, ensure_ascii=False, allow_nan=False, indent=1).encode() + b"\n"


def _output(result: Result) -> str:
    said = [NO_SCORE] if result.score is None else [summary(result)]
    return "\n".join([*said, *(plain(problem) for problem in result.submission.problems[:20])])


def _test(stage: StageResult, number: str, exercise: str) -> dict[str, Any]:
    return {
        "number": number,
        "name": stage.name,
        "name_format": "text",
        "status": "passed" if stage.passed else "failed",
        "score": stage.score,
        "max_score": stage.max_score,
        "output": details(stage),
        "output_format": "text",
        "tags": [exercise],
    }
