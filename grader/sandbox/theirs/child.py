"""In the student's process: receive what to do, call the student's functions, send back bytes."""

import gc
import itertools
import os
import random
import sys
import time
import warnings
from collections.abc import Callable, Generator, Iterator, Sequence
from contextlib import closing, nullcontext, suppress
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
from grader.sandbox.theirs.observe import Observer, undisturbed, unlogged, watch_grad_fn, watch_gradients
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

Taken = Fault | tuple[bytes, list[Note], Observed]
"""An answer as bytes, with what there is to say about it, and the log up to there; or why there is none."""
OURS = (torch.Tensor, torch.nn.Parameter)
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
    Observer.before = False  # nothing that is asked was there yet
    send(channel, loaded)
    try:
        while True:
            ask, body = receive(channel, Ask, body_cap=ASK_CAP)
            (gc.enable if _is_unwatched(ask) else gc.disable)()
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
        gc.enable()


def _is_unwatched(ask: Ask) -> bool:
    """Whether no log is kept of what it asks for. Where one is, garbage is collected only while it is: code of theirs
    may wait for that."""
    return bool(ask.train or ask.tries or ask.draw) or ask.traced is not None


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
    with Observer(of_stage=False):  # what they have put on what was given to them is let go of here
        function, rest, tensors = None, {}, {}
        probes.clear()


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
    answers = _taken(program, ask, function, arguments)
    notes = changed(arguments)
    seconds = (time.perf_counter() - start) / len(answers)
    return _told_of(ask.number, probe, answers, notes, [seconds] * len(answers))


def _told_of(
    number: int, probe: int, answers: Sequence[Taken], notes: Sequence[Note], seconds: Sequence[float]
) -> Iterator[tuple[Told, bytes]]:
    """The answers on one probe as they are told, one after the other; the notes are of all of them."""
    for place, (each, took) in enumerate(zip(answers, seconds, strict=True), start=probe * len(answers)):
        if isinstance(each, Fault):
            yield Told(number, place, each, (), took), b""
        else:
            body, own, observed = each
            yield Told(number, place, None, (*own, *notes), took, observed), body


def _taken(program: Program, ask: Ask, function: Callable[..., Any], arguments: dict[str, Any]) -> list[Taken]:
    """What there is of each thing that is returned. All of theirs that runs is logged, until it is bytes and they are
    let go of: what is let go of may run code as well."""
    with Observer() as observer:
        try:
            return [
                _taken_of(program, each, observer, scalars=ask.scalars)
                for each in several(call(function, arguments), ask.returns)
            ]
        except BaseException as error:
            return [_fault_in(program, error)] * max(1, len(ask.returns))


def _taken_of(program: Program, returned: Any, observer: Observer, *, scalars: bool) -> Taken:
    """One of them, or why there is none. The log is read last: what changes a value before has left its mark there."""
    try:
        value = as_tensor(returned) if scalars else returned
        with undisturbed():
            with unlogged() if type(value) in OURS else nullcontext():  # a class of theirs may have code for it
                tensor, notes = plain(value)
            body = packed(tensor)
        own = notes if value is returned else []
        return body, own, observer.observed(returned, whatever=not _is_tensor(returned))
    except BaseException as error:
        return _fault_in(program, error)


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
    arrays = ask.calls.arrays
    with Observer() as observer:

        def taking(value: Any) -> tuple[bytes, list[Note], Observed]:
            tensor, notes = plain_of(value, arrays)
            with undisturbed():
                body = packed(tensor)
            return body, notes, observer.observed(value, whatever=arrays != "torch" or not _is_tensor(value))

        made = run(ask.calls, _finding(program, ask, edited), arguments, ask.returns, taking)
        answers = [_made(program, made.taken[name]) for name in ask.returns]
        notes, seconds = made.notes, [made.seconds.get(name, 0.0) for name in ask.returns]
        del made
    return _told_of(ask.number, probe, answers, notes, seconds)


def _made(program: Program, taken: Any) -> Taken:
    """What was taken of a name, or what the error amounts to in the place of it."""
    answer: Taken = _fault_in(program, taken) if isinstance(taken, BaseException) else taken
    return answer


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
