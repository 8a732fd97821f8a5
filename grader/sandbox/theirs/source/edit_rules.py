"""One table of edits, by the kind of slip: each rule is a pair, the edits that take a slip back and those that make it.

Either side looks at one node of a stage's lines and gives what could stand in its place. In the student's process the
edits that take slips back find the place of one; `grade verify` breaks an author's solution with those that make them.
"""

import ast
from collections.abc import Callable, Iterator
from dataclasses import dataclass

from grader.border import EditKind
from grader.sandbox.theirs.source import edit_arithmetic, edit_calls
from grader.sandbox.theirs.source.edit_places import EditScope, Place

Way = Callable[[Place, EditScope], Iterator[ast.AST]]


@dataclass(frozen=True)
class Rule:
    """The two sides of one kind of slip: what takes it back, and what makes it."""

    repairs: Way
    breaks: Way


RULES: dict[EditKind, Rule] = {
    "sign": Rule(edit_arithmetic.other_sign, edit_arithmetic.sign_lost),
    "axis": Rule(edit_calls.other_axis, edit_calls.axis_mistaken),
    "flag": Rule(edit_calls.flag, edit_calls.flag),
    "transposed": Rule(edit_calls.transposed, edit_calls.turned),
    "not-transposed": Rule(edit_calls.not_transposed, edit_calls.transposed),
    "swapped": Rule(edit_arithmetic.swapped, edit_arithmetic.swapped),
    "alias": Rule(edit_calls.copied, edit_calls.changed_in_place),
    "repeats": Rule(edit_calls.repeats_added, edit_calls.repeats_lost),
    "rows": Rule(edit_calls.row_by_row, edit_calls.every_row),
    "operator": Rule(edit_arithmetic.other_operator, edit_arithmetic.operator_mistaken),
    "function": Rule(edit_calls.other_function, edit_calls.other_function),
    "too-much": Rule(edit_arithmetic.something_dropped, edit_arithmetic.something_more),
    "number": Rule(edit_arithmetic.other_number, edit_arithmetic.number_mistaken),
    "name": Rule(edit_arithmetic.other_name, edit_arithmetic.other_name),
    "sum": Rule(edit_calls.one_more_sum, edit_calls.sum_dropped),
    "factor": Rule(edit_arithmetic.one_more_factor, edit_arithmetic.factor_dropped),
    "addend": Rule(edit_arithmetic.one_more_addend, edit_arithmetic.addend_dropped),
}
"""The simplest first."""
