"""In the student's process: which operations a stage ran, and whether what it returned came out of autograd.

A dispatch mode sees every operation. What runs inside a node of the autograd graph, under forward-mode differentiation,
or is itself a backward kernel, taints its results; so does an operation that reads a tainted tensor. What is complex is
noted, since a step along the imaginary axis differentiates without a formula. Evidence, not proof: a log kept in the
process it watches can be forged, so the source is read as well, before any of it runs.
"""

import gc
import os
import sys
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import contextmanager
from functools import cache, wraps
from operator import itemgetter
from typing import Any, ClassVar

import torch
from torch.autograd import forward_ad
from torch.utils._python_dispatch import TorchDispatchMode

from grader.border import Observed

SHOWN = 200
SHAPES_ONLY = frozenset(
    f"aten.{name}" for name in "zeros_like ones_like full_like new_zeros new_ones new_full sym_size size".split()
)
"""Operations that take nothing of a tensor but its shape."""
TORCH = os.path.dirname(torch.__file__)
"""Where code of torch is: whatever a submission calls itself, it is not there."""
NUMBERS = frozenset({int, float, bool, type(None), torch.dtype})


class Observer(TorchDispatchMode):
    """The log of one call."""

    current: ClassVar["Observer | None"] = None
    watching: ClassVar["Observer | None"] = None
    """The one whose log is being written, of a stage or not."""
    before: ClassVar[bool] = False
    """Autograd has run in this process, or there was a complex number, in a call that is over."""

    def __init__(self, *, of_stage: bool = True) -> None:
        """Make one.

        Args:
            of_stage: what runs is a stage; if it is not, only that autograd has run is noted.
        """
        super().__init__()  # type: ignore[no-untyped-call]
        self._of_stage = of_stage
        self._operations: dict[str, int] = {}
        self._differentiated = False
        self._tainted = Marked()
        self._in_node = False
        self._imaginary = False
        self._before = Observer.before

    def see(
        self,
        operation: Any,
        types: Iterable[type],
        arguments: tuple[Any, ...] = (),
        keywords: Mapping[str, Any] | None = None,
    ) -> Any:
        """Run one operation, and note it."""
        name, backward = _named(operation)
        engine = torch._C._current_autograd_node() is not None or forward_ad._current_level >= 0
        inside = backward or self._in_node or engine
        result = operation(*arguments, **keywords) if keywords else operation(*arguments)
        self._operations[name] = self._operations.get(name, 0) + 1
        if type(result) is torch.Tensor and result.is_complex():
            self._imaginary = True
        if inside or self._tainted or not _plain(arguments) or (keywords and not _plain(keywords.values())):
            self._mark(name, inside, _tensors((*arguments, *(keywords or {}).values())), result)
        return result

    def _mark(self, name: str, inside: bool, given: list[torch.Tensor], result: Any) -> None:
        """Note what came of an operation that autograd may have to do with, or that took more than plain tensors."""
        self._imaginary |= any(map(torch.Tensor.is_complex, [*given, *_tensors((result,))]))
        with torch._C.DisableTorchFunctionSubclass():  # a subclass may say what it likes of itself
            tainted = name not in SHAPES_ONLY and any(tensor in self._tainted for tensor in given)
            self._differentiated |= inside or tainted
            if inside or tainted:
                self._tainted.add(_tensors((result,)), besides=() if tainted else given)

    def observed(self, returned: Any, *, whatever: bool = False) -> Observed:
        """What there is to say about a call that returned this.

        Args:
            returned: what it returned.
            whatever: anything counts as autograd's once it has run, since what is no tensor shows not where it is from.
        """
        with torch._C.DisableTorchFunctionSubclass():
            tainted = bool(self._tainted) and issubclass(type(returned), torch.Tensor) and returned in self._tainted
        tainted = tainted or (whatever and self._differentiated)
        counts = dict(sorted(self._operations.items(), key=itemgetter(1), reverse=True)[:SHOWN])
        return Observed(counts, self._differentiated, tainted, self._imaginary, self._before)

    def note_complex(self) -> None:
        """There was a complex number that no operation of torch has seen."""
        self._imaginary = True

    def nothing_there(self, tensor: torch.Tensor) -> torch.Tensor:
        """What a gradient is that is read where there is none: zeros, from autograd.

        A value made from it is a value from autograd; a comparison beside one's own value comes to nothing.
        """
        with unlogged():
            zeros = torch.zeros_like(tensor.detach())
        self._tainted.add([zeros])
        return zeros

    def mark_as_autograds(self, tensors: Iterable[torch.Tensor]) -> None:
        """What is made from these comes from autograd."""
        self._tainted.add(tensors)

    def call_node(self, node: Any, given: tuple[Any, ...]) -> Any:
        """Call a node of the graph, which is the way around the engine."""
        self._in_node, outer = True, self._in_node
        try:
            return node(*given)
        finally:
            self._in_node = outer

    def __enter__(self) -> "Observer":
        self._around = Observer.current, Observer.watching, gc.isenabled()
        gc.enable()
        Observer.current = self if self._of_stage else None
        Observer.watching = self
        super().__enter__()  # type: ignore[no-untyped-call]
        return self

    def __exit__(self, *details: Any) -> None:
        Observer.current, Observer.watching, collecting = self._around
        (gc.enable if collecting else gc.disable)()
        Observer.before |= self._differentiated or self._imaginary
        super().__exit__(*details)  # type: ignore[no-untyped-call]


# Set from outside: torch wraps a method defined in the class so that its first call imports torch._dynamo, which takes
# longer than everything else here.
Observer.__torch_dispatch__ = Observer.see  # type: ignore[assignment]


