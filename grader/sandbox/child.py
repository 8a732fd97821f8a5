"""In the student's process: receive what to do, call the student's functions, send back bytes."""

import inspect
import os
import signal
import sys
import time
import types
from collections.abc import Callable
from typing import Any

import msgspec
import safetensors.torch
import torch

from grader.answer import Fault, Note
from grader.sandbox.confinement import Confinement
from grader.sandbox.messages import Ask, Load, Read, Ready, Told
from grader.sandbox.observe import Observer, watch_grad_fn
from grader.sandbox.outline import Outline
from grader.sandbox.program import STATEMENT_SHARE, Program, stub_raised
from grader.sandbox.reading import read_sources
from grader.sandbox.wire import ClosedChannel, Descriptor, pack, receive, send

ANSWER_ELEMENTS = 1 << 21
SOURCES_CAP = 1 << 26
FLOATS = {torch.float32: "F32", torch.float64: "F64", torch.float16: "F16", torch.bfloat16: "BF16"}


class NotATensor(Exception):
    """What was returned cannot be judged as a gradient; the text says what it is and what is wanted."""


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
    signal.signal(signal.SIGINT, signal.SIG_IGN)


def serve(channel: Descriptor, confinement: Confinement) -> None:
    """Load the submission, then answer one ask after the other until our side closes.

    The first probe of an ask is answered at once, the others together: each frame wakes our side up.
    """
    load, _ = receive(channel, Load, header_cap=SOURCES_CAP)
    torch.set_num_threads(1)
    confinement.put_on(channel.numbers, load.memory_bytes)
    watch_grad_fn()
    send(channel, Ready())
    outlines = [Outline(source, load.wanted) for source in load.sources]
    send(channel, Read(read_sources(outlines)))
    program = Program(outlines, load.wanted, STATEMENT_SHARE * load.cpu_seconds)
    send(channel, program.load())
    names = [source.name for source in load.sources]
    try:
        while True:
            ask, body = receive(channel, Ask)
            function = program.function(ask.source, ask.function)
            unsent = b""
            for probe, (numbers, tensors) in enumerate(zip(ask.numbers, _tensors(body, len(ask.numbers)), strict=True)):
                unsent += pack(*_told(program, names, ask.number, probe, function, numbers | tensors))
                if probe == 0:
                    channel.sendall(unsent)
                    unsent = b""
            channel.sendall(unsent)
    except ClosedChannel:
        return


def _tensors(body: bytes, probes: int) -> list[dict[str, torch.Tensor]]:
    """The tensors of each probe. Each has its own memory: nothing done to an input reaches another call."""
    given: list[dict[str, torch.Tensor]] = [{} for _ in range(probes)]
    for place, tensor in safetensors.torch.load(body).items():
        probe, _, name = place.partition("/")
        given[int(probe)][name] = tensor
    return given


def _told(
    program: Program, names: list[str], number: int, probe: int, function: Callable[..., Any], arguments: dict[str, Any]
) -> tuple[Told, bytes]:
    start = time.perf_counter()
    try:
        with Observer() as observer:
            returned = _call(function, arguments)
            observed = observer.observed(returned)
        tensor, notes = _plain(returned)
        body = _packed(tensor)
    except NotATensor as error:
        fault = Fault("error", "NotATensor", str(error))
    except BaseException as error:
        fault = program.fault(error)
        if stub_raised(error, names):
            fault = Fault("missing", fault.type, "Still the stub.")
    else:
        notes += _changed(arguments)
        return Told(number, probe, None, tuple(notes), time.perf_counter() - start, observed), body
    return Told(number, probe, fault, (), time.perf_counter() - start), b""


def _call(function: Callable[..., Any], arguments: dict[str, Any]) -> Any:
    if not callable(function):
        raise NotATensor(
            f"It is a {type(function).__name__}, not a function. Write it as `def`, with what it needs as arguments."
        )
    if type(function) is types.FunctionType and not function.__code__.co_posonlyargcount:
        return function(**arguments)
    positional, keywords = [], dict(arguments)
    for parameter in inspect.signature(function).parameters.values():
        if parameter.kind is parameter.POSITIONAL_ONLY:
            positional.append(keywords.pop(parameter.name, parameter.default))
    return function(*positional, **keywords)


