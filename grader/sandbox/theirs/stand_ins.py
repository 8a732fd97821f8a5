"""In the student's process: what honest code asks for and a confined process cannot do comes to the nearest thing.

One thread computes, on the processor, in float32, and nothing is compiled: a call that wants it otherwise does nothing.
"""

import sys
import types
from collections.abc import Callable, Iterable, Iterator
from importlib.machinery import ModuleSpec, PathFinder
from typing import Any

import numpy as np
import torch

from grader.sandbox.theirs.observe import TORCH

SETTINGS = (
    "set_default_device set_default_dtype set_default_tensor_type set_float32_matmul_precision set_flush_denormal "
    "set_num_interop_threads set_num_threads use_deterministic_algorithms"
).split()
"""Of `torch`. A thread cannot be started here, and what is given to a stage is float32 whatever the default is."""
COMPILERS = {
    "torch": "compile",
    "torch.compiler": "allow_in_graph assume_constant_result disable",
    "torch.jit": "export freeze ignore optimize_for_inference script script_if_tracing trace unused",
}
"""What gives a function that does the same, sooner or elsewhere."""
TQDM = ("tqdm", "tqdm.auto", "tqdm.autonotebook", "tqdm.notebook", "tqdm.std")


def stand_in() -> None:
    """Put everything in its place; there is no way back."""
    for name in SETTINGS:
        setattr(torch, name, _nothing)
    for module, names in COMPILERS.items():
        for name in names.split():
            owner = sys.modules[module]
            if original := getattr(owner, name, None):
                setattr(owner, name, _for_students(original, _as_it_is))
    np.seterr = _for_warnings(np.seterr)
    sys.modules.update({name: _tqdm(name) for name in TQDM})
    sys.meta_path[:] = [Closed if finder is PathFinder else finder for finder in sys.meta_path]


def _nothing(*arguments: Any, **keywords: Any) -> None:
    pass


def _as_it_is(*arguments: Any, **keywords: Any) -> Any:
    """The function that is given; called as a decorator with options, what gives it."""
    given = [each for each in (*arguments, *keywords.values()) if callable(each)]
    return given[0] if given else lambda function: function


def _for_students(original: Callable[..., Any], instead: Callable[..., Any]) -> Callable[..., Any]:
    """Torch's own code, some of which is first imported late, still gets what it means."""

    def called(*arguments: Any, **keywords: Any) -> Any:
        by_torch = sys._getframe(1).f_code.co_filename.startswith(TORCH)
        return (original if by_torch else instead)(*arguments, **keywords)

    return called


def _for_warnings(seterr: Callable[..., Any]) -> Callable[..., Any]:
    """What underflows on hidden data is no error of a right answer."""

    def called(*arguments: Any, **keywords: Any) -> Any:
        mild = {name: "warn" if value == "raise" else value for name, value in keywords.items()}
        return seterr(*("warn" if value == "raise" else value for value in arguments), **mild)

    return called


class tqdm:
    """A bar that shows nothing."""

    def __init__(self, iterable: Iterable[Any] | None = None, *arguments: Any, **keywords: Any) -> None:
        self._iterable = () if iterable is None else iterable
        self.total, self.n = keywords.get("total"), 0

    def __iter__(self) -> Iterator[Any]:
        return iter(self._iterable)

    def __len__(self) -> int:
        return self.total if self.total is not None else len(self._iterable)  # type: ignore[arg-type]

    def __enter__(self) -> "tqdm":
        return self

    def __exit__(self, *details: Any) -> None:
        pass

    def update(self, n: float = 1) -> None:
        self.n += n  # type: ignore[assignment]

    clear = close = display = moveto = refresh = reset = unpause = staticmethod(_nothing)
    set_description = set_description_str = set_postfix = set_postfix_str = write = staticmethod(_nothing)


def trange(*arguments: int, **keywords: Any) -> tqdm:
    """A bar over a range."""
    return tqdm(range(*arguments))


def _tqdm(name: str) -> types.ModuleType:
    module = types.ModuleType(name)
    module.__spec__ = ModuleSpec(name, None)
    module.__dict__.update(tqdm=tqdm, trange=trange, tqdm_notebook=tqdm, tnrange=trange, __path__=[])
    return module


class Closed(PathFinder):
    """Does not find a package that may not be read: libraries try for some, and are prepared for what is not there."""

    @classmethod
    def find_spec(cls, fullname: str, path: Any = None, target: Any = None) -> ModuleSpec | None:
        spec = super().find_spec(fullname, path, target)
        if spec and spec.has_location and spec.origin and fullname.partition(".")[0] not in sys.stdlib_module_names:
            try:
                open(spec.origin, "rb").close()
            except PermissionError:
                return None
        return spec
