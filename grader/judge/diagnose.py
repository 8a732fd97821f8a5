"""Why a gradient is wrong: it is compared with what it would be under each slip that is known.

A slip is named only if it explains the answer on every probe. The slips follow from the graph, for any assignment;
those that an assignment knows of itself come first, since they say more.
"""

import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import partial

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
SUMMED = "the number of elements that are added up"
ROUNDING = 2e-5
"""An answer is what a slip gives if it is as near to it as this share of the largest element, and as rounding is."""
CLEAR = 10
"""A factor is read off only where what it multiplies is so many times the tolerance."""
NEARER = 0.2
"""Where an answer is off, a slip has to come nearer to it than this share of how far it is off."""


SPREAD = 0.05
"""An exponent is read off only where the logarithms of its base differ by so much."""

SAME_FACTOR = 1e-4
"""Two factors are the same if they differ by no more than this share."""

Combine = Callable[[torch.Tensor, torch.Tensor], torch.Tensor]
WAYS: dict[str, tuple[str, Combine]] = {
    "upstream-added": ("added to", lambda derivative, upstream: derivative + upstream),
    "upstream-subtracted": ("subtracted from", lambda derivative, upstream: derivative - upstream),
    "derivative-subtracted": ("what is left without", lambda derivative, upstream: upstream - derivative),
    "upstream-divides": ("a divisor of", lambda derivative, upstream: derivative / upstream),
    "derivative-divides": ("divided by", lambda derivative, upstream: upstream / derivative),
    "upstream-as-exponent": ("an exponent of", lambda derivative, upstream: derivative**upstream),
}
"""How derivative and upstream gradient are put together by mistake."""


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
    scaled: Callable[[Local], torch.Tensor]


def diagnose(locals_: Sequence[Local], answers: Sequence[Answer], slips: Sequence[Slip]) -> Diagnosis | None:
    """The simplest slip that explains all the answers, if there is one.

    Args:
        locals_: the stage, on each probe.
        answers: of the stage, on each probe.
        slips: what the assignment knows of.
    """
    if misshapen := _typed_in(locals_, answers) or _broadcast(locals_, answers):
        return misshapen
    both = zip(locals_, answers, strict=True)
    pairs = [(local, answer.tensor) for local, answer in both if answer.tensor is not None]
    if len(pairs) < min(PROBES, len(locals_)) or any(not bool(torch.isfinite(given).all()) for _, given in pairs):
        return None
    explaining = (each for guess in _guesses(pairs[0][0], slips) if (each := _explained(guess, pairs)))
    if first := next(explaining, None):
        other = next((each.message for each in explaining if each.code != first.code), "")
        return replace(first, other=other)
    for scaled in _scalings(pairs[0][0]):
        if found := _factor(scaled, pairs):
            return found
    return _power(pairs) or _rounded(pairs)


def _typed_in(locals_: Sequence[Local], answers: Sequence[Answer]) -> Diagnosis | None:
    """A size of the course that comes back in the shape, or in the exception, on every probe that has another."""
    course, *others = zip(locals_, answers, strict=True)
    if course[1].tensor is None or course[1].tensor.shape != course[0].gradient.shape:
        return None
    for name, size in course[0].probe.sizes.items():
        tried = [(local, answer) for local, answer in others if size not in local.probe.sizes.values()]
        if tried and all(_stays(size, local, answer) for local, answer in tried):
            return Diagnosis("typed-in-size", f"{size} is typed in where `{name}` belongs.")
    return None


def _broadcast(locals_: Sequence[Local], answers: Sequence[Answer]) -> Diagnosis | None:
    """A row and a column of the same numbers that became a square on every probe: an axis is lost, or swapped."""
    squares = []
    for local, answer in zip(locals_, answers, strict=True):
        longest = max(local.gradient.shape, default=1)
        if answer.tensor is None or local.gradient.numel() != longest or answer.tensor.shape != (longest, longest):
            return None
        squares.append(longest)
    if max(squares) < 2:
        return None
    shapes = f"a column ({squares[0]}, 1) was combined with a row"
    return Diagnosis("broadcast", f"An axis is swapped, or was lost by a sum without keepdims: {shapes}.")


def _stays(size: int, local: Local, answer: Answer) -> bool:
    if answer.fault:
        return answer.fault.type.endswith("Error") and re.search(rf"\b{size}\b", answer.fault.message) is not None
    shape = [] if answer.tensor is None else list(answer.tensor.shape)
    return size in shape and shape != list(local.gradient.shape)


