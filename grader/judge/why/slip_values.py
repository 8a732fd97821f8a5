"""What a slip gives in the place of a gradient, float64; None where there is no such thing."""

from collections.abc import Callable

import torch

from grader.assignment.stage import Slip
from grader.assignment.tolerance import largest
from grader.judge.why.local import Local

Combine = Callable[[torch.Tensor, torch.Tensor], torch.Tensor]
SAME = 1e-9
"""What differs by less than this share of the largest element is one and the same."""


def with_use_times(at: Local, made: str, read: str, times: int) -> torch.Tensor | None:
    """The gradient with one use so many times more; None where nothing comes back through it, or everything does: that
    is the whole so many times more."""
    part = at.through_use(made, read)
    if part is None or not largest(part) or largest(at.gradient - part) <= SAME * largest(part):
        return None
    return at.gradient + times * part


def with_path(at: Local, name: str, path: torch.Tensor | None) -> torch.Tensor | None:
    """The gradient with another value for one of its paths."""
    if path is None or len(at.consumers) == 1:
        return path
    return at.gradient - at.paths[name] + path


def transposed(gradient: torch.Tensor) -> torch.Tensor | None:
    return gradient.T.contiguous() if gradient.ndim == 2 and 1 not in gradient.shape else None


def the_same_along(at: Local, axis: int) -> torch.Tensor | None:
    """What the gradient is all along an axis; None where that is not one and the same, or nothing."""
    once = at.gradient.narrow(axis, 0, 1)
    scale = largest(at.gradient)
    same = scale > 0 and largest(at.gradient - once) <= SAME * scale
    return once.squeeze(axis) if same else None


def reduced(at: Local, axis: int, reduce: Callable[..., torch.Tensor]) -> torch.Tensor:
    """The gradient summed or averaged over an axis."""
    return reduce(at.gradient, axis)


def copied_along(shape: torch.Size, wider: torch.Size) -> list[int]:
    """The axes along which a tensor of one shape is copied where it is broadcast to a wider one."""
    padded = (1,) * (len(wider) - len(shape)) + tuple(shape)
    return [axis for axis, size in enumerate(padded) if size != wider[axis]]


def with_slip(at: Local, slip: Slip) -> torch.Tensor | None:
    return at.with_slip(slip)


def with_path_times(at: Local, name: str, times: int) -> torch.Tensor:
    """The gradient with one of its paths so many times more."""
    return at.gradient + times * at.paths[name]


def path(at: Local, name: str) -> torch.Tensor:
    return at.paths[name]


def upstream(at: Local, name: str) -> torch.Tensor:
    return at.upstream[name]


def forward_value(at: Local, name: str) -> torch.Tensor | None:
    value = at.values[name]
    return value if isinstance(value, torch.Tensor) else None


def not_summed(at: Local, name: str) -> torch.Tensor | None:
    return with_path(at, name, at.spread.get(name))


def with_operand(at: Local, name: str, old: str, other: str) -> torch.Tensor | None:
    return with_path(at, name, at.with_operand(name, old, other))


def summed_over_all(at: Local, name: str) -> torch.Tensor | None:
    return with_path(at, name, at.spread[name].sum()) if name in at.spread else None


def summed_over(at: Local, name: str, axis: int) -> torch.Tensor | None:
    """The one path, summed over an axis that is not the one."""
    if name not in at.spread or len(at.consumers) > 1:
        return None
    summed = at.spread[name].sum(axis, keepdim=True)
    return None if summed.shape == at.gradient.shape else summed


def last_kept(at: Local, name: str) -> torch.Tensor | None:
    """What comes of `gradient[index] = upstream` for a consumer `tensor[index]`."""
    index = at.index_of(name)
    if index is None:
        return None
    kept = torch.zeros_like(at.tensor)
    for place, row in zip(index.reshape(-1).tolist(), at.upstream[name].reshape(-1, *at.tensor.shape[1:]), strict=True):
        kept[place] = row
    return with_path(at, name, kept)


def times_tensor(at: Local, name: str, other: str | None = None) -> torch.Tensor | None:
    """The path with the upstream gradient times another tensor, summed to the shape of this one."""
    upstream = at.upstream[name]
    try:
        product = upstream if other is None else upstream * at.given[other]
        path = product if product.shape == at.tensor.shape else product.sum_to_size(at.tensor.shape)
    except RuntimeError:
        return None
    return with_path(at, name, path)


def combined(at: Local, name: str, combine: Combine) -> torch.Tensor | None:
    """The path with derivative and upstream gradient put together in another way, element by element."""
    derivative = at.derivative(name)
    if derivative is None:
        return None
    path = combine(derivative, at.upstream[name])
    return with_path(at, name, path.sum_to_size(at.tensor.shape)) if bool(torch.isfinite(path).all()) else None


def with_power(at: Local, name: str, base: str, sign: int) -> torch.Tensor | None:
    """The path with its local derivative times or divided by a tensor."""
    whole = at.spread.get(name, at.paths[name])
    try:
        path = (whole * at.given[base] ** sign).sum_to_size(at.tensor.shape)
    except RuntimeError:
        return None
    return with_path(at, name, path) if bool(torch.isfinite(path).all()) else None


def with_upstream(at: Local, name: str, other: str | None = None) -> torch.Tensor | None:
    """The path with another upstream gradient, or with none."""
    like = at.upstream[name]
    upstream = torch.ones_like(like) if other is None else at.known[other]
    return with_path(at, name, at.through(name, upstream)) if upstream.shape == like.shape else None


def through_use(at: Local, made: str, read: str) -> torch.Tensor:
    part = at.through_use(made, read)
    return torch.zeros_like(at.gradient) if part is None else part


def without_use(at: Local, made: str, read: str) -> torch.Tensor:
    return at.gradient - through_use(at, made, read)
