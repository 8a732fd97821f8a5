"""Whether a function is still as it was given out: nothing in it does any work, and something in it says so."""

import ast

from grader.sandbox.theirs.dataflow.tree import walk

IDLE = (ast.Pass, ast.Expr, ast.Assign, ast.AnnAssign, ast.Return, ast.Raise)
PLAIN = (ast.Name, ast.Tuple, ast.Constant, ast.expr_context)
UNWRITTEN = ("NotImplementedError", "NotImplemented")


def is_stub(node: ast.AST) -> bool:
    """Whether it is `pass`, `...`, `return None`, `x = None` and `return x`, or raises that it is not implemented.

    What is given out may also put what it is given into a tuple: `cache = (x, w, b)`.
    """
    if not isinstance(node, ast.FunctionDef):
        return False
    body = node.body[ast.get_docstring(node) is not None :]
    return all(_is_idle(each) for each in body) and (not _returns_something(body) or any(map(_says_so, body)))


def only_raises(node: ast.AST) -> bool:
    """Whether it is `raise NotImplementedError`, and nothing else."""
    if not isinstance(node, ast.FunctionDef):
        return False
    last = node.body[-1]
    name = last.exc.id if isinstance(last, ast.Raise) and isinstance(last.exc, ast.Name) else ""
    return name == "NotImplementedError" and len(node.body) - (ast.get_docstring(node) is not None) == 1


def _is_idle(node: ast.stmt) -> bool:
    if isinstance(node, ast.Raise):
        return _raises_unwritten(node)
    if isinstance(node, ast.Expr):
        return isinstance(node.value, ast.Constant)
    value = getattr(node, "value", None)
    return isinstance(node, IDLE) and (value is None or all(isinstance(each, PLAIN) for each in walk(value)))


def _raises_unwritten(node: ast.Raise) -> bool:
    match node.exc:
        case ast.Name(id=name) | ast.Call(func=ast.Name(id=name)) if name in UNWRITTEN:
            return True
        case ast.Call(args=[ast.Constant(value=str(text)), *_]):
            return "implement" in text.lower()
    return False


def _returns_something(body: list[ast.stmt]) -> bool:
    """Whether there is a `return` with anything but None."""
    return any(isinstance(node, ast.Return) and getattr(node.value, "value", node.value) is not None for node in body)


def _says_so(node: ast.stmt) -> bool:
    """Whether a statement shows that something is yet to be written."""
    if isinstance(node, (ast.Assign, ast.AnnAssign)) and node.value:
        return any(isinstance(each, ast.Constant) and each.value is None for each in walk(node.value))
    return isinstance(node, (ast.Raise, ast.Pass))
