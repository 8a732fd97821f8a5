"""One submission's conversation with us: load it, ask it stage by stage, and survive whatever it does.

A child that dies or overruns costs the stage it was asked for; the next stage gets a new child.
"""

import re
import secrets
import time
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager, suppress
from dataclasses import replace
from typing import Any, TypeVar

import torch

from grader.border import Answer, Arising, Edit, Fault, Loaded, Reading, Reply, Source, SourceFault, Trained
from grader.errors import SandboxError
from grader.sandbox.border.limits import Limits
from grader.sandbox.border.messages import Edited, Load, Progress, Read, Ready, Told, Traced, Tries, Wanted
from grader.sandbox.ours.allowance import Allowance
from grader.sandbox.ours.children import Children
from grader.sandbox.ours.clock import WALL, Clock
from grader.sandbox.ours.discreet import NO_REPLY, discreet, discreet_notes
from grader.sandbox.ours.question import CallQuestion, Course, Question
from grader.sandbox.ours.talk import MALFORMED, SEND_SECONDS, Heed, Stopped, Talk, careless
from grader.sandbox.ours.untrusted import (
    Implausible,
    checked_edits,
    checked_loaded,
    checked_progress,
    checked_tensor,
    checked_told,
    checked_traced,
    slimmed,
)

STARTING = Limits(cpu=120.0, wall=120.0)
"""What a child may take before it runs any student code: where there is no zygote, it imports torch first."""

TRYING = Limits(cpu=3.0, wall=12.0)
"""For a set of edits, or one on every probe. A child ends by itself before that, but for an edit that never does."""
PATIENCE = 6
"""In limits of a stage: what the edits of a submission may take, all together."""
BETWEEN = Limits(cpu=60.0, wall=120.0)
"""What a child may take from one report of a long run to the next."""

OVERHEARING = 2
"""In limits of a stage: what a submission may take when it is asked again to be overheard."""

WORD = re.compile(r"\w+")

T = TypeVar("T")


