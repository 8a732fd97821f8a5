"""What a submission can be asked: a function on probes, for tensors or for texts; and a training run."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from itertools import chain

import safetensors.torch
import torch

from grader.border import Found
from grader.sandbox.border.loop import Plan
from grader.sandbox.border.messages import Ask, Calls, Draw, Train, Tries
from grader.sandbox.ours.offers import Offers


@dataclass(frozen=True)
class Question:
    """Call `name`, found there, once per probe; only what it asks for of the offers is sent.

    `returns` are the names of what it returns, if that is several things; with `scalars`, plain numbers will do; with
    `draw`, it is called for texts. With `edited`, it is the function as it is with the edits of those numbers, each
    made after those before; edits may use what is `nearby`. A right answer has so many `elements`, by its place;
    nothing where that is not known.
    """

    name: str
    found: Found
    offers: Offers
    returns: tuple[str, ...] = ()
    scalars: bool = False
    draw: Draw | None = None
    nearby: frozenset[str] = frozenset()
    edited: tuple[int, ...] | None = None
    elements: Sequence[int] = ()

    @property
    def source(self) -> str:
        return self.found.source

    @property
    def count(self) -> int:
        """How many answers there will be."""
        return len(self.offers) * max(1, len(self.returns))

    def ask(self, number: int, tries: Tries | None = None, traced: int | None = None) -> tuple[Ask, bytes]:
        """The frame, header and body."""
        found, offers = self.found, self.offers
        plain, body = offers.packed(self.nearby.union(offers.names if found.takes_all else found.parameters))
        about = (self.returns, self.scalars, self.draw)
        return Ask(number, found.source, self.name, plain, *about, tries=tries, traced=traced, edited=self.edited), body


@dataclass(frozen=True)
class CallQuestion:
    """Run a call script once per probe, and answer with what it binds to some names."""

    calls: Calls
    offers: Offers
    returns: tuple[str, ...]
    function: str = ""
    """The function, or the method of a class, that edits are made in."""
    source: str = ""
    draw: None = None
    edited: tuple[int, ...] | None = None
    elements: Sequence[int] = ()

    @property
    def count(self) -> int:
        """How many answers there will be."""
        return len(self.offers) * len(self.returns)

    def ask(self, number: int, tries: Tries | None = None, traced: int | None = None) -> tuple[Ask, bytes]:
        """The frame, header and body."""
        plain, body = self.offers.packed(frozenset(self.offers.names))
        called = Ask(number, self.source, self.function, plain, self.returns, calls=self.calls)
        return replace(called, tries=tries, traced=traced, edited=self.edited), body


def on(question: Question | CallQuestion, places: Sequence[int]) -> Question | CallQuestion:
    """What asks for the same on some of the probes, in that order."""
    each = max(1, len(question.returns))
    elements = [question.elements[place * each : (place + 1) * each] for place in places]
    return replace(question, offers=question.offers.on(places), elements=tuple(chain.from_iterable(elements)))


@dataclass(frozen=True)
class Course:
    """A training run with the function `update`, and gradients from the function `backward` or given for each step.

    `returns` are the names of the gradients; `given` has the shape (steps, elements of all parameters).
    """

    plan: Plan
    rows: tuple[torch.Tensor, torch.Tensor]
    start: Sequence[torch.Tensor]
    update: tuple[str, Found]
    backward: tuple[str, Found] | None
    returns: tuple[str, ...]
    given: torch.Tensor | None = None
    reports: tuple[int, ...] = ()
    watched: tuple[int, ...] = ()
    """The steps whose operations are logged, counted from 0."""

    @property
    def elements(self) -> int:
        return sum(parameter.numel() for parameter in self.start)

    def ask(self, number: int) -> tuple[Ask, bytes]:
        """The frame, header and body."""
        name, found = self.update
        gradients = (self.backward[1].source, self.backward[0]) if self.backward else None
        train = Train(self.plan, gradients, self.reports, self.watched)
        return Ask(number, found.source, name, returns=self.returns, train=train), self._body

    @cached_property
    def _body(self) -> bytes:
        named = zip(self.plan.parameters, self.start, strict=True)
        tensors: Mapping[str, torch.Tensor] = {f"start/{name}": tensor for name, tensor in named}
        rows = {"rows/inputs": self.rows[0], "rows/outputs": self.rows[1]}
        given = {} if self.given is None else {"gradients": self.given}
        return safetensors.torch.save({**tensors, **rows, **given})
