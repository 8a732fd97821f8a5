"""Grade one submission: open a session, ask every stage, judge the answers, add up."""

import time
from collections.abc import Callable, Iterable, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, field, replace
from fractions import Fraction
from functools import cached_property
from typing import Literal

import torch

from grader.assignment.assignment import Assignment, Exercise, Stage, Task
from grader.assignment.dataset import Dataset
from grader.border import Found, Source
from grader.errors import SandboxError
from grader.judge.compare import align
from grader.judge.error_map import error_maps
from grader.judge.integrity import integrity
from grader.judge.verdict import chained, judge, not_asked
from grader.judge.why.diagnose import diagnose
from grader.judge.why.evidence import evidence, pattern
from grader.result import (
    PASSED,
    SCHEMA,
    AssignmentFacts,
    DatasetFacts,
    ErrorMap,
    ExerciseResult,
    GraderFacts,
    Integrity,
    Result,
    StageResult,
    SubmissionFacts,
    Warned,
    Where,
)
from grader.run.ask import Asked, ask, ask_chained, located
from grader.run.exam import Examination
from grader.run.locate_slip import mend
from grader.run.tasks import Tasks
from grader.run.two_steps import asked_again
from grader.sandbox.ours import Sandbox, Session
from grader.submission import Submission, encodable
from grader.version import __version__

ATTEMPTS = 2
"""How often a submission is tried where its process is lost through no fault of its own."""

PUZZLING = ("RuntimeError", "IndexError", "ValueError")
"""Exceptions of tensors that do not fit together: something is transposed, or summed over another axis."""
MOST_MENDED = 10
"""Of so many functions of an exercise at most, an edit is looked for that puts them right."""
MENDED = "With one edit there, the answer is right on every probe."
ABOVE_IS_RIGHT = (
    "What stands above the line that reads it from autograd is right, and is all that is needed: take the line out."
)
EXPLAINED = ("wrong", "overfit", "shortcut")
"""Verdicts that a diagnosis is looked for."""

Tick = Callable[[str], None]
"""Called with the name of each stage before it is asked."""
Heard = Callable[[list[StageResult]], None]
"""Called with the gradients of each exercise once they are judged, and with each task; the slip behind a wrong gradient
may be looked for yet."""


@dataclass(frozen=True)
class Graded:
    """A result, and what a report shows beside it: where each stage is off."""

    result: Result
    off: Mapping[str, tuple[torch.Tensor, torch.Tensor]]
    """By stage, the answer on the course batch where it is wrong, and its reference of the same shape."""

    @cached_property
    def error_maps(self) -> dict[str, ErrorMap]:
        return error_maps(self.off)


def grade_submission(
    submission: Submission,
    examination: Examination,
    sandbox: Sandbox,
    tick: Tick = lambda name: None,
    *,
    first: Sequence[str] = (),
    heard: Heard = lambda stages: None,
) -> Graded:
    """Grade one submission with the probes of an examination.

    Args:
        submission: what was handed in.
        examination: what is asked of it.
        sandbox: where it runs.
        tick: hears of each stage before it is asked.
        first: the names of exercises whose turn comes before that of the others, in that order.
        heard: hears of stages once they are judged.
    """
    start = time.perf_counter()
    order = sorted(examination.exercises, key=lambda e: first.index(e.name) if e.name in first else len(first))
    examined = _Examined()
    for _ in range(ATTEMPTS):
        examined = _Examined()
        try:
            _examine(submission, examination, sandbox, order, tick, heard, examined)
            break
        except SandboxError as error:
            examined.problems.append(str(error))
    examined.problems[:0] = [broken.fault.message for broken in submission.faults]
    seconds = time.perf_counter() - start
    return _graded(submission, examination, examined, sandbox.isolation, seconds)


def ungraded(submission: Submission, examination: Examination, reason: str) -> Graded:
    """What is said of a submission that the grader itself could not grade."""
    return _graded(submission, examination, _Examined(problems=[reason]), {}, 0.0)


@dataclass
class _Examined:
    """What came of putting the stages to a submission."""

    asked: dict[str, Asked] = field(default_factory=dict)
    judged: dict[str, StageResult] = field(default_factory=dict)
    problems: list[str] = field(default_factory=list)


def _examine(
    submission: Submission,
    examination: Examination,
    sandbox: Sandbox,
    order: Sequence[Exercise],
    tick: Tick,
    heard: Heard,
    examined: _Examined,
) -> None:
    """One exercise after the other. The chained run and edits decide nothing, and come when everything is judged."""
    with sandbox.open(submission.sources, examination.wanted) as session:
        examined.problems += [located(broken).message for broken in session.loaded.faults]
        for exercise in order:
            examined.asked |= _ask_all(exercise, examination, session, submission, tick)
            examined.judged |= _judge_all(exercise, examination, examined, submission)
            _retry_all(exercise, examination, examined, session, submission)
            heard([examined.judged[stage.name] for stage in exercise.stages if stage.name in examined.judged])
            examined.judged |= _put_all(exercise, examination, session, submission, tick, heard)
        for exercise in order:
            examined.judged |= _chain_all(exercise, examination, examined, session)
        for exercise in order:
            examined.judged |= _mend_all(exercise, examination, examined, session, submission)


