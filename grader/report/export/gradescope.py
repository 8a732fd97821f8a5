"""Gradescope: the `results.json` of an autograder, one for each submission."""

import json
from collections.abc import Sequence
from typing import Any

from grader.marks.mark import counted_stage
from grader.marks.rounding import exact, two_decimals
from grader.report.export.export import EXCUSED, Export, Given, ungraded
from grader.report.export.plain import details
from grader.report.marks import mark_lines, mark_score
from grader.report.safe import plain
from grader.report.slugs import slugs
from grader.report.verdicts import summary, title_of
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
    files = {f"{name}.json": _document(result, given) for name, result in zip(names, results, strict=True)}
    return Export(files, ungraded(results))


def _document(result: Result, given: Given) -> bytes:
    document: dict[str, Any] = {"output": _output(result), **TEXT, "stdout_visibility": "hidden"}
    document["execution_time"] = round(result.seconds)
    visible = {"visibility": given.visibility} if given.visibility else {}
    if result.final_score is not None:
        if given.leaderboard:
            document["leaderboard"] = _leaderboard(result)
        document["score"] = float(two_decimals(exact(result.final_score)))
        document["tests"] = [
            visible | _test(result, stage, f"{exercise_number}.{number}", exercise.name)
            for exercise_number, exercise in enumerate(result.exercises, 1)
            for number, stage in enumerate(exercise.stages, 1)
        ]
    return json.dumps(document, ensure_ascii=False, allow_nan=False, indent=1).encode() + b"\n"


def _leaderboard(result: Result) -> list[dict[str, Any]]:
    """How many stages passed, and with how few operations: of those that passed, views aside."""
    passed = [stage for stage in result.stages if stage.passed]
    operations = sum(stage.budget.used for stage in passed if stage.budget)
    return [
        {"name": "stages passed", "value": len(passed), "order": "desc"},
        {"name": "operations", "value": operations, "order": "asc"},
    ]


def _output(result: Result) -> str:
    said = [summary(result)]
    if result.final_score is None:
        said = [EXCUSED.capitalize() + "."] if result.is_excused else [NO_SCORE]
    marks = [f"Mark: {mark_score(result)}", *(line.whole for line in mark_lines(result))] if result.mark else []
    return "\n".join([*said, *map(plain, marks), *(plain(problem) for problem in result.submission.problems[:20])])


def _test(result: Result, stage: StageResult, number: str, exercise: str) -> dict[str, Any]:
    counted = counted_stage(result, stage)
    return {
        "number": number,
        "name": title_of(stage),
        "name_format": "text",
        "status": "passed" if stage.passed else "failed",
        "score": 0 if counted.excused else counted.score,
        "max_score": 0 if counted.excused else stage.max_score,
        "output": details(stage),
        "output_format": "text",
        "tags": [exercise],
    }
