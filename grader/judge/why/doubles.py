"""Two slips at once: what a known slip gives, times a factor; two known slips; or two paths that are off."""

from collections.abc import Mapping, Sequence
from itertools import combinations

import torch

from grader.assignment.stage import Slip
from grader.assignment.tolerance import largest
from grader.judge.compare import align
from grader.judge.why.costs import EDITS
from grader.judge.why.factors import Factor, named_factor, sizes_of
from grader.judge.why.guesses import Guess, price
from grader.judge.why.local import Local
from grader.judge.why.near import explains
from grader.result import Diagnosis

Pairs = Sequence[tuple[Local, torch.Tensor]]

FEWEST = 4
"""So many numbers an answer has at least on a probe that says something of two slips."""
OF_PATHS = ("path-sign", "path-twice")
"""Of a whole that is off as well, what is wrong may as well be the other paths."""
PLAIN = (-1.0, 2.0, 0.5, -2.0, -0.5)
"""Factors that are slips by themselves."""
NEAR = 1e-3
"""A factor is one of these if it is as near to it: of a path that is small beside another, fewer digits are known."""
NEGATIVE = "-1 times what it should be"
APART = 1e-3
"""Two values are told apart if they differ by such a share, and paths if none is so near to a sum of the others."""


def two_slips(pairs: Pairs, guesses: Sequence[Guess], slips: Sequence[Slip]) -> Diagnosis | None:
    """Two slips that explain the answers together, where none does alone.

    Args:
        pairs: the stage on each probe, with its answer.
        guesses: each slip that may explain it alone.
        slips: what the assignment knows of.
    """
    telling = [(local, given) for local, given in pairs if given.numel() >= FEWEST]
    if len(telling) < min(3, len(pairs)):
        return None
    found = _of_paths(telling) if pairs[0][0].stage.kind == "gradient" else None
    return found or _of_assignment(telling, slips) or _times_factor(telling, guesses)


def _told(code: str, first: str, second: str) -> Diagnosis:
    return Diagnosis(code, f"Two things. First: {_small(first)}. Second: {_small(second)}.", slips=2)


def _small(text: str) -> str:
    return f"{text[:1].lower()}{text[1:]}".rstrip(".")


def _times_factor(pairs: Pairs, guesses: Sequence[Guess]) -> Diagnosis | None:
    """What a slip gives, with the wrong sign or times a size."""
    for guess in sorted(guesses, key=price):
        if price(guess) >= EDITS or guess.code in OF_PATHS:
            continue
        factors = []
        for local, given in pairs:
            value = guess.values(local)
            factor = None if value is None else _factor(value, given, local)
            if factor is None:
                break
            factors.append(factor)
        else:
            if all(_is_multiple(local.gradient, guess.values(local)) for local, _ in pairs):
                continue
            named = _plain(factors, [sizes_of(local, given) for local, given in pairs])
            if named.code:
                return _told(guess.code, guess.message, _of_whole(named))
    return None


def _factor(value: torch.Tensor, given: torch.Tensor, local: Local) -> float | None:
    """How many times a value the answer is, if it is."""
    aligned, kept = align(given, value.shape), local.kept(value)
    if aligned is None or not largest(kept):
        return None
    factor = float((aligned.double() * kept).sum() / (kept * kept).sum())
    return factor if factor and explains(factor * value, given, local) else None


def _is_multiple(one: torch.Tensor, other: torch.Tensor | None) -> bool:
    """Whether a gradient is a factor times a value: then the two together are no more than another factor."""
    if other is None or one.shape != other.shape:
        return False
    factor = (one * other).sum() / (other * other).sum()
    return largest(one - factor * other) <= APART * largest(one)


def _of_whole(factor: Factor) -> str:
    return "the sign of the whole is wrong" if factor.words == NEGATIVE else f"the whole is {factor.words}"


def _plain(factors: Sequence[float], sizes: Sequence[Mapping[str, float]]) -> Factor:
    """A factor that is a slip by itself: a sign, a 2, or a size."""
    for plain in PLAIN:
        if all(_is(factor, plain) for factor in factors):
            return Factor("factor", f"{plain:.4g} times what it should be")
    named = named_factor(factors, sizes)
    return named if named.code in ("factor-of-size", "factor-of-sizes") else Factor()


def _is(number: float, other: float) -> bool:
    return abs(number - other) <= NEAR * max(1.0, abs(other))


def _of_assignment(pairs: Pairs, slips: Sequence[Slip]) -> Diagnosis | None:
    """Two slips that an assignment knows of, in different lines."""
    local = pairs[0][0]
    exercise = local.probe.exercise
    using = exercise.script.lines_using(local.stage.tensor, exercise.cuts)
    lines = {line.target for line in (exercise.script.lines if local.stage.kind == "value" else using)}
    for one, other in combinations([slip for slip in slips if lines.intersection(slip.lines)], 2):
        if one.lines.keys() & other.lines.keys():
            continue
        both = Slip(f"{one.code}+{other.code}", "", {**one.lines, **other.lines})
        if all(_gives(local, both, given) for local, given in pairs):
            return _told(one.code, one.message, other.message)
    return None


def _gives(local: Local, slip: Slip, given: torch.Tensor) -> bool:
    value = local.with_slip(slip)
    return value is not None and explains(value, given, local)


def _of_paths(pairs: Pairs) -> Diagnosis | None:
    """Each path with a factor of its own, two of which are wrong."""
    names = pairs[0][0].consumers
    found = [_factors(local, given) for local, given in pairs] if len(names) > 1 else [None]
    if any(factors is None for factors in found):
        return None
    of_path = {name: [each[place] for each in found if each] for place, name in enumerate(names)}
    off = {name: factors for name, factors in of_path.items() if not all(_is(factor, 1.0) for factor in factors)}
    told = [_wrong_path(f"through `{name}`", factors, pairs) for name, factors in off.items()]
    if len(told) != 2 or not all(code for code, _ in told):
        return None
    (code, first), (_, second) = told
    return _told(code, first, second)


def _wrong_path(called: str, factors: Sequence[float], pairs: Pairs) -> tuple[str, str]:
    """The code and the sentence of a path with a wrong factor; empty where it has no name."""
    if all(abs(factor) <= NEAR for factor in factors):
        return "missing-path", f"the path {called} is missing"
    named = _plain(factors, [sizes_of(local, given) for local, given in pairs])
    if named.words == NEGATIVE:
        return "path-sign", f"the sign of the path {called} is wrong"
    return named.code, f"the path {called} is {named.words}"


def _factors(local: Local, given: torch.Tensor) -> list[float] | None:
    """How many times each path the answer has, if it is made of them in one way alone."""
    aligned = align(given, local.gradient.shape)
    parts = [local.kept(path) for path in local.paths.values()]
    if aligned is None or aligned.numel() < 2 * len(parts):
        return None
    sizes = [largest(part) for part in parts]
    if not all(sizes):
        return None
    columns = torch.stack([part.flatten() / size for part, size in zip(parts, sizes, strict=True)], 1)
    first, *_, last = torch.linalg.svdvals(columns).tolist()
    if last < APART * first:
        return None
    solved = torch.linalg.lstsq(columns, local.kept(aligned.double()).flatten()[:, None]).solution[:, 0].tolist()
    factors = [float(value) / size for value, size in zip(solved, sizes, strict=True)]
    made = sum((factor * part for factor, part in zip(factors, parts, strict=True)), torch.zeros_like(parts[0]))
    return factors if explains(made, given, local) else None
