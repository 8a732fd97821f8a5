"""In the student's process: the strides of an array stay within it.

NumPy's `as_strided` looks at no bounds, and reads and writes whatever lies beside an array; torch's does.
"""

from collections.abc import Iterable, Sequence
from functools import wraps
from typing import Any

import numpy as np
from numpy.lib import stride_tricks


def watch_strides() -> None:
    """Let `as_strided` give nothing that is not in the array."""
    make: Any = stride_tricks.as_strided

    @wraps(make)
    def as_strided(x: Any, shape: Any = None, strides: Any = None, *rest: Any, **more: Any) -> Any:
        array = np.asanyarray(x)
        if array.dtype.hasobject:
            raise ValueError("as_strided: of objects, this takes the middle of one for another")
        sizes = array.shape if shape is None else tuple(np.atleast_1d(shape))  # an object may say another next time
        steps = array.strides if strides is None else tuple(np.atleast_1d(strides))
        first, last = _span(array, sizes, steps)
        owner = array
        while isinstance(owner.base, np.ndarray):
            owner = owner.base
        low, high = _span(owner, owner.shape, owner.strides)
        if first < low or last > high:
            raise ValueError("as_strided: these strides lead out of the array")
        return make(array, sizes, steps, *rest, **more)

    stride_tricks.as_strided = as_strided


def _span(array: Any, shape: Sequence[int], strides: Iterable[int]) -> tuple[int, int]:
    """Where in memory the first and the last element of an array would lie that begins where another one does."""
    start = array.__array_interface__["data"][0]
    steps = [stride * (size - 1) for size, stride in zip(shape, strides, strict=True)] if all(shape) else []
    return start + sum(step for step in steps if step < 0), start + sum(step for step in steps if step > 0)
