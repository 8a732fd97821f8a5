"""Grade one submission: open a session, ask every stage, judge the answers, add up."""

import time
from collections.abc import Callable, Iterable, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, field, replace
from functools import cached_property

import torch

from grader.assignment.assignment import Exercise
from grader.assignment.stage import Stage
from grader.border import STUB, Reply
from grader.errors import SandboxError
from grader.judge.error_map import error_maps
from grader.judge.judgement import Judgement, not_asked
from grader.result import ErrorMap, Result, StageResult
from grader.run.almost_named import almost_named
from grader.run.ask import Asked, ask, located, second_look
from grader.run.ask_calls import CallRun
from grader.run.chain import chain, chain_calls
from grader.run.contradicted import drop_contradicted
from grader.run.exam import Examination
from grader.run.facts import result_of
from grader.run.finding import EXPLAINED, Finding, judged
from grader.run.misplaced import explain_by_order
from grader.run.own_forward import explain_by_forward
from grader.run.own_work import own_work
from grader.run.search_lines import Search
from grader.run.tasks import Tasks
from grader.run.two_steps import asked_again
from grader.sandbox.ours import Sandbox, Session
from grader.sandbox.ours.discreet import is_plain
from grader.submission import Submission, misspelt_exercises

ATTEMPTS = 2
"""How often a submission is tried where its process is lost through no fault of its own."""

PUZZLING = ("RuntimeError", "IndexError", "ValueError")
"""Exceptions of tensors that do not fit together: something is transposed, or summed over another axis."""

Tick = Callable[[str], None]
"""Called with the name of each stage before it is asked."""
Heard = Callable[[list[StageResult]], None]
"""Called with the gradients of each exercise once they are judged, and with each task; the slip behind a wrong gradient
may be looked for yet."""

Puzzling = Callable[[Judgement], bool]


def is_puzzling(stage: Judgement | StageResult) -> bool:
    """Whether nobody has said yet what is wrong with it, but for an exception that speaks of shapes."""
    raised = stage.verdict == "error" and stage.error is not None and stage.error.type in PUZZLING
    return stage.diagnosis is None and (raised or stage.verdict in (*EXPLAINED, "nonfinite"))


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
    heard: Heard | None = None,
    puzzling: Puzzling | None = is_puzzling,
) -> Graded:
    """Grade one submission with the probes of an examination.

    Args:
        submission: what was handed in.
        examination: what is asked of it.
        sandbox: where it runs.
        tick: hears of each stage before it is asked.
        first: the names of exercises whose turn comes before that of the others, in that order.
        heard: hears of stages once they are judged.
        puzzling: of which stages a slip is looked for in the lines, and of those of which one is only supposed; by
            default of those that nothing has explained yet. None looks for none: the verdicts stand without it.
    """
    start = time.perf_counter()
    submission = own_work(submission, examination.assignment)
    order = sorted(examination.exercises, key=lambda e: first.index(e.name) if e.name in first else len(first))
    run = Run(submission, examination, tick, heard, puzzling)
    for _ in range(ATTEMPTS):
        run = Run(submission, examination, tick, heard, puzzling)
        try:
            with sandbox.open(submission.sources, examination.wanted) as session:
                run.put(order, session)
            break
        except SandboxError as error:
            run.problems.append(str(error))
    assignment = examination.assignment
    misspelt = misspelt_exercises(submission, assignment.name, [each.name for each in assignment.exercises])
    run.problems[:0] = [*(broken.fault.message for broken in submission.faults), *misspelt]
    return run.graded(sandbox.isolation, time.perf_counter() - start)


def ungraded(submission: Submission, examination: Examination, reason: str) -> Graded:
    """What is said of a submission that the grader itself could not grade."""
    return Run(submission, examination, problems=[reason]).graded({}, 0.0)


