"""Points are exact until they are written: then they have two decimals, and of two that are as near, the larger."""

import math
from collections import Counter
from collections.abc import Iterable
from fractions import Fraction
from functools import lru_cache


@lru_cache(maxsize=1024)
def exact(value: float) -> Fraction:
    """The decimal number that is meant: 0.1 is a tenth. The same few come again and again."""
    return Fraction(repr(value))


def exact_sum(values: Iterable[float]) -> Fraction:
    """Of decimal numbers, many of which are the same."""
    return sum((exact(value) * times for value, times in Counter(values).items()), Fraction(0))


def added(values: Iterable[float]) -> int | float:
    """The exact sum of decimal numbers: a whole number where it is one."""
    return number(exact_sum(values))


def number(value: Fraction) -> int | float:
    """A whole number where it is one."""
    return int(value) if value.denominator == 1 else float(value)


def two_decimals(value: Fraction) -> Fraction:
    """The nearest number with two decimals; of two that are as near, the larger."""
    return Fraction(math.floor(value * 100 + Fraction(1, 2)), 100)


@lru_cache(maxsize=1024, typed=True)
def points(value: float | Fraction | None) -> str:
    """`27` or `26.5`; nothing for none."""
    if value is None:
        return ""
    rounded = two_decimals(value if isinstance(value, Fraction) else exact(value))
    return f"{float(rounded):.2f}".rstrip("0").rstrip(".")
