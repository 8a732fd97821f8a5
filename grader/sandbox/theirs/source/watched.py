"""A copy of some lines in which every value that is worked out is shown to somebody, with the place it stands at."""

import ast
import copy
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import Any

Show = Callable[[int, Any], Any]
"""Is shown a value with the number of its place, and gives it back."""
SHOW = "__show__"
"""The name by which the lines call that."""
WORKING = (ast.BinOp, ast.UnaryOp, ast.Call, ast.Subscript, ast.Attribute)
HOLDING = (ast.Name, ast.Tuple, ast.List, ast.ListComp, ast.IfExp, ast.Dict, ast.Constant)
ABLE_TO_BE_LOOKED_UP = (ast.Name, ast.Attribute, ast.expr_context)
FUNCTIONS = (ast.FunctionDef, ast.AsyncFunctionDef)


@dataclass(frozen=True)
class Spot:
    """Where a value is worked out: the source, the node, and the numbers of the places of its operands."""

    source: str
    node: ast.AST
    operands: tuple[int, ...] = ()

    @property
    def works(self) -> bool:
        """Whether something new comes of it: what a name or a list has is somebody else's."""
        return isinstance(self.node, (*WORKING, ast.Constant, ast.stmt))


@dataclass
class Watched(ast.NodeTransformer):
    """Makes the copies of what is in one source, and notes the places in them after those of others."""

    source: str
    spots: list[Spot]
    _inside: list[list[int]] = field(default_factory=lambda: [[]])
    """The operands seen so far of each of the nodes that are being visited, one within the other."""

    def definition(self, node: Any) -> Any:
        """A function or a class in which every value is shown; its defaults and decorators are as they were."""
        new = copy.copy(node)
        if isinstance(node, FUNCTIONS):
            new.body = self._block(node.body)
        else:
            kinds = (*FUNCTIONS, ast.ClassDef)
            new.body = [self.definition(each) if isinstance(each, kinds) else each for each in node.body]
        return ast.fix_missing_locations(new)

    def statement(self, node: ast.stmt) -> ast.stmt:
        """What stands in the place of a statement."""
        if isinstance(node, (ast.Import, ast.ImportFrom)):
            return node
        block = ast.copy_location(ast.If(ast.Constant(True), self._block([node]), []), node)
        return ast.fix_missing_locations(block)

    def _block(self, statements: Sequence[ast.stmt]) -> list[ast.stmt]:
        made: list[ast.stmt] = []
        for each in statements:
            new = self.visit(copy.deepcopy(each))
            made += new if isinstance(new, list) else [new]
        return made

    def generic_visit(self, node: ast.AST) -> Any:
        if not isinstance(node, (*WORKING, *HOLDING)) or not _can_be_shown(node):
            return super().generic_visit(node)
        original = copy.copy(node)
        self._inside.append([])
        if isinstance(node, ast.Call) and isinstance(node.func, (ast.Name, ast.Attribute)):
            self._visit_call(node)
        else:
            super().generic_visit(node)
        return self._shown(original, node, self._inside.pop())

    def visit_FunctionDef(self, node: ast.FunctionDef) -> Any:
        return self.definition(node)

    def visit_AsyncFunctionDef(self, node: ast.AsyncFunctionDef) -> Any:
        return self.definition(node)

    def visit_ClassDef(self, node: ast.ClassDef) -> Any:
        return self.definition(node)

    def visit_Lambda(self, node: ast.Lambda) -> Any:
        node.body = self.visit(node.body)
        return node

    def visit_AnnAssign(self, node: ast.AnnAssign) -> Any:
        node.value = self.visit(node.value) if node.value else None
        return node

    def visit_match_case(self, node: ast.match_case) -> Any:
        node.guard = self.visit(node.guard) if node.guard else None
        node.body = self._block(node.body)
        return node

    def visit_Assign(self, node: ast.Assign) -> Any:
        return self._changing(node, [each for each in node.targets if isinstance(each, ast.Subscript)])

    def visit_AugAssign(self, node: ast.AugAssign) -> Any:
        return self._changing(node, [node.target])

    def _changing(self, node: ast.Assign | ast.AugAssign, targets: Sequence[ast.expr]) -> Any:
        """An assignment, and a look at what it changes, before and after."""
        changed = [base for target in targets if (base := _base(target)) is not None]
        original = copy.copy(node)
        self._inside.append([])
        before = [self._look(base, base, ()) for base in changed if isinstance(node, ast.AugAssign)]
        super().generic_visit(node)
        operands = tuple(self._inside.pop())
        after = [self._look(original, copy.deepcopy(base), operands) for base in changed]
        return [*before, node, *after]

    def _look(self, node: ast.AST, value: ast.expr, operands: tuple[int, ...]) -> ast.stmt:
        return ast.copy_location(ast.Expr(self._shown(node, value, operands)), node)

    def _visit_call(self, node: ast.Call) -> None:
        """Its receiver and its arguments: the function itself is no operand."""
        if isinstance(node.func, ast.Attribute):
            node.func.value = self.visit(node.func.value)
        node.args = [self.visit(each) for each in node.args]
        node.keywords = [self.visit(each) for each in node.keywords]

    def _shown(self, node: ast.AST, value: Any, operands: Sequence[int]) -> ast.Call:
        self.spots.append(Spot(self.source, node, tuple(operands)))
        number = len(self.spots) - 1
        self._inside[-1].append(number)
        shown = ast.Call(ast.Name(SHOW, ast.Load()), [ast.Constant(number), value], [])
        for each in (shown, shown.func, shown.args[0]):
            ast.copy_location(each, node)
        return shown


def _can_be_shown(node: ast.AST) -> bool:
    """Whether it is read, and is a value by itself: a tuple of slices is none."""
    if isinstance(node, ast.Constant):
        return type(node.value) in (int, float)
    read = isinstance(getattr(node, "ctx", ast.Load()), ast.Load)
    return read and not (isinstance(node, ast.Tuple) and any(isinstance(each, ast.Slice) for each in node.elts))


def _base(target: ast.expr) -> ast.expr | None:
    """What is changed when something is assigned there, to be read; None where that cannot be looked up twice."""
    while isinstance(target, ast.Subscript):
        target = target.value
    if not all(isinstance(each, ABLE_TO_BE_LOOKED_UP) for each in ast.walk(target)):
        return None
    base = copy.deepcopy(target)
    base.ctx = ast.Load()  # type: ignore[attr-defined]
    return base
