"""Check an assignment as a product is tested: solutions pass, stubs and zeros do not, mutants are caught and named."""

import ast
import dataclasses
import random
import warnings
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Literal

import torch

from grader.assignment.assignment import Assignment, Exercise, Stage
from grader.assignment.authoring.notebook import notebook_text
from grader.assignment.authoring.stubs import solution_path, stub_texts
from grader.assignment.probes import Probe
from grader.assignment.tolerance import largest
from grader.border import Source
from grader.judge.compare import align
from grader.judge.why.local import Local
from grader.result import PASSED, StageResult
from grader.run.exam import Examination, examine
from grader.run.grade import grade_submission
from grader.sandbox.ours import Sandbox
from grader.submission import Submission
from grader.verify.mutants import HEADER, Mutant, mutants

SCHEMA: Literal["backprop-grader/verification/v1"] = "backprop-grader/verification/v1"
SEEDS = 50
DRAWS = 20
"""On so many draws of its arguments, a mutant has to be the same function to be set aside."""
SAME = 1e-9
GRADCHECK = 1e-4
"""Relative to the largest element; central differences in double precision are better than that by far."""
STEP, LEAST = 1e-4, 1e-2
"""Of a difference: a share of the element, or where that is small, of so much of the largest element."""
TRIED = 40
"""Elements of a gradient that are compared with differences, drawn at random."""

Tick = Callable[[str], None]
"""Called with what is done next."""


@dataclass(frozen=True)
class Check:
    """One thing that has to hold, and what is wrong where it does not."""

    name: str
    passed: bool
    details: list[str] = field(default_factory=list)


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


@dataclass(frozen=True)
class Verification:
    """Everything that was found out."""

    schema: Literal["backprop-grader/verification/v1"]
    assignment: str
    sha256: str
    checks: list[Check]
    mutation: list[Caught]

    @property
    def passed(self) -> bool:
        return all(check.passed for check in self.checks) and not any(each.missed for each in self.mutation)


def verify(
    assignment: Assignment, sandbox: Sandbox, seeds: int = SEEDS, tick: Tick = lambda name: None
) -> Verification:
    """Check an assignment.

    Args:
        assignment: with its solutions beside it, or in the checkout.
        sandbox: where solutions and mutants run.
        seeds: how often the solutions are graded, each time on other probes.
        tick: told what is done next.

    Raises:
        AssignmentError: the solutions are not here, or the assignment's files are not what they should be.
    """
    examination = _examination(assignment)
    checks = check(assignment, sandbox, seeds, tick, examination)
    mutation = mutate(assignment, sandbox, tick, examination)
    return Verification(SCHEMA, assignment.name, assignment.sha256, checks, mutation)


def check(
    assignment: Assignment,
    sandbox: Sandbox,
    seeds: int = SEEDS,
    tick: Tick = lambda name: None,
    examination: Examination | None = None,
) -> list[Check]:
    """All that `verify` does, but for the mutants."""
    examined, solutions = examination or _examination(assignment), _solutions(assignment)
    made: list[Callable[[], Check]] = [
        lambda: _solutions_pass(assignment, solutions, sandbox, seeds),
        lambda: _stubs_are_missing(assignment, examined, sandbox),
        lambda: _zeros_earn_nothing(examined, sandbox),
        lambda: _differences_agree(examined),
        lambda: _hints(assignment),
        lambda: _up_to_date(assignment),
        lambda: _operations(assignment, examined, solutions, sandbox),
    ]
    checks: list[Check] = []
    for make in made:
        tick(f"check {len(checks) + 1} of {len(made)}")
        checks.append(make())
    return checks


def mutate(
    assignment: Assignment,
    sandbox: Sandbox,
    tick: Tick = lambda name: None,
    examination: Examination | None = None,
) -> list[Caught]:
    """What comes of the one-edit mutants of each function."""
    examined, solutions = examination or _examination(assignment), _solutions(assignment)
    mutation = []
    for exercise in assignment.exercises:
        for function in dict.fromkeys(stage.asked for stage in exercise.stages):
            tick(f"mutants of {function}")
            mutation.append(_mutation(exercise, function, solutions[exercise.stub], examined, sandbox))
    return mutation


def _examination(assignment: Assignment) -> Examination:
    return examine(assignment, frozenset(assignment.stage_names), seed="verify")


def _solutions(assignment: Assignment) -> dict[str, str]:
    return {e.stub: solution_path(assignment, e).read_text(encoding="utf-8") for e in assignment.exercises}


def _graded(texts: Mapping[str, str], examination: Examination, sandbox: Sandbox) -> list[StageResult]:
    sources = tuple(Source(name, text) for name, text in texts.items())
    submission = Submission("verify", Path("verify"), sources, (), {})
    return grade_submission(submission, examination, sandbox).result.stages


def _solutions_pass(assignment: Assignment, solutions: Mapping[str, str], sandbox: Sandbox, seeds: int) -> Check:
    details = []
    for number in range(seeds):
        examination = examine(assignment, frozenset(assignment.stage_names), seed=f"verify {number}")
        for stage in _graded(solutions, examination, sandbox):
            if stage.verdict not in PASSED - {"shape"}:
                details.append(f"{stage.name}, seed 'verify {number}': {stage.verdict}. {stage.message}")
    return Check(f"the solutions pass every stage, with {seeds} seeds", not details, details)


