"""What a statement needs, binds and changes: the table that slices rest on."""

import ast
import itertools

import pytest

from grader.sandbox.theirs.dataflow.flow import flow, flow_of
from grader.sandbox.theirs.dataflow.slices import last_binding
from grader.sandbox.theirs.dataflow.statement import statement

NEEDS = [
    ("for k in range(n):\n    ix = X[k]\n    d[ix] += 1", "X d n range"),
    ("for k in range(n):\n    d[ix] += 1\n    ix = X[k]", "X d ix n range"),
    ("for a, (b, *c) in pairs:\n    a + b + c", "pairs"),
    ("for x in xs:\n    pass\ny = x", "x xs"),
    ("for x in xs:\n    y = x\nelse:\n    y = 0\nz = y", "xs"),
    ("while go():\n    y = 1\n    y + 1", "go"),
    ("while True:\n    y = 1\n    if y:\n        break\nz = y", ""),
    ("while True:\n    if go():\n        break\n    y = 1\nz = y", "go y"),
    ("if c:\n    y = 1\nelse:\n    y = 2\nz = y", "c"),
    ("if c:\n    y = 1\nz = y", "c y"),
    ("if c:\n    y = 1\nelse:\n    raise Stop\nz = y", "Stop c"),
    ("try:\n    y = f()\nexcept E as e:\n    y = e\nz = y", "E f"),
    ("try:\n    y = f()\nexcept E:\n    pass\nz = y", "E f y"),
    ("try:\n    y = f()\nexcept E:\n    raise\nz = y", "E f"),
    ("try:\n    f()\nfinally:\n    y = 1\nz = y", "f"),
    ("with open(p) as f:\n    y = f.read()\nz = y + f", "open p"),
    ("y = [x for x in xs if x]", "xs"),
    ("y = [x * k for row in rows for x in row]", "k rows"),
    ("y = {k: v for k, v in d.items()}", "d"),
    ("y = [y for x in xs if (y := f(x))]", "f xs"),
    ("if (m := f()) and m > 1:\n    z = m", "f"),
    ("if a and (m := f()):\n    pass\nz = m", "a f m"),
    ("y = (lambda x: x + k)(1)", "k"),
    ("def f(a, b=c):\n    t = a + g\n    return t + f(b)", "c g"),
    ("def f():\n    global d\n    d = 1", "d"),
    ("def f(x: T) -> U:\n    return [x for x in x]", "T U"),
    ("def f():\n    return y\ny = 1\nf()", "y"),
    ("class A(B):\n    x = 1\n    y = x\n    def m(self):\n        return self.x + k", "B k"),
    ("x = 1\ndel x\ny = x", "x"),
    ("x += 1", "x"),
    ("x: T = 1\ny = x", "T"),
    ("d[i] = v", "d i v"),
    ("a = b = c\nz = a + b", "c"),
    ("import a.b as c, d.e\nc + d", ""),
    ("match p:\n    case [x, *r] if x > k:\n        z = r\n    case _:\n        z = 1\ny = z", "k p"),
    ("match p:\n    case {'a': x}:\n        z = x\ny = z", "p z"),
    ("for i in xs:\n    if i:\n        continue\n    y = 1\n    y + i", "xs"),
    ("try:\n    a = 1\nexcept* E as group:\n    a = group\nz = a", "E"),
]


@pytest.mark.parametrize(("text", "needs"), NEEDS, ids=[text for text, _ in NEEDS])
def test_what_is_needed_is_what_may_be_read_before_it_is_bound(text, needs):
    assert flow_of(ast.parse(text).body).needs == frozenset(needs.split())


def test_python_itself_agrees_with_what_is_needed():
    """Run with nothing but what is needed, no text misses another name."""
    for text, needs in NEEDS:
        names = set(needs.split()) - {"range", "open"}
        for _ in range(2):
            error = _runs(text, names)
            assert not isinstance(error, NameError) or error.name in needs, text


