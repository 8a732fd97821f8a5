"""Hidden probes: drawn from a seed until they are on no tie or kink, where the inputs allow that."""

from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from functools import cached_property

import torch

from grader.assignment.assignment import LOSS, Assignment, Exercise, ProbeRecipe
from grader.assignment.cut_graph import CutPass, chain, cut_pass
from grader.assignment.expectations import LookFor, Surroundings, expectations
from grader.assignment.probes import (
    COURSE,
    Kind,
    Probe,
    Start,
    course_probe,
    drawn_upstream,
    number_from,
    offered_in,
    random_start,
)
from grader.assignment.tolerance import CLEAR, Expectation
from grader.errors import AssignmentError
from grader.lazily import Lazily

ATTEMPTS = 100
"""Draws of a hidden probe, at most."""
ENOUGH = 5
"""After so many that are all on a tie or a kink, the one is taken that the fewest elements are left out of."""


def make_probes(assignment: Assignment, exercise: Exercise, course: Start, seed: str) -> Sequence[Probe]:
    """The course batch, and the hidden probes drawn from the seed, each when it is first wanted.

    Raises:
        AssignmentError: a recipe gives only probes on which rounding changes a gradient too much. That is raised where
            its probe is wanted.
    """
    recipes = assignment.recipes_of(exercise)

    def make(place: int) -> Probe:
        if place == 0:
            return course_probe(assignment, exercise, course)
        return _hidden_probe(assignment, exercise, recipes[place - 1], seed)

    return DrawnProbes([COURSE, *(_kind(exercise, recipe) for recipe in recipes)], make)


class DrawnProbes(Lazily[Probe]):
    """Probes of which it is known what kind each is before it is drawn."""

    def __init__(self, kinds: Sequence[Kind], make: Callable[[int], Probe]) -> None:
        super().__init__(len(kinds), make)
        self.kinds = kinds


def telling(probes: Sequence[Probe]) -> tuple[int, ...]:
    """The places of the probes that tell whether an answer is right: the course batch and the arbitrary ones.

    What is right where data, sizes and upstream gradients are arbitrary is right on consistent ones. Those tell what a
    wrong answer is right for; all tell, where there are not two arbitrary ones.
    """
    kinds = probes.kinds if isinstance(probes, DrawnProbes) else [probe.kind for probe in probes]
    arbitrary = [place for place, kind in enumerate(kinds) if kind == "arbitrary"]
    return (0, *arbitrary) if len(arbitrary) > 1 else tuple(range(len(kinds)))


def _kind(exercise: Exercise, recipe: ProbeRecipe) -> Kind:
    """Of a call script, only the gradients of the outputs are handed out at first."""
    return "arbitrary" if recipe.kind == "arbitrary" and not exercise.calls else "consistent"


def _hidden_probe(assignment: Assignment, exercise: Exercise, recipe: ProbeRecipe, seed: str) -> Probe:
    """The first draw that is on no tie or kink; of a few that all are, the best one."""
    unclear, usable = Counter[str](), list[tuple[float, int]]()
    for attempt in range(ATTEMPTS):
        number = _number(exercise, recipe, seed, attempt)
        draw = _Draw(assignment, exercise, recipe, number)
        if not draw.unclear:
            share = draw.left_out
            if not share:
                return replace(draw.probe, draws=attempt + 1)
            usable.append((share, number))
        unclear.update(draw.unclear)
        if usable and attempt + 1 >= ENOUGH:
            _, best = min(usable)
            return replace(_Draw(assignment, exercise, recipe, best).with_jumps, draws=attempt + 1)
    raise AssignmentError(assignment.folder, _too_much(exercise, recipe, unclear.most_common(1)[0][0]))


def drawn_first(assignment: Assignment, exercise: Exercise, recipe: ProbeRecipe, seed: str) -> Probe:
    """The first draw of a hidden probe, whether or not it is on a tie or a kink."""
    return _Draw(assignment, exercise, recipe, _number(exercise, recipe, seed, 0)).with_jumps


def _number(exercise: Exercise, recipe: ProbeRecipe, seed: str, attempt: int) -> int:
    return number_from(f"{seed}/{exercise.name}/{recipe.name}/{attempt}")


