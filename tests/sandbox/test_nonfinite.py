"""Where NaN or infinity arose: the first value that was not finite though what it was made of was."""

import ast

import numpy as np
import pytest
import torch

from grader.border import Arising
from grader.sandbox.border.messages import Traced
from grader.sandbox.ours.untrusted import Implausible, checked_traced
from grader.sandbox.theirs.nonfinite import TooLong, Witness
from grader.sandbox.theirs.source.watched import SHOW, Watched

INFINITE, NAN = float("inf"), float("nan")
HELPERS = """
def softmax(x):
    return torch.exp(x) / torch.exp(x).sum(1, keepdim=True)
class Layer:
    def forward(self, x):
        self.x = x - x
        self.y = x
        return 1 / self.x
    def backward(self, up):
        return np.where(up > 0, np.log(self.x), self.y)
"""
ARISES = {
    "the logarithm of 0": ("p = x * 0\n return torch.log(p) * 2", "torch.log(p)", "log-of-zero"),
    "as a method": ("return (x * 0).log().mean()", "(x * 0).log()", "log-of-zero"),
    "in NumPy": ("p = x.numpy() * 0\n return -np.log(p).sum()", "np.log(p)", "log-of-zero"),
    "in Python": ("return x * float(torch.tensor(0.0).log())", "torch.tensor(0.0).log()", "log-of-zero"),
    "of something negative": ("return torch.log(-x)", "torch.log(-x)", "log-of-negative"),
    "divided by 0": ("return 1 / (x - x)", "1 / (x - x)", "divided-by-zero"),
    "divided by a number": ("zero = 0.0\n return x / zero", "x / zero", "divided-by-zero"),
    "divided by a function": ("return torch.div(x, x - x)", "torch.div(x, x - x)", "divided-by-zero"),
    "divided in place": ("y = x.clone()\n y /= x - x\n return y", "y /= x - x", "divided-by-zero"),
    "rows divided in place": ("y = x.clone()\n y[0] /= 0\n return y", "y[0] /= 0", "divided-by-zero"),
    "0 by 0": ("y = x - x\n return (y / y).sum()", "y / y", "zero-by-zero"),
    "a power": ("return (x - x) ** -0.5", "(x - x) ** -0.5", "power-of-zero"),
    "a power in place": ("y = x - x\n y **= -1\n return y", "y **= -1", "power-of-zero"),
    "a root": ("return (x - x).rsqrt()", "(x - x).rsqrt()", "power-of-zero"),
    "of a negative number": ("return torch.sqrt(-x)", "torch.sqrt(-x)", "root-of-negative"),
    "a broken power": ("return (-x) ** 0.5", "(-x) ** 0.5", "power-of-negative"),
    "exp": ("e = torch.exp(x * 1000)\n return e / e.sum()", "torch.exp(x * 1000)", "exp-overflows"),
    "exp in a helper": ("return softmax(1000 * x)", "torch.exp(x)", "exp-overflows"),
    "the variance of one": ("return x[:1].var(0)", "x[:1].var(0)", "spread-of-one"),
    "memory": ("y = torch.empty(2)\n y.fill_(x.sum() / 0)\n return y", "x.sum() / 0", "divided-by-zero"),
    "written": ("y = x.clone()\n y[0] = float('-inf')\n return y", "float('-inf')", "written"),
    "a written name": ("return torch.where(x > 1, -torch.inf, x)", "torch.inf", "written"),
    "0 since something overflows": ("return torch.log(softmax(1000 * x))[0, 0]", "torch.exp(x)", "exp-overflows"),
    "0 divided by infinity": ("p = 1 / torch.exp(1000 * x)\n return p.log()", "torch.exp(1000 * x)", "exp-overflows"),
    "0 times what is written": ("y = x * torch.inf\n return y * (x - x)", "y * (x - x)", "zero-times-infinity"),
    "0 times what arose": ("y = 1 / (x - x)\n return y * (x - x)", "1 / (x - x)", "divided-by-zero"),
    "infinities": ("y = x * torch.inf\n return y - y", "y - y", "infinities-cancel"),
    "a quotient of infinities": ("y = x * torch.inf\n return y / y", "y / y", "infinity-by-infinity"),
    "what is given": ("return given - given", "given - given", "infinities-cancel"),
    "in a list": ("y = [1 / each for each in x - x]\n return torch.stack(y)", "1 / each", "divided-by-zero"),
    "in a dictionary": ("y = {'a': x, 'b': 1 / (x - x)}\n return y['b']", "1 / (x - x)", "divided-by-zero"),
    "in an object": (
        "y = Layer()\n y.forward(x.numpy())\n return y.backward(x.numpy())",
        "np.log(self.x)",
        "log-of-zero",
    ),
    "in a lambda": ("return (lambda y: 1 / y)(x - x)", "1 / y", "divided-by-zero"),
    "in a loop": ("for row in x:\n  y = row / (row - row)\n return y", "row / (row - row)", "divided-by-zero"),
    "large numbers": ("return (x * 1e37) * 1e38", "(x * 1e37) * 1e38", "other"),
}
UNSEEN = {
    "finite": "return x",
    "finite again": "y = x.masked_fill(x > 3, -torch.inf)\n return torch.softmax(y, 0)",
    "an infinity that is meant, and something else": "y = x / torch.inf\n return y",
    "given": "return given * 2",
    "changed where nobody looks": "y = x.numpy().copy()\n np.add.at(y, [0], np.float32(1e38) * 10)\n return y",
}


