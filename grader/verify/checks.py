"""What has to hold of an assignment: solutions pass, stubs and zeros do not, the references are right."""

import random
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path

from grader.assignment.assignment import Assignment, Exercise
from grader.assignment.authoring.answers import solution_texts
from grader.assignment.authoring.notebook import made_texts
from grader.border import Source
from grader.judge.judgement import Judgement
from grader.judge.why.local import Local
from grader.result import PASSED, StageResult
from grader.run.exam import Examination, examine
from grader.run.grade import grade_submission, is_puzzling
from grader.sandbox.ours import Sandbox
from grader.submission import Submission
from grader.verify import hints, ties
from grader.verify.slips import useless_slips

SEEDS = 50
GRADCHECK = 1e-4
"""Relative to the largest element; central differences in double precision are better than that by far."""
STEP, LEAST = 1e-4, 1e-2
"""Of a difference: a share of the element, or where that is small, of so much of the largest element."""
KINK = 1e-2
"""Of the larger one: where slopes to either side differ by more, there is no derivative to compare with."""
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


def check(
    assignment: Assignment,
    sandbox: Sandbox,
    seeds: int = SEEDS,
    tick: Tick = lambda name: None,
    examination: Examination | None = None,
) -> list[Check]:
    """All that `verify` does, but for the mutants."""
    examined, solutions = examination or usual_examination(assignment), solution_texts(assignment)
    made: list[Callable[[], Check]] = [
        lambda: _solutions_pass(examined, solutions, sandbox, seeds),
        lambda: _stubs_are_missing(assignment, examined, sandbox),
        lambda: _zeros_earn_nothing(examined, sandbox),
        lambda: _differences_agree(examined),
        lambda: _something_tells(examined),
        lambda: _hints(assignment),
        lambda: _no_hint_is_an_answer(assignment, examined, solutions, sandbox),
        lambda: _names_in_hints(assignment, solutions),
        lambda: _slips(examined),
        lambda: _up_to_date(assignment),
        lambda: _operations(assignment, examined, solutions, sandbox),
    ]
    checks: list[Check] = []
    for make in made:
        tick(f"check {len(checks) + 1} of {len(made)}")
        checks.append(make())
    return checks


def usual_examination(assignment: Assignment, selected: frozenset[str] | None = None) -> Examination:
    """The probes that an assignment is checked with; of its stages, those that are selected."""
    return examine(assignment, selected or frozenset(assignment.stage_names), seed="verify")


def _is_puzzling(stage: Judgement) -> bool:
    """Of a stage that fails with an exception, nobody asks here which edit made it."""
    return stage.verdict != "error" and is_puzzling(stage)


def graded(
    texts: Mapping[str, str],
    examination: Examination,
    sandbox: Sandbox,
    puzzling: Callable[[Judgement], bool] | None = _is_puzzling,
) -> list[StageResult]:
    """Grade a submission; `puzzling` says of which stages the edit is looked for that makes them right."""
    sources = tuple(Source(name, text) for name, text in texts.items())
    submission = Submission("verify", Path("verify"), sources, (), {})
    return grade_submission(submission, examination, sandbox, puzzling=puzzling).result.stages


def verdicts_only(texts: Mapping[str, str], examination: Examination, sandbox: Sandbox) -> list[StageResult]:
    """Grade a submission, and look for no edit."""
    return graded(texts, examination, sandbox, puzzling=None)


def _solutions_pass(examined: Examination, solutions: Mapping[str, str], sandbox: Sandbox, seeds: int) -> Check:
    details = []
    for number in range(seeds):
        examination = examine(examined.assignment, examined.selected, seed=f"verify {number}")
        for stage in graded(solutions, examination, sandbox):
            if stage.verdict not in PASSED - {"shape"}:
                details.append(f"{stage.name}, seed 'verify {number}': {stage.verdict}. {stage.message}")
    return Check(f"the solutions pass every stage, with {seeds} seeds", not details, details)


def _stubs_are_missing(assignment: Assignment, examination: Examination, sandbox: Sandbox) -> Check:
    paths = {exercise.stub: assignment.folder / exercise.stub for exercise in assignment.exercises}
    absent = [f"{name}: run `grade release` for this folder" for name, path in paths.items() if not path.is_file()]
    if absent:
        return Check("every stub is missing", False, absent)
    stubs = {name: path.read_text(encoding="utf-8") for name, path in paths.items()}
    stages = graded(stubs, examination, sandbox)
    others = [stage for stage in stages if stage.verdict != "missing"]
    details = [" ".join(f"{each.name}: {each.verdict}. {each.message}".split()) for each in others]
    return Check("every stub is missing", not details, details)


