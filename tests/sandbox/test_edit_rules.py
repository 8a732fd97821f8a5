"""A rule is a pair: what one side breaks, the other repairs."""

import ast

import pytest

from grader.assignment.catalog import shipped
from grader.border import EDITS_CAP
from grader.sandbox.theirs.source.edit_places import EditScope
from grader.sandbox.theirs.source.edit_rules import RULES
from grader.sandbox.theirs.source.edit_statements import nothing
from grader.sandbox.theirs.source.edits import edits, scope_of, variants

RIGHT = """\
def dx(x, n, dy, index):
    z = x.clone()
    z = z + dy
    z.index_put_((index,), dy, accumulate=True)
    row = z[torch.arange(len(index)), index]
    row += 2 * (1 - x.T) @ dy ** 2
    return (x - dy).sum(0, keepdims=True) / n + torch.exp(-x)"""
SCOPE = EditScope(("x", "dy", "index"), ("n",), {"x": (2, 3), "n": 32})
ONLY_A_NAME = {"factor", "addend"}
"""Of these, only what is a name or a number is put back: no edit writes a whole product."""


def edited(text, kind, side):
    """The text with each edit of one side of a rule."""
    (function,) = ast.parse(text).body
    made = variants(function.body, SCOPE, lambda rule: getattr(rule, side) if rule is RULES[kind] else nothing)
    return [ast.unparse(function) for each, _ in made if each == kind]


@pytest.mark.parametrize("kind", [kind for kind, rule in RULES.items() if rule.breaks is not nothing])
def test_what_one_side_of_a_rule_breaks_the_other_repairs(kind):
    broken = edited(RIGHT, kind, "breaks")
    stay = [text for text in broken if RIGHT not in edited(text, kind, "repairs")]
    assert RIGHT not in broken and len(stay) < len(broken)
    assert not stay or kind in ONLY_A_NAME, stay