def _ask_all(
    exercise: Exercise, examination: Examination, session: Session, submission: Submission, tick: Tick
) -> dict[str, Asked]:
    asked: dict[str, Asked] = {}
    for stage in exercise.asking_order:
        if stage.name in examination.selected:
            tick(stage.name)
            if stage.name not in asked:
                asked |= ask(exercise, stage.asked, examination, session, submission)
    return asked


def _put_all(
    exercise: Exercise, examination: Examination, session: Session, submission: Submission, tick: Tick, heard: Heard
) -> dict[str, StageResult]:
    judged: dict[str, StageResult] = {}
    if not exercise.tasks:
        return judged
    tasks = Tasks(exercise, examination, session, submission)
    for task in exercise.putting_order:
        if task.name in examination.selected:
            tick(task.name)
            result, found = tasks.put(task)
            judged[task.name] = replace(result, where=_where(found, submission.by_name))
            heard([judged[task.name]])
    return judged


def _judge_all(
    exercise: Exercise, examination: Examination, examined: _Examined, submission: Submission
) -> dict[str, StageResult]:
    stages = [stage for stage in exercise.stages if stage.name in examination.selected]
    return {stage.name: _judge_stage(stage, exercise, examination, examined, submission) for stage in stages}


def _retry_all(
    exercise: Exercise, examination: Examination, examined: _Examined, session: Session, submission: Submission
) -> None:
    """What is true of the real gradients alone may be two steps in one."""
    for stage in exercise.stages:
        judged = examined.judged.get(stage.name)
        if judged is None or judged.verdict != "shortcut":
            continue
        before = examined.asked[stage.name]
        if again := asked_again(stage, exercise, before, examination, session):
            examined.asked[stage.name] = again
            retried = _judge_stage(stage, exercise, examination, examined, submission)
            if retried.verdict in PASSED:
                examined.judged[stage.name] = retried
            else:
                examined.asked[stage.name] = before


def _chain_all(
    exercise: Exercise, examination: Examination, examined: _Examined, session: Session
) -> dict[str, StageResult]:
    """The stages, with what they give when they are fed the student's own gradients."""
    asked = {name: each for name, each in examined.asked.items() if name in exercise.stage_names}
    if not any(each.reply for each in asked.values()):
        return {}
    course = examination.probes[exercise.name][0]
    chains = ask_chained(exercise, course, session, asked)
    judged = {name: examined.judged[name] for name in chains if name in examined.judged}
    return {
        name: replace(stage, chained=chained(chains[name], course.expected[name])) for name, stage in judged.items()
    }


def _mend_all(
    exercise: Exercise, examination: Examination, examined: _Examined, session: Session, submission: Submission
) -> dict[str, StageResult]:
    """The stages that one edit puts right."""
    judged = {name: examined.judged[name] for name in exercise.stage_names if name in examined.judged}
    answered = [s for s in exercise.stages if s.name in judged and examined.asked.get(s.name, Asked()).reply]
    puzzling = [stage for stage in answered if is_puzzling(judged[stage.name])]
    mended: dict[str, StageResult] = {}
    with suppress(SandboxError):
        for function in list(dict.fromkeys(stage.asked for stage in puzzling))[:MOST_MENDED]:
            wrong = [stage for stage in puzzling if stage.asked == function]
            for name, diagnosis in mend(
                wrong, exercise, examined.asked, examination, session, submission.by_name
            ).items():
                lines = [MENDED, *judged[name].evidence]
                mended[name] = replace(judged[name], diagnosis=diagnosis, pattern="", evidence=lines)
    return mended


def is_puzzling(stage: StageResult) -> bool:
    """Whether nobody has said yet what is wrong with it, but for an exception that speaks of shapes."""
    raised = stage.verdict == "error" and stage.error is not None and stage.error.type in PUZZLING
    return stage.diagnosis is None and (raised or stage.verdict in EXPLAINED)


def _judge_stage(
    stage: Stage,
    exercise: Exercise,
    examination: Examination,
    examined: _Examined,
    submission: Submission,
) -> StageResult:
    asked = examined.asked.get(stage.name, Asked())
    credit, where = examination.assignment.credit, _where(asked.found, submission.by_name)
    notes = [Warned(note.code, note.message) for note in asked.notes]
    if asked.reply is None:
        return replace(not_asked(stage, asked.fault, credit), where=where, warnings=notes)
    probes = asked.probes or examination.probes[exercise.name]
    found = integrity(asked.reply.answers, asked.reading)
    judged = judge(stage, probes, asked.reply, credit, found, where)
    if judged.verdict == "forbidden" and asked.above:
        above = judge(stage, probes, asked.above, credit, Integrity())
        judged = replace(judged, message=f"{judged.message} {ABOVE_IS_RIGHT}") if above.verdict in PASSED else judged
    if judged.verdict in EXPLAINED:
        locals_, answers = examination.locals(exercise, stage), asked.reply.answers
        diagnosis = diagnose(locals_, answers, exercise.slips)
        judged = replace(
            judged,
            diagnosis=diagnosis,
            pattern="" if diagnosis else pattern(locals_, answers),
            evidence=evidence(locals_, answers, diagnosis),
        )
    return replace(judged, warnings=notes + judged.warnings)


