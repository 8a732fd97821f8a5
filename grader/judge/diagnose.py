"""Why a gradient is wrong: it is compared with what it would be under each slip that is known.

A slip is named only if it explains the answer on every probe. The slips follow from the graph, for any assignment;
those that an assignment knows of itself come first, since they say more.
"""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass

import torch

from grader.answer import Answer
from grader.assignment.assignment import Slip
from grader.assignment.reference import FLOOR, largest
from grader.judge.compare import align
from grader.judge.local import Local
from grader.result import Diagnosis

PROBES = 3
"""A slip has to explain at least so many."""
ELEMENTS = "the number of elements"
ROUNDING = 2e-5
"""An answer is what a slip gives if it is as near to it as this share of the largest element, and as rounding is."""
CLEAR = 10
"""A factor is read off only where what it multiplies is so many times the tolerance."""
NEARER = 0.2
"""Where an answer is off, a slip has to come nearer to it than this share of how far it is off."""


@dataclass(frozen=True)
class Guess:
    """A slip, and what comes of it on each probe."""

    code: str
    message: str
    values: Callable[[Local], torch.Tensor | None]


@dataclass(frozen=True)
class Scaled:
    """Part of the answer is a factor times what it should be; the factor is to be found out."""

    of: str
    fixed: Callable[[Local], torch.Tensor]
    scaled: Callable[[Local], torch.Tensor | None]


def diagnose(locals_: Sequence[Local], answers: Sequence[Answer], slips: Sequence[Slip]) -> Diagnosis | None:
    """The simplest slip that explains all the answers, if there is one.

    Args:
        locals_: the stage, on each probe.
        answers: of the stage, on each probe.
        slips: what the assignment knows of.
    """
    both = zip(locals_, answers, strict=True)
    pairs = [(local, answer.tensor) for local, answer in both if answer.tensor is not None]
    if len(pairs) < min(PROBES, len(locals_)) or any(not bool(torch.isfinite(given).all()) for _, given in pairs):
        return None
    for guess in _guesses(pairs[0][0], slips):
        if all(_explains(guess.values(local), given, local) for local, given in pairs):
            return Diagnosis(guess.code, guess.message)
    for scaled in _scalings(pairs[0][0]):
        if found := _factor(scaled, pairs):
            return found
    return None


def _explains(value: torch.Tensor | None, given: torch.Tensor, local: Local) -> bool:
    """Whether an answer is this value, within what rounding does here."""
    if value is None:
        return False
    aligned = align(given, value.shape)
    expected = local.probe.expected[local.stage.name]
    room = ROUNDING * largest(value) + (expected.tolerance - FLOOR) * expected.scale
    if aligned is None or not value.numel():
        return False
    distance = largest(aligned.double() - value)
    whole = align(given, expected.gradient.shape)
    if whole is not None and expected.error(whole) > expected.tolerance:
        room = min(room, NEARER * largest(whole.double() - expected.gradient))
    return distance <= room


def _guesses(local: Local, slips: Sequence[Slip]) -> Iterator[Guess]:
    """Every slip there is for a stage, the simplest first."""
    yield Guess("zeros", "It is all zeros.", lambda at: torch.zeros_like(at.gradient))
    yield Guess("sign", "The sign is wrong; everything else is right.", lambda at: -at.gradient)
    yield from _known(local, slips)
    yield from _of_paths(local)
    yield from _unchanged(local)
    yield from _of_axes(local)
    yield from _of_lookups(local)
    yield from _of_factors(local)


def _known(local: Local, slips: Sequence[Slip]) -> Iterator[Guess]:
    """Those of the assignment that are in the lines of this stage."""
    exercise = local.probe.exercise
    lines = {line.target for line in exercise.script.lines_using(local.stage.tensor, exercise.cuts)}
    for slip in (slip for slip in slips if lines.intersection(slip.lines)):
        yield Guess(slip.code, slip.message, lambda at, slip=slip: at.with_slip(slip))  # type: ignore[misc]


def _of_paths(local: Local) -> Iterator[Guess]:
    """A use of the tensor that is left out, counted twice, or has the wrong sign."""
    tensor = local.stage.tensor
    if len(local.consumers) < 2:
        return
    for name in local.consumers:
        gone = f"The path through `{name}` is missing: `{tensor}` is used there as well, and each use adds a term."
        yield Guess("missing-path", gone, lambda at, name=name: at.gradient - at.paths[name])  # type: ignore[misc]
        twice = f"The path through `{name}` is counted twice."
        yield Guess("path-twice", twice, lambda at, name=name: at.gradient + at.paths[name])  # type: ignore[misc]
        sign = f"The sign of the path through `{name}` is wrong; the rest is right."
        yield Guess("path-sign", sign, lambda at, name=name: at.gradient - 2 * at.paths[name])  # type: ignore[misc]