def _stubs_are_missing(assignment: Assignment, examination: Examination, sandbox: Sandbox) -> Check:
    stubs = {e.stub: (assignment.folder / e.stub).read_text(encoding="utf-8") for e in assignment.exercises}
    stages = _graded(stubs, examination, sandbox)
    details = [f"{stage.name}: {stage.verdict}" for stage in stages if stage.verdict != "missing"]
    return Check("every stub is missing", not details, details)


def _zeros_earn_nothing(examination: Examination, sandbox: Sandbox) -> Check:
    """But where the gradient is zero for any input, as that of a bias right before batch norm."""
    functions = []
    for exercise in examination.exercises:
        for name in dict.fromkeys(stage.asked for stage in exercise.stages):
            tensors = [stage.tensor for stage in exercise.together(name)]
            zeros = ", ".join(f"torch.zeros_like({tensor})" for tensor in tensors)
            functions.append(f"def {name}({', '.join(tensors)}):\n    return {zeros}\n")
    stages = _graded({"zeros.py": "import torch\n\n\n" + "\n\n".join(functions)}, examination, sandbox)
    vanishing = {name for exercise in examination.exercises for name in _vanishing(exercise, examination)}
    details = [f"{stage.name}: {stage.verdict}" for stage in stages if stage.score and stage.name not in vanishing]
    return Check("zeros earn nothing", not details, details)


def _vanishing(exercise: Exercise, examination: Examination) -> frozenset[str]:
    """The stages whose gradient is zero but for rounding on every probe: any multiple of it is right."""
    probes = examination.probes[exercise.name]
    return frozenset(s.name for s in exercise.stages if all(probe.expected[s.name].cancelling for probe in probes))


def _differences_agree(examination: Examination) -> Check:
    """Central differences of the forward lines, in double precision, against the reference of every stage."""
    details = []
    for exercise in examination.exercises:
        probe = examination.probes[exercise.name][-1]
        for stage in exercise.stages:
            error = _difference_error(Local(stage, probe))
            if not error <= GRADCHECK:
                details.append(f"{stage.name}: off by {error:.2g} of the largest element")
    return Check("the references agree with finite differences of the forward lines", not details, details)


def _difference_error(local: Local) -> float:
    expected = local.probe.expected[local.stage.name]
    flat = local.tensor.detach().clone().reshape(-1)
    places = random.Random(0).sample(range(flat.numel()), min(TRIED, flat.numel()))
    worst = 0.0
    for place in places:
        sides = []
        step = STEP * max(abs(float(flat[place])), LEAST * float(flat.abs().max()))
        for signed in (step, -step):
            moved = flat.clone()
            moved[place] += signed
            sides.append(local.weighted(moved.view_as(local.tensor)))
        estimate = (sides[0] - sides[1]) / (2 * step)
        worst = max(worst, abs(estimate - float(expected.gradient.reshape(-1)[place])))
    return worst / expected.scale


def _hints(assignment: Assignment) -> Check:
    details = [f"{stage.name} has no hint" for _, stage in assignment.stages if not stage.hint]
    return Check("every stage has a hint", not details, details)


def _up_to_date(assignment: Assignment) -> Check:
    made = stub_texts(assignment) | {assignment.notebook: notebook_text(assignment)}
    files = {name: assignment.folder / name for name in made}
    details = [
        f"{name}: run `grade release` for this folder"
        for name, path in files.items()
        if not path.is_file() or path.read_text(encoding="utf-8") != made[name]
    ]
    return Check("stubs and notebook are those that scripts and solutions give", not details, details)


def _operations(
    assignment: Assignment, examination: Examination, solutions: Mapping[str, str], sandbox: Sandbox
) -> Check:
    wanted = {stage.name: stage.operations for e in assignment.exercises for stage in e.stages if stage.operations}
    details = []
    for stage in _graded(solutions, examination, sandbox) if wanted else ():
        said = wanted.get(stage.name)
        if said and stage.budget and stage.budget.used != said:
            text = f"the solution takes {stage.budget.used} operations, assignment.toml says {said}"
            details.append(f"{stage.name}: {text}")
    return Check("the solutions take as many operations as assignment.toml says", not details, details)


def _mutation(exercise: Exercise, function: str, solution: str, examination: Examination, sandbox: Sandbox) -> Caught:
    stages = exercise.together(function)
    names = frozenset(stage.name for stage in stages)
    only = dataclasses.replace(
        examination, selected=names, probes={exercise.name: examination.probes[exercise.name]}, trials={}
    )
    course = examination.probes[exercise.name][0].offer(stages[0])
    vanishing = _vanishing(exercise, examination)
    own = {slip.code for slip in exercise.slips}
    equivalent = caught = named = wrong = rightly = total = 0
    missed, otherwise = [], []
    for mutant in mutants(_alone(solution, function), course):
        total += 1
        judged = [stage for stage in _graded({"mutant.py": mutant.text}, only, sandbox) if stage.name in names]
        failed = [stage for stage in judged if not stage.passed]
        if failed:
            caught += 1
            valued = [stage for stage in failed if stage.verdict in ("wrong", "overfit", "shortcut")]
            wrong += bool(valued)
            told = [stage.diagnosis for stage in valued if stage.diagnosis]
            named += bool(told)
            fits = any(diagnosis.code in own or mutant.is_told_by(diagnosis) for diagnosis in told)
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
