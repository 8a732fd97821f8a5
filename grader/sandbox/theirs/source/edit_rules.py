"""One table of edits, by the kind of slip: each rule is a pair, the edits that take a slip back and those that make it.

Either side looks at one node of a stage's lines and gives what could stand in its place. In the student's process the
edits that take slips back find the place of one; `grade verify` breaks an author's solution with those that make them.
"""

import ast
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass

from grader.border import EditKind
from grader.sandbox.theirs.source import edit_arithmetic, edit_brackets, edit_calls, edit_statements
from grader.sandbox.theirs.source.edit_places import EditChange, EditScope, Place, number_of, text_of

Way = Callable[[Place, EditScope], Iterator[ast.AST | EditChange]]


@dataclass(frozen=True)
class Rule:
    """The two sides of one kind of slip: what takes it back, and what makes it."""

    repairs: Way
    breaks: Way


RULES: dict[EditKind, Rule] = {
    "sign": Rule(edit_arithmetic.other_sign, edit_arithmetic.sign_lost),
    "transposed": Rule(edit_calls.transposed, edit_calls.turned),
    "axis": Rule(edit_calls.other_axis, edit_calls.axis_mistaken),
    "flag": Rule(edit_calls.flag, edit_calls.flag),
    "not-transposed": Rule(edit_calls.not_transposed, edit_calls.transposed),
    "other-transposed": Rule(edit_calls.other_transposed, edit_statements.nothing),
    "swapped": Rule(edit_arithmetic.swapped, edit_arithmetic.swapped),
    "bracket": Rule(edit_brackets.brackets_moved, edit_brackets.brackets_lost),
    "early-sum": Rule(edit_brackets.products_summed, edit_statements.nothing),
    "jacobian": Rule(edit_brackets.whole_jacobian, edit_statements.nothing),
    "early-factor": Rule(edit_brackets.factor_drawn_in, edit_statements.nothing),
    "backwards": Rule(edit_statements.gone_through_backwards, edit_statements.nothing),
    "return": Rule(edit_statements.returned_later, edit_statements.nothing),
    "order": Rule(edit_statements.results_exchanged, edit_statements.nothing),
    "alias": Rule(edit_calls.copied, edit_calls.changed_in_place),
    "repeats": Rule(edit_calls.repeats_added, edit_calls.repeats_lost),
    "rows": Rule(edit_calls.row_by_row, edit_calls.every_row),
    "operator": Rule(edit_arithmetic.other_operator, edit_arithmetic.operator_mistaken),
    "function": Rule(edit_calls.other_function, edit_calls.other_function),
    "too-much": Rule(edit_arithmetic.something_dropped, edit_arithmetic.something_more),
    "part": Rule(edit_statements.one_of_several, edit_statements.nothing),
    "ends": Rule(edit_calls.both_ends_cut, edit_statements.nothing),
    "line": Rule(edit_statements.moved, edit_statements.nothing),
    "positions": Rule(edit_statements.one_position_only, edit_statements.nothing),
    "number": Rule(edit_arithmetic.other_number, edit_arithmetic.number_mistaken),
    "another": Rule(edit_statements.one_taken, edit_statements.nothing),
    "name": Rule(edit_arithmetic.other_name, edit_arithmetic.name_mistaken),
    "exchanged": Rule(edit_statements.names_exchanged, edit_statements.nothing),
    "axes-order": Rule(edit_calls.axes_ordered, edit_statements.nothing),
    "sum": Rule(edit_calls.one_more_sum, edit_calls.sum_dropped),
    "throughout": Rule(edit_statements.other_name_throughout, edit_statements.nothing),
    "factor": Rule(edit_arithmetic.one_more_factor, edit_arithmetic.factor_dropped),
    "addend": Rule(edit_arithmetic.one_more_addend, edit_arithmetic.addend_dropped),
}
"""The simplest first."""


Fits = Callable[[Place, ast.AST | EditChange], bool]
"""Whether an edit is tried, by the place of the node it replaces and what it puts there."""


TWICE: tuple[EditKind, ...] = ("sign", "axis", "bracket", "early-sum", "operator", "function", "number")
"""What people do again where they write the same with other names."""


