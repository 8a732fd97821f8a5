"""Whether the slips of an assignment can explain anything: a typo in one would never be noticed otherwise."""

import ast
from collections.abc import Iterator

import torch

from grader.assignment.assignment import Exercise
from grader.assignment.stage import Slip
from grader.errors import AssignmentError, did_you_mean
from grader.judge.why.local import Local, cut_at
from grader.run.exam import Examination

SAME = 1e-9
"""Of the largest element: a slip that changes nothing by more is the right line."""


def useless_slips(examination: Examination) -> Iterator[str]:
    """A sentence for each slip that can never explain an answer: what is the matter with it, and what to do."""
    for exercise in examination.exercises:
        slips = [*exercise.slips, *(slip for task in exercise.tasks for slip in task.slips)]
        for slip in slips:
            for target, expression in slip.lines.items():
                try:
                    ast.parse(expression, mode="eval")
                except SyntaxError as error:
                    yield f"{_where(exercise, slip)}: the line of {target} is not valid Python: {error.msg}."
        for slip in exercise.slips:
            complaint = _complaint(exercise, slip, examination)
            if complaint:
                yield f"{_where(exercise, slip)}: {complaint}"


def _where(exercise: Exercise, slip: Slip) -> str:
    return f"{exercise.name}, slip {slip.code!r}"


def _complaint(exercise: Exercise, slip: Slip, examination: Examination) -> str:
    if not slip.lines:
        return "it changes no line; say under `lines` which would have to be different."
    for target in slip.lines:
        if target not in exercise.script.targets:
            guess = did_you_mean(target, exercise.script.targets)
            return f"no line of {exercise.script.path.name} makes {target}.{guess}"
    try:
        altered = exercise.script.altered(slip.lines)
        for probe in examination.probes[exercise.name]:
            cut_at(probe, altered)
    except AssignmentError as error:
        return f"with its lines, the script does not run. {error}"
    if not any(_changes(local, slip) for local in _locals(exercise, examination)):
        return "what it gives is right for every stage: its lines are the right ones, or no stage depends on them."
    return ""


def _locals(exercise: Exercise, examination: Examination) -> Iterator[Local]:
    for probe in examination.probes[exercise.name]:
        yield from (Local(stage, probe) for stage in exercise.stages)


def _changes(local: Local, slip: Slip) -> bool:
    """Whether an answer with this slip is another one than the right one."""
    given = local.with_slip(slip)
    if given is None:
        return False
    right = local.gradient
    if given.shape != right.shape:
        return True
    scale = float(torch.cat([right.abs().reshape(-1), given.abs().reshape(-1)]).max())
    return not bool((given.double() - right).abs().max() <= SAME * scale)