def _explained(guess: Guess, pairs: Sequence[tuple[Local, torch.Tensor]]) -> Diagnosis | None:
    furthest = 0.0
    for local, given in pairs:
        value = guess.values(local)
        if value is None or not _explains(value, given, local):
            return None
        aligned = align(given, value.shape)
        assert aligned is not None
        furthest = max(furthest, largest(aligned.double() - value) / (largest(value) or 1.0))
    return Diagnosis(guess.code, guess.message, distance=furthest)


def _explains(value: torch.Tensor, given: torch.Tensor, local: Local) -> bool:
    """Whether an answer is this value, within what rounding does here."""
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
    yield from _of_uses(local)


def _known(local: Local, slips: Sequence[Slip]) -> Iterator[Guess]:
    """Those of the assignment that are in the lines of this stage."""
    exercise = local.probe.exercise
    lines = {line.target for line in exercise.script.lines_using(local.stage.tensor, exercise.cuts)}
    for slip in (slip for slip in slips if lines.intersection(slip.lines)):
        yield Guess(slip.code, slip.message, partial(_slipped, slip=slip))


def _of_paths(local: Local) -> Iterator[Guess]:
    """A use of the tensor that is left out, counted twice, or has the wrong sign."""
    tensor = local.stage.tensor
    if len(local.consumers) < 2:
        return
    for name in local.consumers:
        gone = f"The path through `{name}` is missing: `{tensor}` is used there as well, and each use adds a term."
        yield Guess("missing-path", gone, partial(_more, name=name, times=-1))
        twice = f"The path through `{name}` is counted twice."
        yield Guess("path-twice", twice, partial(_more, name=name, times=1))
        sign = f"The sign of the path through `{name}` is wrong; the rest is right."
        yield Guess("path-sign", sign, partial(_more, name=name, times=-2))


def _unchanged(local: Local) -> Iterator[Guess]:
    """Something that was given comes back as it is."""
    name_of = local.probe.assignment.gradient_name
    for name in local.consumers:
        text = f"It is `{name_of(name)}` as it came: the derivative of the line that makes `{name}` is missing."
        yield Guess("upstream-unchanged", text, partial(_upstream, name=name))
    for name in (name for name in local.given if name in local.values):
        text = f"It is `{name}`, a value of the forward pass, and no gradient."
        yield Guess("forward-value", text, partial(_value, name=name))


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
        yield Guess("not-summed", text, partial(_spread, name=name))
        text = f"It is summed over everything: only the axes along which `{tensor}` was broadcast are summed."
        yield Guess("summed-over-all", text, partial(_total, name=name))
        for axis in range(local.spread[name].ndim):
            text = f"It is summed over the wrong axis: look along which one `{tensor}` was broadcast."
            yield Guess("wrong-axis", text, partial(_over, name=name, axis=axis))


def _of_lookups(local: Local) -> Iterator[Guess]:
    """A look-up whose repeated rows keep one gradient only."""
    for name in local.consumers:
        text = "Rows that are looked up more than once keep only one of their gradients: they have to be added up."
        yield Guess("no-accumulation", text, partial(_last_kept, name=name))


def _of_factors(local: Local) -> Iterator[Guess]:
    """Another factor than the derivative of the line, in one of the paths."""
    name_of = local.probe.assignment.gradient_name
    for name in local.consumers:
        text = f"`{name_of(name)}` is missing: the derivative of a line is multiplied by the gradient of what it makes."
        yield Guess("upstream-missing", text, partial(_with, name=name))
        for other in local.given:
            if other != name_of(name):
                text = f"`{other}` is used where `{name_of(name)}` belongs."
                yield Guess("wrong-upstream", text, partial(_with, name=name, other=other))
        for old in local.operands(name):
            for other in local.given:
                if other != old:
                    text = f"`{other}` is used where `{old}` belongs."
                    yield Guess(
                        "wrong-operand",
                        text,
                        partial(_swapped, name=name, old=old, other=other),
                    )
        if local.upstream[name].shape == local.values[name].shape:
            text = f"The derivative of the line that makes `{name}` is missing; `{name_of(name)}` alone is summed."
            yield Guess("no-derivative", text, partial(_by, name=name))
            for code, (done, combine) in WAYS.items():
                text = f"`{name_of(name)}` is {done} the derivative of the line for `{name}`: the two are multiplied."
                yield Guess(code, text, partial(_combined, name=name, combine=combine))
            for other in local.given:
                text = f"`{name_of(name)}` is multiplied by `{other}`, which is not the derivative of that line."
                yield Guess("wrong-factor", text, partial(_by, name=name, other=other))
            for sign, word in ((1, "high"), (-1, "low")):
                for base in (local.stage.tensor, name):
                    text = f"The exponent is one too {word}: look at the power of `{base}` again."
                    yield Guess(
                        "exponent",
                        text,
                        partial(_powered, name=name, base=base, sign=sign),
                    )


