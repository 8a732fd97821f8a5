"""What a child says, cut down to what it can mean. Everything here is checked before anything else looks at it."""

import math
from collections.abc import Iterable, Mapping
from dataclasses import replace
from itertools import islice
from typing import Any

import safetensors
import safetensors.torch
import torch

from grader.border import EDITS_CAP, Arising, Edit, Fault, Found, Loaded, Note, SourceFault, Trained
from grader.sandbox.border.loop import Plan
from grader.sandbox.border.messages import Edited, Progress, Told, Traced, Tries

MESSAGE_CAP, TRACEBACK_CAP, NAME_CAP, LIST_CAP = 4_000, 16_000, 100, 200
FRAMES_CAP, LINE_CAP = 12, 10_000_000
COUNT_CAP = 10_000_000_000
"""Of one operation in a call: more of them than there is time for."""
NOTES = {"requires-grad", "dtype", "subclass", "in-place"}
DTYPES = {torch.float32, torch.float64, torch.float16, torch.bfloat16}
INNER_HEADER_CAP = 4_096
AXES_CAP = 8
LARGE = 1 << 18
"""Elements of an answer that are kept whatever its size, to find out what is wrong with it."""
TEXT_CAP, TEXTS_CAP = 2_000, 5_000


class Implausible(Exception):
    """What arrived cannot be meant; the text says why."""


def checked_loaded(loaded: Loaded, sources: Iterable[str], wanted: Iterable[str]) -> Loaded:
    """What loading brought up, as far as it is about the sources that were sent and the stages that were wanted.

    Raises:
        Implausible: it is about others.
    """
    known, stages = set(sources), set(wanted)
    places = [found.source for functions in loaded.functions.values() for found in functions]
    if not stages.issuperset(loaded.functions) or not known.issuperset([*places, *(f.source for f in loaded.faults)]):
        raise Implausible("The code's process sent results for files or stages that do not exist.")
    functions = {name: tuple(_found(each) for each in found) for name, found in loaded.functions.items()}
    faults = tuple(
        SourceFault(broken.source, checked_fault(broken.fault), broken.binds, broken.at_top)
        for broken in loaded.faults[:LIST_CAP]
    )
    absent = {
        name: (source, absence)
        for name, (source, absence) in loaded.absent.items()
        if name in stages and source in known and _is_name(absence.name) and _are_lines(absence.line)
    }
    return Loaded(functions, faults, absent)


def checked_told(told: Told, number: int, place: int, seconds: float) -> Told:
    """One answer's header. Seconds are believed between nothing and the time that has passed.

    Raises:
        Implausible: it answers another ask.
    """
    if (told.number, told.place) != (number, place):
        raise Implausible("The code's process sent a reply that nobody asked for.")
    took = _seconds(told.seconds, seconds)
    notes = tuple(Note(note.code, note.message[:MESSAGE_CAP]) for note in told.notes[:LIST_CAP] if note.code in NOTES)
    fault = checked_fault(told.fault) if told.fault else None
    observed = told.observed
    if observed and len(kept := _counts(observed.operations)) < len(observed.operations):
        observed = replace(observed, operations=kept)
    texts = tuple(text[:TEXT_CAP] for text in told.texts[:TEXTS_CAP])
    return Told(number, place, fault, notes, took, observed, texts)


def _counts(operations: Mapping[str, int]) -> dict[str, int]:
    """Those that can be meant, as far as they are not too many."""
    believed = ((k, n) for k, n in operations.items() if len(k) <= NAME_CAP and 0 <= n <= COUNT_CAP)
    return dict(islice(believed, LIST_CAP))


def checked_edits(edited: Edited, body: bytes, number: int, tries: Tries, last: int) -> list[tuple[Edit, torch.Tensor]]:
    """Each edit that was tried in the lines of a source, with its answer: float64 numbers in a row.

    Raises:
        Implausible: it speaks of another ask, of lines there are not, or of other answers than were wanted.
    """
    answers = _tensors(body).get("answers")
    wanted = (len(edited.edits), tries.elements)
    if edited.number != number or answers is None or answers.shape != wanted or wanted[0] > EDITS_CAP:
        raise Implausible("The code's process sent a reply that nobody asked for.")
    for edit in edited.edits:
        inside = tries.first <= edit.number < tries.last and 0 <= edit.line <= last
        if not inside or not 0 <= edit.start <= edit.end <= LINE_CAP:
            raise Implausible("The code's process reported edits that are impossible.")
    return list(zip(edited.edits, answers.double(), strict=True))