TURNS = itertools.cycle((True, False))
"""What is true once is not the next time, so that loops end."""


class Anything:
    """Stands for whatever a name may be."""

    def __getattr__(self, name):
        if name.startswith("__"):
            raise AttributeError(name)
        return self

    def __call__(self, *_, **__):
        return self

    def __iter__(self):
        return iter((self,))

    def __bool__(self):
        return next(TURNS)

    def __getitem__(self, _):
        return self

    def __setitem__(self, *_):
        pass

    def __add__(self, _):
        return self

    __radd__ = __iadd__ = __mul__ = __add__


def _runs(text, names):
    try:
        exec(compile(text, "text", "exec"), dict.fromkeys(names, Anything()))
    except Exception as error:
        return error
    return None


CHANGES = [
    ("for i, row in enumerate(d):\n    row[0] = i", "d"),
    ("for a, b in zip(d, e):\n    a += b", "d"),
    ("for a, b in zip(d, e):\n    b.add_(a)", "e"),
    ("for p in [d, e]:\n    p.data -= 1", "d e"),
    ("for p in [d, e]:\n    p.requires_grad = True\n    p.grad = None", ""),
    ("d[0] += 1", "d"),
    ("d.view(-1)[0] = 1", "d"),
    ("d.T[0] += 1", "d"),
    ("d[:, 1].fill_(0)", "d"),
    ("d, e[0] = 1, 2", "e"),
    ("torch.add(a, b, out=d)", "d"),
    ("torch.nn.init.zeros_(d)", "d"),
    ("np.add.at(d, i, v)", "d"),
    ("x = d.mul_(2)", "d"),
    ("if c:\n    d = 1", "d"),
    ("if c:\n    d = 1\nelse:\n    d = 2", ""),
    ("with torch.no_grad():\n    d = e * 1\n    d += 1", ""),
    ("while c:\n    d = d + 1", "d"),
    ("fill(d, e)", "e"),
    ("d.retain_grad()", ""),
    ("words.append(d)", "words"),
    ("d = e\nf = d", ""),
]


@pytest.mark.parametrize(("text", "changes"), CHANGES, ids=[text for text, _ in CHANGES])
def test_what_is_changed_is_changed_through_views_as_well(text, changes):
    found = set()
    for node in ast.parse(text).body:
        found |= statement(0, node, {"fill": frozenset({1})}, frozenset({"torch", "np"})).changes
    assert found == set(changes.split())


def test_what_a_loop_binds_over_and_over_is_bound_by_none_of_its_names():
    one = statement(0, ast.parse("for i in xs:\n    d = i\n    e = e + d").body[0], {}, frozenset())
    assert (one.binds, one.rebinds, one.changes) == (frozenset(), {"i", "d"}, {"e"})


FILLED = [
    ("d = torch.zeros_like(x)\nfor k in range(n):\n    d = f(x, k)", [0, 1]),
    ("d = torch.empty(3)\nk = 0\nwhile k < n:\n    d = f(x)\n    k += 1", [0, 2]),
    ("d = torch.zeros_like(x)\nd[y] = 1\nfor k in range(n):\n    d = f(x, k)", [0, 1]),
    ("d = x * y\nfor k in range(n):\n    d = f(x, k)", [0]),
]
"""What makes `d` what it is, by the numbers of statements: a loop only where it fills what was made for it."""


@pytest.mark.parametrize(("text", "main"), FILLED, ids=["for", "while", "filled before", "trains later"])
def test_a_loop_that_binds_a_name_over_and_over_fills_what_nothing_else_does(text, main):
    made = [statement(number, node, {}, frozenset()) for number, node in enumerate(ast.parse(text).body)]
    assert [each.number for each in last_binding(made, {"d"})] == main


def test_a_name_that_is_bound_on_some_way_is_only_perhaps_needed():
    assert flow(ast.parse("with a:\n    for i in xs:\n        y = i\n    z = y").body[0]).perhaps == {"y"}
