"""Try an answer again that is right for the real gradients only: perhaps it takes two steps in one.

`dcounts` may be written from `dprobs` alone, since the gradient of `counts_sum` follows from it. Arbitrary probes draw
both by themselves, which no loss can do. So an upstream gradient that the answer does not read is drawn as it follows
from those that it does read; what it reads stays arbitrary.
"""

from collections.abc import Mapping, Sequence, Set
from dataclasses import replace

import torch

from grader.assignment.assignment import LOSS, Exercise
from grader.assignment.cut_graph import CutPass, cut_pass
from grader.assignment.expectations import Surroundings, expectations
from grader.assignment.probes import Probe
from grader.assignment.stage import Stage
from grader.border import Note, Reply
from grader.run.ask import Asked, has_numbers
from grader.run.exam import Examination
from grader.sandbox.ours import Session
from grader.sandbox.ours.offers import Offers
from grader.sandbox.ours.question import Question

SEED = 1


def asked_again(
    stage: Stage, exercise: Exercise, asked: Asked, examination: Examination, session: Session
) -> Asked | None:
    """What is answered where gradients that are not read follow from those that are; None where none does."""
    if asked.found is None or asked.reply is None or asked.found.takes_all:
        return None
    gradient = examination.assignment.gradient_name
    consumers = exercise.consumers(stage.tensor)
    read = {name for name in consumers if gradient(name) in asked.found.reads}
    probes = examination.probes[exercise.name]
    drawn = [_following(probe, exercise, stage, read) for probe in probes]
    places = [place for place, probe in enumerate(drawn) if probe]
    if not places:
        return None
    offers = Offers([probe.offer(stage) for probe in drawn if probe], hidden=range(len(places)))
    scalars = has_numbers(probes[0], [stage])
    again = session.ask(Question(stage.asked, asked.found, offers, scalars=scalars))
    answers = list(asked.reply.answers)
    for place, answer in zip(places, again.answers, strict=True):
        answers[place] = answer
    names = ", ".join(f"`{gradient(name)}`" for name in consumers if name not in read)
    note = Note(
        "two-steps", f"This takes two steps in one: use {names}, which you are given, instead of working it out again."
    )
    return replace(
        asked,
        reply=Reply(tuple(answers), asked.reply.printed),
        probes=tuple(other or probe for probe, other in zip(probes, drawn, strict=True)),
        notes=(*asked.notes, note),
    )


def _following(probe: Probe, exercise: Exercise, stage: Stage, read: Set[str]) -> Probe | None:
    """An arbitrary probe with the gradients that are not read as they follow from the others."""
    if probe.kind != "arbitrary" or not read:
        return None
    forward = cut_pass(exercise, probe.inputs)
    known = {name: probe.upstream[name] for name in read}
    unread = [name for name in exercise.consumers(stage.tensor) if name not in read]
    derived = {name: _derived(name, known, forward) for name in unread}
    following = {name: value for name, value in derived.items() if value is not None}
    if not following:
        return None
    upstream = {**probe.upstream, **following}
    generator = torch.Generator().manual_seed(SEED)
    around = Surroundings(exercise, probe.inputs, forward, upstream, generator)
    handed = {**probe.assignment.handed(exercise), stage.name: frozenset(read)}
    expected = expectations(around, handed)
    return replace(probe, upstream=upstream, expected=expected)


def _derived(tensor: str, known: Mapping[str, torch.Tensor], forward: CutPass) -> torch.Tensor | None:
    """The gradient of a tensor as it follows from known ones; None where it takes others as well."""
    if tensor in known:
        return known[tensor]
    consumers: Sequence[str] = forward.exercise.consumers(tensor)
    if tensor == LOSS or LOSS in consumers:
        return None
    upstream = {name: _derived(name, known, forward) for name in consumers}
    found = {name: value for name, value in upstream.items() if value is not None}
    return forward.vjp(tensor, found) if len(found) == len(upstream) else None
