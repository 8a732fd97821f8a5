"""Find the one edit of a student's own lines that puts a stage right: the slip is where that edit is.

The edits are made and run in the student's process, their answers judged here like any other. What comes of it is a
place to look at; it decides nothing.
"""

import math
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from itertools import groupby, islice, pairwise
from typing import Any

import torch

from grader.assignment.assignment import LOSS, Exercise
from grader.assignment.calls import Origin
from grader.assignment.probes import Probe
from grader.assignment.stage import Stage
from grader.assignment.tolerance import FLOOR, largest
from grader.border import AS_IT_IS, EDITS_CAP, Answer, Edit, EditKind, Source
from grader.judge.compare import align
from grader.judge.why.near import ROUNDING
from grader.judge.why.slips import anywhere, as_told, general, sentence
from grader.result import Diagnosis
from grader.run.ask import has_numbers
from grader.run.ask_calls import CallRun
from grader.run.exam import Examination
from grader.run.finding import Finding
from grader.run.pairs_of_edits import Tried, pairs
from grader.sandbox.border.messages import Tries
from grader.sandbox.ours import Session
from grader.sandbox.ours.offers import Offers
from grader.sandbox.ours.question import CallQuestion, Question

BATCHES = (0, 120, 500, EDITS_CAP)
"""The simplest edits are tried by themselves: most slips are among them."""
MENDED = 3
"""So many edits of each kind that put a stage right on one probe are tried on the others."""
OF_A_KIND = 2
"""So many edits of each kind that come nearest, by each measure, are tried with another after them."""
FIRSTS = 15
"""So many in all, at most."""
SECOND = 280
"""So many edits are tried after each of these."""
MOVED = 60
"""By so many an edit may be counted further down, or up, after another one."""
NEARER = 0.999
"""What is left of the distance, at most, after an edit that comes nearer."""
STRETCH = -40.0
"""A gradient is linear in what comes from above: with an upstream gradient so many times as large it is as well."""


@dataclass(frozen=True)
class Mended:
    """Edits, made one after the other, and the stages that are right on every probe with them."""

    edits: tuple[Edit, ...]
    right: frozenset[str]


