"""The judgement of values that lines of a script make: each is compared as a gradient is."""

from collections.abc import Mapping, Sequence
from dataclasses import replace

from grader.assignment.probes import Probe
from grader.assignment.stage import Slip, Task
from grader.border import Answer, Reply
from grader.judge.altered import explains, named
from grader.judge.gradient import judge_gradient, trials_of
from grader.judge.judgement import Judgement
from grader.result import Diagnosis, ProbeResult


def judge_values(task: Task, probes: Sequence[Probe], reply: Reply) -> Judgement:
    """The judgement of a task that asks for values.

    Args:
        task: of the kind `values`.
        probes: what was asked.
        reply: an answer for each value on each probe.
    """
    count = len(task.returns)
    answers = {name: reply.answers[place::count] for place, name in enumerate(task.returns)}
    merged = merged_parts(
        {name: judge_gradient(trials_of(name, probes, given), reply.printed) for name, given in answers.items()}
    )
    return merged if merged.passed else replace(merged, diagnosis=_slip(task, probes, answers))


def merged_parts(parts: Mapping[str, Judgement]) -> Judgement:
    """The parts of one stage, by name, as one: it is as good as the worst of them."""
    name, decisive = min(parts.items(), key=lambda part: _RANK.get(part[1].verdict, 0))
    message = decisive.message
    if message and len(parts) > 1 and not decisive.error and decisive.verdict != "missing":
        message = f"{name}: {message}"
    return replace(
        decisive,
        message=message,
        probes=[_worst_probe(rows) for rows in zip(*(part.probes for part in parts.values()), strict=True)],
        exact=all(part.exact for part in parts.values()),
        approximate=all(part.approximate for part in parts.values()),
        seconds=round(sum(part.seconds for part in parts.values()), 6),
    )


_RANK = {"shape": 1, "approximate": 2, "exact": 3}
"""From the worst verdict to the best, of those that pass."""


def _worst_probe(rows: Sequence[ProbeResult]) -> ProbeResult:
    """Of the parts' evidence on one probe, that of the worst."""
    return max(rows, key=lambda row: (not row.passed, (row.error or 0.0) / row.tolerance))


def _slip(task: Task, probes: Sequence[Probe], answers: Mapping[str, Sequence[Answer]]) -> Diagnosis | None:
    """The first slip that explains every answer."""

    def explained(slip: Slip) -> bool:
        given = ({name: answers[name][place] for name in task.returns} for place in range(len(probes)))
        return all(explains(slip, task, probe, each) for probe, each in zip(probes, given, strict=True))

    return named(next((slip for slip in task.slips if explained(slip)), None))
