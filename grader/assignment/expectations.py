"""The expectations of the stages of an exercise on one probe."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Literal

import torch

from grader.assignment.assignment import LOSS, Exercise
from grader.assignment.cut_graph import CutPass, Values, chain, cut_pass
from grader.assignment.jumps import SHORT, Direction, bends, jumping, moves
from grader.assignment.stage import Stage
from grader.assignment.tolerance import Expectation, double, each, expect, largest, mover

LookFor = Literal["nothing", "anything that jumps", "all that jumps"]
Handed = Mapping[str, frozenset[str]]
"""By a stage's name, the tensors whose gradients are handed to what answers it; the others it works out itself."""
HARDLY_ANYTHING = 1e-9
"""A gradient with no element above this may be zero but for rounding."""


@dataclass(frozen=True)
class Moved:
    """A cut pass at moved values, and the upstream gradients, moved as well."""

    forward: CutPass
    upstream: Mapping[str, torch.Tensor]

    def local(self, stages: Iterable[Stage]) -> dict[Stage, torch.Tensor]:
        """What stages ask for, each from the upstream gradients as they are."""
        return self._from(self.upstream, stages)

    def followed(self, stages: Sequence[Stage], handed: Handed) -> dict[Stage, torch.Tensor]:
        """The same from those that are handed out alone: the others are what follows from them."""
        together: dict[frozenset[str], list[Stage]] = {}
        for stage in stages:
            together.setdefault(handed[stage.name], []).append(stage)
        return {key: one for names, group in together.items() for key, one in self._followed(names, group).items()}

    def _followed(self, names: frozenset[str], stages: Sequence[Stage]) -> dict[Stage, torch.Tensor]:
        given = {name: self.upstream[name] for name in names}
        if all(is_handed(self.forward.exercise, stage, names) for stage in stages):
            return self._from(given, stages)
        return self._from(chain(self.forward, given), stages)

    def _from(self, upstream: Mapping[str, torch.Tensor], stages: Iterable[Stage]) -> dict[Stage, torch.Tensor]:
        stages = list(stages)
        vjps = self.forward.vjps([stage.tensor for stage in stages if stage.kind == "gradient"], upstream)
        return {s: vjps[s.tensor] if s.kind == "gradient" else _value(self.forward, s.tensor) for s in stages}


@dataclass(frozen=True)
class Surroundings:
    """A pass with its upstream gradients, and what is near it."""

    exercise: Exercise
    inputs: Values
    forward: CutPass
    upstream: Mapping[str, torch.Tensor]
    generator: torch.Generator
    """Draws how values are moved."""

    def at(self, change: Callable[[torch.Tensor], torch.Tensor]) -> Moved:
        """The same pass where every value is changed."""
        moved = cut_pass(self.exercise, each(self.inputs, change), at=each(self.forward.values, change))
        return Moved(moved, each(self.upstream, change))

    def direction(self) -> Callable[[float], Moved]:
        """A way to move every value, drawn at random, to be gone as far as one likes."""
        state = self.generator.get_state()
        return lambda far: self.at(mover(self.generator.set_state(state), far))


def expectations(around: Surroundings, handed: Handed, look_for: LookFor = "all that jumps") -> dict[str, Expectation]:
    """The expectation of every stage of an exercise, by the stage's name.

    Args:
        around: the pass in float32, and the upstream gradients handed to the stages, by tensor.
        handed: by stage, those that are handed out.
        look_for: how much is done to find what jumps; nothing, where it is known that nothing does.
    """
    exercise = around.exercise
    precise, first = around.at(double), around.direction()
    far = [first(1), first(-1)] if exercise.ties == "avoid" else []
    watched = [*exercise.stages, *_between(exercise, handed)]
    references = precise.local(watched)
    moved = [once.local(watched) for once in far]
    plain = Moved(around.forward, around.upstream).local(watched)
    rounded = {stage: [plain[stage], *(once[stage] for once in moved)] for stage in watched}
    noise = _noise(around, references)
    expected = {stage: expect(references[stage], rounded[stage], noise.get(stage, 0.0)) for stage in watched}
    if look_for != "nothing" and _jumps_somewhere(expected, first, moved):
        jumps = _jumps(around, handed, expected, precise, first, thorough=look_for == "all that jumps")
        expected |= {s: expect(references[s], rounded[s], noise.get(s, 0.0), where) for s, where in jumps.items()}
    return {stage.name: expected[stage] for stage in exercise.stages}