def traced(body, **given):
    text = f"def dx({', '.join(given)}):\n {body}\n{HELPERS}"
    spots, namespace = [], {"torch": torch, "np": np}
    watched, witness = Watched("a.py", spots), Witness(spots)
    namespace[SHOW] = witness.show
    for node in ast.parse(text).body:
        exec(compile(ast.Module([watched.definition(node)], []), "a.py", "exec"), namespace)
    arising = witness.arising(namespace["dx"](**given))
    line = text.split("\n")[arising.line - 1] if arising else ""
    return arising and (line[arising.start : arising.end], arising.kind)


def given():
    return {"x": torch.tensor([[1.0, 2.0], [3.0, 4.0]]), "given": torch.tensor([1.0, INFINITE])}


@pytest.mark.parametrize("name", ARISES)
@pytest.mark.filterwarnings("ignore::RuntimeWarning", "ignore::UserWarning")
def test_the_place_and_the_kind(name):
    body, place, kind = ARISES[name]
    assert traced(body, **given()) == (place, kind)


@pytest.mark.parametrize("name", UNSEEN)
@pytest.mark.filterwarnings("ignore::RuntimeWarning", "ignore::UserWarning")
def test_what_nobody_saw_arise_is_not_told(name):
    assert traced(UNSEEN[name], **given()) is None


def test_lines_do_the_same_when_they_are_watched():
    body = """def f(x, *more, scale=2, **others):
    '''What it does.'''
    x: torch.Tensor = x * scale
    x[0, :], (a, b) = 1, (x[..., -1:], {**others})
    match scale:
        case 2 | -1 if scale > 0:
            y = f"{x.sum():.{3}f}"
    if (n := len(more)) and not others:
        y = [*more, n]
    with torch.no_grad():
        del x
    try:
        return (yield from (lambda z=1: [z])()) or (a, b, y, super if n else None)
    except (ValueError, TypeError) as error:
        raise error"""
    (node,) = ast.parse(body).body
    shown = Watched("a.py", []).definition(node)
    compile(ast.Module([shown], []), "a.py", "exec")

    class Unshown(ast.NodeTransformer):
        def visit_Call(self, node):
            self.generic_visit(node)
            return node.args[1] if getattr(node.func, "id", "") == SHOW else node

    assert ast.unparse(Unshown().visit(shown)) == ast.unparse(ast.parse(body))


def test_what_goes_on_for_ever_is_not_watched_for_ever(monkeypatch):
    monkeypatch.setattr("grader.sandbox.theirs.nonfinite.SECONDS", 0.0)
    with pytest.raises(TooLong):
        traced("while True:\n  x = x + 1", **given())


def test_a_place_has_to_be_one_there_is():
    lines = {"a.py": 3}
    right = Arising("a.py", 3, 0, 5, "other")
    assert checked_traced(Traced(7, right), 7, lines) == right
    assert checked_traced(Traced(7, None), 7, lines) is None
    for number, arising in [
        (8, right),
        (7, Arising("b.py", 3, 0, 5, "other")),
        (7, Arising("a.py", 4, 0, 5, "other")),
        (7, Arising("a.py", 0, 0, 5, "other")),
        (7, Arising("a.py", 3, 6, 5, "other")),
    ]:
        with pytest.raises(Implausible):
            checked_traced(Traced(number, arising), 7, lines)
