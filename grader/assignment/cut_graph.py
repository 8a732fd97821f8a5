"""The forward pass run so that every tensor of the graph is a leaf again, and the local gradients that gives.

Chained in reverse from the loss, the local vector-Jacobian products (VJPs) reproduce `loss.backward()`; with upstream
gradients of any other kind they test each rule on its own.
"""

import copy
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from functools import cache
from types import CodeType, MappingProxyType
from typing import Any

import torch
import torch.nn.functional as F

from grader.assignment.assignment import LOSS, Exercise
from grader.assignment.script import Script
from grader.assignment.script_lines import KEEP, Line
from grader.errors import AssignmentError

Values = Mapping[str, Any]
"""Tensors and sizes by name."""
NOTHING: Mapping[str, torch.Tensor] = MappingProxyType({})


@dataclass(frozen=True)
class CutPass:
    """One cut forward pass.

    `values` holds every name as the next line saw it (for a tensor of the graph: its leaf), `raw` the same tensors with
    the graph that made them.
    """

    exercise: Exercise
    values: dict[str, Any]
    raw: dict[str, torch.Tensor]

    def vjp(self, tensor: str, upstream: Mapping[str, torch.Tensor]) -> torch.Tensor:
        """The gradient of the loss with respect to `tensor`, from the gradients of its consumers.

        Shape and dtype are those of the tensor.
        """
        return self.vjps([tensor], upstream)[tensor]

    def vjps(self, tensors: Sequence[str], upstream: Mapping[str, torch.Tensor]) -> dict[str, torch.Tensor]:
        """The same for several tensors; those with the same consumers in one go."""
        groups: dict[tuple[str, ...], list[str]] = {}
        for tensor in tensors:
            groups.setdefault(self.exercise.consumers(tensor), []).append(tensor)
        return {name: vjp for each in groups.values() for name, vjp in self._together(each, upstream).items()}

    def _together(self, tensors: Sequence[str], upstream: Mapping[str, torch.Tensor]) -> dict[str, torch.Tensor]:
        """The same for tensors with the same consumers."""
        leaves = [self.values[tensor] for tensor in tensors]
        paths = [name for name in self.exercise.consumers(tensors[0]) if self.raw[name].requires_grad]
        if not paths:
            return {tensor: torch.zeros_like(leaf) for tensor, leaf in zip(tensors, leaves, strict=True)}
        # A weighted sum hands exactly the upstream back to each consumer. Passing gradients to autograd.grad directly
        # would do the same, but makes torch import sympy, which takes longer than all the rest.
        weighted = [(self.raw[name] * upstream[name].to(self.raw[name].dtype)).sum() for name in paths]
        total = sum(weighted, torch.zeros(()))
        gradients = torch.autograd.grad(total, leaves, retain_graph=True, allow_unused=True)
        return {
            tensor: torch.zeros_like(leaf) if gradient is None else gradient.detach()
            for tensor, leaf, gradient in zip(tensors, leaves, gradients, strict=True)
        }


def cut_pass(exercise: Exercise, inputs: Values, at: Values | None = None) -> CutPass:
    """Run the forward script, cut at every tensor of the graph.

    Args:
        exercise: names the script and where it is cut.
        inputs: what the script starts from.
        at: values to go on with after each cut, in place of those computed. A pass in double precision
            taken at float32 values is made this way.
    """
    values, raw = dict(inputs), {}
    for name in exercise.cuts.intersection(inputs):
        values[name] = _leaf(inputs[name])
    namespace = globals_for(values)
    for line in run_lines(exercise.script, namespace):
        if line.target in exercise.cuts:
            raw[line.target] = _differentiable(exercise.script, line, namespace[line.target])
            namespace[line.target] = _leaf(namespace[line.target] if at is None else at[line.target])
        values[line.target] = namespace[line.target]
    return CutPass(exercise, values, raw)


def _differentiable(script: Script, line: Line, value: Any) -> torch.Tensor:
    """What a line makes, if there can be a gradient of it."""
    match value:
        case torch.Tensor() if value.is_floating_point() and value.numel():
            return value
        case torch.Tensor() if not value.numel():
            kind = f"has no elements, shape {tuple(value.shape)}: let its sizes begin at a larger number"
        case torch.Tensor() if value.is_complex():
            kind = "is complex: ask for gradients of its real and imaginary part (`.real`, `.imag`) instead"
        case torch.Tensor():
            kind = f"is {value.dtype}, and numbers of that kind have no gradient: take it out of the stages and `cuts`"
        case _:
            kind = f"is no tensor but of type {type(value).__name__}: take it out of the stages and `cuts`"
    raise AssignmentError(f"{script.path}:{line.number}", f"a gradient is asked of {line.target}, which {kind}.")


def chain(forward: CutPass, upstream: Mapping[str, torch.Tensor] = NOTHING) -> dict[str, torch.Tensor]:
    """The gradient of every tensor of the graph, from the loss and other outputs backwards.

    Args:
        forward: the cut pass.
        upstream: the gradients of its outputs; that of the loss is 1.
    """
    order = [name for name in reversed(forward.exercise.script.targets) if name in forward.exercise.cuts]
    order += [name for name in sorted(forward.exercise.cuts) if name not in order]
    gradients = {LOSS: torch.ones_like(forward.raw[LOSS])} if LOSS in forward.raw else {}
    gradients |= upstream
    for tensor in order:
        if tensor not in gradients:
            gradients[tensor] = forward.vjp(tensor, gradients)
    return gradients


