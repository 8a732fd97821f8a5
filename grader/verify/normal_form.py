"""An expression in a form that is the same for all that only look different: `2.0 * (x + 1)` and `(1 + x) * 2`."""

import ast
import copy
from collections.abc import Iterator

NAMES_OF_AN_AXIS = {"axis": "dim", "keepdims": "keepdim"}
"""NumPy's keywords, and PyTorch's."""


def parsed(code: str) -> ast.Module | None:
    """A piece of Python; None if it is none."""
    try:
        return ast.parse(code.strip())
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        return None


def in_it(tree: ast.AST) -> Iterator[ast.expr]:
    """The expressions in a tree, it included, that something is computed in."""
    return (node for node in ast.walk(tree) if isinstance(node, ast.expr) and computes(node))


def computes(node: ast.expr) -> bool:
    """Whether an expression is more than a name, a number, or several of them."""
    operations = (ast.BinOp, ast.UnaryOp, ast.Call, ast.Compare, ast.BoolOp, ast.ListComp, ast.GeneratorExp)
    literal = isinstance(node, ast.UnaryOp) and isinstance(node.operand, ast.Constant)
    return not literal and (isinstance(node, operations) or any(computes(each) for each in _inside(node)))


def size(node: ast.expr) -> int:
    """How many expressions are in one, itself included."""
    return 1 + sum(size(each) for each in _inside(node))


def _inside(node: ast.AST) -> Iterator[ast.expr]:
    for each in ast.iter_child_nodes(node):
        if isinstance(each, ast.expr):
            yield each
        else:
            yield from _inside(each)


def normal_form(node: ast.expr) -> str:
    return ast.dump(_Normal().visit(copy.deepcopy(node)))


class _Normal(ast.NodeTransformer):
    def visit_Constant(self, node: ast.Constant) -> ast.expr:
        whole = isinstance(node.value, float) and node.value.is_integer()
        return ast.Constant(int(node.value)) if whole and isinstance(node.value, float) else ast.Constant(node.value)

    def visit_Name(self, node: ast.Name) -> ast.expr:
        return ast.Name(node.id, ast.Load())

    def visit_Attribute(self, node: ast.Attribute) -> ast.expr:
        """What an object remembers is called like the thing itself."""
        if isinstance(node.value, ast.Name) and node.value.id == "self":
            return ast.Name(node.attr, ast.Load())
        return ast.Attribute(self.visit(node.value), node.attr, ast.Load())

    def visit_UnaryOp(self, node: ast.UnaryOp) -> ast.expr:
        operand = self.visit(node.operand)
        if isinstance(node.op, ast.USub) and isinstance(operand, ast.Constant):
            if isinstance(operand.value, (int, float)):
                return ast.Constant(-operand.value)
        return ast.UnaryOp(node.op, operand)

    def visit_BinOp(self, node: ast.BinOp) -> ast.expr:
        sides = [self.visit(node.left), self.visit(node.right)]
        if isinstance(node.op, (ast.Add, ast.Mult)):
            sides.sort(key=ast.dump)
        return ast.BinOp(sides[0], node.op, sides[1])

    def visit_Call(self, node: ast.Call) -> ast.expr:
        arguments = [self.visit(each) for each in node.args]
        keywords = {
            NAMES_OF_AN_AXIS.get(each.arg or "", each.arg or ""): self.visit(each.value) for each in node.keywords
        }
        if not arguments and "dim" in keywords:
            arguments.append(keywords.pop("dim"))
        pairs = [ast.keyword(name, value) for name, value in sorted(keywords.items())]
        return ast.Call(self.visit(node.func), arguments, pairs)