def _of_uses(local: Local) -> Iterator[Guess]:
    """A use inside the lines that a stage spans, which is left out, counted twice, or has the wrong sign."""
    for made, read in local.uses:
        place = f"the path on which `{made}` is made of `{read}`"
        use = partial(_used, made=made, read=read)
        yield Guess("missing-path", f"A path is missing: {place}.", partial(use, times=-1))
        yield Guess("path-sign", f"One path has the wrong sign: {place}. The rest is right.", partial(use, times=-2))
        yield Guess("path-twice", f"One path is counted twice: {place}.", partial(use, times=1))


def _used(at: Local, made: str, read: str, times: int) -> torch.Tensor | None:
    """The gradient with one use so many times more; None where nothing comes back through it."""
    part = at.through_use(made, read)
    return None if part is None or not largest(part) else at.gradient + times * part


def _rest(at: Local, name: str, path: torch.Tensor | None) -> torch.Tensor | None:
    """The gradient with another value for one of its paths."""
    if path is None or len(at.consumers) == 1:
        return path
    return at.gradient - at.paths[name] + path


def _flipped(gradient: torch.Tensor) -> torch.Tensor | None:
    return gradient.T.contiguous() if gradient.ndim == 2 and 1 not in gradient.shape else None


def _slipped(at: Local, slip: Slip) -> torch.Tensor | None:
    return at.with_slip(slip)


def _more(at: Local, name: str, times: int) -> torch.Tensor:
    """The gradient with one of its paths so many times more."""
    return at.gradient + times * at.paths[name]


def _path(at: Local, name: str) -> torch.Tensor:
    return at.paths[name]


def _upstream(at: Local, name: str) -> torch.Tensor:
    return at.upstream[name]


def _value(at: Local, name: str) -> torch.Tensor | None:
    value = at.values[name]
    return value if isinstance(value, torch.Tensor) else None


def _spread(at: Local, name: str) -> torch.Tensor | None:
    return _rest(at, name, at.spread.get(name))


def _swapped(at: Local, name: str, old: str, other: str) -> torch.Tensor | None:
    return _rest(at, name, at.with_operand(name, old, other))


def _total(at: Local, name: str) -> torch.Tensor | None:
    return _rest(at, name, at.spread[name].sum()) if name in at.spread else None


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


def _by(at: Local, name: str, other: str | None = None) -> torch.Tensor | None:
    """The path with the upstream gradient times another tensor, summed to the shape of this one."""
    upstream = at.upstream[name]
    try:
        product = upstream if other is None else upstream * at.given[other]
        path = product if product.shape == at.tensor.shape else product.sum_to_size(at.tensor.shape)
    except RuntimeError:
        return None
    return _rest(at, name, path)


def _combined(at: Local, name: str, combine: Combine) -> torch.Tensor | None:
    """The path with derivative and upstream gradient put together in another way, element by element."""
    derivative = at.derivative(name)
    if derivative is None:
        return None
    path = combine(derivative, at.upstream[name])
    return _rest(at, name, path.sum_to_size(at.tensor.shape)) if bool(torch.isfinite(path).all()) else None


def _power(pairs: Sequence[tuple[Local, torch.Tensor]]) -> Diagnosis | None:
    """A power of a tensor too much, the same on every probe; maybe with a number before it."""
    for base in (name for name, value in pairs[0][0].given.items() if value.shape == pairs[0][0].tensor.shape):
        points = [_logarithms(local, given, base) for local, given in pairs]
        if any(point is None for point in points):
            continue
        x, y = (torch.cat([point[axis] for point in points if point is not None]) for axis in (0, 1))
        centred = x - x.mean()
        if float(centred.std()) < SPREAD:
            continue
        power = float((centred * y).sum() / (centred * centred).sum())
        left = largest(y - y.mean() - power * centred)
        if left < 1e-3 and abs(power * 4 - round(power * 4)) < 4e-3 and round(power * 4):
            text = f"Look at the power of `{base}` again: its exponent is off by {abs(round(power * 4) / 4):g}."
            return Diagnosis("exponent", text)
    return None