def backward(
    exercise: Exercise, inputs: Values, upstream: Mapping[str, torch.Tensor] = NOTHING
) -> dict[str, torch.Tensor]:
    """The same gradients from one real `loss.backward()` over the uncut graph.

    Outputs other than the loss count as summed, each with its upstream gradient as weights. Without outputs there are
    no gradients.
    """
    if not exercise.outputs:
        return {}
    namespace = globals_for(inputs)
    for name in exercise.cuts.intersection(inputs):
        namespace[name] = _leaf(inputs[name])
    for line in run_lines(exercise.script, namespace):
        if line.target in exercise.cuts:
            if not namespace[line.target].requires_grad:
                namespace[line.target].requires_grad_()
            namespace[line.target].retain_grad()
    weighted = [(namespace[name] * gradient).sum() for name, gradient in upstream.items()]
    sum(weighted, namespace[LOSS] if LOSS in exercise.outputs else torch.zeros(())).backward()
    # Sorted, since what is drawn for each depends on the order, and that of a set is another in every process.
    tensors = {name: namespace[name] for name in sorted(exercise.cuts)}
    return {name: torch.zeros_like(each) if each.grad is None else each.grad for name, each in tensors.items()}


@dataclass(frozen=True)
class Step:
    """One statement of a script, ready to run, and what it makes."""

    code: CodeType
    number: int
    lines: tuple[Line, ...]


@cache
def steps(script: Script) -> list[Step]:
    """The statements of a script in order.

    Raises:
        AssignmentError: one of them is nothing that can be run.
    """
    made: dict[int, list[Line]] = {}
    for line in script.lines:
        made.setdefault(line.place, []).append(line)
    sources = {place: (lines[0].code, lines[0].number) for place, lines in made.items()}
    sources |= {each.place: (each.source, each.number) for each in script.definitions}
    try:
        return [
            Step(compile(source, str(script.path), "exec"), number, tuple(made.get(place, ())))
            for place, (source, number) in sorted(sources.items())
        ]
    except SyntaxError as error:
        raise AssignmentError(script.path, f"this is not valid Python: {error.msg} ({error.text}).") from None


def run_lines(script: Script, namespace: dict[str, Any]) -> Iterator[Line]:
    """Run a script statement by statement; each line is given once it has run.

    Raises:
        AssignmentError: a line failed, or the loss is not one number.
    """
    for step in steps(script):
        where = f"{script.path}:{step.number}"
        try:
            run(step.code, namespace)
        except Exception as error:
            raise AssignmentError(where, f"this line fails ({type(error).__name__}: {error}).") from None
        for line in step.lines:
            if line.target == LOSS and getattr(namespace[LOSS], "shape", None) != ():
                raise AssignmentError(where, "the loss must be a single number, a tensor of shape ().")
            yield line


def run(code: CodeType | str, namespace: dict[str, Any]) -> None:
    """Run a line; what it makes of nothing, as with `torch.zeros(n)`, is as precise as what the namespace holds."""
    tensors = (value for value in namespace.values() if isinstance(value, torch.Tensor))
    if not any(value.dtype == torch.float64 for value in tensors):
        exec(code, namespace)
        return
    usual = torch.get_default_dtype()
    torch.set_default_dtype(torch.float64)
    try:
        exec(code, namespace)
    finally:
        torch.set_default_dtype(usual)


@contextmanager
def same_each_time(script: Script, values: Values) -> Iterator[None]:
    """Whoever runs the script in this context, everyone must see the same numbers.

    Raises:
        AssignmentError: a line draws from torch's global generator.
    """
    before = torch.get_rng_state()
    yield
    if torch.equal(before, torch.get_rng_state()):
        return
    state = torch.get_rng_state()
    for line in run_lines(script, globals_for(values)):
        if not torch.equal(state, torch.get_rng_state()):
            raise AssignmentError(
                f"{script.path}:{line.number}",
                "this draws numbers that are different each time, but everyone must see the same. Draw them in the "
                "script of the inputs, and pass `generator=generator` there.",
            )


def globals_for(values: Values) -> dict[str, Any]:
    """A namespace to run a line in: the values, and the names every script may take for granted."""
    return {"torch": torch, "F": F, KEEP: _kept, **values}


def namespace_of(script: Script, values: Values) -> dict[str, Any]:
    """A namespace to run single lines of a script in, with its imports and functions."""
    namespace = globals_for(values)
    for each in script.definitions:
        if each.binds:
            exec(each.source, namespace)
    return namespace


def _kept(value: Any) -> Any:
    """The same value in something of its own, to be changed in place."""
    return value.clone() if isinstance(value, torch.Tensor) else copy.copy(value)


def _leaf(tensor: torch.Tensor) -> torch.Tensor:
    return tensor.detach().clone().requires_grad_()
