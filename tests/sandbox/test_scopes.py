"""Which scope binds a name: the same as Python's own tables of symbols say."""

import ast
import symtable
import textwrap

import pytest

from grader.sandbox.theirs.source.scopes import class_scope, function_scope, module_scope

BINDING = [
    "w = 1",
    "w += 1",
    "w: int = 1",
    "(w, q), *z = a",
    "for w in b: pass",
    "for [*w] in b: pass",
    "with a as (w, q): pass",
    "import w.z",
    "import z as w",
    "from z import w",
    "try: pass\nexcept E as w: pass",
    "def w(): pass",
    "class w: pass",
    "match a:\n    case [int() as w]: pass",
    "match a:\n    case [*w]: pass",
    "match a:\n    case {1: 2, **w}: pass",
    "del w",
    "print(a[(w := 1):2])",
    "x[(w := 1)] = 1",
    "f'{1:{(w := 1)}}'",
    "while (w := 1): pass",
    "lambda a=(w := 1): 1",
    "def g(a=(w := 1)): pass",
    "def g(*, a=(w := 1)): pass",
    "def g(a: (w := 1)): pass",
    "def g() -> (w := 1): pass",
    "@(w := a)\ndef g(): pass",
    "class G((w := object)): pass",
    "class G(metaclass=(w := type)): pass",
    "@(w := a)\nclass G: pass",
]
"""Statements that bind `w` where they stand."""
IN_FUNCTIONS = ["[w := 1 for a in b]", "{1: 2 for a in b if [w := c for c in a]}", "def g(a=[w := 1 for q in b]): pass"]
"""What a class may not have; in a module, the name is said to be global."""
NOT_BINDING = [
    "[w for w in b]",
    "lambda w: w",
    "lambda: (w := 1)",
    "def g(w): w = 1",
    "class G:\n    w = 1",
    "x.w = 1",
    "x[w] = 1",
    "print(w=1)",
    "match a:\n    case int(w=1): pass",
]
KINDS = {"module": "{}", "function": "def outer():\n    {}", "class": "class Outer:\n    {}"}
OURS = {
    "module": module_scope,
    "function": lambda body: function_scope(body[0]),
    "class": lambda body: class_scope(body[0]),
}


def by_python(kind: str, text: str) -> bool:
    table = symtable.symtable(text, "", "exec")
    table = table if kind == "module" else table.get_children()[0]
    found = table.lookup("w") if "w" in table.get_identifiers() else None
    return bool(found and (found.is_assigned() or found.is_imported() or found.is_namespace()))


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("text", [*BINDING, *IN_FUNCTIONS, *NOT_BINDING])
def test_a_scope_binds_what_it_does_by_python(text, kind):
    binds = text not in NOT_BINDING
    if text in IN_FUNCTIONS and kind != "function":
        return
    whole = KINDS[kind].format(textwrap.indent(text, "    ").strip() if kind != "module" else text)
    assert by_python(kind, whole) is binds
    assert ("w" in OURS[kind](ast.parse(whole).body).bound) is binds


def test_what_an_inner_function_says_is_the_outer_ones_is_bound_there():
    text = "def outer(w):\n    def g():\n        def h():\n            nonlocal w\n            import z as w\n"
    assert "z" in function_scope(ast.parse(text).body[0]).bound["w"]
