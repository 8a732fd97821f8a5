"""The verdicts of tasks: a training run, values of a script, and texts that were drawn."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from typing import Any

import torch

from grader.assignment.assignment import Slip, Stage, Task
from grader.assignment.cut_graph import Values, globals_for
from grader.assignment.probes import Probe
from grader.assignment.tasks import LOSS_CURVE, Run, Scene
from grader.assignment.tolerance import double, each, largest
from grader.border import Answer, Reply, Trained
from grader.judge.compare import align
from grader.judge.sampling import complaint, threshold, transitions, weigh
from grader.judge.verdict import judge, not_asked, points
from grader.result import (
    PASSED,
    Chained,
    Departure,
    Diagnosis,
    Integrity,
    LossCurve,
    ProbeResult,
    StageResult,
    Verdict,
)
from grader.sandbox.border.loop import flattened, thinned

CURVE_POINTS = 100
NAMES_SHOWN = 20
CLOSE = 1e-3
"""A run that goes in the reference's direction, times a factor, but for this share."""

SAMPLING_SLIPS = {
    "uniform": "As if every character were equally likely: draw with the probabilities, the softmax of the logits.",
    "greedy": "As if the most likely character were always taken: draw at random, torch.multinomial does it.",
    "sharpened": "Likely characters come too often, as if the logits were doubled.",
    "flattened": "Likely characters come too seldom, as if the logits were halved.",
    "no-empty": "The end never comes first. A name with nothing in it is rare, but it does come.",
    "context-stays": "As if the context never changed: after each character it moves on by one.",
    "context-reversed": "As if the context were backwards: a new character goes to its end, the first one is dropped.",
}


def judge_values(task: Task, probes: Sequence[Probe], reply: Reply, credit: dict[str, float]) -> StageResult:
    """The verdict of a task that asks for values; the reply has one answer for each of them on each probe."""
    count = len(task.returns)
    answers = {name: reply.answers[place::count] for place, name in enumerate(task.returns)}
    parts = [
        judge(_part(task, name), probes, Reply(answers[name], reply.printed), credit, Integrity())
        for name in task.returns
    ]
    merged = _merged(task, parts)
    if merged.verdict in PASSED:
        return merged
    return replace(merged, diagnosis=_slip(task.slips, task, probes, answers))


def judge_run(
    task: Task,
    run: Run,
    probe: Probe,
    own: Sequence[Trained] | None,
    given: Callable[[], Sequence[Trained]],
    credit: dict[str, float],
) -> StageResult:
    """The verdict of a short training run.

    It passes if it ends where autograd's run does with the student's own gradients; or with the right ones, so that a
    slip in a gradient costs the gradient alone.

    Args:
        task: of the kind `run`.
        run: its reference.
        probe: expects what the run does at its end.
        own: what came of the student's own gradients; None where there are none.
        given: runs it with the reference's gradients.
        credit: the share of the points that each verdict earns.
    """
    judged = None if own is None else _judge_run(task, run, probe, own, credit)
    if judged and judged.verdict in PASSED:
        return replace(judged, chained=Chained(judged.verdict, None))
    with_given = given()
    result = _judge_run(task, run, probe, with_given, credit)
    if judged is None or result.verdict not in PASSED:
        return replace(result, chained=Chained(judged.verdict, None) if judged else None)
    text = "The update is right. With your own gradients the run goes another way"
    gone = f" {departed_at(judged.curve.departed)}" if judged.curve and judged.curve.departed else ""
    return replace(result, message=f"{text}{gone}.", curve=judged.curve, chained=Chained(judged.verdict, None))


