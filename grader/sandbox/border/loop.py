"""The training loop: draw a batch, run forward, ask for the gradients, update. It is the same in the student's process
and in ours, so that two runs differ by the gradients alone.
"""

import math
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from typing import Any

import torch
import torch.nn.functional as F

Gradients = Callable[[dict[str, Any], int], Sequence[torch.Tensor]]
"""From the values of one forward pass, by name, and the number of the step, to a gradient for each parameter."""
Update = Callable[[list[torch.Tensor], Sequence[torch.Tensor], float], Sequence[torch.Tensor]]
"""From parameters, their gradients and the learning rate to the parameters of the next step."""


@dataclass(frozen=True)
class Plan:
    """One training run. `batch` is what the forward script calls the inputs and outputs of a batch."""

    forward: str
    parameters: tuple[str, ...]
    batch: tuple[str, str]
    batch_size: int
    steps: int
    learning_rates: tuple[float, ...]
    """Each for an equal part of the run."""
    seed: int
    numbers: dict[str, int]
    """The sizes, by name."""

    def learning_rate(self, step: int) -> float:
        return self.learning_rates[step * len(self.learning_rates) // self.steps]


class Loop:
    """A run, one step at a time."""

    def __init__(
        self,
        plan: Plan,
        rows: tuple[torch.Tensor, torch.Tensor],
        parameters: Sequence[torch.Tensor],
        gradients: Gradients,
        update: Update,
    ) -> None:
        """
        Args:
            plan: what is run.
            rows: inputs of shape (rows, context) and outputs of shape (rows,), from which batches are drawn.
            parameters: to begin with, in the order of the plan; they are not changed unless `update` does.
            gradients: called once a step.
            update: called once a step.
        """
        self.parameters = list(parameters)
        self.losses: list[float] = []
        self._plan = plan
        self._rows = rows
        self._gradients = gradients
        self._update = update
        self._generator = torch.Generator().manual_seed(plan.seed)
        self._code = compile(plan.forward, "forward pass", "exec")
        self._values: dict[str, Any] = {"torch": torch, "F": F, **plan.numbers}

    @property
    def done(self) -> bool:
        return len(self.losses) == self._plan.steps

    def step(self) -> Sequence[torch.Tensor]:
        """One batch; the gradients it gave."""
        plan, values, number = self._plan, self._values, len(self.losses)
        inputs, outputs = self._rows
        drawn = torch.randint(0, inputs.shape[0], (plan.batch_size,), generator=self._generator)
        values.update(zip(plan.parameters, self.parameters, strict=True))
        values[plan.batch[0]], values[plan.batch[1]] = inputs[drawn], outputs[drawn]
        exec(self._code, values)
        loss = values["loss"].item()
        gradients = self._gradients(values, number)
        self.parameters = list(self._update(self.parameters, gradients, plan.learning_rate(number)))
        self.losses.append(loss)
        return gradients


def with_autograd(plan: Plan, rows: tuple[torch.Tensor, torch.Tensor], parameters: Sequence[torch.Tensor]) -> Loop:
    """The run as `loss.backward()` and plain gradient descent make it, in the precision of the parameters."""

    def gradients(values: dict[str, Any], step: int) -> list[torch.Tensor]:
        values["loss"].backward()
        return [values[name].grad for name in plan.parameters]

    leaves = [parameter.detach().clone().requires_grad_() for parameter in parameters]
    return Loop(plan, rows, leaves, gradients, _descend)


def _descend(
    parameters: list[torch.Tensor], gradients: Sequence[torch.Tensor], learning_rate: float
) -> list[torch.Tensor]:
    with torch.no_grad():
        for parameter, gradient in zip(parameters, gradients, strict=True):
            parameter -= learning_rate * gradient
            parameter.grad = None  # the next step gets tensors of its own
    return parameters


def flattened(tensors: Iterable[torch.Tensor]) -> torch.Tensor:
    """All elements of some tensors in one row, in their order."""
    return torch.cat([tensor.reshape(-1) for tensor in tensors])


def unflattened(flat: torch.Tensor, like: Sequence[torch.Tensor]) -> list[torch.Tensor]:
    """The tensors again whose elements stand in one row, each of the shape of the one it is like."""
    parts = torch.split(flat, [tensor.numel() for tensor in like])
    return [part.view_as(tensor) for part, tensor in zip(parts, like, strict=True)]


def thinned(losses: Sequence[float], steps: int, most: int) -> list[float | None]:
    """The losses of a run of so many steps as at most so many means; None for one that is not finite."""
    width = max(1, -(-steps // most))
    parts = [losses[start : start + width] for start in range(0, len(losses), width)]
    means = (sum(part) / len(part) for part in parts)
    return [mean if math.isfinite(mean) else None for mean in means]