def ordered() -> Iterator[tuple[EditKind, Fits, bool]]:
    """The kinds of edits in the order in which they are tried, a part of some before others.

    Also whether each is made at one place, or wherever something is written alike.
    """
    for kind in RULES:
        yield from ((early.kind, early.fits, False) for early in EARLY if early.before == kind)
        yield kind, _none_of([early.fits for early in EARLY if early.kind == kind]), False
        if kind == "exchanged":
            yield from ((each, _none_of([]), True) for each in TWICE)


def _none_of(early: Sequence[Fits]) -> Fits:
    return lambda place, new: not any(fits(place, new) for fits in early)


def _is_turned(place: Place, new: ast.AST | EditChange) -> bool:
    return not isinstance(new, ast.UnaryOp)


def _is_of_a_call(place: Place, new: ast.AST | EditChange) -> bool:
    return isinstance(place.node, ast.Call)


def _drops_a_small_number(place: Place, new: ast.AST | EditChange) -> bool:
    match place.node:
        case ast.BinOp(left=left, op=ast.Add() | ast.Sub(), right=right) if new in (left, right):
            return _is_small(right if new is left else left)
    return False


def _adds_a_small_number(place: Place, new: ast.AST | EditChange) -> bool:
    return isinstance(new, ast.BinOp) and isinstance(new.op, ast.Add) and _is_small(new.right)


def _is_small(node: ast.AST) -> bool:
    told = number_of(node)
    return told is not None and 0 < abs(told) < edit_arithmetic.TINY


def _adds_to_what_is_there(place: Place, new: ast.AST | EditChange) -> bool:
    return isinstance(place.node, ast.Assign) and isinstance(new, ast.AugAssign)


def _is_a_power(place: Place, new: ast.AST | EditChange) -> bool:
    """Also what is left of a share."""
    if not isinstance(new, ast.BinOp):
        return False
    share = isinstance(new.left, ast.BinOp) and isinstance(new.left.op, ast.Sub) and new.right is place.node
    return share or (isinstance(place.node, ast.Name) and isinstance(new.op, ast.Pow))


@dataclass(frozen=True)
class Early:
    """A part of a kind that is tried before another kind, and why."""

    kind: EditKind
    fits: Fits
    before: EditKind
    why: str


def _goes_in_steps(place: Place, new: ast.AST | EditChange) -> bool:
    return isinstance(place.node, ast.Subscript) and isinstance(new, ast.Subscript)


def _is_compared(place: Place, new: ast.AST | EditChange) -> bool:
    return isinstance(place.parent, ast.Compare)


def _normalises(place: Place, new: ast.AST | EditChange) -> bool:
    """The exponentials divided by their sum."""
    return isinstance(new, ast.BinOp) and new.left is place.node and isinstance(new.right, ast.Call)


def _is_of_the_answer(place: Place, new: ast.AST | EditChange) -> bool:
    """A name that all that is returned is multiplied with, or divided by."""
    factor = isinstance(new, ast.BinOp) and isinstance(new.op, (ast.Mult, ast.Div)) and text_of(new.right)
    return bool(factor) and isinstance(place.parent, ast.Return)


EARLY = (
    Early("sign", _is_turned, "sign", "a sign that is there is wrong rather than one that is missing"),
    Early("too-much", _is_of_a_call, "axis", "of a call that is too much, another axis may make one that does nothing"),
    Early("too-much", _drops_a_small_number, "bracket", "other brackets may put it where it does not count"),
    Early("operator", _adds_to_what_is_there, "repeats", "a row that is there once needs no other way to add"),
    Early("addend", _is_compared, "name", "the mask of a sum is that of all that was added up"),
    Early("addend", _adds_a_small_number, "number", "what is added under a root is one of a few numbers"),
    Early("factor", _goes_in_steps, "sign", "there are few, and lines with such loops take long"),
    Early("factor", _normalises, "axis", "there is one"),
    Early("factor", _is_of_the_answer, "name", "what is forgotten is forgotten last"),
    Early("factor", _is_a_power, "factor", "what a power of one name puts right, many factors at many places may"),
)
