"""Mutation testing of solutions: every one-edit mutant is caught, or is the same function; and told why."""

import ast
import dataclasses
import warnings
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import torch

from grader.assignment.assignment import Assignment, Exercise, Stage
from grader.assignment.authoring.answers import solution_texts
from grader.assignment.probes import Probe
from grader.assignment.tolerance import largest
from grader.judge.compare import align
from grader.run.exam import Examination
from grader.sandbox.ours import Sandbox
from grader.verify.checks import Tick, graded, usual_examination, vanishing_in
from grader.verify.mutants import HEADER, Mutant, mutants
from grader.verify.naming import is_told_by

DRAWS = 20
"""On so many draws of its arguments, a mutant has to be the same function to be set aside."""
SAME = 1e-9


@dataclass(frozen=True)
class Caught:
    """What came of the mutants of one function. `missed` are the changes that pass and are no equivalent ones."""

    function: str
    mutants: int
    equivalent: int
    caught: int
    named: int
    wrong: int
    """Mutants with a wrong value or shape, the ones that a diagnosis is looked for."""
    rightly: int
    """Of those named, the ones with a name that fits the kind of the edit."""
    missed: list[str] = field(default_factory=list)
    otherwise: list[str] = field(default_factory=list)
    """Edits whose name is of another kind, with the name."""


def mutate(
    assignment: Assignment,
    sandbox: Sandbox,
    tick: Tick = lambda name: None,
    examination: Examination | None = None,
) -> list[Caught]:
    """What comes of the one-edit mutants of each function."""
    examined, solutions = examination or usual_examination(assignment), solution_texts(assignment)
    mutation = []
    for exercise in assignment.exercises:
        if exercise.calls:
            continue
        for function in dict.fromkeys(stage.asked for stage in exercise.stages):
            tick(f"mutants of {function}")
            mutation.append(_mutation(exercise, function, solutions[exercise.stub], examined, sandbox))
    return mutation


def _mutation(exercise: Exercise, function: str, solution: str, examination: Examination, sandbox: Sandbox) -> Caught:
    stages = exercise.together(function)
    names = frozenset(stage.name for stage in stages)
    only = dataclasses.replace(
        examination, selected=names, probes={exercise.name: examination.probes[exercise.name]}, trials={}
    )
    course = examination.probes[exercise.name][0].offer(stages[0])
    vanishing = vanishing_in(exercise, examination)
    own = {slip.code for slip in exercise.slips}
    equivalent = caught = named = wrong = rightly = total = 0
    missed, otherwise = [], []
    for mutant in mutants(_alone(solution, function), course):
        total += 1
        judged = [stage for stage in graded({"mutant.py": mutant.text}, only, sandbox) if stage.name in names]
        failed = [stage for stage in judged if not stage.passed]
        if failed:
            caught += 1
            valued = [stage for stage in failed if stage.verdict in ("wrong", "overfit", "shortcut")]
            wrong += bool(valued)
            told = [stage.diagnosis for stage in valued if stage.diagnosis]
            named += bool(told)
            fits = any(diagnosis.code in own or is_told_by(mutant, diagnosis) for diagnosis in told)
            rightly += fits
            otherwise += [f"{mutant.change}: {told[0].code}. {told[0].message}"] if told and not fits else []
        elif _same_function(mutant, solution, stages, examination.probes[exercise.name], vanishing):
            equivalent += 1
        else:
            missed.append(mutant.change)
    return Caught(function, total, equivalent, caught, named, wrong, rightly, missed, otherwise)


def _alone(solution: str, function: str) -> str:
    """One function of a solution, with what it imports."""
    body = ast.parse(solution).body
    kept = [n for n in body if not isinstance(n, ast.FunctionDef) or n.name == function]
    return "\n\n".join(ast.unparse(node) for node in kept)


def _same_function(
    mutant: Mutant, solution: str, stages: Sequence[Stage], probes: Sequence[Probe], vanishing: frozenset[str]
) -> bool:
    """Whether a mutant gives what the solution gives, but for axes of length 1, on arguments drawn at random.

    Nothing holds between these arguments, and they are in double precision: where two functions agree on all of them to
    the last digits, they are the same formula.
    """
    first, second = (_defined(text, stages[0].asked) for text in (solution, mutant.text))
    for draw in range(DRAWS):
        generator = torch.Generator().manual_seed(draw)
        given = _redrawn(probes[1 + draw % (len(probes) - 1)].offer(stages[0]), generator)
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            one, other = (list(_values(function, given, len(stages))) for function in (first, second))
        for stage, right, value in zip(stages, one, other, strict=True):
            if stage.name in vanishing:
                continue
            aligned = align(value, right.shape)
            if aligned is None or not largest(aligned - right) <= SAME * largest(right):
                return False
    return True


def _defined(text: str, name: str) -> Callable[..., Any]:
    namespace: dict[str, Any] = {}
    exec(compile(HEADER + text, "solution", "exec"), namespace)
    function: Callable[..., Any] = namespace[name]
    return function


def _redrawn(offered: Mapping[str, Any], generator: torch.Generator) -> dict[str, Any]:
    """The same sizes and indices; every other tensor positive, so that any power of it is a number."""
    return {
        name: torch.rand(value.shape, generator=generator, dtype=torch.float64) + 0.5
        if isinstance(value, torch.Tensor) and value.is_floating_point()
        else value
        for name, value in offered.items()
    }


def _values(function: Callable[..., Any], given: Mapping[str, Any], count: int) -> Iterator[torch.Tensor]:
    names = function.__code__.co_varnames[: function.__code__.co_argcount]
    arguments = {n: v.clone() if isinstance(v := given[n], torch.Tensor) else v for n in names}
    returned = function(**arguments)
    yield from [returned] if count == 1 else returned
