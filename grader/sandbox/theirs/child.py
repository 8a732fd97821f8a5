"""In the student's process: receive what to do, call the student's functions, send back bytes."""

import itertools
import os
import random
import sys
import time
import warnings
from collections.abc import Callable, Generator, Iterator, Sequence
from contextlib import closing, suppress
from dataclasses import replace
from functools import partial
from typing import Any

import safetensors.torch
import torch

from grader.border import Edit, Fault, Note, Observed
from grader.sandbox.border.limits import ignore_endings
from grader.sandbox.border.messages import Ask, Edited, Load, Read, Ready, Told, Traced, Tries, Wanted
from grader.sandbox.border.wire import Channel, ClosedChannel, Descriptor, pack, receive, send
from grader.sandbox.theirs.called import run
from grader.sandbox.theirs.calling import call, draw, fault_in, training
from grader.sandbox.theirs.confinement import Confinement
from grader.sandbox.theirs.imaginary import watch_powers
from grader.sandbox.theirs.observe import Observer, watch_grad_fn, watch_gradients
from grader.sandbox.theirs.program import STATEMENT_SHARE, Program
from grader.sandbox.theirs.returned import as_tensor, changed, packed, plain, plain_of, several
from grader.sandbox.theirs.set_names import watch_setattr
from grader.sandbox.theirs.source.imports import Files
from grader.sandbox.theirs.source.outline import Outline
from grader.sandbox.theirs.source.reading import read_sources
from grader.sandbox.theirs.stand_ins import stand_in
from grader.sandbox.theirs.strides import watch_strides
from grader.sandbox.theirs.traced import traced
from grader.sandbox.theirs.trials import CallTrials, Lent

FIXED_SEED = 0
SOURCES_CAP = 1 << 26
ASK_CAP = 1 << 30
TRIES_SECONDS, TRIES_CAP = 1.0, 1 << 22
"""Processor time for trying edits of one function; and how many numbers come of it at most."""


def connect_output(output: int) -> None:
    """Make a descriptor what Python and C write to, and nothing what they read; Ctrl-C is for our side alone."""
    nothing = os.open(os.devnull, os.O_RDONLY)
    for source, target in ((nothing, 0), (output, 1), (output, 2)):
        os.dup2(source, target)
    os.close(nothing)
    sys.stdin, sys.stdout, sys.stderr = (
        open(0, encoding="utf-8", closefd=False),
        open(1, "w", encoding="utf-8", errors="replace", buffering=1, closefd=False),
        open(2, "w", encoding="utf-8", errors="replace", buffering=1, closefd=False),
    )
    ignore_endings()


def prepare() -> None:
    """Put in its place, once in a process, all that student code finds otherwise than in a Python of its own."""
    torch.set_num_threads(1)
    watch_grad_fn()
    watch_gradients()
    watch_strides()
    watch_setattr()
    watch_powers()
    stand_in()


def serve(channel: Descriptor, confinement: Confinement, wanted: Wanted | None = None) -> None:
    """Load the submission, then answer one ask after the other until our side closes.

    The first probe of an ask is answered at once, the others together: each frame wakes our side up.

    Args:
        channel: to our side.
        confinement: is put on before any source is looked at.
        wanted: what to look for in the sources, where they do not come with it.
    """
    load, _ = receive(channel, Load, header_cap=SOURCES_CAP)
    confinement.put_on(channel.numbers, load.memory_bytes)
    send(channel, Ready())
    converse(channel, replace(load, wanted=load.wanted or wanted))


def converse(channel: Channel, load: Load) -> None:
    """Read and run the sources, then answer until our side closes."""
    assert load.wanted
    seed_everything()
    files = Files(load.sources)
    outlines = [Outline(source, load.wanted, files) for source in load.sources]
    send(channel, Read(read_sources(outlines)))
    program = Program(outlines, files, load.wanted, STATEMENT_SHARE * load.cpu_seconds)
    with Observer(of_stage=False):
        loaded = program.load()
    send(channel, loaded)
    try:
        while True:
            ask, body = receive(channel, Ask, body_cap=ASK_CAP)
            if ask.train:
                for progress, state in training(program, ask, ask.train, safetensors.torch.load(body)):
                    channel.sendall(pack(progress, state))
            elif ask.tries:
                send(channel, *_tried(program, ask, ask.tries, body))
            elif ask.traced is not None:
                given = {**ask.plain[0], **_tensors(body, 1)[0]}
                send(channel, Traced(ask.number, traced(program, ask, given, ask.traced)))
            else:
                _answer(channel, program, ask, body)
    except ClosedChannel:
        return


