"""What is known of one stage, gathered while a submission is graded; its result is made of it."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace

from grader.assignment.assignment import Exercise, Slip, Stage, Task
from grader.border import Found, Source
from grader.judge.differences import REASON, look_like_differences
from grader.judge.gradient import Trial, judge_gradient, trials_of
from grader.judge.integrity import integrity
from grader.judge.judgement import Judgement, not_asked, points
from grader.judge.why.diagnose import diagnose
from grader.judge.why.evidence import evidence, pattern
from grader.judge.why.local import Local
from grader.result import Chained, Diagnosis, Integrity, StageResult, Warned, Where
from grader.run.ask import Asked
from grader.run.exam import Examination

MENDED = "With one edit there, the answer is right on every probe."
ABOVE_IS_RIGHT = (
    "What stands above the line that reads it from autograd is right, and is all that is needed: take the line out."
)
EXPLAINED = ("wrong", "overfit", "shortcut")
"""Verdicts that a diagnosis is looked for."""


@dataclass
class Finding:
    """What is known of one stage so far."""

    stage: Stage | Task
    judgement: Judgement = field(default_factory=lambda: not_asked(None))
    asked: Asked = field(default_factory=Asked)
    trials: Sequence[Trial] = ()
    """Each of its answers beside what was expected; empty where it is no gradient, or was not asked."""
    integrity: Integrity = field(default_factory=Integrity)
    diagnosis: Diagnosis | None = None
    pattern: str = ""
    evidence: Sequence[str] = ()
    chained: Chained | None = None

    def mend(self, diagnosis: Diagnosis) -> None:
        """One edit puts it right."""
        self.diagnosis, self.pattern, self.evidence = diagnosis, "", [MENDED, *self.evidence]

    def result(self, credit: dict[str, float], sources: Mapping[str, Source], place: int) -> StageResult:
        """What the result says of it.

        Args:
            credit: the share of the points that each verdict earns.
            sources: of the submission, by name.
            place: in the order of the backward pass.
        """
        judged, stage = self.judgement, self.stage
        earned = None if judged.verdict == "ungraded" else float(points(stage.points, credit, judged.verdict))
        return StageResult(
            name=stage.name,
            tensor=stage.tensor,
            verdict=judged.verdict,
            score=earned,
            max_score=stage.points,
            message=judged.message,
            exact=judged.exact,
            approximate=judged.approximate,
            max_diff=judged.max_diff,
            shape=judged.shape,
            expected_shape=judged.expected_shape,
            worst=judged.worst,
            diagnosis=self.diagnosis,
            pattern=self.pattern,
            evidence=list(self.evidence),
            chained=self.chained,
            warnings=[*(Warned(note.code, note.message) for note in self.asked.notes), *judged.warnings],
            integrity=self.integrity,
            probes=list(judged.probes),
            error=judged.error,
            operations=judged.operations or {},
            budget=judged.budget,
            seconds=judged.seconds,
            printed=judged.printed,
            where=_where(self.asked.found, sources),
            curve=judged.curve,
            names=list(judged.names),
            place=place,
            begun=judged.begun,
        )


def judged(stage: Stage, asked: Asked, exercise: Exercise, examination: Examination) -> Finding:
    """What follows from the answers to a stage that asks for a gradient."""
    if asked.reply is None:
        return Finding(stage, not_asked(asked.fault), asked)
    probes = asked.probes or examination.probes[exercise.name]
    trials = trials_of(stage.name, probes, asked.reply.answers)
    own_work = integrity(asked.reply.answers, asked.reading)
    forbidden = own_work.status == "forbidden"
    judgement = judge_gradient(trials, asked.reply.printed, stage.operations, forbidden=forbidden)
    if forbidden and asked.above and judge_gradient(trials_of(stage.name, probes, asked.above.answers)).passed:
        judgement = replace(judgement, message=f"{judgement.message} {ABOVE_IS_RIGHT}")
    in_double = examination.assignment.arrays != "torch" and stage.kind == "gradient"
    if in_double and judgement.passed and own_work.status == "clean" and look_like_differences(trials):
        own_work = Integrity("review", [], REASON)
    finding = Finding(stage, judgement, asked, trials, own_work)
    if judgement.verdict in EXPLAINED and stage.kind == "gradient":
        _explain(finding, examination.locals(exercise, stage), exercise.slips)
    return finding


def _explain(finding: Finding, locals_: Sequence[Local], slips: Sequence[Slip]) -> None:
    answers = [trial.answer for trial in finding.trials]
    finding.diagnosis = diagnose(locals_, answers, slips)
    finding.pattern = "" if finding.diagnosis else pattern(locals_, answers)
    finding.evidence = evidence(locals_, answers, finding.diagnosis)


def _where(found: Found | None, sources: Mapping[str, Source]) -> Where | None:
    if found is None:
        return None
    cell, line = sources[found.source].place(found.first_line)
    place = (cell, line) if cell else (None, None)
    return Where(found.source, found.first_line, found.last_line, *place)
