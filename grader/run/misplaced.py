"""Results of one function that stand in each other's place: each is right, but for another gradient."""

from collections.abc import Mapping
from itertools import permutations

from grader.assignment.assignment import Exercise
from grader.judge.compare import compare
from grader.result import PASSED, Diagnosis
from grader.run.finding import EXPLAINED, Finding


def explain_by_order(exercise: Exercise, findings: Mapping[str, Finding]) -> None:
    """Say of the results of an exercise which of them are in the wrong place: what belongs there is wrong as well."""
    off = [stage for stage in exercise.stages if stage.name in findings and _is_off(findings[stage.name])]
    belongs = {
        stage.name: other
        for stage, other in permutations(off, 2)
        if (stage.asked, stage.method) == (other.asked, other.method)
        and _is_right_for(findings[stage.name], findings[other.name])
    }
    for name, other in belongs.items():
        if other.name in belongs:  # else it may as well be too early, or too late
            text = f"This belongs in the place of `{other.gradient}`: the results are in another order."
            findings[name].add(diagnosis=Diagnosis("order", text), pattern="")


def _is_off(finding: Finding) -> bool:
    return bool(finding.trials) and finding.judgement.verdict in EXPLAINED


def _is_right_for(finding: Finding, other: Finding) -> bool:
    """Whether the answers are right, on every probe, for what another one is asked for."""
    return any(wanted.expectation.tells for wanted in other.trials) and all(
        trial.answer.tensor is not None and compare(trial.answer.tensor, wanted.expectation).verdict in PASSED
        for trial, wanted in zip(finding.trials, other.trials, strict=True)
    )