def seed_everything() -> None:
    """What a submission draws without a seed is the same in every run: a report can be made again."""
    random.seed(FIXED_SEED)
    torch.default_generator.manual_seed(FIXED_SEED)
    if numpy := sys.modules.get("numpy"):
        numpy.random.seed(FIXED_SEED)


def _answer(channel: Channel, program: Program, ask: Ask, body: bytes) -> None:
    probes = _tensors(body, len(ask.plain))
    function: Any = None
    if ask.edited is not None:
        *before, last = ask.edited
        with closing(_edited(program, ask, {**ask.plain[0], **probes[0]}, before)) as tried:
            _, make = next(itertools.islice(tried, last, None))
            function = make()
    elif not ask.calls:
        function = program.function(ask.source, ask.function)
    unsent = b""
    for probe, (rest, tensors) in enumerate(zip(ask.plain, probes, strict=True)):
        told = _drawn if ask.draw else _told_of_calls if ask.calls else _told
        unsent += b"".join(pack(*frame) for frame in told(program, ask, probe, function, {**rest, **tensors}))
        if probe == 0:
            channel.sendall(unsent)
            unsent = b""
    channel.sendall(unsent)


def _tensors(body: bytes, probes: int) -> list[dict[str, torch.Tensor]]:
    """The tensors of each probe. Each has its own memory: nothing done to an input reaches another call."""
    given: list[dict[str, torch.Tensor]] = [{} for _ in range(probes)]
    for place, tensor in safetensors.torch.load(body).items():
        probe, _, name = place.partition("/")
        given[int(probe)][name] = tensor
    return given


def _told(
    program: Program, ask: Ask, probe: int, function: Callable[..., Any], arguments: dict[str, Any]
) -> Iterator[tuple[Told, bytes]]:
    """The answers on one probe: one for each thing that is returned."""
    start = time.perf_counter()
    count = max(1, len(ask.returns))
    first = probe * count
    try:
        with Observer() as observer:
            returned = call(function, arguments)
            things = several(returned, ask.returns)
            observed = [observer.observed(each, whatever=not _is_tensor(each)) for each in things]
    except BaseException as error:
        failed = _fault_in(program, error)
        for place in range(count):
            yield Told(ask.number, first + place, failed, (), (time.perf_counter() - start) / count), b""
        return
    notes = changed(arguments)
    for place, each in enumerate(things):
        fault: Fault | None = None
        body, own = b"", list[Note]()
        try:
            number = as_tensor(each) if ask.scalars else each
            tensor, own = plain(number)
            own = own if number is each else []
            body = packed(tensor)
        except BaseException as error:
            fault = _fault_in(program, error)
        seconds = (time.perf_counter() - start) / count
        told = () if fault else (*own, *notes)
        yield Told(ask.number, first + place, fault, told, seconds, None if fault else observed[place]), body


def _is_tensor(returned: Any) -> bool:
    return issubclass(type(returned), torch.Tensor)


def _fault_in(program: Program, error: BaseException) -> Fault:
    """What an exception of a stage amounts to; what it says of itself may be code of theirs."""
    with Observer(of_stage=False):
        return fault_in(program, error)


def _edited(
    program: Program, ask: Ask, arguments: dict[str, Any], before: Sequence[int]
) -> Generator[tuple[Edit, Callable[[], Any]], None, None]:
    """Each edit of what is asked about, after those that were made before, and what makes it so."""
    if ask.calls:
        return program.edited_definition(ask.source, ask.function, before)
    return program.edited(ask.source, ask.function, arguments, before)