class Session:
    """A submission that can be asked. Use it in a `with` block."""

    def __init__(
        self, children: Children, limits: Limits, sources: Sequence[Source], wanted: Wanted, heed: Heed = careless
    ) -> None:
        self._limits = limits
        self._allowance = Allowance(limits)
        self._sources = tuple(sources)
        self._wanted = wanted
        self._talk = Talk(children, heed)
        self._loaded = Loaded({}, ())
        self._patience = PATIENCE * limits.cpu
        self.readings: dict[str, dict[str, Reading]] = {}
        try:
            self.loaded = _naming(self._load(), sources, wanted.names)
        except BaseException:
            self.close()
            raise

    def ask(self, question: Question | CallQuestion) -> Reply:
        """Call one function, or run one call script, once per probe: probe by probe, an answer for each thing returned.

        Raises:
            SandboxError: it has an edit, and edits have taken too long.
        """
        answers: list[Answer] = []
        if question.edited is None:
            fault = self._attempt(answers, lambda: self._answers(question))
            if _may_be_left_over(answers):
                self.close()
                fault = self._attempt(answers, lambda: self._answers(question))
        else:
            with self._patiently():
                fault = self._try(answers, lambda: self._answers(question, TRYING))
        if fault and fault.type == MALFORMED and self._is_hidden(question, len(answers)):
            fault = replace(fault, message=NO_REPLY)
        missing = [Answer(fault=fault)] * (question.count - len(answers))
        return Reply((*answers, *missing), self._talk.printed)

    def overhear(self, questions: Sequence[Question | CallQuestion]) -> list[Reply]:
        """The replies, and above all what is said with them, of a process that is asked these alone.

        What it says cannot be of what it was never given. A reply has no answers once that has taken too long.

        Raises:
            SandboxError: no process can be started.
        """
        self.close()
        until = time.monotonic() + OVERHEARING * self._limits.cpu
        return [self._overheard(question) if time.monotonic() < until else Reply(()) for question in questions]

    def _overheard(self, question: Question | CallQuestion) -> Reply:
        answers: list[Answer] = []
        with suppress(Stopped):
            self._begin()
            self._talk.forget_printed()
            self._hear_out(answers, lambda: self._answers(question, TRYING))
        return Reply(tuple(answers), self._talk.printed)

    def edits(self, question: Question | CallQuestion, tries: Tries) -> list[tuple[Edit, torch.Tensor]]:
        """Each edit of a function's lines with what it answers then, on one probe.

        Raises:
            SandboxError: the child was lost over them: with one of them, it may go on for ever. Or edits have taken
                too long.
        """
        self._talk.renew()
        try:
            with self._patiently():
                return self._edited(question, tries)
        except Stopped as stopped:
            raise SandboxError(str(stopped)) from None

    def trace(self, question: Question | CallQuestion, place: int) -> Arising | None:
        """Where the first NaN or infinity arose that is in one of the things answered, on one probe.

        Raises:
            SandboxError: the child was lost over it, or this and edits have taken too long.
        """
        self._talk.renew()
        try:
            with self._patiently():
                return self._traced(question, place)
        except Stopped as stopped:
            raise SandboxError(str(stopped)) from None

    def train(self, course: Course) -> list[Trained]:
        """Run the training loop; how far it had come at each of the reports. The last one may be a fault."""
        reports: list[Trained] = []
        fault = self._attempt(reports, lambda: self._progress(course))
        return [*reports, Trained(reports[-1].step if reports else 0, fault=fault)] if fault else reports

    def watch(self, course: Course) -> Iterator[Trained]:
        """The same as it goes on, for as long as it goes on; a minute without a report is too long."""
        self._talk.forget_printed()
        step = 0
        try:
            for trained in self._progress(course, between=BETWEEN):
                step = trained.step
                yield trained
        except Stopped as stopped:
            yield Trained(step, fault=stopped.fault)

    def close(self) -> None:
        self._talk.close()

    def __enter__(self) -> "Session":
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def _load(self) -> Loaded:
        """Load all files; where that brings the child down, find out which of them does, and go on with the others."""
        fault = self._try_to_load()
        if fault is None:
            return self._loaded
        everything = self._sources
        broken = self._culprits(fault)
        guilty = {each.source for each in broken}
        self._sources = tuple(source for source in everything if source.name not in guilty)
        if not self._sources:
            return Loaded({}, tuple(broken))
        if still := self._try_to_load():
            rest, self._sources = self._sources, ()
            return Loaded({}, (*broken, *(SourceFault(source.name, still) for source in rest)))
        return replace(self._loaded, faults=(*broken, *self._loaded.faults))

    def _culprits(self, fault: Fault) -> list[SourceFault]:
        """The files that bring a child down by themselves; all of them, if only all together do."""
        everything, broken = self._sources, []
        for source in everything if len(everything) > 1 else ():
            self._sources = (source,)
            if alone := self._try_to_load():
                broken.append(SourceFault(source.name, alone))
            self.close()
        return broken or [SourceFault(source.name, fault) for source in everything]

    def _try_to_load(self) -> Fault | None:
        """Start a child with the sources; the fault, where that fails."""
        if end := self._allowance.end:
            return end
        fault = self._started()
        if fault and fault.type == WALL and not self._allowance.end:
            fault = self._started()
        return fault and replace(fault, message=f"While the file was being loaded: {fault.message}")

    def _started(self) -> Fault | None:
        """The same, once; what it takes is no more there for others."""
        fault = None
        try:
            self._loaded = self._start()
        except Stopped as stopped:
            fault = stopped.fault
        self._allowance.settle(in_vain=fault is not None)
        return fault

    def _start(self) -> Loaded:
        child = self._talk.start(self._wanted)
        wanted = None if child.knows_wanted else self._wanted
        self._send(Load(self._sources, wanted, self._limits.memory, self._limits.cpu))
        self._await_ready(Clock(child.pid, STARTING))
        clock = self._allowance.clock(child.pid, self._limits)
        self.readings = self._talk.frame(clock, Read)[0].readings
        loaded, _ = self._talk.frame(clock, Loaded)
        with self._talk.believing():
            return checked_loaded(loaded, [source.name for source in self._sources], self._wanted.names)

    def _await_ready(self, clock: Clock) -> None:
        try:
            self._talk.frame(clock, Ready)
        except Stopped as stopped:
            said = f"The process that runs student code failed before it ran any. {self._talk.last_printed}"
            raise SandboxError(said) from stopped

    def _attempt(self, heard: list[T], ask: Callable[[], Iterator[T]]) -> Fault | None:
        """Hear all there is; the fault, where it stops short. A wall-clock limit gets a second try."""
        self._talk.forget_printed()
        fault = self._charged(heard, ask)
        again = fault is not None and fault.type == WALL and not self._allowance.end
        return self._charged(heard, ask) if again else fault

    def _charged(self, heard: list[T], ask: Callable[[], Iterator[T]]) -> Fault | None:
        """The same, once; what it takes is no more there for others."""
        if end := self._allowance.end:
            return end
        was_tight = self._allowance.is_tight
        fault = self._try(heard, ask)
        self._allowance.settle(in_vain=fault is not None)
        if fault and fault.verdict == "timeout" and was_tight:
            text = f"{fault.message} (There was little time left for it: other parts of the submission took too long.)"
            return replace(fault, message=text)
        return fault

    @contextmanager
    def _patiently(self) -> Iterator[None]:
        """For something about edits: the time it takes is no more there for others."""
        if self._patience < 0:
            raise SandboxError("Trying edits of the code took too long.")
        self._talk.forget_printed()
        start = time.perf_counter()
        try:
            yield
        finally:
            self._patience -= time.perf_counter() - start

    def _try(self, heard: list[T], ask: Callable[[], Iterator[T]]) -> Fault | None:
        """Ask once; anew where a child that has served before fails at once, which may be an earlier stage's doing."""
        fresh = self._talk.renew()
        fault = self._hear_out(heard, ask)
        if fault and fault.verdict == "error" and not heard and not fresh:
            fault = self._hear_out(heard, ask)
        return fault

    def _hear_out(self, heard: list[T], ask: Callable[[], Iterator[T]]) -> Fault | None:
        heard.clear()
        try:
            heard.extend(ask())
        except Stopped as stopped:
            return stopped.fault
        return None

    def _answers(self, question: Question | CallQuestion, limits: Limits | None = None) -> Iterator[Answer]:
        number, clock = secrets.randbits(62), self._begin(limits and self._within(limits))
        self._send(*question.ask(number))
        with self._talk.believing():
            for place in range(question.count):
                start = time.perf_counter()
                told, tensor = self._talk.frame(clock, Told)
                told = checked_told(told, number, place, time.perf_counter() - start)
                if (told.fault or told.notes) and self._is_hidden(question, place):
                    told = self._discreet(told)
                yield _answer(told, tensor, question)
        self._talk.drain()

    def _is_hidden(self, question: Question | CallQuestion, place: int) -> bool:
        """Whether the answer in that place is one on a hidden probe."""
        return place // (question.count // len(question.offers)) in question.offers.hidden

    def _discreet(self, told: Told) -> Told:
        fault = discreet(told.fault, self._sources) if told.fault else None
        return replace(told, fault=fault, notes=discreet_notes(told.notes))

    def _edited(self, question: Question | CallQuestion, tries: Tries) -> list[tuple[Edit, torch.Tensor]]:
        number, clock = secrets.randbits(62), self._begin(self._within(TRYING))
        self._send(*question.ask(number, tries))
        edited, body = self._talk.frame(clock, Edited)
        with self._talk.believing():
            return checked_edits(edited, body, number, tries, self._lines[question.source])

    def _traced(self, question: Question | CallQuestion, place: int) -> Arising | None:
        number, clock = secrets.randbits(62), self._begin(self._within(TRYING))
        self._send(*question.ask(number, traced=place))
        traced, _ = self._talk.frame(clock, Traced)
        with self._talk.believing():
            return checked_traced(traced, number, self._lines)

    @property
    def _lines(self) -> dict[str, int]:
        """How many lines each source has."""
        return {source.name: source.text.count("\n") + 1 for source in self._sources}

    def _progress(self, course: Course, between: Limits | None = None) -> Iterator[Trained]:
        """The reports of a run; the limits are for all of it, or for the time between two of them."""
        number, clock = secrets.randbits(62), self._begin(between)
        start, done = time.perf_counter(), 0
        self._send(*course.ask(number))
        while done < course.plan.steps:
            progress, body = self._talk.frame(clock, Progress)
            with self._talk.believing():
                trained = checked_progress(progress, body, number, course.plan, done, time.perf_counter() - start)
                if trained.parameters is not None and trained.parameters.numel() != course.elements:
                    raise Implausible("The code's process reported parameters other than those asked for.")
            yield trained
            if trained.fault:
                break
            done = trained.step
            if between:
                clock = self._begin(between)
        self._talk.drain()

    def _begin(self, limits: Limits | None = None) -> Clock:
        """A clock for the child, and a child if there is none."""
        if self._talk.pid is None:
            self._start()
        assert self._talk.pid is not None
        return Clock(self._talk.pid, limits) if limits else self._allowance.clock(self._talk.pid)

    def _send(self, header: Any, body: bytes = b"") -> None:
        try:
            self._talk.send(header, body)
        except Stopped as stopped:
            if stopped.fault.type == WALL:
                self._allowance.lose(SEND_SECONDS)
            raise

    def _within(self, limits: Limits) -> Limits:
        """The usual limits, and no more than these."""
        usual = self._limits
        return replace(usual, cpu=min(usual.cpu, limits.cpu), wall=min(usual.wall, limits.wall))