def judge_samples(
    task: Task, scenes: Sequence[Scene], context: str, reply: Reply, credit: dict[str, float]
) -> StageResult:
    """The verdict of texts drawn in each scene; `context` is the size that says how many characters are looked at."""
    fault = next((answer.fault for answer in reply.answers if answer.fault), None)
    if fault:
        explained = (slip for slip in task.slips if _fails_alike(slip, task, scenes, reply.answers, context))
        return replace(not_asked(task, fault, credit), printed=reply.printed, diagnosis=_named(next(explained, None)))
    message, probes = "", []
    diagnosis: Diagnosis | None = None
    for scene, answer in zip(scenes, reply.answers, strict=True):
        wrong = complaint(answer.texts, scene.vocabulary)
        evidence = None
        if not wrong:
            drawn = transitions(answer.texts, scene.vocabulary, scene.sizes[context])
            runs = [slip for slip in task.slips if _failure_of(slip, task, scene, context) is None]
            slips = {slip.code: _log_probabilities(task, scene, slip) for slip in runs}
            evidence = weigh(drawn, _log_probabilities(task, scene), slips)
            if evidence.log_ratio >= threshold(len(scenes)):
                wrong = "The names do not come with the probabilities of the network."
                named = SAMPLING_SLIPS | {slip.code: slip.message for slip in task.slips}
                if diagnosis is None and evidence.best in named:
                    diagnosis = Diagnosis(evidence.best, named[evidence.best])
        message = message or wrong or ""
        ratio = max(evidence.log_ratio, 0.0) if evidence else None
        probes.append(ProbeResult(scene.name, scene.kind, scene.sizes, ratio, threshold(len(scenes)), not wrong))
    verdict: Verdict = "wrong" if message else "approximate"
    texts = reply.answers[-1].texts
    return StageResult(
        name=task.name,
        tensor="",
        verdict=verdict,
        score=float(points(task.points, credit, verdict)),
        max_score=task.points,
        message=message,
        diagnosis=diagnosis,
        probes=probes,
        seconds=round(sum(answer.seconds for answer in reply.answers), 6),
        printed=reply.printed,
        names=list(texts[:NAMES_SHOWN]),
    )


def _log_probabilities(task: Task, scene: Scene, slip: Slip | None = None) -> Callable[[torch.Tensor], torch.Tensor]:
    script = task.script.altered(slip.lines) if slip else task.script
    return lambda contexts: scene.log_probabilities(task, contexts, script)


def _part(task: Task, name: str) -> Stage:
    return Stage(name, name, task.points, task.hint)


def _merged(task: Task, parts: Sequence[StageResult]) -> StageResult:
    """The parts of one task as one stage: it is as good as the worst of them."""
    failed = [part for part in parts if part.verdict not in PASSED]
    shaped = [part for part in parts if part.verdict == "shape"]
    rounded = [part for part in parts if part.verdict == "approximate"]
    decisive = (failed or shaped or rounded or parts)[0]
    message = decisive.message
    if message and len(parts) > 1 and not decisive.error and decisive.verdict != "missing":
        message = f"{decisive.name}: {message}"
    return replace(
        decisive,
        name=task.name,
        tensor="",
        message=message,
        probes=[_worst_probe(rows) for rows in zip(*(part.probes for part in parts), strict=True)],
        exact=all(part.exact for part in parts),
        approximate=all(part.approximate for part in parts),
        seconds=round(sum(part.seconds for part in parts), 6),
    )


def _worst_probe(rows: Sequence[ProbeResult]) -> ProbeResult:
    """Of the parts' evidence on one probe, that of the worst."""
    return max(rows, key=lambda row: (not row.passed, (row.error or 0.0) / row.tolerance))


def _judge_run(task: Task, run: Run, probe: Probe, trained: Sequence[Trained], credit: dict[str, float]) -> StageResult:
    """One run against the reference: the loss curve, and how far each parameter has come."""
    last = trained[-1] if trained else Trained(0)
    losses = [float(loss) for report in trained if report.losses is not None for loss in report.losses]
    ends: dict[str, Answer] = dict.fromkeys(run.final, Answer(fault=last.fault))
    if last.fault is None and last.parameters is not None:
        moved = run.moved(last.parameters) | {LOSS_CURVE: torch.tensor(losses, dtype=torch.float64)}
        ends = {name: Answer(moved[name], seconds=last.seconds / len(moved)) for name in run.final}
    parts = [judge(_part(task, name), [probe], Reply((ends[name],)), credit, Integrity()) for name in run.final]
    departed = _departed(run, trained)
    merged = replace(_merged(task, parts), curve=LossCurve(run.plan.steps, *_curves(run, losses), departed))
    if merged.verdict in PASSED or last.fault:
        return merged
    gone = departed_at(departed) if departed else "at its end"
    diagnosis = _direction(run, trained, departed) if departed else None
    return replace(merged, message=f"The run goes another way than with loss.backward(), {gone}.", diagnosis=diagnosis)


def departed_at(departed: Departure) -> str:
    """Where a run left the reference, in words."""
    return f"from step {departed.step} on: {', '.join(departed.parameters)}"


