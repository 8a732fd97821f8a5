"""How much larger a function's values are than they should be, where a gradient of it cancels.

What rounding leaves of a sum is as large as what is summed. A slip further up that makes all of it larger must not cost
the sum its mark as well.
"""

import math
from collections.abc import Mapping, Sequence

from grader.assignment.assignment import Exercise
from grader.assignment.probes import Probe
from grader.assignment.stage import Stage
from grader.assignment.tolerance import Expectation, largest
from grader.border import Answer


def growth(
    stage: Stage, exercise: Exercise, probes: Sequence[Probe], answers: Mapping[str, Sequence[Answer]]
) -> list[float]:
    """On each probe, how many times as large as it should be is what cancels in a stage; at least 1.

    It is told by the other gradients of the same function that come back through the line where this one does.

    Args:
        stage: whose.
        exercise: that the stage belongs to.
        probes: that the function was asked on.
        answers: on the same probes, by the stage's name.
    """
    if not any(probe.expected[stage.name].cancelling for probe in probes):
        return [1.0] * len(probes)
    beside = [other for other in _beside(stage, exercise) if len(answers.get(other.name, ())) == len(probes)]
    return [
        _least([_times(answers[other.name][place], probe.expected[other.name]) for other in beside])
        for place, probe in enumerate(probes)
    ]


def _least(times: Sequence[float]) -> float:
    """How much larger all are that say anything, so that one with a slip of its own does not count for the others."""
    return max(1.0, min(filter(None, times), default=1.0))


def _beside(stage: Stage, exercise: Exercise) -> list[Stage]:
    """The other stages of its function whose tensors are in a line that reads its own."""
    script, cuts = exercise.script, exercise.cuts
    lines = [line for line in script.lines if stage.tensor in line.reads]
    return [
        other
        for other in exercise.together(stage.asked)
        if other != stage
        and other.kind == "gradient"
        and any(line in lines for line in script.lines_using(other.tensor, cuts))
    ]


def _times(answer: Answer, expected: Expectation) -> float:
    """How many times as large as the reference an answer is; 0 where that cannot be told."""
    if answer.tensor is None or not answer.tensor.numel():
        return 0.0
    times = largest(expected.kept(answer.tensor.double())) / (largest(expected.kept(expected.gradient)) or math.inf)
    return times if math.isfinite(times) else 0.0
