"""The class in numbers, for another program to read."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import asdict
from typing import Any

from grader.batch.settings import this_grader
from grader.report.class_facts import glance, slips
from grader.result import Absent, Result, StageResult

SCHEMA = "backprop-grader/summary/v1"
MOST_SLIPS = 20


def summary(
    results: Sequence[Result], missing: Sequence[Absent], expected: int, pending: Sequence[str] = ()
) -> dict[str, Any]:
    """What `summary.json` holds.

    Args:
        results: of the submissions that are finished; of one at least.
        missing: who has handed in nothing.
        expected: how many submissions there are.
        pending: the ids of those that are not graded yet.
    """
    grader, asked = this_grader(), results[0].assignment
    seeds = Counter(result.grader.seed for result in results)
    statuses = Counter(result.status for result in results)
    return {
        "schema": SCHEMA,
        "assignment": {"name": asked.name, "sha256": asked.sha256},
        "grader": {
            "version": grader.version,
            "torch": grader.torch,
            "python": grader.python,
            "seed": seeds.most_common(1)[0][0],
            "seeds": [seed for seed, _ in seeds.most_common()],
        },
        "counts": {
            "hand_ins": expected,
            "judged": statuses["graded"],
            "partly": statuses["partly"],
            "ungraded": statuses["ungraded"],
            "not_yet": expected - len(results),
            "missing": len(missing),
        },
        "complete": not pending,
        "not_yet": list(pending),
        "missing": [asdict(each) for each in missing],
        "scores": _scores(results),
        "stages": _stages(results),
        "slips": _slips(results),
    }


def _scores(results: Sequence[Result]) -> dict[str, float | None]:
    """Of those who have a score. The quartiles are those of the class itself, which is no sample."""
    numbers = glance(results)
    low, middle, high = numbers.quartiles or (None, None, None)
    named = {"mean": numbers.mean, "lower_quartile": low, "median": middle, "upper_quartile": high}
    rounded = {name: value if value is None else round(value, 2) for name, value in named.items()}
    return {"max_score": numbers.max_score if results else None, **rounded}


def _stages(results: Sequence[Result]) -> list[dict[str, Any]]:
    """How each stage went, as a share of those whose stage was judged, and how often each verdict was given."""
    by_name: dict[str, list[StageResult]] = {}
    for result in results:
        for stage in result.stages:
            by_name.setdefault(stage.name, []).append(stage)
    return [{"name": name, **_stage(stages)} for name, stages in by_name.items()]


def _stage(stages: Sequence[StageResult]) -> dict[str, Any]:
    verdicts = Counter(stage.verdict for stage in stages)
    judged = len(stages) - verdicts["ungraded"]
    passed = round(sum(stage.passed for stage in stages) / judged, 4) if judged else None
    return {"passed": passed, "verdicts": dict(verdicts.most_common())}


def _slips(results: Sequence[Result]) -> list[dict[str, Any]]:
    """The diagnoses that were given most often, stage by stage."""
    return [
        {"stage": slip.stage, "code": slip.code, "message": slip.message, "students": len(slip.students)}
        for slip in slips(results)[:MOST_SLIPS]
    ]