def _finding(program: Program, ask: Ask, edited: Any) -> Callable[[str, str], Any]:
    """What finds the functions and classes of a call script, one of them edited perhaps."""
    owner = ask.function.partition(".")[0] if edited is not None else ""
    return lambda source, name: edited if name == owner else program.function(source, name)


def _told_of_calls(
    program: Program, ask: Ask, probe: int, edited: Any, arguments: dict[str, Any]
) -> Iterator[tuple[Told, bytes]]:
    """The answers on one probe: one for each name that is asked for."""
    assert ask.calls
    arrays, first = ask.calls.arrays, probe * len(ask.returns)
    with Observer() as observer:

        def taking(value: Any) -> tuple[bytes, list[Note], Observed]:
            tensor, notes = plain_of(value, arrays)
            return packed(tensor), notes, observer.observed(value, whatever=arrays != "torch")

        made = run(ask.calls, _finding(program, ask, edited), arguments, ask.returns, taking)
    for place, name in enumerate(ask.returns, start=first):
        taken, seconds = made.taken[name], made.seconds.get(name, 0.0)
        if isinstance(taken, BaseException):
            yield Told(ask.number, place, _fault_in(program, taken), (), seconds), b""
        else:
            body, notes, observed = taken
            yield Told(ask.number, place, None, (*notes, *made.notes), seconds, observed), body


def _tried(program: Program, ask: Ask, tries: Tries, body: bytes) -> tuple[Edited, bytes]:
    """What comes of a stage's lines with each edit, on the one probe, as far as there is time for them."""
    ((given,), (tensors,)) = ask.plain, _tensors(body, 1)
    edits, answers, until = list[Edit](), list[torch.Tensor](), time.process_time() + TRIES_SECONDS
    warnings.simplefilter("ignore")
    edited = closing(_edited(program, ask, {**given, **tensors}, tries.after))
    value = _value(program, ask, tries, given, tensors)
    with suppress(RecursionError), edited as tried:  # nested more deeply than a tree can be copied
        for edit, make in itertools.islice(tried, tries.first, tries.last):
            answer = _flat(make, value)
            if answer is not None and answer.numel() == tries.elements:
                edits.append(edit)
                answers.append(answer)
            if time.process_time() > until or len(answers) * tries.elements > TRIES_CAP:
                break
    rows = torch.stack(answers) if answers else torch.empty(0, tries.elements)
    return Edited(ask.number, tuple(edits)), safetensors.torch.save({"answers": rows})


def _value(
    program: Program, ask: Ask, tries: Tries, given: dict[str, Any], tensors: dict[str, torch.Tensor]
) -> Callable[[Any], torch.Tensor]:
    """What gives the one thing that is wanted of a function or class with an edit."""
    if ask.calls:
        arguments = {**given, **tensors}
        trials = CallTrials(ask.calls, program.function, arguments, ask.returns[tries.place])
        taking = partial(plain_of, arrays=ask.calls.arrays)
        return lambda edited: trials.value(_finding(program, ask, edited), taking)[0]
    lent = Lent(given, tensors)

    def value(function: Callable[..., Any]) -> torch.Tensor:
        returned = several(call(function, lent.given()), ask.returns)[tries.place]
        return plain(as_tensor(returned) if ask.scalars else returned)[0]

    return value


def _flat(make: Callable[[], Any], value: Callable[[Any], torch.Tensor]) -> torch.Tensor | None:
    """The one thing that is wanted, as float32 numbers in a row; None where there is none, as after most edits."""
    try:
        return value(make()).reshape(-1).float().clone()  # what is lent may be changed by a later edit
    except BaseException:
        return None


def _drawn(
    program: Program, ask: Ask, probe: int, function: Callable[..., Any], arguments: dict[str, Any]
) -> Iterator[tuple[Told, bytes]]:
    """The texts drawn on one probe."""
    assert ask.draw
    start = time.perf_counter()
    fault, texts = None, list[str]()
    try:
        texts = draw(ask.draw, probe, function, arguments)
    except BaseException as error:
        fault = fault_in(program, error)
    yield Told(ask.number, probe, fault, (), time.perf_counter() - start, None, tuple(texts)), b""
