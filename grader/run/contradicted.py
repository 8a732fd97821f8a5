"""A slip of the assignment in one result of a function, which another result of the same function contradicts."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from grader.assignment.assignment import Exercise
from grader.assignment.stage import Slip, Stage
from grader.judge.why.near import explains
from grader.run.exam import Examination
from grader.run.finding import EXPLAINED, Finding


def drop_contradicted(exercise: Exercise, findings: Mapping[str, Finding], examination: Examination) -> None:
    """Say nothing of a slip that would show in another result of the function as well, and is not what shows there.

    What is said of that other one instead may be what is true of both.
    """
    slips = exercise.slips
    wrong = [
        _Wrong(stage, findings[stage.name], exercise, examination)
        for stage in exercise.stages
        if _is_wrong(stage, findings)
    ]
    for one in wrong:
        beside = [other for other in wrong if other is not one and other.function == one.function]
        told = one.told_of(slips)
        if told and any(all(map(other.contradicts, told)) for other in beside):
            others = (other for other in beside if any(map(one.comes_of, other.told_of(slips))))
            instead = next(others, None)
            one.finding.add(diagnosis=instead.finding.judgement.diagnosis if instead else None)


def _is_wrong(stage: Stage, findings: Mapping[str, Finding]) -> bool:
    finding = findings.get(stage.name)
    return finding is not None and bool(finding.trials) and finding.judgement.verdict in EXPLAINED


@dataclass(frozen=True)
class _Wrong:
    """A result that is wrong."""

    stage: Stage
    finding: Finding
    exercise: Exercise
    examination: Examination

    @property
    def function(self) -> tuple[str, str]:
        return self.stage.asked, self.stage.method

    def told_of(self, slips: Sequence[Slip]) -> list[Slip]:
        """The slip of the assignment that it is told to be, in each of its forms."""
        told = self.finding.judgement.diagnosis
        return [slip for slip in slips if told and told.slips == 1 and slip.code == told.code]

    def comes_of(self, slip: Slip) -> bool:
        return all(given for _, given in self._with(slip))

    def contradicts(self, slip: Slip) -> bool:
        """Whether on some probe the slip would show, and something else does."""
        return any(shows and not given for shows, given in self._with(slip))

    def _with(self, slip: Slip) -> Iterator[tuple[bool, bool]]:
        """On each probe, whether a slip would show, and whether the answer is what it gives."""
        for local, trial in zip(self.examination.locals(self.exercise, self.stage), self.finding.trials, strict=True):
            value, given, wanted = local.with_slip(slip), trial.answer.tensor, trial.expectation
            if value is None or value.shape != local.gradient.shape:
                yield False, False
            else:
                shows = wanted.error(value) > wanted.tolerance
                yield shows, given is not None and explains(value, given, local)
