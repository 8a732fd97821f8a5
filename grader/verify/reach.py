"""What probe would catch a wrong edit that passes: one input scaled, found by trying."""

from collections.abc import Callable, Iterable, Iterator
from dataclasses import replace

import torch

from grader.assignment.assignment import Exercise, ProbeRecipe
from grader.assignment.hidden_probes import make_probes
from grader.assignment.probes import course_start
from grader.errors import AssignmentError
from grader.run.exam import Examination
from grader.sandbox.ours import Sandbox
from grader.verify.caught import JudgedMutant, judged_mutants
from grader.verify.mutants import Mutant

FACTORS = (0.01, 100.0, 0.001, 0.1, 10.0)
"""In the order in which they are tried: an epsilon shows beside small numbers, a missing maximum beside large ones."""


def missed_of(
    outcomes: Iterable[JudgedMutant],
    is_same: Callable[[str, str], bool],
    exercise: Exercise,
    names: frozenset[str],
    examination: Examination,
    sandbox: Sandbox,
) -> dict[str, str]:
    """The changes that pass and are wrong, each with the advice of what would catch it."""
    passing = [outcome.mutant for outcome in outcomes if outcome.passed]
    wrong = [mutant for mutant in passing if not is_same(mutant.before, mutant.text)]
    return {mutant.change: advice(mutant, exercise, names, examination, sandbox) for mutant in wrong}


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


def _recipes(exercise: Exercise, examination: Examination) -> Iterator[ProbeRecipe]:
    values = examination.probes[exercise.name][0].values
    read = {name for line in exercise.script.lines for name in line.reads}
    inputs = [name for name in examination.assignment.inputs.targets if name in read]
    scaled = [n for n in inputs if isinstance(values[n], torch.Tensor) and values[n].is_floating_point()]
    for factor in FACTORS:
        yield from (ProbeRecipe(f"{name} scaled", "arbitrary", {name: factor}) for name in scaled)
