"""What the tasks of a training exercise are tried on, and what to expect of them: a short run, values, and samples."""

import random
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import cached_property
from string import ascii_lowercase
from typing import Any, Literal

import torch

from grader.assignment.assignment import Assignment, Exercise
from grader.assignment.cut_graph import Values, globals_for, run_lines
from grader.assignment.dataset import END, Dataset, Rows
from grader.assignment.probes import COURSE, Probe, Start, number_from, random_start
from grader.assignment.script import Script
from grader.assignment.short_run import Opening, ShortRun, make_run, open_run, training_rows
from grader.assignment.stage import Task
from grader.assignment.tolerance import double, each, expect, movers
from grader.assignment.training import training_of

AFTER = "after training"
PUBLIC = (COURSE, AFTER)
"""Scenes that are no secret: students have the course's data, and train on it."""
LONGEST = 40
"""Characters of a text that the reference draws."""
HIDDEN = 3
"""How many of an exercise's recipes for probes the tasks are tried on."""


class Trials:
    """What the tasks of one exercise are tried on; made when it is first asked for."""

    def __init__(self, assignment: Assignment, exercise: Exercise, course: Start, dataset: Dataset, seed: str) -> None:
        self._of = assignment, exercise, course, dataset
        self.seed = seed
        self._probes: dict[str, tuple[Probe, ...]] = {}

    def make(self) -> None:
        """Make all of it now."""
        _, exercise, _, _ = self._of
        for task in exercise.tasks:
            if task.kind != "samples":
                self.probes(task)

    @cached_property
    def opening(self) -> Opening:
        return open_run(*self._of, self.seed)

    @cached_property
    def run(self) -> ShortRun:
        _, exercise, _, _ = self._of
        return make_run(self.opening, number_from(f"{self.seed}/{exercise.name}/moves"))

    @cached_property
    def scenes(self) -> "list[Scene]":
        return make_scenes(*self._of, self.run, self.seed)

    @property
    def sampled(self) -> "list[Scene]":
        """The scenes in which texts are drawn: a hidden one, and the one after training."""
        return [self.scenes[1], self.scenes[-1]]

    def probes(self, task: Task) -> tuple[Probe, ...]:
        """What a task is tried on that asks for values, or for a run."""
        if task.name not in self._probes:
            assignment, exercise, course, _ = self._of
            if task.kind == "run":
                made: tuple[Probe, ...] = (run_probe(assignment, exercise, course, self.run),)
            else:
                made = value_probes(assignment, task, self.scenes, self.seed)
            self._probes[task.name] = made
        return self._probes[task.name]


def offered_to(assignment: Assignment, exercise: Exercise, task: Task) -> list[str]:
    """What a task may ask for, by name."""
    if task.kind == "run":
        return [*assignment.sizes, "parameters", "gradients", "learning_rate"]
    training, dataset = training_of(exercise), _dataset(assignment)
    computed = [name for other in exercise.tasks if other.kind == "values" for name in other.returns]
    data = [dataset.inputs, dataset.outputs, *training.split, training.vocabulary]
    names = [*assignment.names(exercise), *data, *computed]
    names += ["generator"] if task.kind == "samples" else []
    return [name for name in names if name not in task.returns]


@dataclass(frozen=True)
class Scene:
    """A state of the network, with data, on which values and samples are asked for."""

    exercise: Exercise
    name: str
    kind: Literal["course", "consistent", "arbitrary"]
    sizes: dict[str, int]
    given: dict[str, Any]
    """Everything by name, but what tasks are to compute."""
    vocabulary: str

    @cached_property
    def computed(self) -> dict[str, torch.Tensor]:
        """What the tasks that ask for values are to return, float32."""
        values: dict[str, torch.Tensor] = {}
        for task in self.exercise.tasks:
            if task.kind == "values":
                values |= returned(task.script, task.returns, self.given | values)
        return values

    @cached_property
    def _exactly(self) -> dict[str, Any]:
        return each(self.given | self.computed, double)

    def offer(self, task: Task) -> dict[str, Any]:
        """What a task may ask for: everything but its own answer."""
        return {name: value for name, value in (self.given | self.computed).items() if name not in task.returns}

    def rows(self, contexts: torch.Tensor) -> dict[str, torch.Tensor]:
        """Contexts as rows of the split, with whatever for outputs."""
        inputs, outputs = training_of(self.exercise).split
        return {inputs: contexts, outputs: contexts[:, 0]}

    def log_probabilities(self, task: Task, contexts: torch.Tensor, script: Script | None = None) -> torch.Tensor:
        """What comes after each context, by the logits of a script (the task's own, by default).

        Args:
            task: of samples.
            contexts: int64, of shape (rows, context).
            script: another one in its place.

        Returns:
            float64, of shape (rows, vocabulary).
        """
        values = self._exactly | self.rows(contexts)
        (logits,) = returned(script or task.script, task.returns, values).values()
        return torch.log_softmax(logits, 1)


