"""Whether a wrong gradient is right for a forward pass that is wrong itself: then it is no error of its own.

Found out by central differences of the submission's own forward pass, along a few directions drawn at random.
"""

from collections.abc import Mapping
from dataclasses import dataclass

import torch

from grader.assignment.assignment import Exercise
from grader.assignment.probes import Probe, number_from
from grader.assignment.stage import Stage
from grader.assignment.tolerance import Expectation
from grader.border import Answer
from grader.result import PASSED, Diagnosis
from grader.run.ask_calls import CallRun
from grader.run.finding import Finding
from grader.sandbox.ours.offers import Offers

DIRECTIONS = 3
STEPS = {torch.float64: (1e-5, 1e-5), torch.float32: (1e-2, 2e-2)}
"""How far the difference goes, and how near it has to come to the gradient, as shares of what is usual there."""


@dataclass(frozen=True)
class OwnForward:
    """The forward pass of a submission on the course batch, where a value that it makes is wrong."""

    calls: CallRun
    probe: Probe
    outputs: tuple[Stage, ...]
    """The stages of the outputs that the backward pass begins at."""
    wrong: str
    """The first value that is wrong."""

    def explain(self, finding: Finding) -> None:
        """Say of a wrong gradient that the forward pass comes first, and whether all else is right."""
        own = finding.trials[0].comparison
        given = self.probe.lent()
        if own is None or own.aligned is None or finding.stage.tensor not in given:
            return
        first = f"First the forward: `{self.wrong}` is wrong"
        if self._is_gradient(finding.stage.tensor, own.aligned, finding.trials[0].expectation):
            text = f"{first}, and this is the gradient of the forward pass as you wrote it."
            finding.add(diagnosis=Diagnosis("forward-first", text), pattern="")
        elif finding.judgement.diagnosis is None:
            text = f"{first} as well, and this is not its gradient either."
            finding.add(diagnosis=Diagnosis("forward-wrong-too", text))

    def _is_gradient(self, tensor: str, gradient: torch.Tensor, expected: Expectation) -> bool:
        """Along directions that stay clear of ties and kinks, where a difference is of both sides."""
        value = self.probe.lent()[tensor]
        step, near = STEPS[value.dtype]
        step *= float(value.abs().max()) or 1.0
        generator = torch.Generator().manual_seed(number_from(f"own forward/{tensor}"))
        drawn = [torch.randn(value.shape, generator=generator, dtype=value.dtype) for _ in range(DIRECTIONS)]
        directions = [expected.kept(each) for each in drawn]
        sides = [{tensor: value + sign * step * each} for each in directions for sign in (1, -1)]
        totals = [self._total(answers) for answers in self._answers(sides)]
        if None in totals or not directions[0].any():
            return False
        slopes = [(one - other) / (2 * step) for one, other in zip(totals[::2], totals[1::2], strict=True)]  # type: ignore[operator]
        usual = float(expected.kept(gradient).norm()) or 1.0
        told = [float((gradient * each).sum()) for each in directions]
        return all(abs(slope - one) <= near * usual for slope, one in zip(slopes, told, strict=True))

    def _answers(self, sides: list[dict[str, torch.Tensor]]) -> list[tuple[Answer, ...]]:
        offers = Offers([{**self.probe.lent(), **side} for side in sides])
        answers = self.calls.values(self.outputs, offers)
        count = len(self.outputs)
        return [answers[place : place + count] for place in range(0, len(answers), count)]

    def _total(self, answers: tuple[Answer, ...]) -> float | None:
        """The outputs, each weighted with its gradient, added up."""
        total = 0.0
        for stage, answer in zip(self.outputs, answers, strict=True):
            weights = self.probe.upstream[stage.tensor].double()
            if answer.tensor is None or answer.tensor.shape != weights.shape:
                return None
            total += float((answer.tensor.double() * weights).sum())
        return total


def explain_by_forward(exercise: Exercise, calls: CallRun, probe: Probe, findings: Mapping[str, Finding]) -> None:
    """Of each wrong gradient of a call script, where a value of its forward pass is wrong as well."""
    values = [stage for stage in exercise.stages if stage.kind == "value" and stage.name in findings]
    wrong = [stage for stage in values if findings[stage.name].judgement.verdict not in PASSED]
    outputs = tuple(stage for stage in values if stage.tensor in exercise.outputs)
    if not wrong or len(outputs) < len(exercise.outputs):
        return
    forward = OwnForward(calls, probe, outputs, wrong[0].gradient)
    for stage in exercise.gradients:
        finding = findings.get(stage.name)
        if finding and finding.trials and finding.judgement.verdict == "wrong":
            forward.explain(finding)