def _zeros_earn_nothing(examination: Examination, sandbox: Sandbox) -> Check:
    """But where the gradient is zero for any input, as that of a bias right before batch norm."""
    functions = []
    for exercise in (each for each in examination.exercises if not each.calls):
        for name in dict.fromkeys(stage.asked for stage in exercise.stages):
            tensors = [stage.tensor for stage in exercise.together(name)]
            zeros = ", ".join(f"torch.zeros_like({tensor})" for tensor in tensors)
            functions.append(f"def {name}({', '.join(tensors)}):\n    return {zeros}\n")
    stages = graded({"zeros.py": "import torch\n\n\n" + "\n\n".join(functions)}, examination, sandbox)
    vanishing = {name for exercise in examination.exercises for name in vanishing_in(exercise, examination)}
    details = [f"{stage.name}: {stage.verdict}" for stage in stages if stage.score and stage.name not in vanishing]
    called = [exercise for exercise in examination.exercises if exercise.calls]
    details += [f"{name}: zeros are right" for exercise in called for name in _zero_everywhere(exercise, examination)]
    return Check("zeros earn nothing", not details, details)


def _zero_everywhere(exercise: Exercise, examination: Examination) -> list[str]:
    """The stages of a call script that are zero on every probe, and are so not by rounding."""
    vanishing = vanishing_in(exercise, examination)
    expected = {s.name: [p.expected[s.name] for p in examination.probes[exercise.name]] for s in exercise.stages}
    zeros = [name for name, each in expected.items() if not any(one.kept(one.gradient).any() for one in each)]
    return [name for name in zeros if name not in vanishing]


def vanishing_in(exercise: Exercise, examination: Examination) -> frozenset[str]:
    """The stages whose gradient is zero but for rounding on every probe: any multiple of it is right."""
    probes = examination.probes[exercise.name]
    return frozenset(s.name for s in exercise.stages if all(probe.expected[s.name].cancelling for probe in probes))


def _differences_agree(examination: Examination) -> Check:
    """Central differences of the forward lines, in double precision, against the reference of every stage."""
    details = []
    for exercise in (each for each in examination.exercises if not each.straight_through):
        probe = examination.probes[exercise.name][-1]
        for stage in exercise.gradients:
            error = _difference_error(Local(stage, probe))
            if not error <= GRADCHECK:
                details.append(f"{stage.name}: off by {error:.2g} of the largest element")
    return Check("the references agree with finite differences of the forward lines", not details, details)


def _something_tells(examination: Examination) -> Check:
    """The details say of every probe on a tie or a kink where that comes from."""
    untold = [*ties.untold(examination)]
    details = [*untold, *ties.on_ties(examination)]
    return Check("ties and kinks leave enough to tell right from wrong", not untold, details)


def _difference_error(local: Local) -> float:
    expected = local.expected
    flat = local.tensor.detach().clone().reshape(-1)
    places = random.Random(0).sample(range(flat.numel()), min(TRIED, flat.numel()))
    worst = 0.0
    for place in places:
        if expected.jumps is not None and bool(expected.jumps.reshape(-1)[place]):
            continue
        sides = []
        step = STEP * (max(abs(float(flat[place])), LEAST * float(flat.abs().max())) or 1.0)
        for signed in (step, -step):
            moved = flat.clone()
            moved[place] += signed
            sides.append(local.weighted(moved.view_as(local.tensor)))
        if local.probe.exercise.ties == "keep" and _is_kink(sides[0], sides[1], local.weighted(local.tensor)):
            continue
        estimate = (sides[0] - sides[1]) / (2 * step)
        worst = max(worst, abs(estimate - float(expected.gradient.reshape(-1)[place])))
    return worst / expected.scale


def _is_kink(above: float, below: float, here: float) -> bool:
    """Whether the slopes to either side differ by more than curvature makes of it."""
    return abs((above - here) - (here - below)) > KINK * max(abs(above - here), abs(here - below))


def _slips(examination: Examination) -> Check:
    details = [*useless_slips(examination)]
    return Check("every slip can explain something", not details, details)


def _hints(assignment: Assignment) -> Check:
    details = [*hints.missing(assignment)]
    return Check("every stage has a hint", not details, details)


def _no_hint_is_an_answer(
    assignment: Assignment, examination: Examination, solutions: Mapping[str, str], sandbox: Sandbox
) -> Check:
    """Whatever is computed between backticks is also tried in the place of the answer."""
    details = [*hints.giving_away(assignment, solutions)]
    details += hints.right_answers(assignment, lambda texts: verdicts_only(texts, examination, sandbox))
    return Check("no hint gives an answer away", not details, details)


def _names_in_hints(assignment: Assignment, solutions: Mapping[str, str]) -> Check:
    details = [*hints.unknown_names(assignment, solutions)]
    return Check("hints name only what is there", not details, details)


def _up_to_date(assignment: Assignment) -> Check:
    made = made_texts(assignment)
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
    for stage in graded(solutions, examination, sandbox) if wanted else ():
        said = wanted.get(stage.name)
        if said and stage.budget and stage.budget.used != said:
            text = f"the solution takes {stage.budget.used} operations, assignment.toml says {said}"
            details.append(f"{stage.name}: {text}")
    return Check("the solutions take as many operations as assignment.toml says", not details, details)