def _naming(loaded: Loaded, sources: Sequence[Source], wanted: Iterable[str]) -> Loaded:
    """The same; of a file of which nothing could be run, the names to look for that occur in it are what it binds."""
    names, broken = frozenset(wanted), {fault.source for fault in loaded.faults if fault.binds is None}
    occurring = {
        each.name: tuple(names.intersection(WORD.findall(each.text))) for each in sources if each.name in broken
    }
    faults = [
        fault if fault.binds is not None else replace(fault, binds=occurring[fault.source]) for fault in loaded.faults
    ]
    return replace(loaded, faults=tuple(faults))


def _may_be_left_over(answers: Iterable[Answer]) -> bool:
    """Whether what was answered may be what an earlier call has left behind: a new process has nothing of that.

    Where autograd has run, or complex numbers were, in these calls themselves, that is known anyway.
    """
    observed = [answer.observed for answer in answers if answer.observed]
    return any(once.before for once in observed) and not any(once.differentiated or once.imaginary for once in observed)


def _answer(told: Told, body: bytes, question: Question | CallQuestion) -> Answer:
    tensor = None if told.fault or question.draw else checked_tensor(body)
    if tensor is not None and question.elements:
        tensor = slimmed(tensor, question.elements[told.place])
    texts = told.texts if question.draw else ()
    if question.draw and not told.fault and not question.draw.satisfied(told.place, texts):
        raise Implausible("The code's process returned a different number of texts than it was asked for.")
    return Answer(tensor, told.fault, told.notes, told.seconds, told.observed, texts, told.fault is not None)
