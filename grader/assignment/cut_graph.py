"""The forward pass run so that every tensor of the graph is a leaf again, and the local gradients that gives.

Chained in reverse from the loss, the local vector-Jacobian products (VJPs) reproduce `loss.backward()`; with upstream
gradients of any other kind they test each rule on its own.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from types import CodeType, MappingProxyType
from typing import Any

import torch
import torch.nn.functional as F

from grader.assignment.assignment import LOSS, Exercise
from grader.assignment.script import Line, Script
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
            raw[line.target] = namespace[line.target]
            namespace[line.target] = _leaf(namespace[line.target] if at is None else at[line.target])
        values[line.target] = namespace[line.target]
    return CutPass(exercise, values, raw)


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
    return {name: namespace[name].grad for name in sorted(exercise.cuts)}


@cache
def compiled(script: Script) -> list[CodeType]:
    """Each line of a script, ready to run."""
    return [compile(line.source, str(script.path), "exec") for line in script.lines]


def run_lines(script: Script, namespace: dict[str, Any]) -> Iterator[Line]:
    """Run a script line by line; each line is given once it has run.

    Raises:
        AssignmentError: a line failed, or the loss is not one number.
    """
    for code, line in zip(compiled(script), script.lines, strict=True):
        where = f"{script.path}:{line.number}"
        try:
            exec(code, namespace)
        except Exception as error:
            raise AssignmentError(where, f"this line fails ({type(error).__name__}: {error}).") from None
        if line.target == LOSS and getattr(namespace[LOSS], "shape", None) != ():
            raise AssignmentError(where, "the loss must be a single number, a tensor of shape ().")
        yield line


def globals_for(values: Values) -> dict[str, Any]:
    """A namespace to run a line in: the values, and the names every script may take for granted."""
    return {"torch": torch, "F": F, **values}


def _leaf(tensor: torch.Tensor) -> torch.Tensor:
    return tensor.detach().clone().requires_grad_()