class Marked:
    """Tensors, and memory, with a mark. Each is kept alive, so that no other takes its address."""

    def __init__(self) -> None:
        self._tensors: dict[int, torch.Tensor] = {}
        self._memory: dict[int, torch.UntypedStorage] = {}

    def add(self, tensors: Iterable[torch.Tensor], besides: Iterable[torch.Tensor] = ()) -> None:
        """Mark tensors, and their memory unless others share it: a view of an input does not mark the input."""
        shared = {storage._cdata for tensor in besides if (storage := _storage(tensor)) is not None}
        for tensor in tensors:
            self._tensors[tensor._cdata] = tensor
            storage = _storage(tensor)
            if storage is not None and storage._cdata not in shared:
                self._memory[storage._cdata] = storage

    def __bool__(self) -> bool:
        return bool(self._tensors)

    def __contains__(self, tensor: torch.Tensor) -> bool:
        if not self._tensors:
            return False
        storage = _storage(tensor)
        return tensor._cdata in self._tensors or (storage is not None and storage._cdata in self._memory)


@contextmanager
def undisturbed() -> Iterator[None]:
    """For what nothing of theirs is to come between: a collection would end what waits for it."""
    collecting = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if collecting:
            gc.enable()


@contextmanager
def unlogged() -> Iterator[None]:
    """For what we do ourselves: it stands in no log of theirs, and nothing of theirs that would runs meanwhile."""
    with undisturbed(), torch._C._DisableTorchDispatch():
        yield


class WatchedNode:
    """A node of the graph in somebody's hand: to look at it is nothing, and what comes of calling it is autograd's."""

    __slots__ = ("_node",)

    def __init__(self, node: Any) -> None:
        self._node = node

    def __call__(self, *given: Any) -> Any:
        return Observer.current.call_node(self._node, given) if Observer.current else self._node(*given)

    def __getattr__(self, name: str) -> Any:
        return _watched(getattr(self._node, name))

    def __repr__(self) -> str:
        return repr(self._node)


def _watched(value: Any) -> Any:
    """What a node has, with every node in it watched as well."""
    if isinstance(value, torch.autograd.graph.Node):
        return WatchedNode(value)
    return tuple(map(_watched, value)) if type(value) is tuple else value


def watch_grad_fn() -> None:
    """Give a node of the graph as one that tells the observer when it is called."""
    original: Any = torch.Tensor.grad_fn

    def grad_fn(tensor: torch.Tensor) -> Any:
        node = original.__get__(tensor)
        return node if Observer.current is None or _asked_by_torch() else _watched(node)

    torch.Tensor.grad_fn = property(grad_fn)  # type: ignore[assignment]
    edge = torch.autograd.graph.get_gradient_edge

    @wraps(edge)
    def get_gradient_edge(tensor: torch.Tensor) -> Any:
        found = edge(tensor)
        return found if Observer.current is None else found._replace(node=_watched(found.node))

    torch.autograd.graph.get_gradient_edge = get_gradient_edge


def watch_gradients() -> None:
    """While a stage is watched, give a gradient that there is not as zeros that are known to be autograd's.

    Of what is given to a stage nothing was worked out, since it is no part of any graph.
    """
    original: Any = torch._C.TensorBase.grad

    def grad(tensor: torch.Tensor) -> Any:
        value = original.__get__(tensor)
        if value is not None or Observer.current is None or _asked_by_torch():
            return value
        return Observer.current.nothing_there(tensor)

    torch.Tensor.grad = property(grad, original.__set__, original.__delete__)  # type: ignore[assignment]
    for place, name in ((torch.autograd, "backward"), (torch.autograd, "grad")):
        setattr(place, name, _without_graph(getattr(place, name)))


def _without_graph(run: Callable[..., Any]) -> Callable[..., Any]:
    """An engine that comes to nothing, while a stage is watched, for tensors that are no part of any graph."""

    @wraps(run)
    def engine(tensors: Any, *arguments: Any, **keywords: Any) -> Any:
        outside = [each for each in _tensors((tensors,)) if not each.requires_grad]
        if Observer.current is None or not outside:
            return run(tensors, *arguments, **keywords)
        inputs = arguments[0] if arguments else keywords.get("inputs")
        if run.__name__ == "backward" or inputs is None:
            return None
        return tuple(Observer.current.nothing_there(each) for each in _tensors((inputs,)))

    return engine


def _asked_by_torch() -> bool:
    return sys._getframe(2).f_code.co_filename.startswith(TORCH)


def _storage(tensor: torch.Tensor) -> torch.UntypedStorage | None:
    try:
        return tensor.untyped_storage()
    except (RuntimeError, NotImplementedError):
        return None


@cache
def _named(operation: Any) -> tuple[str, bool]:
    """The name of an operation, and whether it is a backward kernel."""
    name = str(operation.overloadpacket)
    return name, "backward" in name


def _plain(values: Iterable[Any]) -> bool:
    """Whether an operation took nothing but plain, real tensors outside of any graph, and numbers: most do."""
    for value in values:
        kind = type(value)
        if kind is torch.Tensor:
            if value.requires_grad or value.is_complex():
                return False
        elif kind not in NUMBERS and not (kind is list and _plain(value)):
            return False
    return True


def _tensors(values: Iterable[Any]) -> list[torch.Tensor]:
    """The tensors among what an operation takes or gives: alone, or in lists."""
    found = []
    for value in values:
        if isinstance(value, torch.Tensor):
            found.append(value)
        elif isinstance(value, (list, tuple)):
            found += _tensors(value)
    return found
