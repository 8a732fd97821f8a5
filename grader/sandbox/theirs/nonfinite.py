"""In the student's process: in which place of some lines the NaN or infinity arose that is in what they return.

Each value that is worked out is looked at. One that is not finite has it from an operand that was not, or it arose
there; what has become finite again, as a softmax of masked scores, has nothing to do with it.
"""

import ast
import time
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from types import FunctionType, ModuleType
from typing import Any

import numpy as np
import torch

from grader.border import Arising, ArisingKind
from grader.sandbox.theirs.observe import unlogged
from grader.sandbox.theirs.source.watched import Spot

SECONDS = 1.0
"""Processor time; in a loop that goes on for longer, nothing is found."""
LOGARITHMS = {"log", "log2", "log10"}
EXPONENTIALS = {"exp", "exp2", "expm1", "sinh", "cosh"}
ROOTS = {"sqrt", "rsqrt"}
POWERS = {"pow", "power", "float_power"}
DIVISIONS = {"div", "divide", "true_divide"}
PRODUCTS = {"mul", "multiply"}
DIFFERENCES = {"sub", "subtract", "add"}
UNFILLED = {"empty", "empty_like", "new_empty"}
SPREADS = {"var", "std"}
OPERATORS: dict[type[ast.operator], str] = {
    ast.Div: "div",
    ast.Pow: "pow",
    ast.Mult: "mul",
    ast.Sub: "sub",
    ast.Add: "add",
}
LARGEST = 1 << 1000
"""An integer beyond that is no number of an array."""
NO_OBJECTS = (type, ModuleType, FunctionType, torch.Tensor, np.ndarray, np.generic)


class TooLong(Exception):
    """It goes on for longer than is looked at."""


@dataclass(frozen=True)
class Birth:
    """The place where something arose, what happened there, and the infinity that was behind it, if one was.

    The place is -1 of what nobody saw arise.
    """

    number: int
    kind: ArisingKind = "other"
    cause: "Birth | None" = None

    @property
    def is_known(self) -> bool:
        return self.number >= 0

    @property
    def first(self) -> "Birth":
        """Where the infinity arose that is behind it, if one is; an infinity that is written may be meant."""
        cause = self.cause
        return cause if cause and cause.is_known and cause.kind != "written" else self


UNSEEN = Birth(-1)


@dataclass(frozen=True)
class Unsound:
    """A value that is not finite, kept alive, and where its NaN and its infinities are from."""

    value: Any
    nan: Birth | None
    infinity: Birth | None


class Witness:
    """Looks at the values that the lines work out."""

    def __init__(self, spots: Sequence[Spot]) -> None:
        """
        Args:
            spots: the places, by number; there may be more of them later.
        """
        self._spots = spots
        self._numbers: dict[int, Any] = {}
        """The numbers that each place was last shown."""
        self._holders: set[int] = set()
        """The places that were last shown an object: what it holds may be from anywhere."""
        self._by_place: dict[int, Unsound] = {}
        self._by_value: dict[int, Unsound] = {}
        self._hidden_by_place: dict[int, Unsound] = {}
        self._hidden_by_value: dict[int, Unsound] = {}
        """What is finite and was made of an infinity, or picked beside NaN: divided by infinity, it is 0."""
        self._until = time.process_time() + SECONDS

    def show(self, number: int, value: Any) -> Any:
        """The value, once it was looked at.

        Raises:
            TooLong: it has taken too long altogether.
        """
        if time.process_time() > self._until:
            raise TooLong
        with unlogged():
            self._look(number, value)
        return value

    def arising(self, value: Any) -> Arising | None:
        """Where what is not finite in a value that was shown arose first; None if nothing is, or nobody saw it."""
        known = self._known(value)
        birth = known and (known.nan or known.infinity)
        if not birth or not birth.first.is_known:
            return None
        spot = self._spots[birth.first.number]
        node: Any = spot.node
        start, end = (node.col_offset, node.end_col_offset) if node.lineno == node.end_lineno else (0, 0)
        return Arising(spot.source, node.lineno, start, end, birth.first.kind)

    def _look(self, number: int, value: Any) -> None:
        self._numbers[number] = _copy_of_numbers(value)
        (self._holders.add if _is_object(value) else self._holders.discard)(number)
        self._by_place.pop(number, None)
        self._hidden_by_place.pop(number, None)
        nan, infinity = _unsound(value)
        if not nan and not infinity:
            self._by_value.pop(id(value), None)
            self._hide(number, value)
            return
        known = self._known(value) or self._arisen(number, value, nan=nan, infinity=infinity)
        self._by_value[id(value)] = self._by_place[number] = known

    def _hide(self, number: int, value: Any) -> None:
        spot = self._spots[number]
        made_of = [*self._made_of(spot, self._by_place), *self._made_of(spot, self._hidden_by_place)]
        infinite = _first(each.infinity or (each.nan and each.nan.first) for each in made_of) if spot.works else None
        hidden = Unsound(value, None, infinite) if infinite else self._hidden_by_value.get(id(value))
        if hidden:
            self._hidden_by_value[id(value)] = self._hidden_by_place[number] = hidden

    def _made_of(self, spot: Spot, known: Mapping[int, Unsound]) -> list[Unsound]:
        return [known[each] for each in spot.operands if each in known]

    def _known(self, value: Any) -> Unsound | None:
        """What is known of a value, or of one that a list has."""
        candidates = (self._by_value.get(id(each)) for each in (value, *_parts(value)))
        return next((found for found in candidates if found), None)

    def _arisen(self, number: int, value: Any, *, nan: bool, infinity: bool) -> Unsound:
        spot = self._spots[number]
        made_of = self._made_of(spot, self._by_place)
        if not spot.works or (not made_of and self._holders.intersection(spot.operands)):
            return Unsound(value, UNSEEN if nan else None, UNSEEN if infinity else None)
        numbers = self._given(spot)
        infinite = _first(each.infinity for each in made_of)
        undefined = _first(each.nan for each in made_of)
        return Unsound(
            value,
            (undefined or Birth(number, _kind_of_nan(spot.node, numbers), infinite)) if nan else None,
            (infinite or self._birth_of_infinity(number, numbers)) if infinity else None,
        )

    def _birth_of_infinity(self, number: int, numbers: Sequence[Any]) -> Birth:
        """A logarithm of 0 that is 0 because an infinity was before it has that for its cause."""
        spot = self._spots[number]
        kind = _kind_of_infinity(spot.node, numbers)
        hidden = _first(each.infinity for each in self._made_of(spot, self._hidden_by_place))
        return Birth(number, kind, hidden if kind == "log-of-zero" else None)

    def _given(self, spot: Spot) -> list[Any]:
        """The numbers of which something was made; of an operator, those of its two sides, or none."""
        places = spot.operands
        if isinstance(spot.node, ast.AugAssign):
            places = (places[0], places[-1])
        found = [numbers for each in places if (numbers := self._numbers.get(each)) is not None]
        is_clear = not isinstance(spot.node, (ast.BinOp, ast.AugAssign)) or len(found) == len(places) == 2
        return found if is_clear else []