def checked_traced(traced: Traced, number: int, lines: Mapping[str, int]) -> Arising | None:
    """Where the first NaN or infinity arose, in sources of so many lines.

    Raises:
        Implausible: it speaks of another ask, or of lines there are not.
    """
    arising = traced.arising
    if traced.number != number:
        raise Implausible("The code's process sent a reply that nobody asked for.")
    if arising and not (0 < arising.line <= lines.get(arising.source, 0) and 0 <= arising.start <= arising.end):
        raise Implausible("The code's process reported lines that do not exist.")
    return arising


def checked_progress(progress: Progress, body: bytes, number: int, plan: Plan, done: int, seconds: float) -> Trained:
    """How far a run has come, having told of so many steps before.

    Raises:
        Implausible: that is impossible.
    """
    took = _seconds(progress.seconds, seconds)
    forward = done < progress.step or (progress.fault is not None and done == progress.step)
    if progress.number != number or not forward or progress.step > plan.steps:
        raise Implausible("The code's process reported a run that nobody asked for.")
    if progress.fault:
        return Trained(progress.step, seconds=took, fault=checked_fault(progress.fault))
    tensors = _tensors(body)
    losses, parameters = tensors.get("losses"), tensors.get("parameters")
    if losses is None or parameters is None or parameters.ndim != 1 or losses.shape != (progress.step - done,):
        raise Implausible("The code's process reported a run that is impossible.")
    observed = replace(progress.observed, operations={}) if progress.observed else None
    return Trained(progress.step, losses.float(), parameters.float(), took, observed=observed)


def checked_fault(fault: Fault) -> Fault:
    """A fault of a student's code.

    Raises:
        Implausible: it would be ours.
    """
    if fault.verdict == "ungraded":
        raise Implausible("The code's process claimed a fault of the grader.")
    return Fault(
        fault.verdict,
        fault.type[:NAME_CAP],
        fault.message[:MESSAGE_CAP],
        fault.traceback[:TRACEBACK_CAP],
        fault.begun,
        tuple((source, line) for source, line in fault.through[-FRAMES_CAP:] if 0 < line <= LINE_CAP),
        fault.anywhere[:MESSAGE_CAP],
    )


def checked_tensor(body: bytes) -> torch.Tensor:
    """The one tensor of an answer.

    Raises:
        Implausible: the body is not one floating-point tensor.
    """
    tensors = _tensors(body)
    tensor = tensors.get("answer")
    if len(tensors) != 1 or tensor is None:
        raise Implausible("The code's reply is not a single floating-point tensor.")
    return tensor


def slimmed(tensor: torch.Tensor, elements: int) -> torch.Tensor:
    """A tensor; of one far larger than a right answer of so many elements only the shape, its elements zeros."""
    return tensor if tensor.numel() <= max(elements, LARGE) else tensor.new_zeros(()).expand(tensor.shape)


def _tensors(body: bytes) -> dict[str, torch.Tensor]:
    """Floating-point tensors by name.

    Raises:
        Implausible: the body holds something else.
    """
    if int.from_bytes(body[:8], "little") > INNER_HEADER_CAP:
        raise Implausible("The code's reply is not a single tensor.")
    try:
        tensors: dict[str, Any] = safetensors.torch.load(body)
    except (safetensors.SafetensorError, ValueError, KeyError, RuntimeError, TypeError) as error:
        raise Implausible(f"The code's reply is not a tensor: {str(error)[:NAME_CAP]}") from None
    if any(t.dtype not in DTYPES or t.ndim > AXES_CAP for t in tensors.values()):
        raise Implausible("The code's reply is not a single floating-point tensor.")
    return tensors


def _seconds(told: float, passed: float) -> float:
    return min(max(told, 0.0), passed) if math.isfinite(told) else passed


def _are_lines(*numbers: int) -> bool:
    """Whether numbers of lines, or of what stands in some, are in no file too large: JSON knows numbers without end."""
    return all(0 <= number <= LINE_CAP for number in numbers)


def _is_name(text: str) -> bool:
    return text.isidentifier() and len(text) <= NAME_CAP


def _found(found: Found) -> Found:
    own = (*found.own_names, *found.own_names.values(), *found.places)
    names = (*found.parameters, *found.required, *found.reads, *found.stubs, *own)
    if not all(_is_name(name) for name in names) or len(names) > LIST_CAP:
        raise Implausible("The code's process reported arguments that no function can have.")
    places = (number for place in found.places.values() for number in place)
    if not _are_lines(found.first_line, found.last_line, found.definitions, *places):
        raise Implausible("The code's process reported lines that do not exist.")
    if found.above and (found.above.source != found.source or _found(found.above).above):
        raise Implausible("The code's process reported lines that do not exist.")
    return found
