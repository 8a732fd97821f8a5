"""A factor or a power that is too much in a gradient or in one of its paths: which one is found out."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from itertools import permutations

import torch

from grader.assignment.tolerance import largest
from grader.judge.compare import align
from grader.judge.why.guesses import POWER, divided_by
from grader.judge.why.local import Local
from grader.judge.why.near import explains
from grader.judge.why.slip_values import path, through_use, with_path_times, without_use
from grader.result import Diagnosis

CLEAR = 10
"""A factor is read off only where what it multiplies is so many times the tolerance."""
SPREAD = 0.05
"""An exponent is read off only where the logarithms of its base differ by so much."""
SAME_FACTOR = 1e-4
"""Two factors are the same if they differ by no more than this share."""
MOST_PLAIN = 4
"""A factor up to so many is likelier a number than a size that happens to be as large."""
ELEMENTS = "the number of elements"
SUMMED = "the number of elements that are added up"


@dataclass(frozen=True)
class Scaled:
    """Part of the answer is a factor times what it should be; the factor is to be found out."""

    of: str
    fixed: Callable[[Local], torch.Tensor]
    scaled: Callable[[Local], torch.Tensor]


def wrong_power(pairs: Sequence[tuple[Local, torch.Tensor]], words: frozenset[str] | None = None) -> Diagnosis | None:
    """A power of a tensor too much, the same on every probe; maybe with a number before it."""
    alike = [name for name, value in pairs[0][0].given.items() if value.shape == pairs[0][0].tensor.shape]
    for base in (name for name in alike if words is None or words.issuperset([name])):
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
            power = round(power * 4) / 4
            if power == 1 and words is not None and words.isdisjoint((POWER, divided_by(base))):
                return Diagnosis("wrong-factor", f"`{base}` is a factor too much.")
            text = f"The exponent of `{base}` is off by {abs(power):g}: look at the power rule again."
            return Diagnosis("exponent", text)
    return None


def _logarithms(local: Local, given: torch.Tensor, base: str) -> tuple[torch.Tensor, torch.Tensor] | None:
    """Of a tensor, and of how many times too large the answer is; None where one is not positive, or shapes differ."""
    aligned, expected = align(given, local.gradient.shape), local.expected
    if aligned is None or local.given[base].shape != local.gradient.shape:
        return None
    clear = local.kept(local.gradient).abs() > CLEAR * 100 * expected.tolerance * expected.scale
    ratio, value = aligned.double()[clear] / local.gradient[clear], local.given[base][clear]
    if ratio.numel() < 2 or bool((value <= 0).any()) or not (bool((ratio > 0).all()) or bool((ratio < 0).all())):
        return None
    return value.log(), ratio.abs().log()


def scalings(local: Local) -> Iterator[Scaled]:
    yield Scaled("", lambda at: torch.zeros_like(at.gradient), lambda at: at.gradient)
    if local.stage.kind == "value":
        return
    if len(local.consumers) > 1:
        for name in local.consumers:
            yield Scaled(
                f" This holds for the path through `{name}` alone; everything else is right.",
                partial(with_path_times, name=name, times=-1),
                partial(path, name=name),
            )
    for made, read in local.uses:
        yield Scaled(
            f" This holds for the path from `{read}` to `{made}` alone; everything else is right.",
            partial(without_use, made=made, read=read),
            partial(through_use, made=made, read=read),
        )


def wrong_factor(scaled: Scaled, pairs: Sequence[tuple[Local, torch.Tensor]]) -> Diagnosis | None:
    """The factor, where there is one on every probe, and it has a name or is the same on all."""
    factors: list[float] = []
    sizes: list[Mapping[str, float]] = []
    for local, given in pairs:
        fixed, part = scaled.fixed(local), local.kept(scaled.scaled(local))
        aligned = align(given, local.gradient.shape)
        if aligned is None:
            return None
        expected = local.expected
        if largest(part) <= CLEAR * expected.tolerance * expected.scale:
            if not explains(fixed, given, local):
                return None
            continue
        factor = float(((aligned.double() - fixed) * part).sum() / (part * part).sum())
        if not explains(fixed + factor * part, given, local):
            return None
        factors.append(factor)
        sizes.append(sizes_of(local, given))
    named = named_factor(factors, sizes) if len(factors) > 1 else Factor()
    return None if scaled.of and named.code == "factor-of-sizes" else named.told(scaled.of)


def sizes_of(local: Local, given: torch.Tensor) -> dict[str, float]:
    """The sizes and other numbers of a probe by their names, and numbers of elements."""
    summed = max((local.upstream[name].numel() for name in local.consumers), default=0) // max(1, given.numel())
    numbers = {name: number for name, number in local.probe.numbers.items() if number}
    return {**numbers, ELEMENTS: given.numel(), SUMMED: max(1, summed)}


@dataclass(frozen=True)
class Factor:
    """What is known of a factor: the code of its slip, and the factor in words; or a sentence of its own."""

    code: str = ""
    words: str = ""
    sentence: str = ""
    question: str = ""
    """What may have made it, behind the words."""

    def told(self, of: str) -> Diagnosis | None:
        if not self.code:
            return None
        text = self.sentence or f"The gradient is {self.words}{self.question or '.'}"
        return Diagnosis(self.code, f"{text}{of}")


def named_factor(factors: Sequence[float], sizes: Sequence[Mapping[str, float]]) -> Factor:
    """What a factor is on each probe, by the sizes there."""

    def all_near(wanted: Sequence[float]) -> bool:
        return all(
            abs(factor - value) <= SAME_FACTOR * abs(value) for factor, value in zip(factors, wanted, strict=True)
        )

    def of_size(names: Sequence[str]) -> Factor:
        for name in sorted(names, key=lambda name: name in (ELEMENTS, SUMMED)):
            for text, value in _factors_of([each[name] for each in sizes]).items():
                for sign in (1, -1):
                    if all_near([sign * value(each[name]) for each in sizes]):
                        negative = ", with the wrong sign" if sign < 0 else ""
                        said = f"{text.format(n=name)} times what it should be{negative}"
                        return Factor("factor-of-size", said, question=ASKED.get(text, "") if counts(name) else "")
        return Factor()

    def counts(name: str) -> bool:
        return all(isinstance(each[name], int) for each in sizes)

    sizes = [{name: each[name] for name in sizes[0] if all(name in other for other in sizes)} for each in sizes]
    varying = [name for name in sizes[0] if len({each[name] for each in sizes}) > 1]
    if (found := of_size(varying)).code:
        return found
    course = sizes[0]
    for name in filter(counts, varying):
        for value in _factors_of([each[name] for each in sizes]).values():
            wanted = [value(each[name]) / (value(course[name]) or 1.0) for each in sizes]
            if all_near(wanted) and course[name] > 1:
                text = f"{course[name]}, or a number worked out from it, is typed in where `{name}` belongs."
                return Factor("typed-in-size", sentence=text)
    if (found := _of_two_sizes([*filter(counts, varying)], sizes, all_near)).code:
        return found
    same = [name for name in sizes[0] if name not in varying and name not in (ELEMENTS, SUMMED)]
    if (found := of_size([name for name in same if not _is_plain(course[name])])).code:
        return found
    if all_near([factors[0]] * len(factors)) and factors[0]:
        return Factor("factor", f"{factors[0]:.4g} times what it should be")
    return Factor()


def _is_plain(number: float) -> bool:
    """Whether a factor of that size is likelier a number that was typed in."""
    return number <= MOST_PLAIN if isinstance(number, int) else (2 * number).is_integer()


def _factors_of(numbers: Sequence[float]) -> Mapping[str, Callable[[float], float]]:
    """What a number may come as: one that counts nothing, as it is or as a divisor."""
    counted = all(isinstance(number, int) and number > 0 for number in numbers)
    return FACTORS if counted else {text: FACTORS[text] for text in PLAIN}


def _of_two_sizes(
    names: Sequence[str], sizes: Sequence[Mapping[str, float]], all_near: Callable[[Sequence[float]], bool]
) -> Factor:
    """A factor that is one size by another, as of a mean over the wrong axis."""
    for one, other in permutations((name for name in names if name != SUMMED), 2):
        for sign in (1, -1):
            if all_near([sign * each[one] / each[other] for each in sizes]):
                negative = ", with the wrong sign" if sign < 0 else ""
                return Factor("factor-of-sizes", f"{one} / {other} times what it should be{negative}")
    return Factor()


ASKED = {
    "1 / {n}": ": is there a mean where a sum belongs?",
    "{n}": ": is there a sum where a mean belongs?",
}
"""What may make a gradient so many times too large, or too small."""
PLAIN = ("{n}", "1 / {n}")
FACTORS: dict[str, Callable[[float], float]] = {
    "{n}": lambda n: float(n),
    "1 / {n}": lambda n: 1 / n,
    "({n} - 1)": lambda n: float(n - 1),
    "1 / ({n} - 1)": lambda n: 1 / (n - 1) if n > 1 else 0.0,
    "{n} / ({n} - 1)": lambda n: n / (n - 1) if n > 1 else 0.0,
    "({n} + 1)": lambda n: float(n + 1),
    "{n} ** 0.5": lambda n: n**0.5,
    "1 / {n} ** 0.5": lambda n: n**-0.5,
    "{n} ** 1.5": lambda n: n**1.5,
    "{n} * {n}": lambda n: float(n * n),
    "1 / ({n} * {n})": lambda n: 1 / (n * n),
    "({n} - 1) / {n}": lambda n: (n - 1) / n,
}