@dataclass
class Run:
    """One submission, put to one examination."""

    submission: Submission
    examination: Examination
    tick: Tick = lambda name: None
    heard: Heard | None = None
    puzzling: Puzzling | None = is_puzzling
    problems: list[str] = field(default_factory=list)
    findings: dict[str, Finding] = field(default_factory=dict)
    """What is known of each stage, by its name."""

    def put(self, order: Sequence[Exercise], session: Session) -> None:
        """One exercise after the other; the chained run and edits decide nothing, and come when all is judged."""
        self.problems += [located(broken).message for broken in session.loaded.faults]
        for exercise in order:
            self._ask_and_judge(exercise, session)
            self._ask_again(exercise, session)
            self._hear(exercise, [stage.name for stage in exercise.stages])
            self._put_tasks(exercise, session)
        for exercise in order:
            self._chain(exercise, session)
        for exercise in order:
            self._search_lines(exercise, session)
        self._overhear(session)

    def graded(self, isolation: dict[str, str], seconds: float) -> Graded:
        """The result, whatever came of it: where the session was lost, a stage that was not asked is ungraded."""
        results = {e.name: list(self._results(e, self._selected(e))) for e in self.examination.exercises}
        flat = any(finding.asked.found and finding.asked.found.flat for finding in self.findings.values())
        result = result_of(
            self.submission,
            self.examination,
            results,
            self.problems,
            isolation,
            seconds,
            style="flat" if flat else "functions",
        )
        return Graded(result, {name: pair for name in self.findings if (pair := self._off(self.findings[name]))})

    def _selected(self, exercise: Exercise) -> list[str]:
        return [stage.name for stage in exercise.everything if stage.name in self.examination.selected]

    def _results(self, exercise: Exercise, names: Iterable[str]) -> Iterable[StageResult]:
        stages = {stage.name: stage for stage in exercise.everything}
        for name in names:
            finding = self.findings.get(name) or Finding(stages[name])
            place = exercise.backward_order.index(name)
            result = finding.result(self.examination.assignment.credit, self.submission.by_name, place)
            yield self._perhaps_renamed(result, stages[name].asked)

    def _perhaps_renamed(self, result: StageResult, asked: str) -> StageResult:
        """What nobody has begun may be there under a name that is almost right."""
        own = "" if result.begun else self._almost.get(asked, "")
        return replace(result, begun=True, message=f"`{own}` is there: is it `{asked}`?") if own else result

    @cached_property
    def _almost(self) -> dict[str, str]:
        return almost_named(self.submission, self.examination.assignment.asked_names)

    def _hear(self, exercise: Exercise, names: Iterable[str]) -> None:
        """Where somebody listens; else a result is made at the end alone."""
        if self.heard:
            self.heard(list(self._results(exercise, [name for name in names if name in self.findings])))

    def _ask_and_judge(self, exercise: Exercise, session: Session) -> None:
        calls = self._calls(exercise, session)
        asked = calls.ask() if calls else {}
        for stage in exercise.asking_order:
            if stage.name in self.examination.selected:
                self.tick(stage.name)
                if stage.name not in asked:
                    asked |= ask(exercise, stage.asked, self.examination, session, self.submission)
        self._judge(exercise, asked, exercise.stages)
        if doubtful := self._second_look(exercise, asked, session):
            self._judge(exercise, asked | doubtful, [stage for stage in exercise.stages if stage.name in doubtful])
        for stage in exercise.stages if calls else ():
            finding = self.findings.get(stage.name)
            if finding and finding.judgement.verdict in EXPLAINED and calls and calls.is_stub(stage):
                self.findings[stage.name] = Finding(stage, not_asked(STUB), finding.asked)
        drop_contradicted(exercise, self._found(exercise), self.examination)
        explain_by_order(exercise, self._found(exercise))
        if calls:
            course = self.examination.probes[exercise.name][0]
            explain_by_forward(exercise, calls, course, self._found(exercise))

    def _judge(self, exercise: Exercise, asked: Mapping[str, Asked], stages: Iterable[Stage]) -> None:
        for stage in stages:
            if stage.name in self.examination.selected:
                own = asked[stage.name]
                found = judged(stage, own, exercise, self.examination, self.submission.by_name, asked)
                self.findings[stage.name] = found

    def _second_look(self, exercise: Exercise, asked: Mapping[str, Asked], session: Session) -> dict[str, Asked]:
        """The answers on every probe of what is not right on those that tell, once all has been asked on those."""
        together: dict[int, list[str]] = {}
        for name, own in asked.items():
            if own.probes:
                together.setdefault(id(own.question), []).append(name)
        doubtful: dict[str, Asked] = {}
        for names in together.values():
            if not all(self.findings[name].judgement.passed for name in names if name in self.findings):
                again = second_look([asked[name] for name in names], exercise, self.examination, session)
                doubtful |= dict(zip(names, again, strict=True))
        return doubtful

    def _calls(self, exercise: Exercise, session: Session) -> CallRun | None:
        """Its call script, if it has one, put to the submission."""
        if exercise.calls is None:
            return None
        return CallRun(exercise, exercise.calls, self.examination, session, self.submission)

    def _ask_again(self, exercise: Exercise, session: Session) -> None:
        """What is true of the real gradients alone may be two steps in one."""
        for stage in exercise.stages:
            finding = self.findings.get(stage.name)
            if finding and finding.judgement.verdict == "shortcut":
                if again := asked_again(stage, exercise, finding.asked, self.examination, session):
                    retried = judged(stage, again, exercise, self.examination, self.submission.by_name)
                    self.findings[stage.name] = retried if retried.judgement.passed else finding

    def _put_tasks(self, exercise: Exercise, session: Session) -> None:
        tasks = Tasks(exercise, self.examination, session, self.submission)
        for task in exercise.putting_order:
            if task.name in self.examination.selected:
                self.tick(task.name)
                self.findings[task.name] = tasks.put(task)
                self._hear(exercise, [task.name])

    def _chain(self, exercise: Exercise, session: Session) -> None:
        findings = self._found(exercise)
        if not any(finding.trials for finding in findings.values()):
            return
        course = self.examination.probes[exercise.name][0]
        if calls := self._calls(exercise, session):
            chain_calls(calls, course, findings)
        else:
            chain(exercise, course, session, findings)

    def _search_lines(self, exercise: Exercise, session: Session) -> None:
        """What nothing has explained yet is looked for in the lines."""
        if self.puzzling is None:
            return
        calls, sources = self._calls(exercise, session), self.submission.by_name
        Search(exercise, self._found(exercise), self.examination, session, sources, calls).explain(self.puzzling)

    def _overhear(self, session: Session) -> None:
        """What was printed, or written in the message of an exception, may be of hidden probes; it is taken from a
        process that is asked on the course batch alone."""
        sources = self.submission.sources
        speaking = [finding for finding in self.findings.values() if self._speaks(finding)]
        asked = [finding.asked.question for finding in speaking if finding.asked.question]
        questions = {id(question): replace(question, offers=question.offers.shown) for question in asked}
        replies: Sequence[Reply] = ()
        with suppress(SandboxError):
            replies = session.overhear(list(questions.values())) if questions else ()
        heard = dict(zip(questions, replies, strict=False))
        for finding in speaking:
            finding.overhear(heard.get(id(finding.asked.question), Reply(())), sources)

    def _speaks(self, finding: Finding) -> bool:
        fault = finding.in_their_words
        says = fault is not None and not is_plain(fault.message)
        return bool(finding.judgement.printed) or (says and finding.asked.question is not None)

    def _found(self, exercise: Exercise) -> dict[str, Finding]:
        """What was found of the stages of an exercise, tasks aside, in their order."""
        return {stage.name: self.findings[stage.name] for stage in exercise.stages if stage.name in self.findings}

    def _off(self, finding: Finding) -> tuple[torch.Tensor, torch.Tensor] | None:
        if finding.judgement.verdict not in ("wrong", "nonfinite") or not finding.trials:
            return None
        course = finding.trials[0]
        if course.comparison is None or course.comparison.aligned is None:
            return None
        return course.comparison.aligned, course.expectation.right_for(course.comparison.aligned)
