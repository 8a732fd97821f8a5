"""Whether there are complex numbers in a forward pass: if not, there is no need of any on the way back."""

from typing import Any

import torch
from torch.utils._python_dispatch import TorchDispatchMode

from grader.assignment.assignment import Exercise
from grader.assignment.cut_graph import cut_pass
from grader.assignment.probes import Probe


def is_real(exercise: Exercise, probe: Probe) -> bool:
    """Whether no line of the forward pass makes a complex number, on the way or at its end."""
    with _Complex() as seen:  # type: ignore[no-untyped-call]
        cut_pass(exercise, probe.inputs)
    return not seen.found


class _Complex(TorchDispatchMode):  # type: ignore[no-untyped-call]
    """Notes whether any operation gives complex numbers."""

    found = False

    def see(self, operation: Any, types: Any, arguments: Any = (), keywords: Any = None) -> Any:
        result = operation(*arguments, **(keywords or {}))
        made = result if isinstance(result, (list, tuple)) else [result]
        self.found |= any(isinstance(each, torch.Tensor) and each.is_complex() for each in made)
        return result


# Set from outside: a method defined in the class would import torch._dynamo.
_Complex.__torch_dispatch__ = _Complex.see  # type: ignore[assignment]
