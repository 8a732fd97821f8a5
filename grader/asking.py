"""Put a stage to a submission: find its function, offer it what it may ask for, say what is amiss where that fails."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from difflib import get_close_matches

import torch

from grader.answer import Answer, Fault, Found, Note, Reading, Reply, SourceFault
from grader.assignment.assignment import Exercise, Stage
from grader.assignment.probes import Probe
from grader.judge.compare import align
from grader.sandbox.offers import Offers
from grader.sandbox.session import Session
from grader.submission import Submission, concerns, header_exercise


@dataclass(frozen=True)
class Asked:
    """What a submission answered to one stage, and the function that did, if there is one."""

    reply: Reply
    found: Found | None = None
    notes: tuple[Note, ...] = ()
    reading: Reading | None = None


def ask(stage: Stage, exercise: Exercise, offers: Offers, session: Session, submission: Submission) -> Asked:
    """The answers of one stage on every probe."""
    candidates = session.loaded.functions.get(stage.name, ())
    if not candidates:
        absent = _not_found(stage, exercise, session, submission)
        return Asked(Reply((Answer(fault=absent),) * len(offers)))
    candidates = tuple(found for found in candidates if not found.stub) or candidates
    found = _chosen(candidates, exercise, submission)
    notes = tuple(_duplicates(stage, candidates, found))
    if fault := _unknown_argument(stage, found, offers.names):
        return Asked(Reply((Answer(fault=fault),) * len(offers)), found, notes)
    reading = session.readings.get(found.source, {}).get(stage.name)
    return Asked(session.ask(stage.name, found, offers), found, notes, reading)


def ask_chained(exercise: Exercise, course: Probe, session: Session, asked: Mapping[str, Asked]) -> dict[str, Answer]:
    """The answers on the course batch when every stage is fed the student's own gradients, from the loss on.

    A stage is left out where a gradient it needs is not to be had, and not asked again where its upstream is the same.
    """
    own: dict[str, torch.Tensor | None] = {}
    answers = {}
    for stage in exercise.asking_order:
        if stage.name not in asked:
            continue
        upstream = {name: own.get(name, course.upstream[name]) for name in exercise.consumers(stage.tensor)}
        own[stage.tensor] = None
        found, reply = asked[stage.name].found, asked[stage.name].reply
        if found is None or any(gradient is None for gradient in upstream.values()):
            continue
        given = {name: gradient for name, gradient in upstream.items() if gradient is not None}
        answer = reply.answers[0]
        if not answer.fault and not all(torch.equal(given[name], course.upstream[name]) for name in given):
            (answer,) = session.ask(stage.name, found, Offers([course.offer(stage, given)])).answers
        answers[stage.name] = answer
        if answer.tensor is not None:
            aligned = align(answer.tensor, course.expected[stage.name].gradient.shape)
            own[stage.tensor] = None if aligned is None else aligned.float()
    return answers


def _chosen(candidates: Sequence[Found], exercise: Exercise, submission: Submission) -> Found:
    """The function in the file whose header names the exercise, else the last one."""
    headed = {source.name for source in submission.sources if header_exercise(source.text) == exercise.name}
    return ([found for found in candidates if found.source in headed] or candidates)[-1]


def _duplicates(stage: Stage, candidates: Sequence[Found], found: Found) -> list[Note]:
    notes = []
    if found.definitions > 1:
        text = f"{stage.name} is defined {found.definitions} times in {found.source}; the last one counts."
        notes.append(Note("duplicate", text))
    if len(candidates) > 1:
        files = ", ".join(candidate.source for candidate in candidates)
        notes.append(Note("duplicate-file", f"{stage.name} is in {files}; the one in {found.source} counts."))
    return notes


def _unknown_argument(stage: Stage, found: Found, offered: Sequence[str]) -> Fault | None:
    unknown = [name for name in found.required if name not in offered]
    if not unknown:
        return None
    close = get_close_matches(unknown[0], offered, n=1, cutoff=0.5)
    guess = f" Did you mean {close[0]}?" if close else ""
    message = (
        f"{stage.name} asks for {unknown[0]!r}, which there is not.{guess} "
        f"It can ask for: {', '.join(sorted(offered, key=str.lower))}."
    )
    return Fault("error", "UnknownArgument", message)


def _not_found(stage: Stage, exercise: Exercise, session: Session, submission: Submission) -> Fault:
    """Why there is no function: a file that was meant to hold it could not be run, or it is not there."""
    texts = {source.name: source.text for source in submission.sources}
    for broken in session.loaded.faults:
        if re.search(rf"\b{re.escape(stage.name)}\b", texts[broken.source]):
            return located(broken)
    for broken in submission.faults:
        if concerns(submission.hints[broken.source], exercise.name):
            return broken.fault
    if similar := session.loaded.similar.get(stage.name):
        return Fault("missing", "Missing", f"There is no {stage.name}. Did you mean {similar}? Names must be the same.")
    return Fault("missing", "Missing", f"There is no function {stage.name}.")


def located(broken: SourceFault) -> Fault:
    """A fault of a file, with the file named in its sentence."""
    fault = broken.fault
    return Fault(fault.verdict, fault.type, f"{broken.source}: {fault.message}", fault.traceback)