def _where(found: Found | None, sources: Mapping[str, Source]) -> Where | None:
    if found is None:
        return None
    cell, line = sources[found.source].place(found.first_line)
    place = (cell, line) if cell else (None, None)
    return Where(found.source, found.first_line, found.last_line, *place)


def _off(
    examination: Examination, asked: Mapping[str, Asked], exercises: list[ExerciseResult]
) -> dict[str, tuple[torch.Tensor, torch.Tensor]]:
    off = {}
    for exercise in exercises:
        for stage in exercise.stages:
            reply = asked[stage.name].reply if stage.name in asked else None
            if stage.verdict in ("wrong", "nonfinite") and reply:
                reference = examination.probes[exercise.name][0].expected[stage.name].gradient
                answer = reply.answers[0].tensor
                if answer is not None and (aligned := align(answer, reference.shape)) is not None:
                    off[stage.name] = aligned, reference
    return off


def _graded(
    submission: Submission,
    examination: Examination,
    examined: _Examined,
    isolation: dict[str, str],
    seconds: float,
) -> Graded:
    exercises = [_of_exercise(exercise, examination, examined, submission) for exercise in examination.exercises]
    flat = any(asked.found and asked.found.flat for asked in examined.asked.values())
    stages = [stage for exercise in exercises for stage in exercise.stages]
    result = Result(
        schema=SCHEMA,
        assignment=_assignment_facts(examination.assignment),
        submission=SubmissionFacts(
            submission.id,
            encodable(str(submission.path)),
            submission.sha256,
            list(submission.files),
            examined.problems,
            "flat" if flat else "functions",
            submission.late,
            list(submission.notes),
            dict(submission.identities),
        ),
        grader=GraderFacts(__version__, str(torch.__version__), examination.seed, isolation),
        score=_total(stages),
        max_score=sum(stage.max_score for stage in stages),
        status=_status(stages),
        seconds=round(seconds, 3),
        exercises=exercises,
        dataset=_dataset_facts(examination.dataset),
    )
    return Graded(result, _off(examination, examined.asked, exercises))


def _of_exercise(
    exercise: Exercise, examination: Examination, examined: _Examined, submission: Submission
) -> ExerciseResult:
    """Where the session was lost, what it had answered until then is judged all the same."""

    def judged(each: Stage | Task) -> StageResult:
        if isinstance(each, Task):
            return not_asked(each, None, examination.assignment.credit)
        return _judge_stage(each, exercise, examination, examined, submission)

    asked = [each for each in exercise.everything if each.name in examination.selected]
    places = {name: place for place, name in enumerate(exercise.backward_order)}
    stages = [replace(examined.judged.get(each.name) or judged(each), place=places[each.name]) for each in asked]
    return ExerciseResult(exercise.name, exercise.title, _total(stages), sum(s.max_score for s in stages), stages)


def updated(result: Result, stages: Iterable[StageResult]) -> Result:
    """A result with these judgements in the place of others, and the score they make."""
    new = {stage.name: stage for stage in stages}

    def exercise(old: ExerciseResult) -> ExerciseResult:
        each = [new.get(stage.name, stage) for stage in old.stages]
        return replace(old, stages=each, score=_total(each))

    exercises = [exercise(old) for old in result.exercises]
    everything = [stage for each in exercises for stage in each.stages]
    return replace(result, exercises=exercises, score=_total(everything), status=_status(everything))


def _dataset_facts(dataset: Dataset | None) -> DatasetFacts | None:
    if dataset is None:
        return None
    parts = [len(part) for part in (dataset.training, dataset.validation, dataset.test)]
    return DatasetFacts(sum(parts), len(dataset.vocabulary), *parts)


def _assignment_facts(assignment: Assignment) -> AssignmentFacts:
    return AssignmentFacts(assignment.name, assignment.title, assignment.sha256)


def _total(stages: list[StageResult]) -> float | None:
    """The exact sum of the scores as decimals, rounded once; None where a stage could not be judged."""
    if any(stage.score is None for stage in stages):
        return None
    return round(float(sum((Fraction(repr(stage.score)) for stage in stages), Fraction(0))), 2)


def _status(stages: list[StageResult]) -> Literal["graded", "partly", "ungraded"]:
    ungraded = sum(stage.verdict == "ungraded" for stage in stages)
    if not ungraded:
        return "graded"
    return "ungraded" if ungraded == len(stages) else "partly"