REPAIRED = [
    ("jacobian", "return x * (1 - x) * dy", "return x * (dy - (x * dy).sum(-1, keepdims=True))"),
    ("jacobian", "return dy * x * (1 - x)", "return x * (dy - (x * dy).sum(-1, keepdims=True))"),
    ("ends", "return x[:, n:, n:]", "return x[:, n:x.shape[1] - n, n:x.shape[2] - n]"),
    ("ends", "return x[n:-n]", "return x[n:x.shape[0] - n]"),
    ("axis", "return x == np.max(x)", "return x == np.max(x, axis=(-2, -1), keepdims=True)"),
    ("early-factor", "return x * z * (n * dy - dy.sum(1))", "return z * (n * (x * dy) - (x * dy).sum(1))"),
    ("early-factor", "return x / n * (n * dy - dy.sum(1))", "return 1 / n * (n * (x * dy) - (x * dy).sum(1))"),
    (
        "axes-order",
        "return x.reshape(dy.shape)",
        "return x.reshape(dy.shape[0], dy.shape[2], dy.shape[3], dy.shape[1]).transpose(0, 3, 1, 2)",
    ),
    ("ends", "return x[:-n]", "return x[n:-n]"),
    ("bracket", "return x.sum() ** 2 + z.sum() ** 2", "return (x ** 2).sum() + (z ** 2).sum()"),
    ("sign", "a = x - dy\nreturn z - dy", "a = x + dy\nreturn z + dy"),
    ("factor", "x = z.tanh()\nreturn dy", "x = z.tanh()\nreturn dy * (1 - x ** 2)"),
    ("addend", "dy[x @ z <= 0] = 0\nreturn dy", "dy[x @ z + n <= 0] = 0\nreturn dy"),
    ("bracket", "return (1 - x) ** 2", "return 1 - x ** 2"),
    ("bracket", "return 1 - x ** 2 * dy", "return (1 - x ** 2) * dy"),
    ("bracket", "return 1 / n - 1", "return 1 / (n - 1)"),
    ("bracket", "return x / n - 1 * dy * z", "return x / (n - 1) * dy * z"),
    ("bracket", "return 2 * x / n * m * k", "return 2 * x / (n * m * k)"),
    ("bracket", "return x * (dy + z)", "return x * dy + z"),
    ("bracket", "return x * (dy + z)", "return dy + x * z"),
    ("bracket", "return x * dy * x.sum(0)", "return x * (dy * x).sum(0)"),
    ("bracket", "return (x * dy).sum(0)", "return x * dy.sum(0)"),
    ("bracket", "return dy / torch.sqrt(x) + n", "return dy / torch.sqrt(x + n)"),
    (
        "return",
        "for i in x:\n    z += i\n    return z",
        "if True:\n    for i in x:\n        z += i\n        pass\n    return z",
    ),
    ("order", "return (x, dy, z)", "return (z, dy, x)"),
    ("part", "return dy[0]", "return dy.sum(0)"),
    ("part", "return x[i, 0] * dy", "return x[i] * dy"),
    ("exchanged", "return x @ dy.T + dy * z", "return dy @ x.T + x * z"),
    ("throughout", "z = x + 1\nreturn x * z", "z = dy + 1\nreturn dy * z"),
    ("axes-order", "return x.view(b, n).T", "return x.view(n, b)"),
    ("axes-order", "return x.view(n, e, b).transpose(1, 2)", "return x.view(n, b, e)"),
    ("axes-order", "return x.reshape(n, c, h, w)", "return x.reshape(n, h, w, c).transpose(0, 3, 1, 2)"),
    ("number", "return x + 1e-08", "return x + 1e-05"),
    ("number", "for i in range(1, n):\n    pass", "for i in range(0, n):\n    pass"),
    ("too-much", "return range(n - 1)", "return range(n)"),
    ("too-much", "return z / x", "return 1 / x"),
    ("axis", "return x.shape[1]", "return x.shape[0]"),
    ("axis", "return x.sum((1, 2))", "return x.sum((0, 2))"),
    ("axis", "return x == x.max()", "return x == x.amax(1, keepdims=True)"),
    ("axis", "return torch.sum(x, -2)", "return torch.sum(x, -1)"),
    ("operator", "self.dw = x", "self.dw += x"),
    ("addend", "return dy / torch.sqrt(x)", "return dy / torch.sqrt(x + 1e-05)"),
    ("sign", "return (dy + x) * z", "return (dy - x) * z"),
    ("axis", "return x.sum((0, 1), keepdims=True)", "return x.sum(2, keepdims=True)"),
    ("axis", "return x.max(axis=(1, 2, 3))", "return x.max(axis=(2, 3))"),
    ("axis", "return x - x.mean(axis=0)", "return x - x.mean(axis=1, keepdims=True)"),
    ("axes-order", "return x.T @ dy", "return x.swapaxes(-2, -1) @ dy"),
    ("axes-order", "return x[i, j]", "return x[j, i]"),
    ("other-transposed", "return x @ dy.T", "return x.swapaxes(-2, -1) @ dy"),
    ("operator", "return x.T @ dy", "return x * dy"),
    ("early-sum", "return x.sum(0) * dy.sum(0)", "return (x * dy).sum(0)"),
    ("early-sum", "s = dy.sum(0)\nreturn s * x.sum(0)", "s = dy.sum(0)\nreturn (x * dy).sum(0)"),
    ("backwards", "for i in x:\n    pass", "for i in reversed(list(x)):\n    pass"),
    ("backwards", "for i in reversed(x):\n    pass", "for i in x:\n    pass"),
    (
        "positions",
        "z[x[k, 0]] += dy[k, 0]",
        "for _position in range(dy.shape[1]):\n    z[x[k, _position]] += dy[k, _position]",
    ),
    ("part", "return x[0].T @ dy[0]", "return (x.swapaxes(-2, -1) @ dy).sum(0)"),
    ("line", "x = x * 2\ny = x.sum()\nreturn y", "y = x.sum()\nx = x * 2\nreturn y"),
    ("another", "z[i] -= z[i]", "z[i] -= 1"),
    ("another", "return np.where(x > 0, dy, x)", "return np.where(x > 0, dy, 0)"),
    ("function", "return torch.log(x) * dy", "return 1 / x * dy"),
    ("function", "return x.argmax(1)", "return x.argmin(1)"),
    ("function", "z.scatter_(1, i, dy)", "z.scatter_add_(1, i, dy)"),
    ("name", "return z[dy, x]", "return z[dy, z.argmax(1)]"),
    ("name", "for i in b:\n    for j in b:\n        z[i, i]", "for i in b:\n    for j in b:\n        z[i, j]"),
    ("number", "for i in b:\n    z += dy[0]", "for i in b:\n    z += dy[i]"),
    ("factor", "return z * x * dy", "return z * x ** 2 * dy"),
    ("factor", "return x @ dy", "return x @ dy / n ** 0.5"),
    ("factor", "z = self.m\nreturn x + z * dy", "z = self.m\nreturn (1 - z) * x + z * dy"),
    ("operator", "return dy * (x < 0)", "return dy * (x > 0)"),
    ("number", "return x / x.size", "return x / x.shape[0]"),
    ("repeats", "z[i] = dy", "z.index_put_((i,), dy, accumulate=True)"),
    ("function", "return x.std(0)", "return x.var(0)"),
    ("number", "return np.where(x > 0, 1, 0.01)", "return np.where(x > 0, 1, 0)"),
    ("function", "return self.kept[-1]", "return self.kept.pop()"),
    ("name", "return np.sum(x * x)", "return np.sum(z * z)"),
    ("name", "return x @ dy", "return x @ z.T"),
    ("name", "return x @ dy.T", "return x @ z"),
    ("axis", "return np.sum(x)", "return np.sum(x, axis=0)"),
    ("name", "x[z < 0] = 0", "x[dy <= 0] = 0"),
    ("name", "s = np.sqrt(z.var(0) + n)\nreturn x * s", "s = np.sqrt(z.var(0) + n)\nreturn x * z.var(0)"),
    ("name", "return x / n + dy.sum(0) / n", "return x / z.shape[0] + dy.sum(0) / z.shape[0]"),
    ("name", "return x / n * (n * dy)", "return x / z.shape[0] * (z.shape[0] * dy)"),
    ("another", "return x * dy", "return (x > 0) * dy"),
    ("factor", "return np.exp(x)", "return np.exp(x) / np.exp(x).sum(-1, keepdims=True)"),
    (
        "factor",
        "for i in b:\n    for j in b:\n        k = i * n\n        z[:, i:i + 2, j:j + 2] += dy",
        "for i in b:\n    for j in b:\n        k = i * n\n        z[:, i * n:i * n + 2, j * n:j * n + 2] += dy",
    ),
    (
        "factor",
        "for i in b:\n    k = i * n\n    z[k:, i + x] += dy[k, i]",
        "for i in b:\n    k = i * n\n    z[k:, i * n + x] += dy[k, i]",
    ),
    (
        "early-factor",
        "m = np.mean(dy, 1)\nreturn x * (dy - m)",
        "m = np.mean(dy, 1)\nreturn x * dy - np.mean(x * dy, 1)",
    ),
    ("axes-order", "return x.reshape(-1, n)", "return x.transpose(0, 2, 3, 1).reshape(-1, n)"),
]
NEVER = [
    ("sign", "return x.sum(-2)", "return x.sum(2)"),
    ("sign", "z = x", "z = -x"),
    ("sign", "return dy / x.shape[0]", "return dy / -x.shape[0]"),
    ("sign", "return dy / x.clamp(min=1)", "return dy / (-x).clamp(min=1)"),
    ("sign", "return dy / x.sum(0).clamp(min=1)", "return dy / (-x).sum(0).clamp(min=1)"),
    ("function", "return dy / x.sum(0).clamp(min=1)"),
    ("number", "return x.sum(-2)"),
    ("axis", "return range(1, n)"),
    ("axis", "return x.pop(0)"),
    ("axis", "return F.one_hot(x, 3)"),
    ("axis", "return x.pow(2)"),
    ("not-transposed", "return x.shape[1]", "return x.T.shape[1]"),
    ("operator", "return 1 - x", "return 1 ** x"),
    ("operator", "return n - 1", "return n / 1"),
    ("too-much", "return np.where(x > 0, dy, 0)", "return x > 0"),
    ("too-much", "z = x.copy()", "z = x"),
]
"""Of what kind there is no edit of a line, or not this one."""


