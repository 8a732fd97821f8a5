"""Mutation testing of solutions: every one-edit mutant is caught, or is the same function; and told why."""

import ast
import time
import warnings
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import partial
from itertools import islice
from typing import Any

import torch

from grader.assignment.assignment import Assignment, Exercise
from grader.assignment.authoring.answers import solution_texts
from grader.assignment.probes import Probe
from grader.assignment.stage import Stage
from grader.run.exam import Examination
from grader.sandbox.ours import Sandbox
from grader.verify.call_mutation import mutate_called, written_in
from grader.verify.caught import Caught, in_double_precision, is_near, judged_mutants, namespace_of, redrawn
from grader.verify.checks import Tick, usual_examination, vanishing_in
from grader.verify.mutants import Mutant, Taken, mutants
from grader.verify.naming import is_named_rightly
from grader.verify.reach import DRAWS, missed_of, related

Given = Mapping[str, Any]
"""What a function may ask for, by name."""


def mutate(
    assignment: Assignment,
    sandbox: Sandbox,
    tick: Tick = lambda name: None,
    examination: Examination | None = None,
) -> list[Caught]:
    """What comes of the one-edit mutants of each function."""
    examined = examination or usual_examination(assignment)
    return [mutate_part(part, examined, sandbox) for part in announced(shares_of(examined), tick)]


@dataclass(frozen=True)
class MutantShare:
    """One function or method whose mutants are tried; or a share of them, where others try the rest."""

    exercise: str
    function: str
    share: int = 0
    of: int = 1

    def split(self, count: int) -> list["MutantShare"]:
        """The same in so many shares."""
        return [replace(self, share=share, of=count) for share in range(count)]

    def taken(self, made: Iterator[Mutant]) -> Iterator[Mutant]:
        """Of all the mutants, its share."""
        return islice(made, self.share, None, self.of)


def shares_of(examination: Examination) -> list[MutantShare]:
    """Everything that has mutants, in the order of the assignment, as far as it answers a stage that is selected."""
    solutions, parts = solution_texts(examination.assignment), list[MutantShare]()
    for exercise in examination.exercises:
        selected = [stage for stage in exercise.stages if stage.name in examination.selected]
        asked = dict.fromkeys(stage.asked for stage in selected)
        if exercise.calls:
            written, whole = written_in(exercise, solutions[exercise.stub]), len(selected) == len(exercise.stages)
            parts += [MutantShare(exercise.name, name) for name in written if whole or name.partition(".")[0] in asked]
        else:
            parts += [MutantShare(exercise.name, function) for function in asked]
    return parts


def announced(parts: Sequence[MutantShare], tick: Tick) -> Iterator[MutantShare]:
    """Each part, once it is told that it comes next and how long the rest may take."""
    start = time.monotonic()
    for done, part in enumerate(parts):
        left = (time.monotonic() - start) / done * (len(parts) - done) if done else 0.0
        about = f", about {left:.0f} s left" if left else ""
        tick(f"mutants of {part.function} ({done + 1} of {len(parts)}{about})")
        yield part


def mutate_part(part: MutantShare, examination: Examination, sandbox: Sandbox) -> Caught:
    """What comes of the mutants of one function or method."""
    exercise = examination.assignment.exercise(part.exercise)
    solution = solution_texts(examination.assignment)[exercise.stub]
    made = mutate_called if exercise.calls else _mutation
    return made(exercise, part.function, solution, examination, sandbox, part.taken)


def _mutation(
    exercise: Exercise, function: str, solution: str, examination: Examination, sandbox: Sandbox, taken: Taken
) -> Caught:
    stages = exercise.together(function)
    course = examination.probes[exercise.name][0].offer(stages[0])
    own = frozenset(slip.code for slip in exercise.slips)
    vanishing, probes = vanishing_in(exercise, examination), examination.probes[exercise.name]
    is_same = partial(_is_same_function, stages, vanishing, partial(_unrelated, stages[0], probes))
    is_same_here = partial(_is_same_function, stages, vanishing, partial(related, stages[0], exercise, examination))
    names = frozenset(stage.name for stage in stages)
    made = taken(mutants(_alone(solution, function, exercise), course, function))
    outcomes = judged_mutants(made, exercise, names, examination, sandbox)
    missed = missed_of(outcomes, is_same, exercise, names, examination, sandbox, is_same_here)
    told = [outcome for outcome in outcomes if outcome.told]
    otherwise = [each for each in told if not is_named_rightly(each.mutant, each.told, own, course, is_same)]
    return Caught.of(function, outcomes, missed, otherwise)


def _alone(solution: str, function: str, exercise: Exercise) -> str:
    """A solution without the functions that answer other stages."""
    others = set(exercise.functions) - {function}
    kept = [n for n in ast.parse(solution).body if not isinstance(n, ast.FunctionDef) or n.name not in others]
    return "\n\n".join(ast.unparse(node) for node in kept)


def _is_same_function(
    stages: Sequence[Stage], vanishing: frozenset[str], draws: Callable[[], Iterable[Given]], one: str, other: str
) -> bool:
    """Whether two texts give the same, but for axes of length 1, on all arguments that are drawn.

    These are in double precision: where two functions agree on all of them to the last digits, they are the same
    formula. One that fails is no function.
    """
    first, second = (namespace_of(text)[stages[0].asked] for text in (one, other))
    for given in draws():
        try:
            right, values = _values(first, given, len(stages)), _values(second, given, len(stages))
            near = [is_near(value, wanted) for value, wanted in zip(values, right, strict=True)]
        except (RuntimeError, LookupError, TypeError, AttributeError, ValueError, ArithmeticError, NameError):
            return False
        if not all(fits or stage.name in vanishing for stage, fits in zip(stages, near, strict=True)):
            return False
    return True


def _unrelated(stage: Stage, probes: Sequence[Probe]) -> Iterator[Given]:
    """Arguments between which nothing holds."""
    for draw in range(DRAWS):
        generator = torch.Generator().manual_seed(draw)
        yield redrawn(probes[1 + draw % (len(probes) - 1)].offer(stage), generator)


def _values(function: Callable[..., Any], given: Mapping[str, Any], count: int) -> list[torch.Tensor]:
    names = function.__code__.co_varnames[: function.__code__.co_argcount]
    arguments = {n: v.clone() if isinstance(v := given[n], torch.Tensor) else v for n in names}
    with warnings.catch_warnings(), in_double_precision():
        warnings.simplefilter("ignore")
        returned = function(**arguments)
    return [returned] if count == 1 else list(returned)