def _logarithms(local: Local, given: torch.Tensor, base: str) -> tuple[torch.Tensor, torch.Tensor] | None:
    """Of a tensor, and of how many times too large the answer is; None where one is not positive."""
    aligned, expected = align(given, local.gradient.shape), local.probe.expected[local.stage.name]
    if aligned is None:
        return None
    clear = local.gradient.abs() > CLEAR * 100 * expected.tolerance * expected.scale
    ratio, value = aligned.double()[clear] / local.gradient[clear], local.given[base][clear]
    if ratio.numel() < 2 or bool((value <= 0).any()) or not (bool((ratio > 0).all()) or bool((ratio < 0).all())):
        return None
    return value.log(), ratio.abs().log()


def _rounded(pairs: Sequence[tuple[Local, torch.Tensor]]) -> Diagnosis | None:
    """Every number of the answer has the digits of a narrow dtype, and is right to as many."""
    for dtype in (torch.float16, torch.bfloat16):
        precision = 4 * torch.finfo(dtype).eps
        for local, given in pairs:
            aligned = align(given, local.gradient.shape)
            expected = local.probe.expected[local.stage.name]
            if (
                aligned is None
                or expected.cancelling
                or not bool((aligned.to(dtype).to(aligned.dtype) == aligned).all())
            ):
                break
            if expected.error(aligned) > precision:
                break
        else:
            return Diagnosis("dtype", f"It is computed in {str(dtype).removeprefix('torch.')}: stay in float32.")
    return None


def _powered(at: Local, name: str, base: str, sign: int) -> torch.Tensor | None:
    """The path with its local derivative times or divided by a tensor."""
    whole = at.spread.get(name, at.paths[name])
    try:
        path = (whole * at.values[base] ** sign).sum_to_size(at.tensor.shape)
    except RuntimeError:
        return None
    return _rest(at, name, path) if bool(torch.isfinite(path).all()) else None


def _with(at: Local, name: str, other: str | None = None) -> torch.Tensor | None:
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
                partial(_more, name=name, times=-1),
                partial(_path, name=name),
            )
    for made, read in local.uses:
        yield Scaled(
            f" That is so on the path on which `{made}` is made of `{read}`; the rest is right.",
            partial(_without_use, made=made, read=read),
            partial(_use, made=made, read=read),
        )


def _use(at: Local, made: str, read: str) -> torch.Tensor:
    part = at.through_use(made, read)
    return torch.zeros_like(at.gradient) if part is None else part


def _without_use(at: Local, made: str, read: str) -> torch.Tensor:
    return at.gradient - _use(at, made, read)


def _factor(scaled: Scaled, pairs: Sequence[tuple[Local, torch.Tensor]]) -> Diagnosis | None:
    """The factor, where there is one on every probe, and it has a name or is the same on all."""
    factors: list[float] = []
    sizes: list[Mapping[str, int]] = []
    for local, given in pairs:
        fixed, part = scaled.fixed(local), scaled.scaled(local)
        aligned = align(given, local.gradient.shape)
        if aligned is None:
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
        summed = max(local.upstream[name].numel() for name in local.consumers) // max(1, given.numel())
        sizes.append({**local.probe.sizes, ELEMENTS: given.numel(), SUMMED: max(1, summed)})
    return _named_factor(factors, sizes, scaled.of) if len(factors) > 1 else None


def _named_factor(factors: Sequence[float], sizes: Sequence[Mapping[str, int]], of: str) -> Diagnosis | None:
    def all_near(wanted: Sequence[float]) -> bool:
        return all(
            abs(factor - value) <= SAME_FACTOR * abs(value) for factor, value in zip(factors, wanted, strict=True)
        )

    varying = [name for name in sizes[0] if len({each[name] for each in sizes}) > 1]
    for name in sorted(varying, key=lambda name: name in (ELEMENTS, SUMMED)):
        for text, value in FACTORS.items():
            for sign in (1, -1):
                if all_near([sign * value(each[name]) for each in sizes]):
                    times = text.replace("n", name)
                    negative = " and the sign is wrong" if sign < 0 else ""
                    return Diagnosis("factor-of-size", f"It is {times} times what it should be{negative}.{of}")
    course = sizes[0]
    for name in varying:
        for value in FACTORS.values():
            wanted = [value(each[name]) / (value(course[name]) or 1.0) for each in sizes]
            if all_near(wanted) and course[name] > 1:
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
    "(n + 1)": lambda n: float(n + 1),
    "n ** 0.5": lambda n: n**0.5,
    "1 / n ** 0.5": lambda n: n**-0.5,
    "n ** 1.5": lambda n: n**1.5,
    "n * n": lambda n: float(n * n),
    "1 / (n * n)": lambda n: 1 / (n * n),
    "(n - 1) / n": lambda n: (n - 1) / n,
}