@dataclass(frozen=True)
class Workshop:
    """A function that answers some stages, and where it can be tried with an edit."""

    exercise: Exercise
    stages: tuple[Stage, ...]
    probes: Sequence[Probe]
    findings: Mapping[str, Finding]
    question: Question | CallQuestion
    session: Session
    offered: Callable[[Probe, Stage], dict[str, Any]] = Probe.offer
    """What is given on a probe where one stage of them is asked."""
    elsewhere: bool = False
    """The lines that are edited are not those that answer, but of what these start from."""

    def right(self, answers: Sequence[Answer]) -> frozenset[str]:
        """The stages that are right on every probe, if these are the function's answers."""
        count = len(self.stages)
        each = {stage: answers[place::count] for place, stage in enumerate(self.stages)}
        return frozenset(stage.name for stage, given in each.items() if all(self._fits(stage, given)))

    @cached_property
    def right_already(self) -> frozenset[str]:
        replies = {stage: self.findings[stage.name].asked.reply for stage in self.stages}
        return frozenset(s.name for s, reply in replies.items() if reply and all(self._fits(s, reply.answers)))

    def search(self, stage: Stage) -> list[Mended]:
        """The edits that put a stage right and leave right what is; those that put the most right come first."""
        probe, everything = self._smallest_wrong(stage), Tried()
        for first, last in pairwise(BATCHES if self._is_puzzling(stage) else BATCHES[:2]):
            tried = self._on_one(stage, probe, first, last)
            found = [edit for edit, answer in tried if _is_right(answer, probe, stage)]
            if any(edit.kind == AS_IT_IS for edit in found):
                return []
            if good := self._good(stage, [(edit,) for edit in _some_of_each_kind(found)]):
                return good
            everything += tried
        in_two = self._is_unexplained(stage) and not self.elsewhere
        return self._in_two_steps(stage, probe, everything) if in_two else []

    def _in_two_steps(self, stage: Stage, probe: Probe, tried: Tried) -> list[Mended]:
        """The same with two edits: two that do not know of each other, or else two of which the first comes nearer."""
        expected = probe.expected[stage.name]
        wanted = expected.kept(expected.gradient)
        for first, second in pairs(tried, wanted):
            after = self._on_one(stage, probe, *_about(second.number), (first.number,))
            found = [edit for edit, answer in after if edit.kind == second.kind and _is_right(answer, probe, stage)]
            if good := self._good(stage, [(first, edit) for edit in found[:MENDED]]):
                return good
        for first in nearest(tried, wanted):
            after = self._on_one(stage, probe, 1, SECOND, (first.number,))
            found = [edit for edit, answer in after if _is_right(answer, probe, stage)]
            if good := self._good(stage, [(first, edit) for edit in _some_of_each_kind(found)]):
                return good
        return []

    def _good(self, stage: Stage, found: Sequence[tuple[Edit, ...]]) -> list[Mended]:
        """Of edits that put a stage right on one probe, those that do on all and leave right what is."""
        wanted = self.right_already | {stage.name}
        tried = [Mended(edits, self._on_all(edits)) for edits in found]
        good = [mended for mended in tried if mended.right >= wanted and self._is_linear(mended.edits)]
        return sorted(good, key=lambda mended: -len(mended.right)) if good and self._is_itself() else []

    def asking(self, stage: Stage, probe: Probe) -> Question | CallQuestion:
        """What asks on one probe alone."""
        return replace(self.question, offers=Offers([self.offered(probe, stage)]))

    def _is_puzzling(self, stage: Stage) -> bool:
        """Whether no one slip explains it: else, only what is quickly found may be better than what is known."""
        told = self.findings[stage.name].judgement.diagnosis
        return told is None or told.slips > 1

    def _smallest_wrong(self, stage: Stage) -> Probe:
        """Of the probes on which a stage is wrong, the one with the smallest sizes."""
        reply = self.findings[stage.name].asked.reply
        assert reply
        wrong = [p for p, fits in zip(self.probes, self._fits(stage, reply.answers), strict=True) if not fits]
        return min(wrong, key=lambda probe: sum(probe.sizes.values()))

    def _is_unexplained(self, stage: Stage) -> bool:
        return self.findings[stage.name].judgement.diagnosis is None

    def _on_one(self, stage: Stage, probe: Probe, first: int, last: int, after: tuple[int, ...] = ()) -> Tried:
        """What a stage is on one probe with each edit that gives it its size; zero where that jumps."""
        expected = probe.expected[stage.name]
        shape = expected.gradient.shape
        tries = Tries(first, last, self.stages.index(stage), shape.numel(), after)
        made = self.session.edits(self.asking(stage, probe), tries)
        return [(edit, expected.kept(answer.view(shape))) for edit, answer in made]

    def _on_all(self, edits: Sequence[Edit]) -> frozenset[str]:
        return self.right(self.session.ask(replace(self.question, edited=_numbers(edits))).answers)

    def _is_itself(self) -> bool:
        """Whether the lines still answer what was judged: without a decorator, and not another thing each time."""
        again = self.session.ask(replace(self.question, edited=(0,))).answers
        replies = [self.findings[stage.name].asked.reply for stage in self.stages]
        before = [reply.answers if reply else () for reply in replies]
        return all(
            _is_same(answer, then)
            for place, answers in enumerate(before)
            for answer, then in zip(again[place :: len(replies)], answers, strict=True)
        )

    def _is_linear(self, edits: Sequence[Edit]) -> bool:
        """Whether what is right with edits stays so for an upstream gradient of another size."""
        stage, *others = self.stages
        if others or self.exercise.calls or LOSS in self.exercise.consumers(stage.tensor):
            return True
        answers = self.session.ask(replace(self.question, offers=self._stretched, edited=_numbers(edits))).answers
        return all(
            answer.tensor is not None and _is_right(answer.tensor / STRETCH, probe, stage)
            for answer, probe in zip(answers, self.probes, strict=True)
        )

    @cached_property
    def _stretched(self) -> Offers:
        """What the one stage is given, with upstream gradients of another size."""
        upstream = [{name: STRETCH * given for name, given in probe.upstream.items()} for probe in self.probes]
        return Offers([probe.offer(self.stages[0], more) for probe, more in zip(self.probes, upstream, strict=True)])

    def _fits(self, stage: Stage, answers: Sequence[Answer]) -> Iterator[bool]:
        """On each probe, whether an answer is right there."""
        for answer, probe in zip(answers, self.probes, strict=True):
            yield answer.tensor is not None and _is_right(answer.tensor, probe, stage)


