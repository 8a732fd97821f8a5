"""The judgement of an update that stands in a training loop: what one step of it does to the parameters."""

from collections.abc import Sequence

import torch

from grader.assignment.tolerance import largest
from grader.border import Trained
from grader.judge.compare import finite, told
from grader.judge.judgement import Judgement, not_asked
from grader.result import Diagnosis, ProbeResult
from grader.sandbox.border.loop import Plan, unflattened

CLOSE = 1e-4
"""Of the largest element, how far a step may be from a multiple of its gradient; rounding of the parameters aside."""
ROUNDING = 4 * 2.0**-24
VISIBLE = 100
"""A step is that many times as large as rounding at least, to be seen as one."""


def judge_step(
    plan: Plan,
    start: Sequence[torch.Tensor],
    gradients: torch.Tensor,
    trained: Sequence[Trained],
) -> Judgement:
    """It is right if every parameter moves against its gradient, all at one positive rate, whatever that is.

    Args:
        plan: names the parameters.
        start: the parameters before the step.
        gradients: that it was given, flat.
        trained: the parameters after it.
    """
    last = trained[-1] if trained else Trained(0)
    if last.fault or last.parameters is None:
        return not_asked(last.fault)
    named = zip(plan.parameters, start, unflattened(last.parameters, start), unflattened(gradients, start), strict=True)
    steps = {
        name: _Step(after.double() - before.double(), before, taken.double()) for name, before, after, taken in named
    }
    rate = _rate(list(steps.values()))
    off = {name: step.error(rate) for name, step in steps.items()}
    diagnosis = _diagnosis(steps, rate, [name for name, error in off.items() if not error <= CLOSE])
    return Judgement(
        verdict="wrong" if diagnosis else "approximate",
        message="A step of your training loop does not move the parameters against their gradients."
        if diagnosis
        else "",
        diagnosis=diagnosis,
        probes=[
            ProbeResult(
                "one step",
                "arbitrary",
                dict(plan.numbers),
                told(finite(max(off.values())), "arbitrary"),
                CLOSE,
                diagnosis is None,
            )
        ],
        seconds=round(last.seconds, 6),
    )


class _Step:
    """What one step has done to one parameter."""

    def __init__(self, moved: torch.Tensor, before: torch.Tensor, gradient: torch.Tensor) -> None:
        self.moved, self.gradient = moved, gradient
        self._rounding = ROUNDING * (largest(before) + largest(moved))

    def rate(self) -> float:
        """How much of its gradient the parameter has gone down."""
        return -float((self.moved * self.gradient).sum() / (self.gradient * self.gradient).sum())

    def error(self, rate: float) -> float:
        """How far the step is from the gradient at that rate, as a share of what it would be."""
        size = abs(rate) * largest(self.gradient)
        if not size > VISIBLE * self._rounding:
            return float("inf")
        return max(0.0, largest(self.moved + rate * self.gradient) - self._rounding) / size


def _rate(steps: Sequence[_Step]) -> float:
    rates = sorted(step.rate() for step in steps)
    return rates[len(rates) // 2]


def _diagnosis(steps: dict[str, _Step], rate: float, off: Sequence[str]) -> Diagnosis | None:
    """Why it is no such step."""
    if all(largest(step.moved) == 0 for step in steps.values()):
        text = "The parameters do not change: change them in place (`p.data -= …`), or assign new ones to their names."
        return Diagnosis("unchanged", text)
    if not off:
        return (
            None
            if rate > 0
            else Diagnosis("uphill", "The step goes uphill: the gradient points where the loss grows, so subtract it.")
        )
    still = [name for name in off if largest(steps[name].moved) == 0]
    if still:
        return Diagnosis("left-out", f"The update leaves out {', '.join(still)}.")
    if all(steps[name].error(steps[name].rate()) <= CLOSE for name in steps):
        return Diagnosis(
            "rates", f"Use one learning rate for all parameters: {', '.join(off)} moves at another rate than the rest."
        )
    return Diagnosis("direction", f"The step does not go against the gradient of {', '.join(off)}.")
