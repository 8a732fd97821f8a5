"""Shapes in words: which size each axis of a tensor is, found by running the forward pass at several sizes."""

import itertools
from collections.abc import Iterator, Mapping, Sequence
from math import prod
from typing import Any

import torch

from grader.assignment.assignment import Assignment, Exercise
from grader.assignment.dataset import Dataset
from grader.assignment.probes import can_be_given, course_start, make_probes
from grader.assignment.script_lines import VERSION
from grader.assignment.tasks import Trials


def symbolic_shapes(assignment: Assignment, exercise: Exercise, dataset: Dataset | None) -> dict[str, str]:
    """For each tensor a stage may ask for, and each tensor of the graph, its shape: `(batchSize, 1)`.

    Of what is no tensor and no size, such as `x.shape`, the kind in words. An axis as long as a set of rows is called
    `rows`. With a call script there is none: the docstrings of its functions say what they are given.
    """
    if exercise.calls:
        return {}
    course = course_start(assignment, dataset, exercise)
    probes = make_probes(assignment, exercise, course, "shapes")
    runs = [(probe.sizes, probe.values) for probe in probes]
    if exercise.tasks and dataset:
        scenes = Trials(assignment, exercise, course, dataset, "shapes").scenes
        runs = [(scene.sizes, scene.given | scene.computed) for scene in scenes]
    sizes, values = runs[0]
    tensors = [name for name, value in values.items() if isinstance(value, torch.Tensor) and VERSION not in name]
    plain = {name: _kind(value) for name, value in values.items() if name not in sizes and VERSION not in name}
    shapes = {name: _shape([(sizes, tuple(values[name].shape)) for sizes, values in runs]) for name in tensors}
    return {name: kind for name, kind in plain.items() if kind} | shapes


def _kind(value: Any) -> str:
    """What a value is that is no tensor, in words; nothing where it is not handed to students."""
    match value:
        case bool():
            return "True or False"
        case int():
            return "an integer"
        case float():
            return "a number"
        case str():
            return "a string"
        case tuple() if can_be_given(value):
            return "a tuple of numbers"
    return ""


def _shape(runs: Sequence[tuple[Mapping[str, int], tuple[int, ...]]]) -> str:
    axes = [_axis([(sizes, shape[axis]) for sizes, shape in runs]) for axis in range(len(runs[0][1]))]
    return f"({', '.join(axes)}{',' if len(axes) == 1 else ''})"


def _axis(runs: Sequence[tuple[Mapping[str, int], int]]) -> str:
    if len({length for _, length in runs}) == 1:
        return str(runs[0][1])
    for names in _products(list(runs[0][0])):
        if all(prod(sizes[name] for name in names) == length for sizes, length in runs):
            return " * ".join(names)
    return "rows"


def _products(names: Sequence[str]) -> Iterator[tuple[str, ...]]:
    for count in (1, 2, 3):
        yield from itertools.combinations_with_replacement(names, count)
