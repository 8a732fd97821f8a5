"""What probe would catch a wrong edit that passes: one input scaled, found by trying."""

from collections.abc import Callable, Iterable, Iterator
from dataclasses import replace
from typing import Any

import torch

from grader.assignment.assignment import Exercise, ProbeRecipe
from grader.assignment.cut_graph import cut_pass
from grader.assignment.hidden_probes import make_probes, random_upstream
from grader.assignment.probes import Probe, course_start, offered_in, random_start
from grader.assignment.stage import Stage
from grader.assignment.tolerance import double, each
from grader.errors import AssignmentError
from grader.run.exam import Examination
from grader.sandbox.ours import Sandbox
from grader.verify.caught import JudgedMutant, in_double_precision, judged_mutants
from grader.verify.mutants import Mutant

FACTORS = (0.01, 100.0, 0.001, 0.1, 10.0)
"""In the order in which they are tried: an epsilon shows beside small numbers, a missing maximum beside large ones."""
DRAWS = 20
"""On so many draws of its arguments, a mutant has to be the same to be set aside."""


def missed_of(
    outcomes: Iterable[JudgedMutant],
    is_same: Callable[[str, str], bool],
    exercise: Exercise,
    names: frozenset[str],
    examination: Examination,
    sandbox: Sandbox,
    is_same_here: Callable[[str, str], bool] = lambda one, other: False,
) -> dict[str, str]:
    """The changes that pass and are wrong, each with the advice of what would catch it.

    One that nothing would catch, and that is the same for whatever this forward pass makes, is not wrong: such as a
    view of a tensor in its place.
    """
    passing = [outcome.mutant for outcome in outcomes if outcome.passed]
    other = [mutant for mutant in passing if not is_same(mutant.before, mutant.text)]
    advised = {mutant: advice(mutant, exercise, names, examination, sandbox) for mutant in other}
    return {
        mutant.change: text for mutant, text in advised.items() if text or not is_same_here(mutant.before, mutant.text)
    }


def advice(
    mutant: Mutant, exercise: Exercise, names: frozenset[str], examination: Examination, sandbox: Sandbox
) -> str:
    """A sentence on the probe that would catch a mutant; empty where no input alone, scaled, does that.

    Args:
        mutant: one that passes on the probes there are.
        exercise: whose solution it is a mutant of.
        names: the stages that it answers.
        examination: with the probes there are, and the data.
        sandbox: where it runs.
    """
    assignment, seed = examination.assignment, examination.seed
    course = course_start(assignment, examination.dataset, exercise)
    for recipe in _recipes(exercise, examination):
        try:
            probes = make_probes(assignment, replace(exercise, recipes=(recipe,)), course, seed)
        except AssignmentError:
            continue
        tried = replace(examination, probes={exercise.name: probes})
        (outcome,) = judged_mutants([mutant], exercise, names, tried, sandbox)
        if not outcome.passed:
            ((name, factor),) = recipe.scale.items()
            return f"a probe with `scale = {{ {name} = {factor:g} }}` would catch it"
    return ""


def related(stage: Stage, exercise: Exercise, examination: Examination) -> Iterator[dict[str, Any]]:
    """What a stage may ask for, in double precision, as the forward pass makes it of inputs that are drawn, and scaled;
    the gradients from above are drawn as well."""
    assignment, plain = examination.assignment, ProbeRecipe("drawn", "arbitrary", {})
    for number, recipe in enumerate([plain] * DRAWS + [*_recipes(exercise, examination)]):
        generator = torch.Generator().manual_seed(number)
        with in_double_precision():
            start, _ = random_start(assignment, exercise, recipe, number, generator)
            forward = cut_pass(exercise, each(start.inputs, double))
            upstream = random_upstream(forward, generator)
        yield Probe(assignment, exercise, "", "arbitrary", start.sizes, offered_in(forward), upstream, {}).offer(stage)


def _recipes(exercise: Exercise, examination: Examination) -> Iterator[ProbeRecipe]:
    values = examination.probes[exercise.name][0].values
    read = {name for line in exercise.script.lines for name in line.reads}
    inputs = [name for name in examination.assignment.inputs.targets if name in read]
    scaled = [n for n in inputs if isinstance(values[n], torch.Tensor) and values[n].is_floating_point()]
    for factor in FACTORS:
        yield from (ProbeRecipe(f"{name} scaled", "arbitrary", {name: factor}) for name in scaled)
