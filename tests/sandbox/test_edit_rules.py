"""A rule is a pair: what one side breaks, the other repairs."""

import ast

import pytest

from grader.sandbox.theirs.source.edit_places import EditScope
from grader.sandbox.theirs.source.edit_rules import RULES
from grader.sandbox.theirs.source.edits import variants

RIGHT = """\
def dx(x, n, dy, index):
    z = x.clone()
    z = z + dy
    z.index_put_((index,), dy, accumulate=True)
    row = z[torch.arange(len(index)), index]
    row += 2 * x.T @ dy ** 2
    return (x - dy).sum(0, keepdim=True) / n + torch.exp(-x)"""
SCOPE = EditScope(("x", "dy", "index"), ("n",), {"x": (2, 3), "n": 32})
ONLY_A_NAME = {"factor", "addend"}
"""Of these, only what is a name or a number is put back: no edit writes a whole product."""


def edited(text, kind, side):
    """The text with each edit of one side of a rule."""
    (function,) = ast.parse(text).body
    made = variants(function.body, SCOPE, lambda rule: getattr(rule, side))
    return [ast.unparse(function) for each, _ in made if each == kind]


@pytest.mark.parametrize("kind", RULES)
def test_what_one_side_of_a_rule_breaks_the_other_repairs(kind):
    broken = edited(RIGHT, kind, "breaks")
    stay = [text for text in broken if RIGHT not in edited(text, kind, "repairs")]
    assert RIGHT not in broken and len(stay) < len(broken)
    assert not stay or kind in ONLY_A_NAME, stay


@pytest.mark.parametrize("side", ["repairs", "breaks"])
def test_after_the_last_edit_the_lines_are_as_they_were(side):
    (function,) = ast.parse(RIGHT).body
    assert len(list(variants(function.body, SCOPE, lambda rule: getattr(rule, side)))) > 100
    assert ast.unparse(function) == RIGHT