def _plain(returned: Any) -> tuple[torch.Tensor, list[Note]]:
    """What was returned, as a dense detached tensor of its own; with what there is to say about it.

    Raises:
        NotATensor: it is nothing a gradient could be read from.
    """
    if not issubclass(type(returned), torch.Tensor):
        raise NotATensor(_not_a_tensor(returned))
    notes = [] if type(returned) is torch.Tensor or type(returned) is torch.nn.Parameter else [_subclass(returned)]
    with torch._C.DisableTorchFunctionSubclass(), torch.no_grad():
        if complaint := _unusable(returned):
            raise NotATensor(complaint)
        tensor = torch.Tensor.as_subclass(returned, torch.Tensor)
        if tensor.requires_grad:
            notes.append(Note("requires-grad", "The result still requires grad; it was judged detached."))
        if tensor.dtype is not torch.float32:
            notes.append(Note("dtype", f"The result is {_dtype(tensor)}; float32 was given and is expected."))
        return tensor.detach().resolve_neg().contiguous(), notes


def _packed(tensor: torch.Tensor) -> bytes:
    """A safetensors file with one contiguous tensor. The library's own way to write one takes ten times as long."""
    data = tensor.reshape(-1).view(torch.uint8).numpy().tobytes()
    facts = {"dtype": FLOATS[tensor.dtype], "shape": list(tensor.shape), "data_offsets": [0, len(data)]}
    header = msgspec.json.encode({"answer": facts})
    header += b" " * (-len(header) % 8)
    return len(header).to_bytes(8, "little") + header + data


def _not_a_tensor(returned: Any) -> str:
    wanted = "a stage returns a torch.Tensor"
    if returned is None:
        return f"It returned None: {wanted}. Is the `return` line there?"
    kind = type(returned)
    if kind.__module__ == "numpy":
        return f"It returned a numpy {kind.__name__}: {wanted}. Use torch.from_numpy(...), or only torch."
    if isinstance(returned, (list, tuple)):
        return f"It returned a {kind.__name__}: {wanted}. Build one with torch.stack or torch.tensor."
    if isinstance(returned, (bool, int, float, complex)):
        return f"It returned a plain {kind.__name__}: {wanted} shaped like the tensor it belongs to."
    return f"It returned a {kind.__name__}: {wanted}."


def _unusable(tensor: torch.Tensor) -> str | None:
    if tensor.layout is not torch.strided or tensor.is_nested:
        return "It returned a sparse tensor: a dense one is wanted. Call .to_dense() on it."
    if tensor.device.type != "cpu":
        return f"It returned a tensor on the device {tensor.device.type!r}: one on the CPU is wanted."
    if tensor.is_complex():
        return f"It returned a complex tensor ({_dtype(tensor)}): a real one is wanted."
    if tensor.dtype not in FLOATS:
        return f"It returned a tensor of dtype {_dtype(tensor)}: float32 is wanted, as its inputs are."
    if tensor.numel() > ANSWER_ELEMENTS:
        return f"It returned a tensor of shape {tuple(tensor.shape)}, far larger than any gradient here."
    return None


def _subclass(returned: torch.Tensor) -> Note:
    return Note("subclass", f"The result is a {type(returned).__name__}; it was judged as the plain tensor it holds.")


def _dtype(tensor: torch.Tensor) -> str:
    return str(tensor.dtype).removeprefix("torch.")


def _changed(arguments: dict[str, Any]) -> list[Note]:
    changed = [name for name, value in arguments.items() if isinstance(value, torch.Tensor) and value._version > 0]
    if not changed:
        return []
    names = ", ".join(changed)
    return [Note("in-place", f"It changes its input {names} in place. Work on a copy: x.clone().")]
