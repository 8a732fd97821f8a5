"""Names in a class that begin with two underscores, as Python has them: `__helper` in `Rules` is `_Rules__helper`.

Written out in the tree, they are the same to whoever reads it as to Python, which leaves such names as they are.
"""

import ast
from collections.abc import Iterator

AS_WRITTEN = (ast.keyword, ast.MatchClass)
"""What has names that stay as they are."""


def with_private_names(tree: ast.Module) -> ast.Module:
    """The tree itself, its private names written out."""
    waiting: list[tuple[ast.AST, str]] = [(tree, "")]
    while waiting:
        node, owner = waiting.pop()
        waiting += _below(node, owner)
        if owner and not isinstance(node, AS_WRITTEN):
            for field, value in ast.iter_fields(node):
                if isinstance(value, str) and not isinstance(node, ast.Constant):
                    setattr(node, field, _written_out(value, owner))
                elif field == "names" and isinstance(node, (ast.Global, ast.Nonlocal)):
                    node.names = [_written_out(name, owner) for name in node.names]
    return tree


def _below(node: ast.AST, owner: str) -> Iterator[tuple[ast.AST, str]]:
    """What is below a node, with the class that it belongs to: the body of a class, and its parameters, to that one."""
    for field, value in ast.iter_fields(node):
        of_class = isinstance(node, ast.ClassDef) and field in ("body", "type_params")
        inner = node.name.lstrip("_") if of_class else owner  # type: ignore[attr-defined]
        for each in value if isinstance(value, list) else [value]:
            if isinstance(each, ast.AST):
                yield each, inner


def _written_out(name: str, owner: str) -> str:
    is_private = name.startswith("__") and not name.endswith("__") and "." not in name
    return f"_{owner}{name}" if is_private else name