def _about(number: int) -> tuple[int, int]:
    """Where an edit is counted after another one, which adds some places for edits or takes some away."""
    return max(1, number - MOVED), number + MOVED


def _is_right(answer: torch.Tensor, probe: Probe, stage: Stage) -> bool:
    """Whether an answer is right to the digits that rounding leaves: an error only made small does not count."""
    expected = probe.expected[stage.name]
    aligned = align(answer, expected.gradient.shape)
    return aligned is not None and expected.error(aligned) <= expected.tolerance - FLOOR + ROUNDING


def _is_same(answer: Answer, before: Answer) -> bool:
    """Whether an answer is the one there was before, but for rounding."""
    if answer.tensor is None or before.tensor is None:
        return answer.tensor is before.tensor
    one, other = answer.tensor.double(), before.tensor.double()
    room = ROUNDING * largest(other.nan_to_num(0.0, 0.0, 0.0)) if other.numel() else 0.0
    return one.shape == other.shape and torch.allclose(one, other, ROUNDING, room, equal_nan=True)


def nearest(tried: Tried, wanted: torch.Tensor) -> list[Edit]:
    """The edits that come nearest to what is wanted, or to a multiple of it, and nearer than the lines as they are.

    Args:
        tried: first the lines as they are, if they answer something in this shape.
        wanted: float64.
    """
    as_it_is = next((answer for edit, answer in tried if edit.kind == AS_IT_IS), None)
    told = {tuple(answer.flatten().tolist()): (edit, answer) for edit, answer in reversed(tried)}
    different = [(edit, answer) for edit, answer in reversed(told.values()) if edit.kind != AS_IT_IS]
    found: dict[int, Edit] = {}
    for distance in (_distance, _distance_of_multiples):
        limit = NEARER * (math.inf if as_it_is is None else distance(as_it_is, wanted))
        ranked = sorted((distance(answer, wanted), place) for place, (_, answer) in enumerate(different))
        near = [different[place][0] for far, place in ranked if far < limit]
        first = [edit for kind in dict.fromkeys(edit.kind for edit in near) for edit in _of_kind(near, kind)]
        found |= {edit.number: edit for edit in first}
    return list(found.values())[:FIRSTS]


def _of_kind(edits: Sequence[Edit], kind: EditKind) -> list[Edit]:
    return [edit for edit in edits if edit.kind == kind][:OF_A_KIND]


def _distance(answer: torch.Tensor, wanted: torch.Tensor) -> float:
    return float((answer - wanted).norm().nan_to_num(math.inf))


def _distance_of_multiples(answer: torch.Tensor, wanted: torch.Tensor) -> float:
    """How far the nearest multiple of an answer is."""
    size = (answer * answer).sum()
    return _distance(answer * ((answer * wanted).sum() / size), wanted) if size > 0 else math.inf


def _numbers(edits: Sequence[Edit]) -> tuple[int, ...]:
    return tuple(edit.number for edit in edits)


def _some_of_each_kind(edits: Sequence[Edit]) -> list[Edit]:
    kinds = groupby(edits, key=lambda edit: edit.kind)
    return [edit for _, alike in kinds for edit in islice(alike, MENDED)]