def _first(births: Iterable[Birth | None]) -> Birth | None:
    """One that somebody saw arise, if there is one."""
    found = [each for each in births if each]
    return next((each for each in found if each.is_known), found[0] if found else None)


def _kind_of_infinity(node: ast.AST, numbers: Sequence[Any]) -> ArisingKind:
    name = _operation(node)
    if name in UNFILLED:
        return "unfilled"
    if not numbers:
        return "written" if isinstance(node, (ast.Constant, ast.Attribute)) or name == "float" else "other"
    if name in LOGARITHMS and _any(numbers[0] == 0):
        return "log-of-zero"
    if name in DIVISIONS and len(numbers) > 1 and _any(numbers[1] == 0):
        return "divided-by-zero"
    if name == "reciprocal" and _any(numbers[0] == 0):
        return "divided-by-zero"
    if name in EXPONENTIALS:
        return "exp-overflows"
    if name in POWERS and len(numbers) > 1 and _any((numbers[0] == 0) & (numbers[1] < 0)):
        return "power-of-zero"
    if name == "rsqrt" and _any(numbers[0] == 0):
        return "power-of-zero"
    return "other"


def _kind_of_nan(node: ast.AST, numbers: Sequence[Any]) -> ArisingKind:
    name = _operation(node)
    if name in UNFILLED:
        return "unfilled"
    if not numbers:
        return "written" if isinstance(node, (ast.Constant, ast.Attribute)) or name == "float" else "other"
    finite = all(np.isfinite(each).all() for each in numbers)
    if name in LOGARITHMS and _any(numbers[0] < 0):
        return "log-of-negative"
    if name in ROOTS and _any(numbers[0] < 0):
        return "root-of-negative"
    if name in POWERS and finite:
        return "power-of-negative"
    if name in DIVISIONS and len(numbers) > 1:
        return _kind_of_quotient(*numbers[:2])
    if name in PRODUCTS and not finite:
        return "zero-times-infinity"
    if name in DIFFERENCES and not finite:
        return "infinities-cancel"
    return "spread-of-one" if name in SPREADS and finite else "other"


def _kind_of_quotient(one: Any, other: Any) -> ArisingKind:
    if _any((one == 0) & (other == 0)):
        return "zero-by-zero"
    return "infinity-by-infinity" if _any(np.isinf(one) & np.isinf(other)) else "other"


def _operation(node: ast.AST) -> str:
    """What an operation is called, whoever has it: `log` of `torch.log`, `x.log()` and `np.log`."""
    if isinstance(node, (ast.BinOp, ast.AugAssign)):
        return OPERATORS.get(type(node.op), "")
    if isinstance(node, ast.Call):
        name = getattr(node.func, "attr", None) or getattr(node.func, "id", "")
        return str(name).removesuffix("_")
    return ""


def _any(where: Any) -> bool:
    return bool(np.any(where))


def _unsound(value: Any) -> tuple[bool, bool]:
    """Whether there is NaN in a value, and whether infinity is."""
    arrays = [array for each in (value, *_parts(value)) if (array := _numbers(each)) is not None]
    bad = [array for array in arrays if not np.isfinite(array).all()]
    return any(_any(np.isnan(each)) for each in bad), any(_any(np.isinf(each)) for each in bad)


def _parts(value: Any) -> Iterable[Any]:
    if type(value) in (list, tuple):
        return tuple(value)
    return tuple(value.values()) if type(value) is dict else ()


def _copy_of_numbers(value: Any) -> Any:
    """The numbers of a value as they are now: it may be changed in place."""
    numbers = _numbers(value)
    return None if numbers is None else np.array(numbers)


def _numbers(value: Any) -> Any:
    """The numbers of a value as an array, whatever they are in; None where it has none."""
    kind = type(value)
    if kind in (float, bool) or (kind is int and abs(value) < LARGEST):
        return np.asarray(float(value))
    if isinstance(value, torch.Tensor):
        return None if value.is_complex() else value.detach().to(torch.float64).numpy()
    if isinstance(value, (np.ndarray, np.generic)) and value.dtype.kind in "fiub":
        return np.asarray(value)
    return None


def _is_object(value: Any) -> bool:
    return hasattr(value, "__dict__") and not isinstance(value, NO_OBJECTS)