def repaired(text, kind):
    body = function_of(text).body
    made = variants(body, BODY, lambda rule: rule.repairs, twins=True)
    return [ast.unparse(ast.Module(body, [])) for each, _ in made if each == kind]


def function_of(text):
    (function,) = ast.parse("def dx():\n" + "\n".join(f"    {line}" for line in text.split("\n"))).body
    return function


BODY = EditScope(("x", "dy", "z"), ("n", "b"))


@pytest.mark.parametrize(("kind", "slip", "right"), REPAIRED, ids=[f"{each[0]} {each[1]}" for each in REPAIRED])
def test_a_slip_is_taken_back(kind, slip, right):
    assert right in repaired(slip, kind)


@pytest.mark.parametrize("never", NEVER, ids=[" ".join(each[:2]) for each in NEVER])
def test_an_edit_is_classed_by_what_it_is_in_its_call(never):
    kind, line, *edit = never
    made = repaired(line, kind)
    assert not set(edit) & set(made) if edit else not made, made


@pytest.mark.parametrize("side", ["repairs", "breaks"])
def test_after_the_last_edit_the_lines_are_as_they_were(side):
    (function,) = ast.parse(RIGHT).body
    assert len(list(variants(function.body, SCOPE, lambda rule: getattr(rule, side)))) > 100
    assert ast.unparse(function) == RIGHT


@pytest.mark.parametrize(("line", "loop"), [("for i in range(1, n - 1):\n    pass", True), ("return x[1] + n", False)])
def test_an_edit_of_what_a_loop_goes_through_says_so(line, loop):
    made = [each.loop for each in edits(function_of(line).body, BODY) if each.kind == "number"]
    assert made and set(made) == {loop}


LONGEST = {
    "layers/ex05_two_layer.py": "two_layer_loss",
    "layers/ex09_convolution.py": "conv_backward",
    "nameweave/ex4_training.py": "backward",
}


@pytest.mark.parametrize("file", LONGEST)
def test_in_the_longest_functions_all_lines_have_their_turn(file):
    """But for what is missing there: what could be put in is most of all edits, and told by what comes of it."""
    tree = ast.parse((shipped("solutions") / file).read_text(encoding="utf-8"))
    (function,) = (node for node in tree.body if getattr(node, "name", "") == LONGEST[file])
    scope = scope_of(function.body, {argument.arg: None for argument in function.args.args})
    late = {edit.kind for edit in edits(function.body, scope) if edit.number >= EDITS_CAP}
    assert late == {"factor", "addend"}
