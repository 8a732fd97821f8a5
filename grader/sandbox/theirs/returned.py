"""In the student's process: what a function returned, as a plain tensor and bytes, or a sentence on why not."""

import numbers
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from itertools import islice
from typing import Any

import msgspec
import numpy as np
import torch

from grader.border import Note
from grader.sandbox.theirs.observe import unlogged

ANSWER_ELEMENTS = 1 << 21
FLOATS = {torch.float32: "F32", torch.float64: "F64", torch.float16: "F16", torch.bfloat16: "BF16"}


class NotATensor(Exception):
    """What was returned cannot be judged; the text says what it is and what is wanted."""


class NotMade(Exception):
    """One of several values is made nowhere."""


class ReturnedNone(Exception):
    """A line of a call script came to None where several values were to come; the names are what it reads."""

    def __init__(self, reads: Sequence[str]) -> None:
        super().__init__(", ".join(reads))
        self.reads = reads


class ErrorBefore(Exception):
    """What a line of a call script needs is not there, because of an error in another one."""

    def __init__(self, name: str, error: BaseException) -> None:
        super().__init__(name)
        self.name: str = error.name if isinstance(error, ErrorBefore) else name
        self.error: BaseException = error.error if isinstance(error, ErrorBefore) else error


@dataclass(frozen=True)
class Unmade:
    """Stands for one of several values that there is not; `error` says why, None where nothing was to make it."""

    name: str
    error: BaseException | None = None


def several(returned: Any, names: Sequence[str]) -> list[Any]:
    """What was returned under several names: one after the other in their order, or a dictionary.

    Raises:
        NotATensor: it is not as many as that.
    """
    if len(names) < 2:
        return [returned]
    wanted = f"return {len(names)} tensors, in this order: {', '.join(names)}"
    if isinstance(returned, Mapping):
        if missing := [name for name in names if name not in returned]:
            raise NotATensor(f"It returned a dictionary without {missing[0]!r}; {wanted}.")
        return [returned[name] for name in names]
    if issubclass(type(returned), (torch.Tensor, str)) or not isinstance(returned, Iterable):
        hint = " Did you forget the `return` line?" if returned is None else ""
        raise NotATensor(f"It returned {_what(returned)}; {wanted}.{hint}")
    things = list(islice(returned, len(names) + 1))
    if len(things) != len(names):
        count = "too many things" if len(things) > len(names) else f"{len(things)} things"
        raise NotATensor(f"It returned {count}; {wanted}.")
    return things


def _what(returned: Any) -> str:
    return "one tensor" if issubclass(type(returned), torch.Tensor) else a_kind(returned)


def a_kind(value: Any) -> str:
    """What a value is, as it is said: `an int`; the two that there is only one of, as they are written."""
    if value is None or value is ...:
        return "None" if value is None else "`...`"
    name = type(value).__name__
    return f"{'an' if name[:1] in 'aeiouAEIOU' else 'a'} {name}"


def as_tensor(returned: Any) -> Any:
    """A plain number as a tensor; anything else as it is."""
    number = isinstance(returned, numbers.Real) and not isinstance(returned, bool)
    return _number(float(returned)) if number else returned


def _number(value: float) -> torch.Tensor:
    with unlogged():
        return torch.tensor(value, dtype=torch.float64)


def plain(returned: Any) -> tuple[torch.Tensor, list[Note]]:
    """What was returned, as a dense detached tensor of its own; with what there is to say about it.

    Raises:
        NotATensor: it is nothing a gradient could be read from.
    """
    if type(returned) is torch.Tensor and _is_usual(returned):
        return returned, []
    if type(returned) is Unmade:
        raise returned.error or NotMade(f"No line there makes `{returned.name}`.")
    if not issubclass(type(returned), torch.Tensor):
        raise NotATensor(_not_a_tensor(returned))
    notes = [] if type(returned) is torch.Tensor or type(returned) is torch.nn.Parameter else [_subclass(returned)]
    with torch._C.DisableTorchFunctionSubclass():  # and not `torch.no_grad`, which may be theirs by now
        if complaint := _unusable(returned):
            raise NotATensor(complaint)
        tensor = torch.Tensor.as_subclass(returned, torch.Tensor)
        if tensor.requires_grad:
            notes.append(Note("requires-grad", "The result still requires grad; it was detached before it was judged."))
        if tensor.dtype is not torch.float32:
            notes.append(Note("dtype", f"The result is {_dtype(tensor)}; float32 was given, so float32 is expected."))
        return tensor.detach().resolve_neg().contiguous(), notes


def _is_usual(tensor: torch.Tensor) -> bool:
    """Whether a tensor is as most are: there is nothing to say about it, and nothing to do."""
    dense = tensor.dtype is torch.float32 and tensor.layout is torch.strided and not tensor.is_nested
    own = dense and tensor.device.type == "cpu" and tensor.is_contiguous() and not tensor.is_neg()
    return own and not tensor.requires_grad and tensor.numel() <= ANSWER_ELEMENTS


