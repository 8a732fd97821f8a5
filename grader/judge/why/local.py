"""One stage on one probe, taken apart in double precision: what each path brings, before and after it is summed."""

import ast
from collections.abc import Mapping
from dataclasses import dataclass, replace
from functools import cached_property
from typing import Any

import torch

from grader.assignment.assignment import LOSS
from grader.assignment.cut_graph import CutPass, cut_pass, globals_for, namespace_of, run, run_lines
from grader.assignment.probes import Probe
from grader.assignment.script import Script
from grader.assignment.script_lines import Line
from grader.assignment.stage import Slip, Stage
from grader.assignment.tolerance import Expectation, double, each
from grader.errors import AssignmentError


@dataclass(frozen=True)
class Local:
    """A stage on a probe. What it works out is kept: a class is compared with the same slips."""

    stage: Stage
    probe: Probe

    @cached_property
    def values(self) -> dict[str, Any]:
        """Everything of the forward pass, float64 at the float32 values that the student was given."""
        return each(self.probe.values, double)

    @cached_property
    def upstream(self) -> dict[str, torch.Tensor]:
        """The gradients of the consumers, by the consumer."""
        return {name: self.probe.upstream[name].double() for name in self.consumers}

    @property
    def consumers(self) -> tuple[str, ...]:
        return self.probe.exercise.consumers(self.stage.tensor)

    @property
    def tensor(self) -> torch.Tensor:
        value = self.values[self.stage.tensor]
        assert isinstance(value, torch.Tensor)
        return value

    @property
    def gradient(self) -> torch.Tensor:
        return self.expected.gradient

    @property
    def expected(self) -> Expectation:
        return self.probe.expected[self.stage.name]

    def kept(self, tensor: torch.Tensor) -> torch.Tensor:
        """A tensor with zeros where the gradient jumps; one of another shape stays as it is."""
        return self.expected.kept(tensor)

    @cached_property
    def paths(self) -> dict[str, torch.Tensor]:
        """What comes back through each consumer; they add up to the gradient."""
        return {name: self.through(name, self.upstream[name]) for name in self.consumers}

    def through(self, consumer: str, upstream: torch.Tensor) -> torch.Tensor:
        """What comes back through one consumer with that gradient of it."""
        nothing = {name: torch.zeros_like(value) for name, value in self.upstream.items()}
        return self._forward.vjp(self.stage.tensor, {**nothing, consumer: upstream})

    @cached_property
    def spread(self) -> dict[str, torch.Tensor]:
        """What comes back through each consumer before it is summed over the axes that were broadcast.

        Only of consumers along which the tensor was broadcast; of the consumer's shape.
        """
        spread = {}
        for name in self.consumers:
            like = self.values[name]
            if like.shape != self.tensor.shape and _broadcasts(self.tensor.shape, like.shape):
                gradient = self._spread(name, like.shape)
                if gradient is not None:
                    spread[name] = gradient
        return spread

    def derivative(self, consumer: str) -> torch.Tensor | None:
        """The derivative of a consumer, of its shape, where it is taken element by element; None elsewhere."""
        like = self.values[consumer]
        if not _broadcasts(self.tensor.shape, like.shape):
            return None
        wide = self.tensor.expand(like.shape).clone().requires_grad_()
        slopes = self._run(consumer, wide, {}, torch.ones_like(like))
        whole = None if slopes is None else (slopes * self.upstream[consumer]).sum_to_size(self.tensor.shape)
        return (
            slopes if whole is not None and torch.allclose(whole, self.paths[consumer], rtol=1e-9, atol=1e-12) else None
        )

    @cached_property
    def given(self) -> dict[str, torch.Tensor]:
        """What the student can ask for that is a floating-point tensor, the gradients by their names in the course."""
        tensors = {
            name: value
            for name, value in self.values.items()
            if isinstance(value, torch.Tensor) and value.is_floating_point()
        }
        name_of = self.probe.assignment.gradient_name
        return tensors | {name_of(name): value for name, value in self.upstream.items()}

    @cached_property
    def known(self) -> dict[str, torch.Tensor]:
        """That, and the gradients that come before it or after it in the course."""
        name_of = self.probe.assignment.gradient_name
        gradients = {name_of(name): value.double() for name, value in self.probe.upstream.items() if name != LOSS}
        return gradients | self.given

    def operands(self, consumer: str) -> list[str]:
        """What else the lines read that make a consumer of the tensor, as far as it is a floating-point tensor."""
        names = [name for line in self._lines_to(consumer) for name in line.reads]
        return [name for name in dict.fromkeys(names) if name in self.given and name != self.stage.tensor]

    def with_operand(self, consumer: str, old: str, new: str) -> torch.Tensor | None:
        """What comes back through a consumer if its lines read another tensor in the place of one."""
        if self.given[old].shape != self.given[new].shape:
            return None
        leaf = self.tensor.clone().requires_grad_()
        return self._run(consumer, leaf, {old: self.given[new]})

    def weighted(self, tensor: torch.Tensor) -> float:
        """The consumers, each weighted with its gradient, added up, as they are for another value of the tensor."""
        values = {**self.values, self.stage.tensor: tensor}
        total = 0.0
        for consumer in self.consumers:
            namespace = namespace_of(self.probe.exercise.script, values)
            for line in self._lines_to(consumer):
                run(line.code, namespace)
            total += float((namespace[consumer] * self.upstream[consumer]).sum())
        return total

    def with_slip(self, slip: Slip) -> torch.Tensor | None:
        """The gradient as it is if lines of the forward pass were as the slip has them; None where that fails.

        Only the derivatives are the slip's: every line still has the value that it has in the true forward pass. Of a
        stage that asks for a value, that is what the slip changes.
        """
        script = self.probe.exercise.script
        if self.stage.kind == "value":
            return self._value_of(script.altered(slip.lines))
        true = {line.target: line.expression or line.target for line in script.lines}
        lines = {name: f"({new}) + (({true[name]}) - ({new})).detach()" for name, new in slip.lines.items()}
        return self._with_lines(lines)

    def _value_of(self, script: Script) -> torch.Tensor | None:
        """What another forward pass makes of the tensor, from the same inputs."""
        made = {line.target for line in script.lines}
        inputs = {name: value for name, value in self.values.items() if name not in made}
        namespace = globals_for(inputs)
        try:
            for _ in run_lines(script, namespace):
                pass
        except AssignmentError:
            return None
        value = namespace[self.stage.tensor]
        return value.detach() if isinstance(value, torch.Tensor) else None

    def _with_lines(self, lines: Mapping[str, str]) -> torch.Tensor | None:
        key = tuple(sorted(lines.items()))
        if key not in self._altered:
            self._altered[key] = self._made_of(lines)
        return self._altered[key]

    @cached_property
    def _altered(self) -> dict[tuple[tuple[str, str], ...], torch.Tensor | None]:
        """The gradients with other lines, each worked out once for all the answers that are compared with it."""
        return {}

    def _made_of(self, lines: Mapping[str, str]) -> torch.Tensor | None:
        try:
            forward = cut_at(self.probe, self.probe.exercise.script.altered(lines))
            return forward.vjp(self.stage.tensor, {name: self.probe.upstream[name].double() for name in self.consumers})
        except (AssignmentError, RuntimeError):
            return None

    @cached_property
    def uses(self) -> list[tuple[str, str]]:
        """Of a stage that spans several lines, each use of a tensor that depends on the stage's: (made, read)."""
        exercise = self.probe.exercise
        lines = exercise.script.lines_using(self.stage.tensor, exercise.cuts)
        inside = {self.stage.tensor, *(line.target for line in lines if line.target not in exercise.cuts)}
        plain = [line for line in lines if line.expression and line.is_last]
        uses = [(line.target, name) for line in plain for name in line.reads if name in inside]
        return uses if len(uses) > len(self.consumers) else []

    def through_use(self, made: str, read: str) -> torch.Tensor | None:
        """What comes back through one use: the gradient grows by that much where this use counts twice."""
        expression = _Doubled(read).visit(ast.parse(self.probe.exercise.script.line_of(made).expression, mode="eval"))
        return self._less_gradient({made: ast.unparse(ast.fix_missing_locations(expression))})

    def _less_gradient(self, lines: Mapping[str, str]) -> torch.Tensor | None:
        gradient = self._with_lines(lines)
        return None if gradient is None else gradient - self.gradient

    def index_of(self, consumer: str) -> torch.Tensor | None:
        """The index, where a consumer is rows of the tensor: `consumer = tensor[index]`."""
        line = self.probe.exercise.script.line_of(consumer)
        match ast.parse(line.source).body[0]:
            case ast.Assign(value=ast.Subscript(value=ast.Name(id=name), slice=ast.Name(id=index))):
                value = self.values.get(index)
                return value if name == self.stage.tensor and isinstance(value, torch.Tensor) else None
        return None

    @cached_property
    def _forward(self) -> CutPass:
        return cut_at(self.probe, self.probe.exercise.script)

    def _spread(self, consumer: str, shape: torch.Size) -> torch.Tensor | None:
        gradient = self._run(consumer, self.tensor.expand(shape).clone().requires_grad_(), {})
        if gradient is None:
            return None
        summed = gradient.sum_to_size(self.tensor.shape)
        return gradient if torch.allclose(summed, self.paths[consumer], rtol=1e-9, atol=1e-12) else None

    def _lines_to(self, consumer: str) -> list[Line]:
        """The lines that lead from the tensor to a consumer."""
        exercise = self.probe.exercise
        lines = exercise.script.lines_using(self.stage.tensor, exercise.cuts)
        last = next(place for place, line in enumerate(lines) if line.target == consumer)
        leading = [line for line in lines[: last + 1] if line.target == consumer or line.target not in exercise.cuts]
        return list({line.place: line for line in leading}.values())

    def _run(
        self,
        consumer: str,
        leaf: torch.Tensor,
        others: Mapping[str, torch.Tensor],
        upstream: torch.Tensor | None = None,
    ) -> torch.Tensor | None:
        """The gradient of a leaf in the place of the tensor, from the lines that lead to a consumer."""
        upstream = self.upstream[consumer] if upstream is None else upstream
        values = {**self.values, **others, self.stage.tensor: leaf}
        namespace = namespace_of(self.probe.exercise.script, values)
        try:
            for line in self._lines_to(consumer):
                run(line.code, namespace)
            (gradient,) = torch.autograd.grad((namespace[consumer] * upstream).sum(), leaf)
        except RuntimeError:
            return None
        return gradient


class _Doubled(ast.NodeTransformer):
    """A name where its value is kept, and its gradient counted twice."""

    def __init__(self, name: str) -> None:
        self._name = name

    def visit_Name(self, node: ast.Name) -> ast.expr:
        if node.id != self._name or not isinstance(node.ctx, ast.Load):
            return node
        return ast.parse(f"({node.id} + ({node.id} - {node.id}.detach()))", mode="eval").body


def cut_at(probe: Probe, script: Script) -> CutPass:
    """The cut forward pass of a script, in double precision, at the values of the probe."""
    exercise = replace(probe.exercise, script=script)
    made = frozenset(line.target for line in script.lines)
    inputs = {name: value for name, value in probe.values.items() if name not in made}
    return cut_pass(exercise, each(inputs, double), at=each(probe.values, double))


def _broadcasts(shape: torch.Size, wider: torch.Size) -> bool:
    padded = (1,) * (len(wider) - len(shape)) + tuple(shape)
    return len(padded) == len(wider) and all(a in (1, b) for a, b in zip(padded, wider, strict=True))