def _departed(run: Run, trained: Sequence[Trained]) -> Departure | None:
    """The first checkpoint at which a parameter is not where the reference has it."""
    for report in trained:
        if report.parameters is None or report.step not in run.expected:
            continue
        expected, moved = run.expected[report.step], run.moved(report.parameters)
        off = [name for name in moved if not expected[name].error(moved[name]) <= expected[name].tolerance]
        if off:
            return Departure(report.step, off)
    return None


def _direction(run: Run, trained: Sequence[Trained], departed: Departure) -> Diagnosis | None:
    """Whether the first step goes the reference's way times a factor, the same for every parameter."""
    report = next((each for each in trained if each.step == departed.step), None)
    if departed.step != 1 or report is None or report.parameters is None:
        return None
    moved = flattened(run.moved(report.parameters).values())
    expected = flattened(run.expected[1][name].gradient for name in run.plan.parameters)
    factor = float(moved @ expected / (expected @ expected))
    if largest(moved) == 0:
        text = "The parameters stay as they are: return new ones, or change them in place; `p = p - …` does neither."
        return Diagnosis("unchanged", text)
    if not largest(moved - factor * expected) <= CLOSE * largest(expected) * max(1.0, abs(factor)):
        return None
    rate = run.plan.learning_rate(0)
    known = {
        -1.0: "The step goes uphill: the gradient points to where the loss grows.",
        1 / rate: "The learning rate is left out.",
        -1 / rate: "The step goes uphill, and the learning rate is left out.",
    }
    text = next((text for value, text in known.items() if abs(factor / value - 1) < CLOSE), "")
    return Diagnosis("factor", text or f"Each step is {factor:.4g} times what learning rate times gradient is.")


def _curves(run: Run, losses: Sequence[float]) -> tuple[list[float | None], list[float | None]]:
    return thinned(losses, run.plan.steps, CURVE_POINTS), thinned(run.losses, run.plan.steps, CURVE_POINTS)


def _slip(
    slips: Sequence[Slip], task: Task, probes: Sequence[Probe], answers: Mapping[str, Sequence[Answer]]
) -> Diagnosis | None:
    """The first slip that explains every answer."""
    for slip in slips:
        explained = (
            _explains(slip, task, probe, {name: answers[name][place] for name in task.returns})
            for place, probe in enumerate(probes)
        )
        if all(explained):
            return _named(slip)
    return None


def _named(slip: Slip | None) -> Diagnosis | None:
    return Diagnosis(slip.code, slip.message) if slip else None


def _explains(slip: Slip, task: Task, probe: Probe, given: Mapping[str, Answer]) -> bool:
    """Whether the slip gives these values; or fails with the same words, where the answer is a fault."""
    script = task.script.altered(slip.lines)
    if fault := next((answer.fault for answer in given.values() if answer.fault), None):
        failure = _failure(script.text, probe.values)
        return failure is not None and fault.message.startswith(failure)
    try:
        values = _run(script.text, each(probe.values, double))
    except Exception:
        return False
    for name, answer in given.items():
        tolerance = probe.expected[name].tolerance
        aligned = None if answer.tensor is None else align(answer.tensor, values[name].shape)
        if aligned is None or not largest(aligned.double() - values[name]) <= tolerance * largest(values[name]):
            return False
    return True


def _fails_alike(slip: Slip, task: Task, scenes: Sequence[Scene], answers: Sequence[Answer], context: str) -> bool:
    """Whether the slip fails with the same words in every scene."""
    for scene, answer in zip(scenes, answers, strict=True):
        failure = _failure_of(slip, task, scene, context)
        if failure is None or answer.fault is None or not answer.fault.message.startswith(failure):
            return False
    return True


def _failure_of(slip: Slip, task: Task, scene: Scene, context: str) -> str | None:
    """The words with which the slip fails for one context, if it does."""
    contexts = torch.zeros((1, scene.sizes[context]), dtype=torch.int64)
    return _failure(task.script.altered(slip.lines).text, scene.given | scene.computed | scene.rows(contexts))


def _failure(text: str, values: Values) -> str | None:
    try:
        _run(text, values)
    except Exception as error:
        return str(error)
    return None


def _run(text: str, values: Values) -> dict[str, Any]:
    namespace = globals_for(values)
    exec(text, namespace)
    return namespace