def _too_much(exercise: Exercise, recipe: ProbeRecipe, name: str) -> str:
    """What to do where rounding changes a gradient too much, however its probe is drawn."""
    tensor = next(stage.tensor for stage in exercise.stages if stage.name == name)
    using = exercise.script.lines_using(tensor, exercise.cuts)
    lines = "; ".join(f"line {line.number}: {line.source.splitlines()[0]}" for line in using[:2])
    return (
        f"{exercise.name}: on every draw of the probe {recipe.name!r}, the gradient of {tensor} changes so much when a "
        f"number moves by a rounding error that right could not be told from wrong ({exercise.script.path.name}, "
        f"{lines}). Draw inputs that avoid it, or leave out the `scale` of the probe."
    )


@dataclass(frozen=True)
class _Draw:
    """One draw of a hidden probe."""

    assignment: Assignment
    exercise: Exercise
    recipe: ProbeRecipe
    number: int

    @property
    def unclear(self) -> list[str]:
        """The stages that rounding changes too much, for any upstream gradients."""
        return [name for name, expected in self._for_any.items() if not expected.tolerance <= CLEAR]

    @property
    def left_out(self) -> float:
        """The share of its elements that are seen to jump, of the stage where most do."""
        return max(each.left_out / each.gradient.numel() for each in self._for_any.values())

    @property
    def probe(self) -> Probe:
        """The probe, if nothing jumps."""
        return self._with(self._around, self._for_any) if self._is_arbitrary else self._made("nothing")

    @property
    def with_jumps(self) -> Probe:
        """The probe, if something does."""
        return self._made("all that jumps")

    def _made(self, look_for: LookFor) -> Probe:
        around = self._around
        if not self._is_arbitrary:
            upstream = chain(around.forward, {name: around.upstream[name] for name in self.exercise.outputs})
            around = replace(around, upstream=upstream)
        return self._with(around, expectations(around, self._handed, look_for))

    def _with(self, around: Surroundings, expected: dict[str, Expectation]) -> Probe:
        kind = _kind(self.exercise, self.recipe)
        sizes, offered = self._start.sizes, offered_in(around.forward)
        of = self.assignment, self.exercise, self.recipe.name
        return Probe(*of, kind, sizes, offered, dict(around.upstream), expected)

    @property
    def _is_arbitrary(self) -> bool:
        return _kind(self.exercise, self.recipe) == "arbitrary"

    @cached_property
    def _for_any(self) -> dict[str, Expectation]:
        """What to expect with random upstream gradients: zeros among real ones would hide what jumps."""
        return expectations(self._around, self._handed, "anything that jumps")

    @cached_property
    def _handed(self) -> dict[str, frozenset[str]]:
        return self.assignment.handed(self.exercise)

    @cached_property
    def _generator(self) -> torch.Generator:
        return torch.Generator().manual_seed(self.number)

    @cached_property
    def _start(self) -> Start:
        return random_start(self.assignment, self.exercise, self.recipe, self.number, self._generator)[0]

    @cached_property
    def _around(self) -> Surroundings:
        inputs = self._start.inputs
        forward = cut_pass(self.exercise, inputs)
        upstream = _with_own(self.exercise, forward, random_upstream(forward, self._generator))
        return Surroundings(self.exercise, inputs, forward, upstream, self._generator)


def random_upstream(forward: CutPass, generator: torch.Generator) -> dict[str, torch.Tensor]:
    """A gradient from above for every tensor of the graph; that of the loss is 1."""
    return drawn_upstream(forward, sorted(forward.exercise.cuts), generator) | {LOSS: torch.ones(())}


def _with_own(exercise: Exercise, forward: CutPass, upstream: dict[str, torch.Tensor]) -> dict[str, torch.Tensor]:
    """Upstream gradients, where what a function is not given, since it works it out itself, follows from the others."""
    for stage in () if exercise.calls else exercise.asking_order:
        users = {user for other in exercise.together(stage.asked) for user in exercise.consumers(other.tensor)}
        if stage.tensor in users:
            upstream = {**upstream, stage.tensor: forward.vjp(stage.tensor, upstream)}
    return upstream
