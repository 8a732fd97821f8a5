"""Private names are written out as Python itself does: what is compiled of a tree is what was compiled of its text."""

import ast
from collections.abc import Iterator
from types import CodeType

import pytest

from grader.sandbox.theirs.source.parsing import parse

TEXTS = {
    "a name": "class Rules:\n    def f(self): return __helper(self)",
    "an attribute": "class _Rules:\n    def f(self): self.__kept = self.__f(x=1)",
    "arguments": "class Rules:\n    def __f(self, __a, *__b, __c=__d, **__e) -> __g: return lambda __h: __h",
    "what is imported": "class Rules:\n    def f(self):\n"
    "        from m import __x, y as __y\n        import m as __m, __n",
    "what a match binds": "class Rules:\n    def f(self):\n        match self:\n"
    "            case D(__at=[__w, *__s, {1: 2, **__r}]) as __all: pass",
    "an exception": "class Rules:\n    def f(self):\n        try: pass\n        except E as __e: del __e",
    "other scopes": "class Rules:\n    def f(self):\n        global __g\n        __g = __x = 1\n"
    "        def g():\n            nonlocal __x\n            __x = 2",
    "a class inside": "class Rules:\n    @__outer\n    class __Inner(__Base):\n        __x: __T = 1",
    "names that are not private": "__x = 1\nclass Rules:\n    __slots__ = ('__x',)\n"
    "    def __init__(self): self._x = __a__",
    "letters that stand for others": "class Rules:\n    def f(self): return _\uff3fhelper(self)",
    "a class without letters": "class __:\n    def f(self): return __x",
    "a keyword": "class Rules:\n    def f(self): return g(__x=1)",
}


def code_in(code: CodeType) -> Iterator[tuple[tuple[str, ...], ...]]:
    yield code.co_names, code.co_varnames, code.co_cellvars, code.co_freevars
    for constant in code.co_consts:
        if isinstance(constant, CodeType):
            yield from code_in(constant)


@pytest.mark.parametrize("case", TEXTS)
def test_private_names_are_those_of_python(case):
    tree = parse(TEXTS[case], "attack.py")
    assert [*code_in(compile(tree, "", "exec"))] == [*code_in(compile(TEXTS[case], "", "exec"))]


def test_they_are_written_out_in_the_tree():
    names = {node.id for node in ast.walk(parse(TEXTS["a name"], "attack.py")) if isinstance(node, ast.Name)}
    assert "_Rules__helper" in names and "__helper" not in names
