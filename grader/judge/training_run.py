"""The judgement of a short training run: it has to end where autograd's run ends."""

from collections.abc import Callable, Sequence
from dataclasses import replace

import torch

from grader.assignment.probes import Probe
from grader.assignment.short_run import LOSS_CURVE, ShortRun
from grader.assignment.tolerance import largest
from grader.border import Answer, Trained
from grader.judge.gradient import judge_gradient, trials_of
from grader.judge.judgement import Judgement
from grader.judge.values import merged_parts
from grader.result import Chained, Departure, Diagnosis, LossCurve
from grader.sandbox.border.loop import flattened, thinned

CURVE_POINTS = 100
CLOSE = 1e-3
"""A run that goes in the reference's direction, times a factor, but for this share."""


def judge_run(
    run: ShortRun,
    probe: Probe,
    own: Sequence[Trained] | None,
    given: Callable[[], Sequence[Trained]],
) -> Judgement:
    """The judgement of a short training run.

    It passes if it ends where autograd's run does with the student's own gradients; or with the right ones, so that a
    slip in a gradient costs the gradient alone.

    Args:
        run: its reference.
        probe: expects what the run does at its end.
        own: what came of the student's own gradients; None where there are none.
        given: runs it with the reference's gradients.
    """
    judged = None if own is None else _judge_run(run, probe, own)
    if judged and judged.passed:
        return replace(judged, chained=Chained(judged.verdict, None))
    with_given = given()
    result = _judge_run(run, probe, with_given)
    if judged is None or not result.passed:
        return replace(result, chained=Chained(judged.verdict, None) if judged else None)
    text = "The update is right, but with your own gradients the run departs from the one with loss.backward()"
    gone = f" {departed_at(judged.curve.departed)}" if judged.curve and judged.curve.departed else ""
    return replace(result, message=f"{text}{gone}.", curve=judged.curve, chained=Chained(judged.verdict, None))


def _judge_run(run: ShortRun, probe: Probe, trained: Sequence[Trained]) -> Judgement:
    """One run against the reference: the loss curve, and how far each parameter has come."""
    last = trained[-1] if trained else Trained(0)
    losses = [float(loss) for report in trained if report.losses is not None for loss in report.losses]
    ends: dict[str, Answer] = dict.fromkeys(run.final, Answer(fault=last.fault))
    if last.fault is None and last.parameters is not None:
        moved = run.moved(last.parameters) | {LOSS_CURVE: torch.tensor(losses, dtype=torch.float64)}
        ends = {name: Answer(moved[name], seconds=last.seconds / len(moved)) for name in run.final}
    parts = {name: judge_gradient(trials_of(name, [probe], [ends[name]])) for name in run.final}
    departed = _departed(run, trained)
    merged = replace(merged_parts(parts), curve=LossCurve(run.plan.steps, *_curves(run, losses), departed))
    if merged.passed or last.fault:
        return merged
    gone = departed_at(departed) if departed else "at its end"
    diagnosis = _direction(run, trained, departed) if departed else None
    return replace(merged, message=f"The run departs from the one with loss.backward(), {gone}.", diagnosis=diagnosis)


def departed_at(departed: Departure) -> str:
    """Where a run left the reference, in words."""
    return f"from step {departed.step} on, in {', '.join(departed.parameters)}"


def _departed(run: ShortRun, trained: Sequence[Trained]) -> Departure | None:
    """The first checkpoint at which a parameter is not where the reference has it."""
    for report in trained:
        if report.parameters is None or report.step not in run.expected:
            continue
        expected, moved = run.expected[report.step], run.moved(report.parameters)
        off = [name for name in moved if not expected[name].error(moved[name]) <= expected[name].tolerance]
        if off:
            return Departure(report.step, off)
    return None


def _direction(run: ShortRun, trained: Sequence[Trained], departed: Departure) -> Diagnosis | None:
    """Whether the first step goes the reference's way times a factor, the same for every parameter."""
    report = next((each for each in trained if each.step == departed.step), None)
    if departed.step != 1 or report is None or report.parameters is None:
        return None
    moved = flattened(run.moved(report.parameters).values())
    expected = flattened(run.expected[1][name].gradient for name in run.plan.parameters)
    factor = float(moved @ expected / (expected @ expected))
    if largest(moved) == 0:
        text = "The parameters do not change: return new ones, or change them in place; `p = p - …` does neither."
        return Diagnosis("unchanged", text)
    if not largest(moved - factor * expected) <= CLOSE * largest(expected) * max(1.0, abs(factor)):
        return None
    rate = run.plan.learning_rate(0)
    known = {
        -1.0: "The step goes uphill: the gradient points where the loss grows, so subtract it.",
        1 / rate: "The step leaves out the learning rate.",
        -1 / rate: "The step goes uphill, and leaves out the learning rate.",
    }
    text = next((text for value, text in known.items() if abs(factor / value - 1) < CLOSE), "")
    return Diagnosis(
        "factor", text or f"Each step is {factor:.4g} times as long as the learning rate times the gradient."
    )


def _curves(run: ShortRun, losses: Sequence[float]) -> tuple[list[float | None], list[float | None]]:
    return thinned(losses, run.plan.steps, CURVE_POINTS), thinned(run.losses, run.plan.steps, CURVE_POINTS)