def _unchanged(local: Local) -> Iterator[Guess]:
    """Something that was given comes back as it is."""
    name_of = local.probe.assignment.gradient_name
    for name in local.consumers:
        text = f"It is `{name_of(name)}` as it came: the derivative of the line that makes `{name}` is missing."
        yield Guess("upstream-unchanged", text, lambda at, name=name: at.upstream[name])  # type: ignore[misc]
    for name in (name for name in local.given if name in local.values):
        text = f"It is `{name}`, a value of the forward pass, and no gradient."
        yield Guess("forward-value", text, lambda at, name=name: at.values[name])  # type: ignore[misc]


def _of_axes(local: Local) -> Iterator[Guess]:
    """Not summed, summed over another axis, averaged; or transposed."""
    tensor = local.stage.tensor
    yield Guess("transposed", "It is transposed: rows and columns are swapped.", lambda at: _flipped(at.gradient))
    text = (
        "It is one number: the gradient has the shape of its tensor, and nothing is summed or averaged over all of it."
    )
    yield Guess("one-number", text, lambda at: at.gradient.mean() if at.gradient.numel() > 1 else None)
    yield Guess("one-number", text, lambda at: at.gradient.sum() if at.gradient.numel() > 1 else None)
    yield Guess("absolute", "It is the absolute value of what it should be.", lambda at: at.gradient.abs())
    for name in local.spread:
        text = f"It is not summed: `{tensor}` was broadcast to the shape of `{name}`, so its gradient is summed back."
        yield Guess("not-summed", text, lambda at, name=name: _rest(at, name, at.spread.get(name)))  # type: ignore[misc]
        text = f"It is summed over everything: only the axes along which `{tensor}` was broadcast are summed."
        yield Guess("summed-over-all", text, lambda at, name=name: _rest(at, name, _total(at, name)))  # type: ignore[misc]
        for axis in range(local.spread[name].ndim):
            text = f"It is summed over the wrong axis: look along which one `{tensor}` was broadcast."
            yield Guess("wrong-axis", text, lambda at, name=name, axis=axis: _over(at, name, axis))  # type: ignore[misc]


def _of_lookups(local: Local) -> Iterator[Guess]:
    """A look-up whose repeated rows keep one gradient only."""
    for name in local.consumers:
        text = "Rows that are looked up more than once keep only one of their gradients: they have to be added up."
        yield Guess("no-accumulation", text, lambda at, name=name: _last_kept(at, name))  # type: ignore[misc]


def _of_factors(local: Local) -> Iterator[Guess]:
    """Another factor than the derivative of the line, in one of the paths."""
    name_of = local.probe.assignment.gradient_name
    for name in local.consumers:
        text = f"`{name_of(name)}` is missing: the derivative of a line is multiplied by the gradient of what it makes."
        yield Guess("upstream-missing", text, lambda at, name=name: _with(at, name, None))  # type: ignore[misc]
        for other in local.given:
            if other != name_of(name):
                text = f"`{other}` is used where `{name_of(name)}` belongs."
                yield Guess("wrong-upstream", text, lambda at, name=name, other=other: _with(at, name, other))  # type: ignore[misc]
        for old in local.operands(name):
            for other in local.given:
                if other != old:
                    text = f"`{other}` is used where `{old}` belongs."
                    yield Guess(
                        "wrong-operand",
                        text,
                        lambda at, name=name, old=old, other=other: _rest(at, name, at.with_operand(name, old, other)),  # type: ignore[misc]
                    )
        if local.upstream[name].shape == local.values[name].shape:
            text = f"The derivative of the line that makes `{name}` is missing; `{name_of(name)}` alone is summed."
            yield Guess("no-derivative", text, lambda at, name=name: _by(at, name, None))  # type: ignore[misc]
            for other in local.given:
                text = f"`{name_of(name)}` is multiplied by `{other}`, which is not the derivative of that line."
                yield Guess("wrong-factor", text, lambda at, name=name, other=other: _by(at, name, other))  # type: ignore[misc]
            for sign, word in ((1, "high"), (-1, "low")):
                for base in (local.stage.tensor, name):
                    text = f"The exponent is one too {word}: look at the power of `{base}` again."
                    yield Guess(
                        "exponent",
                        text,
                        lambda at, name=name, base=base, sign=sign: _powered(at, name, base, sign),  # type: ignore[misc]
                    )


def _rest(at: Local, name: str, path: torch.Tensor | None) -> torch.Tensor | None:
    """The gradient with another value for one of its paths."""
    if path is None or len(at.consumers) == 1:
        return path
    return at.gradient - at.paths[name] + path


def _flipped(gradient: torch.Tensor) -> torch.Tensor | None:
    return gradient.T.contiguous() if gradient.ndim == 2 and 1 not in gradient.shape else None


def _total(at: Local, name: str) -> torch.Tensor | None:
    return at.spread[name].sum() if name in at.spread else None


def _over(at: Local, name: str, axis: int) -> torch.Tensor | None:
    """The one path, summed over an axis that is not the one."""
    if name not in at.spread or len(at.consumers) > 1:
        return None
    summed = at.spread[name].sum(axis, keepdim=True)
    return None if summed.shape == at.gradient.shape else summed


