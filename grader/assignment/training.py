"""Training runs of an exercise: what is run, and the run that autograd makes of it."""

from collections.abc import Callable, Mapping, Sequence
from typing import Any

import torch

from grader.assignment.assignment import Exercise
from grader.assignment.cut_graph import Values
from grader.assignment.dataset import Rows
from grader.assignment.stage import Training
from grader.errors import AssignmentError
from grader.sandbox.border.loop import Loop, Plan, with_autograd

Look = Callable[[Loop, Sequence[torch.Tensor]], None]
"""Given the run, and the gradients of its latest step."""


def training_of(exercise: Exercise) -> Training:
    """
    Raises:
        AssignmentError: nothing is trained in this exercise.
    """
    if exercise.training is None:
        raise AssignmentError(exercise.script.path, f"{exercise.name} has no table `training`.")
    return exercise.training


def plan_of(exercise: Exercise, sizes: Mapping[str, int], steps: int, seed: int) -> Plan:
    """A run of so many steps."""
    training = training_of(exercise)
    return Plan(
        forward=exercise.script.text,
        parameters=exercise.parameters,
        batch=training.batch,
        batch_size=sizes[training.batch_size],
        steps=steps,
        learning_rates=training.learning_rates,
        seed=seed,
        numbers=dict(sizes),
    )


def parameters_of(exercise: Exercise, values: Values) -> list[torch.Tensor]:
    """The parameters among the values, in order."""
    return [values[name] for name in exercise.parameters]


def train(plan: Plan, rows: Rows, parameters: list[torch.Tensor], look: Look | None = None) -> Loop:
    """The run that autograd makes, from beginning to end; `look` is called after each step."""
    loop = with_autograd(plan, (rows.inputs, rows.outputs), parameters)
    while not loop.done:
        gradients = loop.step()
        if look:
            look(loop, gradients)
    return loop


def trained(
    exercise: Exercise, sizes: Mapping[str, int], inputs: Values, rows: Rows, steps: int, seed: int
) -> dict[str, Any]:
    """The parameters after some steps, by name."""
    loop = train(plan_of(exercise, sizes, steps, seed), rows, parameters_of(exercise, inputs))
    return {name: value.detach() for name, value in zip(exercise.parameters, loop.parameters, strict=True)}