def draw_texts(scene: Scene, task: Task, context: int, count: int, seed: int) -> list[str]:
    """Texts as the reference draws them, each with its end; one that does not end is cut."""
    generator = torch.Generator().manual_seed(seed)
    contexts = torch.zeros((count, context), dtype=torch.int64)
    drawn: list[torch.Tensor] = []
    for _ in range(LONGEST):
        probabilities = scene.log_probabilities(task, contexts).exp()
        drawn.append(torch.multinomial(probabilities, 1, generator=generator)[:, 0])
        contexts = torch.cat([contexts[:, 1:], drawn[-1][:, None]], 1)
    texts = ("".join(scene.vocabulary[index] for index in row) for row in torch.stack(drawn, 1).tolist())
    return [text.partition(END)[0] + END for text in texts]


def returned(script: Script, names: Sequence[str], values: Values) -> dict[str, torch.Tensor]:
    """Some of the values that a script makes."""
    namespace = globals_for(values)
    for _ in run_lines(script, namespace):
        pass
    return {name: namespace[name] for name in names}


def make_scenes(
    assignment: Assignment, exercise: Exercise, course: Start, dataset: Dataset, run: ShortRun, seed: str
) -> list[Scene]:
    """The course's own state, hidden ones, and the state after the short run."""
    scenes = [real_scene(assignment, exercise, course, dataset, COURSE, COURSE)]
    for recipe in (exercise.recipes or assignment.recipes)[:HIDDEN]:
        number = number_from(f"{seed}/{exercise.name}/tasks/{recipe.name}")
        generator = torch.Generator().manual_seed(number)
        start, rows = random_start(assignment, exercise, recipe, number, generator)
        letters = _letters(start.sizes[_dataset(assignment).vocabulary], number)
        assert rows
        half = rows.inputs.shape[0] // 2
        split = Rows(rows.inputs[:half].flip(0), rows.outputs[:half].flip(0))
        scenes.append(_scene(assignment, exercise, start, rows, split, letters, recipe.name, "consistent"))
    ended = dict(zip(exercise.parameters, run.end, strict=True))
    after = Start(course.sizes, {**course.inputs, **ended})
    return [*scenes, real_scene(assignment, exercise, after, dataset, AFTER, "consistent")]


def run_probe(assignment: Assignment, exercise: Exercise, course: Start, run: ShortRun) -> Probe:
    """What the run is judged by at its end."""
    return Probe(assignment, exercise, f"{run.plan.steps} steps", COURSE, course.sizes, {}, {}, run.final)


def value_probes(assignment: Assignment, task: Task, scenes: Sequence[Scene], seed: str) -> tuple[Probe, ...]:
    """The probes of a task that asks for values; `expected` is by what it returns."""
    generator = torch.Generator().manual_seed(number_from(f"{seed}/{task.name}"))
    return tuple(_value_probe(assignment, task, scene, generator) for scene in scenes)


def _value_probe(assignment: Assignment, task: Task, scene: Scene, generator: torch.Generator) -> Probe:
    def values(change: Callable[[torch.Tensor], torch.Tensor]) -> dict[str, torch.Tensor]:
        return returned(task.script, task.returns, each(offered, change))

    offered = scene.offer(task)
    plain, exactly = returned(task.script, task.returns, offered), values(double)
    moved = [values(move) for move in movers(generator)]
    expected = {name: expect(exactly[name], [plain[name], *(other[name] for other in moved)]) for name in task.returns}
    if scene.kind == COURSE:
        expected = {name: each_one.with_exact(plain[name]) for name, each_one in expected.items()}
    return Probe(assignment, scene.exercise, scene.name, scene.kind, scene.sizes, offered, {}, expected)


def real_scene(
    assignment: Assignment,
    exercise: Exercise,
    start: Start,
    dataset: Dataset,
    name: str,
    kind: Literal["course", "consistent", "arbitrary"],
    part: Sequence[str] = (),
) -> Scene:
    """A scene with the data of the course; the split is a part of the names, those for validation by default."""
    rows = training_rows(assignment, start.sizes, dataset)
    context = start.sizes[_dataset(assignment).context]
    split = dataset.rows(part or dataset.validation or dataset.training, context)
    return _scene(assignment, exercise, start, rows, split, "".join(dataset.vocabulary), name, kind)


def _scene(
    assignment: Assignment,
    exercise: Exercise,
    start: Start,
    rows: Rows,
    split: Rows,
    vocabulary: str,
    name: str,
    kind: Literal["course", "consistent", "arbitrary"],
) -> Scene:
    training, dataset = training_of(exercise), _dataset(assignment)
    data = {dataset.inputs: rows.inputs, dataset.outputs: rows.outputs, training.vocabulary: vocabulary}
    data |= dict(zip(training.split, (split.inputs, split.outputs), strict=True))
    forward = returned(exercise.script, exercise.script.targets, start.inputs)
    return Scene(exercise, name, kind, start.sizes, {**start.inputs, **forward, **data}, vocabulary)


def _dataset(assignment: Assignment) -> Any:
    assert assignment.dataset, "the catalog sees to it"
    return assignment.dataset


def _letters(count: int, number: int) -> str:
    """A vocabulary of that size: the end mark, and letters that stand elsewhere than in the course."""
    letters = list(ascii_lowercase) + [chr(code) for code in range(0xE0, 0xE0 + max(0, count - 27))]
    random.Random(number).shuffle(letters)
    return END + "".join(letters[: count - 1])