def _last_kept(at: Local, name: str) -> torch.Tensor | None:
    """What comes of `gradient[index] = upstream` for a consumer `tensor[index]`."""
    index = at.index_of(name)
    if index is None:
        return None
    kept = torch.zeros_like(at.tensor)
    for place, row in zip(index.reshape(-1).tolist(), at.upstream[name].reshape(-1, *at.tensor.shape[1:]), strict=True):
        kept[place] = row
    return _rest(at, name, kept)


def _by(at: Local, name: str, other: str | None) -> torch.Tensor | None:
    """The path with the upstream gradient times another tensor, summed to the shape of this one."""
    upstream = at.upstream[name]
    try:
        product = upstream if other is None else upstream * at.given[other]
        path = product if product.shape == at.tensor.shape else product.sum_to_size(at.tensor.shape)
    except RuntimeError:
        return None
    return _rest(at, name, path)


def _powered(at: Local, name: str, base: str, sign: int) -> torch.Tensor | None:
    """The path with its local derivative times or divided by a tensor."""
    whole = at.spread.get(name, at.paths[name])
    try:
        path = (whole * at.values[base] ** sign).sum_to_size(at.tensor.shape)
    except RuntimeError:
        return None
    return _rest(at, name, path) if bool(torch.isfinite(path).all()) else None


def _with(at: Local, name: str, other: str | None) -> torch.Tensor | None:
    """The path with another upstream gradient, or with none."""
    like = at.upstream[name]
    upstream = torch.ones_like(like) if other is None else at.given[other]
    return _rest(at, name, at.through(name, upstream)) if upstream.shape == like.shape else None


def _scalings(local: Local) -> Iterator[Scaled]:
    yield Scaled("", lambda at: torch.zeros_like(at.gradient), lambda at: at.gradient)
    if len(local.consumers) > 1:
        for name in local.consumers:
            yield Scaled(
                f" The path through `{name}` alone is so; the rest is right.",
                lambda at, name=name: at.gradient - at.paths[name],  # type: ignore[misc]
                lambda at, name=name: at.paths[name],  # type: ignore[misc]
            )


def _factor(scaled: Scaled, pairs: Sequence[tuple[Local, torch.Tensor]]) -> Diagnosis | None:
    """The factor, where there is one on every probe, and it has a name or is the same on all."""
    factors: list[float] = []
    sizes: list[Mapping[str, int]] = []
    for local, given in pairs:
        fixed, part = scaled.fixed(local), scaled.scaled(local)
        aligned = align(given, local.gradient.shape)
        if part is None or aligned is None:
            return None
        expected = local.probe.expected[local.stage.name]
        if largest(part) <= CLEAR * expected.tolerance * expected.scale:
            if not _explains(fixed, given, local):
                return None
            continue
        factor = float(((aligned.double() - fixed) * part).sum() / (part * part).sum())
        if not _explains(fixed + factor * part, given, local):
            return None
        factors.append(factor)
        sizes.append({**local.probe.sizes, ELEMENTS: given.numel()})
    return _named_factor(factors, sizes, scaled.of) if len(factors) > 1 else None


def _named_factor(factors: Sequence[float], sizes: Sequence[Mapping[str, int]], of: str) -> Diagnosis | None:
    def all_near(wanted: Sequence[float]) -> bool:
        return all(abs(factor - value) <= 1e-3 * abs(value) for factor, value in zip(factors, wanted, strict=True))

    if all_near([-1.0] * len(factors)):
        return Diagnosis("sign", f"The sign is wrong; everything else is right.{of}")
    for name in sorted(sizes[0], key=lambda name: name == ELEMENTS):
        for text, value in FACTORS.items():
            for sign in (1, -1):
                if all_near([sign * value(each[name]) for each in sizes]):
                    times = text.replace("n", name)
                    negative = " and the sign is wrong" if sign < 0 else ""
                    return Diagnosis("factor-of-size", f"It is {times} times what it should be{negative}.{of}")
    course = sizes[0]
    for name in course:
        for value in FACTORS.values():
            if all_near([value(each[name]) / (value(course[name]) or 1.0) for each in sizes]) and course[name] > 1:
                text = f"{course[name]} is typed in, or a number made of it, where `{name}` belongs.{of}"
                return Diagnosis("typed-in-size", text)
    if all_near([factors[0]] * len(factors)) and factors[0]:
        return Diagnosis("factor", f"It is {factors[0]:.4g} times what it should be.{of}")
    return None


FACTORS: dict[str, Callable[[int], float]] = {
    "n": lambda n: float(n),
    "1 / n": lambda n: 1 / n,
    "(n - 1)": lambda n: float(n - 1),
    "1 / (n - 1)": lambda n: 1 / (n - 1) if n > 1 else 0.0,
    "n / (n - 1)": lambda n: n / (n - 1) if n > 1 else 0.0,
    "(n - 1) / n": lambda n: (n - 1) / n,
}
