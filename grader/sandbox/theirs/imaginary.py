"""In the student's process: notice complex numbers that no operation of torch sees, in Python and in NumPy.

Python makes them without a word for it: `(-1) ** 0.5`. NumPy warns where it leaves the imaginary part out, and makes
the warning before it asks any filter.
"""

import ast
import builtins
import copy
import operator
from functools import wraps
from typing import Any

import numpy as np

from grader.sandbox.theirs.dataflow.tree import kinds_in
from grader.sandbox.theirs.observe import Observer

SEEN = "__seen__"
"""What every power of a submission goes through."""
PLAIN = (ast.Name, ast.Attribute, ast.Subscript, ast.Constant, ast.UnaryOp, ast.Tuple, ast.expr_context, ast.unaryop)
"""What may be looked up twice, and gives the same."""


def watch_powers() -> None:
    """Look at every power, and at every warning about an imaginary part."""
    setattr(builtins, SEEN, seen)
    for place, name in ((builtins, "pow"), (operator, "pow"), (operator, "ipow")):
        setattr(place, name, _looked_at(getattr(place, name)))
    warning: Any = np.exceptions.ComplexWarning
    begin = warning.__init__

    def noted(self: Any, *arguments: Any) -> None:
        _note()
        begin(self, *arguments)

    warning.__init__ = noted


def seen(value: Any) -> Any:
    """A value, once it was looked at."""
    if issubclass(type(value), (complex, np.ndarray)) and _is_complex(value):
        _note()
    return value


def _looked_at(power: Any) -> Any:
    @wraps(power)
    def looked_at(*arguments: Any, **keywords: Any) -> Any:
        return seen(power(*arguments, **keywords))

    return looked_at


def _is_complex(value: Any) -> bool:
    if issubclass(type(value), complex):
        return True
    kind = np.ndarray.dtype.__get__(value).kind
    return bool(kind == "c" or (kind == "O" and any(type(each) is complex for each in value.flat)))


def _note() -> None:
    if Observer.watching is not None:
        Observer.watching.note_complex()


def with_powers_seen(node: ast.AST) -> list[Any]:
    """What stands in the place of a node, so that every power is looked at; what has none in it is shared."""
    if ast.Pow not in kinds_in(node):
        return [node]
    changed: dict[str, Any] = {}
    for name, value in ast.iter_fields(node):
        parts = value if isinstance(value, list) else [value]
        made = [each for part in parts for each in (with_powers_seen(part) if isinstance(part, ast.AST) else [part])]
        if any(one is not other for one, other in zip(made, parts, strict=False)) or len(made) > len(parts):
            changed[name] = made if isinstance(value, list) else made[0]
    if changed:
        node = copy.copy(node)
        vars(node).update(changed)
    if not isinstance(getattr(node, "op", None), ast.Pow):
        return [node]
    if isinstance(node, ast.AugAssign):
        return [node, *_looked_up_again(node)]
    assert isinstance(node, ast.BinOp)
    return [_call(node)]


def _looked_up_again(node: ast.AugAssign) -> list[ast.AST]:
    """What looks at a power that is made in place; none where the place cannot be looked up twice."""
    if not all(isinstance(each, PLAIN) for each in ast.walk(node.target)):
        return []
    again = copy.copy(node.target)
    again.ctx = ast.Load()
    return [ast.copy_location(ast.Expr(_call(again)), node)]


def _call(value: ast.expr) -> ast.Call:
    function = ast.copy_location(ast.Name(SEEN, ast.Load()), value)
    return ast.copy_location(ast.Call(function, [value], []), value)