def located(workshop: Workshop, wrong: Sequence[Stage], sources: Mapping[str, Source]) -> dict[str, Diagnosis]:
    """What is wrong with some stages of one function, where one edit of its lines puts them right on every probe.

    Args:
        workshop: the function.
        wrong: some of its stages, whose answers are.
        sources: of the submission, by name.
    """
    told: dict[str, Diagnosis] = {}
    for stage in wrong:
        if stage.name not in told and (mended := workshop.search(stage)):
            diagnosis = _told([each.edits for each in mended], sources[workshop.question.source])
            told |= {each.name: diagnosis for each in wrong if each.name in mended[0].right}
    return told


def workshops_of_calls(wrong: Sequence[Stage], calls: CallRun, findings: Mapping[str, Finding]) -> Iterator[Workshop]:
    """The function, or each method of the class, that makes some stages in a call script; where nothing is found in it,
    also what kept or handed on what it starts from."""
    for part in range(len(calls.script.parts)):
        answered = [
            each for each in calls.exercise.answered_by(part) if each.name in findings and findings[each.name].trials
        ]
        for method in dict.fromkeys(stage.method for stage in wrong if stage in answered):
            made_by = Origin(wrong[0].function, method)
            stages = [stage for stage in answered if _maker(stage) == made_by]
            yield _workshop_of_calls(stages, part, calls, findings, made_by)
            for before in calls.script.before(stages[0].gradient):
                if all(findings[stage.name].judgement.diagnosis for stage in stages if stage in wrong):
                    break
                also = [stage for stage in answered if _maker(stage) == before]
                if calls.has(before) and all(findings[stage.name].judgement.passed for stage in also):
                    yield _workshop_of_calls([*stages, *also], part, calls, findings, before)


def _maker(stage: Stage) -> Origin:
    return Origin(stage.function, stage.method)


def _workshop_of_calls(
    stages: Sequence[Stage], part: int, calls: CallRun, findings: Mapping[str, Finding], edited: Origin
) -> Workshop:
    return Workshop(
        calls.exercise,
        tuple(stages),
        calls.examination.probes[calls.exercise.name],
        findings,
        calls.question_of(stages, part, edited),
        calls.session,
        lambda probe, _: probe.lent(part),
        elsewhere=edited != _maker(stages[0]),
    )


def workshop_of(
    function: str, exercise: Exercise, findings: Mapping[str, Finding], examination: Examination, session: Session
) -> Workshop:
    """The function of that name, and the stages it answers."""
    stages = exercise.together(function)
    found = findings[stages[0].name].asked.found
    assert found
    returns = tuple(stage.gradient for stage in stages) if len(stages) > 1 else ()
    nearby = frozenset().union(*(_nearby(stage, exercise, examination) for stage in stages))
    probes, offers = examination.probes[exercise.name], examination.offers(exercise, function)
    scalars = has_numbers(probes[0], stages)
    question = Question(function, found, offers, returns, scalars=scalars, nearby=nearby)
    return Workshop(exercise, stages, probes, findings, question, session)


def _nearby(stage: Stage, exercise: Exercise, examination: Examination) -> frozenset[str]:
    """What the forward lines of a stage speak of, the sizes, and the gradients it is given."""
    lines = exercise.script.lines_using(stage.tensor, exercise.cuts)
    named = {name for line in lines for name in (line.target, *line.reads)}
    upstream = {examination.assignment.gradient_name(name) for name in exercise.upstream_of(stage.asked)}
    offered = examination.probes[exercise.name][0].offer(stage)
    sizes = {name for name, value in offered.items() if isinstance(value, int)}
    return frozenset((named | upstream | sizes) & offered.keys())


def _told(found: Sequence[tuple[Edit, ...]], source: Source) -> Diagnosis:
    said = [sentence(edits, source) for edits in found]
    other = next((text for text in said if text != said[0]), "")
    first, *_ = as_told(found[0])
    return Diagnosis(
        f"edit-{first.kind}",
        said[0],
        other=other,
        line=first.line,
        general=general(found[0]),
        anywhere=anywhere(found[0], source),
        slips=len(found[0]),
    )
