"""Mutation testing of what a call script uses: every function, and every method of a class, one edit at a time."""

import ast
import warnings
from collections.abc import Callable, Iterator, Mapping
from functools import partial
from typing import Any

import torch

from grader.assignment.assignment import Exercise
from grader.assignment.tolerance import Expectation
from grader.result import Diagnosis
from grader.run.chain import in_one_go
from grader.run.exam import Examination
from grader.sandbox.border.messages import Calls
from grader.sandbox.ours import Sandbox
from grader.sandbox.theirs.called import run
from grader.sandbox.theirs.returned import plain_of
from grader.sandbox.theirs.source.edits import scope_of, variants
from grader.verify.caught import Caught, JudgedMutant, is_near, judged_mutants, namespace_of, redrawn
from grader.verify.checks import vanishing_in
from grader.verify.mutants import Mutant, Taken, first_changed
from grader.verify.naming import SPOKEN_OF
from grader.verify.reach import missed_of

DRAWS = 5
"""On so many draws of what is given, besides the probes, a mutant has to be the same to be set aside."""
OF_THE_FORWARD = {"forward-first", "forward-wrong-too"}
"""What is told of a gradient because of another stage, and is about no edit of its own."""


def written_in(exercise: Exercise, solution: str) -> list[str]:
    """The functions, and methods as `Class.method`, of a solution that the call script uses."""
    return [name for name, _ in _written(exercise, ast.parse(solution))]


def mutate_called(
    exercise: Exercise, name: str, solution: str, examination: Examination, sandbox: Sandbox, taken: Taken
) -> Caught:
    """What comes of the mutants of a function or method that the call script uses."""
    module = ast.parse(solution)
    before = ast.unparse(module)
    own = frozenset(slip.code for slip in exercise.slips)
    same = _Same(exercise, examination)
    names = frozenset(stage.name for stage in exercise.stages)
    function = dict(_written(exercise, module))[name]
    made = taken(_mutants(name, function, module, before))
    outcomes = judged_mutants(made, exercise, names, examination, sandbox)
    missed = missed_of(outcomes, same, exercise, names, examination, sandbox)
    is_right = partial(_is_named_rightly, own=own)
    return Caught.of(name, outcomes, missed, [each for each in outcomes if each.told and not is_right(each)])


def _written(exercise: Exercise, module: ast.Module) -> Iterator[tuple[str, ast.FunctionDef]]:
    assert exercise.calls
    for node in module.body:
        if isinstance(node, ast.FunctionDef) and node.name in exercise.calls.written:
            yield node.name, node
        if isinstance(node, ast.ClassDef) and node.name in exercise.calls.written:
            yield from ((f"{node.name}.{each.name}", each) for each in node.body if isinstance(each, ast.FunctionDef))


def _mutants(name: str, function: ast.FunctionDef, module: ast.Module, before: str) -> Iterator[Mutant]:
    seen = {before}
    arguments = [each.arg for each in function.args.args if each.arg != "self"]
    documented = ast.get_docstring(function) is not None
    body = function.body[documented:]
    for kind, _ in variants(body, scope_of(body, dict.fromkeys(arguments)), lambda rule: rule.breaks):
        function.body[documented:] = body
        after = ast.unparse(module)
        if after not in seen and after.count("\n") == before.count("\n"):
            seen.add(after)
            line = first_changed(before, after)
            yield Mutant(name, kind, after.split("\n")[line - 1].strip(), after, before, line)


def _is_named_rightly(outcome: JudgedMutant, own: frozenset[str]) -> bool:
    told = [diagnosis for diagnosis in outcome.told if diagnosis.code not in OF_THE_FORWARD]
    return bool(told) and all(each.code in own or _is_about(each, outcome.mutant) for each in told)


def _is_about(diagnosis: Diagnosis, mutant: Mutant) -> bool:
    if diagnosis.line is None:
        return mutant.kind in SPOKEN_OF.get(diagnosis.code, {})
    return diagnosis.line == mutant.line and diagnosis.code == f"edit-{mutant.kind}"


_Lent = tuple[Mapping[str, Any], Mapping[str, Expectation]]
"""What is given, and what the probe that it is of expects of each stage."""


class _Same:
    """Whether two solutions bind the same to every stage, on the probes and on what is drawn besides."""

    def __init__(self, exercise: Exercise, examination: Examination) -> None:
        self._exercise, self._arrays = exercise, examination.assignment.arrays
        self._vanishing = vanishing_in(exercise, examination)
        probes = examination.probes[exercise.name]
        self._lent: list[_Lent] = [(probe.lent(), in_one_go(probe)) for probe in probes]
        for draw in range(DRAWS):
            given, _ = self._lent[1 + draw % (len(probes) - 1)]
            self._lent.append((redrawn(given, torch.Generator().manual_seed(draw)), {}))

    def __call__(self, one: str, other: str) -> bool:
        try:
            right, mutant = namespace_of(one), namespace_of(other)
            return all(self._agree(right, mutant, lent) for lent in self._lent)
        except Exception:  # one that fails is no other way to say the same
            return False

    def _agree(self, one: dict[str, Any], other: dict[str, Any], lent: _Lent) -> bool:
        """Whether they bind the same, but for elements on a tie or a kink."""
        right, values = (self._values(namespace, *lent) for namespace in (one, other))
        return all(is_near(values[name], right[name]) for name in right)

    def _values(
        self, namespace: dict[str, Any], lent: Mapping[str, Any], expected: Mapping[str, Expectation]
    ) -> dict[str, torch.Tensor]:
        assert self._exercise.calls
        stages = [stage for stage in self._exercise.stages if stage.name not in self._vanishing]
        calls = Calls(self._exercise.calls.lines, dict.fromkeys(self._exercise.calls.written, ""), self._arrays)
        taking: Callable[[Any], torch.Tensor] = lambda value: plain_of(value, self._arrays)[0]  # noqa: E731
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            made = run(calls, lambda _, name: namespace[name], lent, [stage.gradient for stage in stages], taking)
        kept = {stage.gradient: expected[stage.name].kept for stage in stages if stage.name in expected}
        return {name: kept[name](value) if name in kept else value for name, value in made.taken.items()}
