"""What is known of one stage, gathered while a submission is graded; its result is made of it."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from types import MappingProxyType
from typing import Any

import torch

from grader.assignment.assignment import Exercise
from grader.assignment.complex_forward import is_real
from grader.assignment.probes import Probe
from grader.assignment.stage import Slip, Stage, Task
from grader.border import Fault, Found, Reply, Source
from grader.judge.differences import REASON, look_like_differences
from grader.judge.gradient import Trial, judge_gradient, trials_of
from grader.judge.growth import growth
from grader.judge.integrity import integrity
from grader.judge.judgement import Judgement, failure, fault_sentence, not_asked, points, unplaced
from grader.judge.why.diagnose import diagnose
from grader.judge.why.evidence import evidence, pattern
from grader.judge.why.guesses import POWER, divided_by
from grader.judge.why.local import Local
from grader.result import Diagnosis, Integrity, StageResult, Warned, Where
from grader.run.ask import Asked
from grader.run.exam import Examination
from grader.sandbox.border.messages import Arrays
from grader.sandbox.ours.discreet import is_plain, without_message

TORCH_RAN = "Torch ran while the stage was worked out, though the assignment is in NumPy."
MENDED = "With one edit there, the answer is right on every probe."
ABOVE_IS_RIGHT = (
    "What stands above the line that reads it from autograd is right, and is all that is needed: take the line out."
)
EXPLAINED = ("wrong", "overfit", "shortcut")
"""Verdicts that a diagnosis is looked for."""
POWERS = {"pow", "square", "sqrt", "rsqrt", "power", "reciprocal"}


@dataclass
class Finding:
    """What is known of one stage so far."""

    stage: Stage | Task
    judgement: Judgement = field(default_factory=lambda: not_asked(None))
    asked: Asked = field(default_factory=Asked)
    trials: Sequence[Trial] = ()
    """Each of its answers beside what was expected; empty where it is no gradient, or was not asked."""

    def add(self, **known: Any) -> None:
        """More that is known of it, under the names of the judgement."""
        for name, value in known.items():
            setattr(self.judgement, name, value)

    def mend(self, diagnosis: Diagnosis) -> None:
        """One edit puts it right."""
        self.add(diagnosis=diagnosis, pattern="", evidence=[MENDED, *self.judgement.evidence])

    def note(self, sentence: str) -> None:
        """One more sentence of what there is to say beside the verdict."""
        self.add(evidence=[*self.judgement.evidence, sentence])

    @property
    def in_their_words(self) -> Fault | None:
        """The fault that the verdict rests on, where it may say whatever the code likes."""
        fault, reply = self.judgement.fault, self.asked.reply
        theirs = any(answer.fault is fault and answer.in_their_words for answer in reply.answers) if reply else False
        return fault if fault and theirs and self.judgement.verdict == "error" else None

    def overhear(self, reply: Reply, sources: Sequence[Source]) -> None:
        """Let it say no more than the code says when it is given nothing that is hidden."""
        self.add(printed=reply.printed)
        fault = self.in_their_words
        if fault and not is_plain(fault.message):
            heard = [answer.fault for answer in reply.answers if answer.fault]
            alike = [other for other in heard if (other.type, other.through) == (fault.type, fault.through)]
            self._say(alike[0] if alike else without_message(fault, sources))

    def _say(self, fault: Fault) -> None:
        anywhere = fault_sentence(unplaced(fault)) if fault.anywhere else ""
        self.add(fault=fault, message=fault_sentence(fault), anywhere=anywhere)

    def result(self, credit: dict[str, float], sources: Mapping[str, Source], place: int) -> StageResult:
        """What the result says of it.

        Args:
            credit: the share of the points that each verdict earns.
            sources: of the submission, by name.
            place: in the order of the backward pass.
        """
        judged, stage, found = self.judgement, self.stage, self.asked.found
        shared = {name: value for name, value in vars(judged).items() if name != "fault"}
        warnings = [*(Warned(note.code, note.message) for note in self.asked.notes), *judged.warnings]
        earned = None if judged.verdict == "ungraded" else float(points(stage.points, credit, judged.verdict))
        return StageResult(
            name=stage.name,
            tensor=stage.tensor,
            score=earned,
            max_score=stage.points,
            bonus=stage.bonus,
            error=failure(judged.fault, found),
            where=_where(found, sources),
            place=place,
            **shared | {"warnings": warnings},
        )


def judged(
    stage: Stage,
    asked: Asked,
    exercise: Exercise,
    examination: Examination,
    sources: Mapping[str, Source] = MappingProxyType({}),
    beside: Mapping[str, Asked] = MappingProxyType({}),
) -> Finding:
    """What follows from the answers to a stage that asks for a gradient.

    Args:
        stage: the stage.
        asked: what was answered.
        exercise: that the stage belongs to.
        examination: that it was asked in.
        sources: of the submission, by name.
        beside: what was answered to the stages of the exercise, by name.
    """
    if asked.reply is None:
        return Finding(stage, not_asked(asked.fault), asked)
    probes = asked.probes or examination.probes[exercise.name]
    answers = {name: other.reply.answers for name, other in beside.items() if other.reply}
    trials = trials_of(stage.name, probes, asked.reply.answers, growth(stage, exercise, probes, answers))
    imaginary = any(answer.observed and answer.observed.imaginary for answer in asked.reply.answers)
    real = not imaginary or is_real(exercise, probes[0])
    tensors = all(_are_tensors(probe, asked.found) for probe in probes)
    own_work = integrity(asked.reply.answers, asked.reading, real=real, tensors=tensors)
    finding = Finding(stage, judge_gradient(trials, asked.reply.printed, stage.operations, own_work), asked, trials)
    judgement, usual = finding.judgement, examination.probes[exercise.name]
    forbidden = own_work.status == "forbidden"
    if forbidden and asked.above and judge_gradient(trials_of(stage.name, usual, asked.above.answers)).passed:
        finding.add(message=f"{judgement.message} {ABOVE_IS_RIGHT}")
    if judgement.passed and own_work.status == "clean":
        if doubt := _doubt(stage, trials, examination.assignment.arrays):
            finding.add(integrity=Integrity("review", [], doubt))
    if judgement.verdict in EXPLAINED and asked.probes is None:
        words = words_of(asked.found, sources)
        _explain(finding, examination.locals(exercise, stage), exercise.slips, words)
    return finding


def _are_tensors(probe: Probe, found: Found | None) -> bool:
    """Whether what is given to a function is tensors, but for numbers."""
    taken = found.parameters if found else ()
    values = (probe.values[name] for name in taken if name in probe.values and name not in probe.numbers)
    return all(isinstance(value, torch.Tensor) for value in values)


def _doubt(stage: Stage, trials: Sequence[Trial], arrays: Arrays) -> str:
    """What the numbers and the log of a right answer say, where the assignment is in NumPy, and the source nothing."""
    if arrays == "numpy" and any(trial.answer.observed and trial.answer.observed.operations for trial in trials):
        return TORCH_RAN
    if arrays != "torch" and stage.kind == "gradient" and look_like_differences(trials):
        return REASON
    return ""


def words_of(found: Found | None, sources: Mapping[str, Source]) -> frozenset[str] | None:
    """The names in the lines of a function, with what the course calls them, and whether there is a power."""
    if found is None or found.source not in sources:
        return None
    lines = sources[found.source].text.split("\n")[found.first_line - 1 : found.last_line]
    code = "\n".join(line.partition("#")[0] for line in lines)
    names = set(re.findall(r"\w+", code)) | set(found.reads)
    powers = {POWER} if "**" in code or names & POWERS else set[str]()
    divisors = {divided_by(name) for name in re.findall(r"/\s*(\w+)", code)}
    return frozenset(names | powers | divisors | {given for own, given in found.own_names.items() if own in names})


def _explain(finding: Finding, locals_: Sequence[Local], slips: Sequence[Slip], words: frozenset[str] | None) -> None:
    answers = [trial.answer for trial in finding.trials]
    named = diagnose(locals_, answers, slips, words)
    seen = "" if named else pattern(locals_, answers)
    finding.add(diagnosis=named, pattern=seen, evidence=evidence(locals_, answers, named))


def _where(found: Found | None, sources: Mapping[str, Source]) -> Where | None:
    if found is None:
        return None
    cell, line = sources[found.source].place(found.first_line)
    place = (cell, line) if cell else (None, None)
    return Where(found.source, found.first_line, found.last_line, *place)