def _noise(around: Surroundings, references: Mapping[Stage, torch.Tensor]) -> dict[Stage, float]:
    """What rounding in float32 makes of each reference that has hardly anything in it: where the pass is in float64,
    that alone tells a gradient in which everything cancels from a small one.
    """
    hardly = [stage for stage, gradient in references.items() if 0 < largest(gradient) < HARDLY_ANYTHING]
    single = around.at(torch.Tensor.float).local(hardly) if hardly else {}
    return {stage: largest(gradient.double() - references[stage]) for stage, gradient in single.items()}


def is_handed(exercise: Exercise, stage: Stage, names: frozenset[str]) -> bool:
    """Whether some names are all that a stage needs the gradients of."""
    return stage.kind == "value" or names.issuperset(exercise.consumers(stage.tensor))


def _between(exercise: Exercise, handed: Handed) -> list[Stage]:
    """Tensors that are no stages, but come between stages and the gradients that are handed out for them."""
    if all(is_handed(exercise, stage, handed[stage.name]) for stage in exercise.stages):
        return []
    others = exercise.cuts.difference((stage.tensor for stage in exercise.gradients), [LOSS])
    return [Stage("", tensor, 0, ()) for tensor in sorted(others) if exercise.consumers(tensor)]


def _jumps_somewhere(
    expected: Mapping[Stage, Expectation],
    direction: Callable[[float], Moved],
    moved: Sequence[Mapping[Stage, torch.Tensor]],
) -> bool:
    """Whether any of what moves much, to either side of one direction, does not do so in proportion."""
    for sign, far in zip((1, -1), moved, strict=False):
        much = [stage for stage, e in expected.items() if moves(e.gradient, far[stage], e.cancelling)]
        near = direction(sign * SHORT).local(much) if much else {}
        if any(bool(bends(expected[stage].gradient, near[stage], far[stage]).any()) for stage in much):
            return True
    return False


def _jumps(
    around: Surroundings,
    handed: Handed,
    expected: Mapping[Stage, Expectation],
    precise: Moved,
    first: Callable[[float], Moved],
    *,
    thorough: bool,
) -> dict[Stage, torch.Tensor]:
    """Where each stage jumps. The first direction is the one that the tolerance is from."""
    stages = around.exercise.stages
    drawn = [first]

    def direction() -> Direction[Stage]:
        go = drawn.pop() if drawn else around.direction()
        return lambda far: go(far).followed(stages, handed)

    cancelling = {stage: expected[stage].cancelling for stage in stages}
    return jumping(precise.followed(stages, handed), cancelling, direction, thorough=thorough)


def carried(around: Surroundings, handed: Iterable[str]) -> dict[str, torch.Tensor]:
    """Where each stage jumps if all gradients follow from a few, by the stage's name.

    Args:
        around: the pass in float32, and the upstream gradients.
        handed: the tensors whose gradients all others follow from.
    """
    exercise = around.exercise
    from_there = dict.fromkeys((stage.name for stage in exercise.stages), frozenset(handed))
    still = around.at(double).followed(exercise.stages, from_there)

    def direction() -> Direction[Stage]:
        go = around.direction()
        return lambda far: go(far).followed(exercise.stages, from_there)

    found = jumping(still, dict.fromkeys(still, 0.0), direction, thorough=True)
    return {stage.name: where for stage, where in found.items()}


def _value(forward: CutPass, tensor: str) -> torch.Tensor:
    """What the forward pass makes of a tensor, before it is cut there; float64."""
    made: torch.Tensor = forward.raw.get(tensor, forward.values[tensor])
    return made.detach().double()