def plain_of(returned: Any, arrays: str) -> tuple[torch.Tensor, list[Note]]:
    """What a line of a call script bound, as `plain` gives it; a plain number will do.

    Args:
        returned: anything.
        arrays: of the assignment, `torch`, `numpy` or `either`.

    Raises:
        NotATensor: it is nothing a value could be read from.
    """
    if issubclass(type(returned), torch.Tensor):
        if arrays == "numpy":
            raise NotATensor("It is a torch tensor: this course is in NumPy, and an array is wanted.")
        tensor, notes = plain(returned)
        return tensor, [note for note in notes if note.code != "dtype" or arrays == "torch"]
    if isinstance(returned, numbers.Real) and not isinstance(returned, (bool, np.generic)):
        return as_tensor(returned), []
    if arrays == "torch" or not isinstance(returned, (np.ndarray, np.generic)):
        raise NotATensor(_not_a_tensor(returned) if arrays == "torch" else _not_an_array(returned))
    if issubclass(type(returned), np.ndarray) and (complaint := _too_large(returned)):
        raise NotATensor(complaint)  # a copy of a view may be far larger than the view
    array = np.array(returned, order="C")
    if array.dtype.kind not in "fiub":
        raise NotATensor(f"It is an array of dtype {array.dtype}: float64 is wanted, as its inputs are.")
    if complaint := _too_large(array):
        raise NotATensor(complaint)
    text = f"The result is {array.dtype}; float64 was given and is expected."
    notes = [Note("dtype", text)] if array.dtype.kind == "f" and array.dtype != np.float64 else []
    values = array.astype(np.float64)
    with unlogged():
        return torch.from_numpy(values), notes


def _too_large(array: Any) -> str | None:
    too_large = array.size > ANSWER_ELEMENTS
    return f"It is an array of shape {array.shape}, far larger than any wanted here." if too_large else None


def _not_an_array(returned: Any) -> str:
    build = " Build one with np.stack or np.array." if isinstance(returned, (list, tuple)) else ""
    return f"It is {a_kind(returned)}: a NumPy array is wanted.{build}"


def packed(tensor: torch.Tensor) -> bytes:
    """A safetensors file with one contiguous tensor. The library's own way to write one takes ten times as long."""
    with unlogged():
        numbers = tensor.reshape(-1).view(torch.uint8) if tensor.dtype is torch.bfloat16 else tensor
        data = numbers.numpy().tobytes()
    return _header(tensor.dtype, tuple(tensor.shape), len(data)) + data


@lru_cache(maxsize=256)
def _header(dtype: torch.dtype, shape: tuple[int, ...], size: int) -> bytes:
    facts = {"dtype": FLOATS[dtype], "shape": shape, "data_offsets": [0, size]}
    header = msgspec.json.encode({"answer": facts})
    header += b" " * (-len(header) % 8)
    return len(header).to_bytes(8, "little") + header


def _not_a_tensor(returned: Any) -> str:
    wanted = "a stage has to return a torch.Tensor"
    if returned is None:
        return f"It returned None; {wanted}. Did you forget the `return` line?"
    kind = type(returned)
    if kind.__module__ == "numpy":
        return (
            f"It returned a numpy {kind.__name__}; {wanted}. Convert it with torch.from_numpy(...), or use only torch."
        )
    if isinstance(returned, (list, tuple)):
        return f"It returned {a_kind(returned)}; {wanted}. Make one with torch.stack or torch.tensor."
    if isinstance(returned, (bool, int, float, complex)):
        return f"It returned a plain {kind.__name__}; {wanted} with the shape of the tensor it belongs to."
    return f"It returned {a_kind(returned)}; {wanted}."


def _unusable(tensor: torch.Tensor) -> str | None:
    if tensor.layout is not torch.strided or tensor.is_nested:
        return "It returned a sparse tensor; return a dense one, with .to_dense()."
    if tensor.device.type != "cpu":
        return f"It returned a tensor on the device {tensor.device.type!r}; return one on the CPU."
    if tensor.is_complex():
        return f"It returned a complex tensor ({_dtype(tensor)}); return a real one."
    if tensor.dtype not in FLOATS:
        return f"It returned a tensor of dtype {_dtype(tensor)}; return float32, like its inputs."
    if tensor.numel() > ANSWER_ELEMENTS:
        return f"It returned a tensor of shape {tuple(tensor.shape)}, far larger than any gradient here."
    return None


def _subclass(returned: torch.Tensor) -> Note:
    return Note("subclass", f"The result is {a_kind(returned)}; the plain tensor in it was judged.")


def _dtype(tensor: torch.Tensor) -> str:
    return str(tensor.dtype).removeprefix("torch.")


def changed(arguments: dict[str, Any]) -> list[Note]:
    changed = [name for name, value in arguments.items() if isinstance(value, torch.Tensor) and value._version > 0]
    if not changed:
        return []
    names = ", ".join(changed)
    return [Note("in-place", f"It changes its input {names} in place; work on a copy, made with .clone().")]
