"""Expressions as what they compute: one value, however its operands are ordered, its signs spread, its lines cut."""

import hashlib
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field

SMALLEST = 3
"""Parts that a value must have to be a piece by itself: `a * b` is one, `-a` and `x.T` are none."""
MOST_PARTS = 1 << 20
MOST_OPERANDS = 64
"""Of one product or sum; where there are more, it is a part of what it is in."""


@dataclass(frozen=True)
class Value:
    """What an expression computes, but for its sign."""

    digest: str
    sign: int = 1
    size: int = 1
    above: tuple["Value", ...] = field(default=(), compare=False)
    """Of a product, its factors."""
    below: tuple["Value", ...] = field(default=(), compare=False)
    """Of a quotient, what it is divided by."""
    terms: tuple["Value", ...] = field(default=(), compare=False)
    """Of a sum, its terms."""

    @property
    def key(self) -> str:
        return self.digest if self.sign > 0 else f"-{self.digest}"

    @property
    def is_piece(self) -> bool:
        return self.size >= SMALLEST


def _digest(*parts: str) -> str:
    return hashlib.blake2b("\0".join(parts).encode("utf-8", "surrogatepass"), digest_size=9).hexdigest()


def leaf(text: str) -> Value:
    """Something without parts: a name, a number."""
    return Value(_digest("leaf", text))


ONE = leaf("1.0")


def number(value: float | complex) -> Value:
    """A number; 2 and 2.0 are the same."""
    is_negative = isinstance(value, (int, float)) and value < 0
    size = -value if is_negative else value
    try:
        text = repr(float(size)) if isinstance(size, (int, float)) else repr(size)
    except OverflowError:
        text = "large"
    found = leaf(text)
    return negative(found) if is_negative else found


def made(kind: str, parts: Sequence[Value], names: Iterable[str] = ()) -> Value:
    """A value that is made of others, which are told apart by their order."""
    return _whole(_digest(kind, *names, *(part.key for part in parts)), parts)


def negative(value: Value) -> Value:
    return Value(value.digest, -value.sign, value.size, value.above, value.below, value.terms)


def product(left: Value, right: Value, *, divided: bool = False) -> Value:
    """A product or a quotient, whatever the order of its factors."""
    over, under = _fraction(left), _fraction(right)
    if divided:
        under = (under[1], under[0])
    above, below = _factors([*over[0], *under[0]]), _factors([*over[1], *under[1]])
    sign = left.sign * right.sign
    if len(above) <= 1 and not below:
        only = above[0] if above else ONE
        return only if sign > 0 else negative(only)
    digest = _digest("product", *(each.digest for each in above), "over", *(each.digest for each in below))
    whole = _whole(digest, [*above, *below])
    return Value(digest, sign, whole.size, above, below)


def total(left: Value, right: Value, *, subtracted: bool = False) -> Value:
    """A sum or a difference, whatever the order of its terms."""
    terms = _sorted([*_terms(left), *_terms(negative(right) if subtracted else right)])
    sign = terms[0].sign
    if sign < 0:
        terms = tuple(map(negative, terms))
    whole = _whole(_digest("sum", *(each.key for each in terms)), terms)
    return Value(whole.digest, sign, whole.size, terms=terms)


def power(base: Value, exponent: Value, times: int | None) -> Value:
    """A power; a small whole one is a product.

    Args:
        base: what is raised.
        exponent: to what.
        times: how often the base is a factor, if that is known.
    """
    if times is None:
        raised = made("power", [base, Value(exponent.digest, 1, exponent.size)])
        return raised if exponent.sign > 0 else product(ONE, raised, divided=True)
    found = ONE
    for _ in range(abs(times)):
        found = product(found, base)
    return found if times > 0 else product(ONE, found, divided=True)


def _fraction(value: Value) -> tuple[tuple[Value, ...], tuple[Value, ...]]:
    if (value.above or value.below) and len(value.above) + len(value.below) <= MOST_OPERANDS:
        return value.above, value.below
    return (Value(value.digest, 1, value.size, terms=value.terms),), ()


def _terms(value: Value) -> Sequence[Value]:
    if not value.terms or len(value.terms) > MOST_OPERANDS:
        return [value]
    return value.terms if value.sign > 0 else [negative(each) for each in value.terms]


def _factors(values: Iterable[Value]) -> tuple[Value, ...]:
    """Without ones."""
    return _sorted(each for each in values if each.digest != ONE.digest)


def _sorted(values: Iterable[Value]) -> tuple[Value, ...]:
    return tuple(sorted(values, key=lambda each: (each.digest, each.sign)))


def _whole(digest: str, parts: Iterable[Value]) -> Value:
    return Value(digest, 1, min(1 + sum(part.size for part in parts), MOST_PARTS))
