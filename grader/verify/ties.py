"""Which probes are on a tie or a kink, what in the forward script puts them there, and what is left out for it."""

from collections.abc import Iterator
from dataclasses import replace

import torch

from grader.assignment.assignment import LOSS, Exercise
from grader.assignment.cut_graph import cut_pass
from grader.assignment.expectations import Surroundings, expectations
from grader.assignment.hidden_probes import drawn_first
from grader.assignment.probes import Probe, drawn_upstream
from grader.assignment.stage import Stage
from grader.errors import AssignmentError
from grader.judge.gradient import is_decided
from grader.run.exam import Examination


def untold(examination: Examination) -> Iterator[str]:
    """A sentence for each stage of which right could not be told from wrong."""
    for exercise in examination.exercises:
        probes = examination.probes[exercise.name]
        for stage in exercise.stages:
            if not is_decided(probes, [probe.expected[stage.name] for probe in probes]):
                yield (
                    f"{stage.name}: on every probe, all that would tell right from wrong is left out. Draw inputs with "
                    'fewer ties; or say `ties = "keep"` in the exercise, and only what PyTorch does there is right.'
                )


def on_ties(examination: Examination) -> Iterator[str]:
    """A sentence for each probe of which something is left out, or that had to be drawn more than once."""
    for exercise in examination.exercises:
        for probe in examination.probes[exercise.name]:
            left_out = [*_left_out(probe)]
            if left_out or probe.draws > 1:
                tied = probe if left_out else _first_draw(probe, examination)
                draws = "1 draw" if probe.draws == 1 else f"{probe.draws} draws"
                where = "; ".join(_places(tied)) or "rounding changes a gradient too much in the draws before it"
                rest = f"left out: {', '.join(left_out)}" if left_out else "nothing is left out of the last one"
                yield f"{exercise.name}, probe {probe.name!r}, {draws}: {where}; {rest}."


def _left_out(probe: Probe) -> Iterator[str]:
    for name, expected in probe.expected.items():
        if expected.left_out:
            yield f"{expected.left_out} of {expected.gradient.numel()} elements of {name}"


def _first_draw(probe: Probe, examination: Examination) -> Probe:
    recipes = examination.assignment.recipes_of(probe.exercise)
    recipe = next(recipe for recipe in recipes if recipe.name == probe.name)
    return drawn_first(probe.assignment, probe.exercise, recipe, examination.seed)


def _places(probe: Probe) -> Iterator[str]:
    """Each tensor that is on a tie or a kink, with the line that reads it."""
    try:
        found = list(_jumping_lines(probe))
    except (AssignmentError, RuntimeError):  # not every script can be cut at every line
        found = [
            (stage.tensor, line.number, line.source)
            for stage in probe.exercise.gradients
            if probe.expected[stage.name].left_out
            for line in probe.exercise.script.lines_using(stage.tensor, probe.exercise.cuts)
        ]
    for tensor, number, source in dict.fromkeys(found):
        line = f"{probe.exercise.script.path.name}, line {number}, `{source.strip().splitlines()[0]}`"
        yield f"{tensor} is on a tie or a kink in {line}"


def _jumping_lines(probe: Probe) -> Iterator[tuple[str, int, str]]:
    """The tensors that jump where the graph is cut at each line, and the lines that make them jump."""
    fine = _cut_everywhere(probe)
    forward = cut_pass(fine, probe.inputs)
    generator = torch.Generator().manual_seed(probe.assignment.seed)
    upstream = drawn_upstream(forward, sorted(fine.cuts - {LOSS}), generator) | {LOSS: torch.ones(())}
    around = Surroundings(fine, probe.inputs, forward, upstream, generator)
    for tensor in _jumping(around):
        for consumer in fine.consumers(tensor):
            alone = {name: each if name == consumer else torch.zeros_like(each) for name, each in upstream.items()}
            one = replace(fine, stages=tuple(stage for stage in fine.stages if stage.tensor == tensor))
            if _jumping(replace(around, exercise=one, upstream=alone)):
                line = fine.script.line_of(consumer)
                yield tensor, line.number, line.source


def _cut_everywhere(probe: Probe) -> Exercise:
    """The exercise with a stage for each tensor that its lines make, and for those it asks for."""
    exercise = probe.exercise
    made = [name for name in exercise.script.targets if _is_real(probe.values.get(name))]
    asked = [stage.tensor for stage in exercise.gradients]
    used = [name for name in dict.fromkeys([*asked, *made]) if name != LOSS and exercise.script.lines_using(name, made)]
    stages = tuple(Stage(name, name, 0, ()) for name in used)
    return replace(exercise, stages=stages, extra_cuts=tuple(made), calls=None)


def _is_real(value: object) -> bool:
    return isinstance(value, torch.Tensor) and value.is_floating_point() and value.numel() > 0


def _jumping(around: Surroundings) -> list[str]:
    handed = dict.fromkeys((stage.name for stage in around.exercise.stages), around.exercise.cuts)
    return [name for name, expected in expectations(around, handed).items() if expected.left_out]
