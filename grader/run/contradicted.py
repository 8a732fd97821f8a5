"""A slip of the assignment in one result of a function, which another result of the same function contradicts."""

from collections.abc import Iterator, Mapping

from grader.assignment.assignment import Exercise
from grader.assignment.stage import Slip, Stage
from grader.assignment.tolerance import largest
from grader.judge.why.local import Local
from grader.judge.why.near import explains
from grader.result import Diagnosis
from grader.run.exam import Examination
from grader.run.finding import EXPLAINED, Finding


def drop_contradicted(exercise: Exercise, findings: Mapping[str, Finding], examination: Examination) -> None:
    """Say nothing of a slip that would show in another result of the function as well, and is not what shows there.

    What is said of that other one instead may be what is true of both.
    """
    slips = {slip.code: slip for slip in exercise.slips}
    for finding in findings.values():
        slip = _of_assignment(finding, slips)
        beside = [*_beside(finding, findings)] if slip else []
        if slip and any(_contradicts(other, slip, exercise, examination) for other in beside):
            finding.add(diagnosis=_of_both(finding, beside, slips, exercise, examination))


def _of_assignment(finding: Finding, slips: Mapping[str, Slip]) -> Slip | None:
    told = finding.judgement.diagnosis
    return slips.get(told.code) if told and told.slips == 1 else None


def _beside(finding: Finding, findings: Mapping[str, Finding]) -> Iterator[Finding]:
    """The results of the same function that are wrong as well."""
    for other in findings.values():
        wrong = other.trials and other.judgement.verdict in EXPLAINED and other is not finding
        if wrong and _function(other) == _function(finding):
            yield other


def _function(finding: Finding) -> tuple[str, str]:
    stage = finding.stage
    return (stage.asked, stage.method) if isinstance(stage, Stage) else (stage.name, "")


def _of_both(
    finding: Finding, beside: list[Finding], slips: Mapping[str, Slip], exercise: Exercise, examination: Examination
) -> Diagnosis | None:
    locals_ = _locals(finding, exercise, examination)
    for other in beside:
        slip = _of_assignment(other, slips)
        if slip and all(_gives(local, slip, finding, place) for place, local in enumerate(locals_)):
            return other.judgement.diagnosis
    return None


def _locals(finding: Finding, exercise: Exercise, examination: Examination) -> list[Local]:
    return examination.locals(exercise, finding.stage) if isinstance(finding.stage, Stage) else []


def _gives(local: Local, slip: Slip, finding: Finding, place: int) -> bool:
    value, given = local.with_slip(slip), finding.trials[place].answer.tensor
    return value is not None and given is not None and explains(value, given, local)


def _contradicts(finding: Finding, slip: Slip, exercise: Exercise, examination: Examination) -> bool:
    """Whether on some probe the slip would show, and something else does."""
    for place, local in enumerate(_locals(finding, exercise, examination)):
        value, wanted = local.with_slip(slip), finding.trials[place].expectation
        if value is not None and value.shape == local.gradient.shape:
            shows = largest(value - local.gradient) > wanted.tolerance * wanted.scale
            if shows and not _gives(local, slip, finding, place):
                return True
    return False
