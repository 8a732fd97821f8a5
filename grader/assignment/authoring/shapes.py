"""Shapes in words: which size each axis of a tensor is, found by running the forward pass at several sizes."""

import itertools
import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from math import prod
from typing import Any

import torch

from grader.assignment.assignment import Assignment, Exercise
from grader.assignment.dataset import Dataset
from grader.assignment.hidden_probes import make_probes
from grader.assignment.probes import can_be_given, course_start, numbers_in
from grader.assignment.script_lines import VERSION
from grader.assignment.tasks import Trials

UNKNOWN = ("rows", "length", "unknown")
"""What an axis is called that is as long as nothing that has a name: the first word that is no name itself."""


def symbolic_shapes(assignment: Assignment, exercise: Exercise, dataset: Dataset | None) -> dict[str, str]:
    """For each tensor a stage may ask for, and each tensor of the graph, its shape: `(batchSize, 1)`.

    Of what is no tensor and no size, such as `x.shape`, the kind in words. An axis that is as long as nothing with a
    name is called `rows`, the next one `rows2`. With a call script there is none: the docstrings of its functions say
    what they are given.
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
    axes = _Axes([_whole(numbers_in(sizes, values)) for sizes, values in runs])
    shapes = {name: axes.shape([tuple(values[name].shape) for _, values in runs]) for name in tensors}
    return {name: kind for name, kind in plain.items() if kind} | shapes


def renumbered(shapes: Mapping[str, str]) -> dict[str, str]:
    """Some of these shapes by themselves: the first axis in them that has no name is `rows` again."""
    called: dict[str, str] = {}

    def name(found: re.Match[str]) -> str:
        alike = sum(each.startswith(found[1]) for each in called)
        return called.setdefault(found[0], _numbered(found[1], alike + 1))

    return {each: re.sub(rf"\b({'|'.join(UNKNOWN)})\d*\b", name, shape) for each, shape in shapes.items()}


def _numbered(word: str, number: int) -> str:
    return f"{word}{number}" if number > 1 else word


def _whole(numbers: Mapping[str, float]) -> dict[str, int]:
    return {name: number for name, number in numbers.items() if isinstance(number, int)}


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


class _Axes:
    """Names for the lengths of axes, each a length on every probe."""

    def __init__(self, numbers: Sequence[Mapping[str, int]]) -> None:
        """
        Args:
            numbers: on each probe, what axes can be as long as, by name.
        """
        self._numbers = [{name: each[name] for name in numbers[0] if name in each} for each in numbers]
        self._word = next(word for word in UNKNOWN if word not in self._numbers[0])
        self._unknown: dict[tuple[int, ...], str] = {}

    def shape(self, shapes: Sequence[tuple[int, ...]]) -> str:
        """The shape of a tensor, from what it is on each probe."""
        axes = [self._axis(lengths) for lengths in zip(*shapes, strict=True)]
        return f"({', '.join(axes)}{',' if len(axes) == 1 else ''})"

    def _axis(self, lengths: tuple[int, ...]) -> str:
        names = list(self._numbers[0])
        if len({*lengths}) == 1:
            fixed = [name for name in names if all(each[name] == lengths[0] > 1 for each in self._numbers)]
            return fixed[0] if len(fixed) == 1 else str(lengths[0])
        for product in _products(names):
            if lengths == tuple(prod(each[name] for name in product) for each in self._numbers):
                return " * ".join(product)
        for one, other in itertools.permutations(names, 2):
            for text, made in _ALMOST.items():
                if lengths == tuple(made(each[one], each[other]) for each in self._numbers):
                    return text.format(one, other)
        return self._unknown.setdefault(lengths, _numbered(self._word, len(self._unknown) + 1))


_ALMOST: dict[str, Callable[[int, int], int]] = {
    "{0} - 1": lambda one, _: one - 1,
    "{0} + 1": lambda one, _: one + 1,
    "{0} + {1}": lambda one, other: one + other,
    "{0} - {1}": lambda one, other: one - other,
    "{0} - {1} + 1": lambda one, other: one - other + 1,
    "{0} // {1}": lambda one, other: one // other if other else 0,
}
"""What else an axis may be as long as, of one size or two."""


def _products(names: Sequence[str]) -> Iterator[tuple[str, ...]]:
    for count in (1, 2, 3):
        yield from itertools.combinations_with_replacement(names, count)
