"""How many operations of torch an expression surely runs, and what it surely gives.

Counted is only what is an operation whatever happens: arithmetic with what surely is a tensor, and the methods and
functions of the lists below. What may come to nothing (views, `.float()`) counts nothing, and so does what is not
evaluated each time. When in doubt, it counts less.
"""

import ast
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Literal

from grader.sandbox.theirs.source.scopes import Names

Kind = Literal["tensor", "number", "shape"]
Value = tuple[int, Kind | None]
"""So many operations at least, and what comes of it, where that is sure."""
NOTHING: Value = (0, None)
Called = Callable[[str, Sequence[Kind | None]], Value]
"""What a function of the file, by its name, does with arguments of these kinds."""

OPERATIONS = frozenset(
    "abs acos amax amin argmax argmin asin atan clamp clone cos cosh cumsum div divide erf exp exp2 expm1 floor ge gt "
    "le log log10 log1p log2 log_softmax logsumexp lt masked_fill maximum mean minimum mm mul multiply ne neg negative "
    "pow prod reciprocal relu rsqrt sigmoid sign sin sinh softmax sqrt square std sub subtract sum tan tanh tril triu "
    "true_divide var".split()
)
"""Methods and functions of a tensor that run an operation whatever they are given besides; they give a tensor."""
VIEWS = frozenset(
    "bool contiguous cpu detach double expand expand_as flatten float int long movedim permute repeat reshape squeeze "
    "swapaxes t to transpose type_as unsqueeze view view_as".split()
)
"""Methods that give a tensor, and may run no operation."""
ATTRIBUTES = frozenset({"T", "mT", "data"})
MAKERS = frozenset("arange cat empty_like eye full full_like ones ones_like stack zeros zeros_like".split())
"""Functions that make a tensor of anything, by an operation."""
TENSORS = frozenset("as_tensor einsum from_numpy one_hot outer tensor tensordot".split())
"""Functions that make one, perhaps without."""
OF_NUMBERS = frozenset({"dim", "item", "ndimension", "nelement", "numel"})
ARITHMETIC = (ast.Add, ast.Sub, ast.Mult, ast.Div, ast.Pow)
COMPARISONS = (ast.Lt, ast.LtE, ast.Gt, ast.GtE, ast.Eq, ast.NotEq)
MODULES = frozenset({"torch", "torch.nn.functional"})


@dataclass(frozen=True)
class Expressions:
    """Expressions in one scope."""

    module: Names
    local: frozenset[str]
    """The names of the scope itself: they hide those of the module."""
    kinds: dict[str, Kind]
    """What these names surely are."""
    called: Called

    def value(self, node: ast.expr | None) -> Value:
        """How many operations it runs, and what it gives."""
        match node:
            case ast.Constant(value=bool() | int() | float()):
                return 0, "number"
            case ast.Name():
                return 0, self._named(node.id)
            case ast.Attribute():
                return self._attribute(node)
            case ast.Subscript():
                return self._subscript(node)
            case ast.UnaryOp():
                return self._unary(node)
            case ast.BinOp():
                return self._binary(node)
            case ast.Compare():
                return self._compared(node)
            case ast.BoolOp():
                return self.value(node.values[0])[0], None
            case ast.IfExp():
                return self._either(node)
            case ast.Call():
                return self._call(node)
            case ast.Tuple() | ast.List():
                return sum(self.value(each)[0] for each in node.elts), None
            case ast.Starred() | ast.NamedExpr():
                return self.value(node.value)[0], None
            case ast.ListComp() | ast.SetComp() | ast.DictComp() | ast.GeneratorExp():
                return self.value(node.generators[0].iter)[0], None
        return NOTHING

    def full_name(self, node: ast.expr) -> str:
        """The full name of what is imported, where nothing else may be meant."""
        names: list[str] = []
        while isinstance(node, ast.Attribute):
            names.insert(0, node.attr)
            node = node.value
        if not isinstance(node, ast.Name) or node.id in self.local:
            return ""
        paths = set(map(str, self.module.bound.get(node.id, [])))
        path = paths.pop() if len(paths) == 1 else ""
        return ".".join([path, *names]) if path.partition(".")[0] in ("torch", "math") else ""

    def _named(self, name: str) -> Kind | None:
        if name in self.local or name in self.kinds:
            return self.kinds.get(name)
        match self.module.bound.get(name):
            case [ast.Constant(value=int() | float())]:
                return "number"
        return None

    def _attribute(self, node: ast.Attribute) -> Value:
        count, kind = self.value(node.value)
        if kind != "tensor":
            return count, None
        if node.attr in ATTRIBUTES:
            return count, "tensor"
        return count, "shape" if node.attr == "shape" else "number" if node.attr == "ndim" else None

    def _subscript(self, node: ast.Subscript) -> Value:
        count, kind = self.value(node.value)
        if kind == "shape":
            return count, "shape" if isinstance(node.slice, ast.Slice) else "number"
        return count, kind if kind == "tensor" else None

    def _unary(self, node: ast.UnaryOp) -> Value:
        count, kind = self.value(node.operand)
        if isinstance(node.op, ast.USub):
            return count + (kind == "tensor"), kind if kind != "shape" else None
        return count, "tensor" if kind == "tensor" and isinstance(node.op, ast.UAdd) else None

    def _binary(self, node: ast.BinOp) -> Value:
        (first, one), (second, other) = self.value(node.left), self.value(node.right)
        return first + second + self.operation(node.op, one, other), self.result(node.op, one, other)

    def operation(self, operator: ast.operator, one: Kind | None, other: Kind | None) -> int:
        """How many operations an operator runs."""
        return int(self.result(operator, one, other) == "tensor")

    def result(self, operator: ast.operator, one: Kind | None, other: Kind | None) -> Kind | None:
        """What an operator gives."""
        pair = {one, other}
        if isinstance(operator, ast.MatMult):
            return "tensor" if pair == {"tensor"} else None
        if not isinstance(operator, ARITHMETIC) or not pair <= {"tensor", "number"}:
            return None
        return "tensor" if "tensor" in pair else "number"

    def _compared(self, node: ast.Compare) -> Value:
        (first, one), (second, other) = self.value(node.left), self.value(node.comparators[0])
        pair = {one, other}
        if not isinstance(node.ops[0], COMPARISONS) or "tensor" not in pair or not pair <= {"tensor", "number"}:
            return first + second, None
        return first + second + 1, "tensor" if len(node.ops) == 1 else None

    def _either(self, node: ast.IfExp) -> Value:
        (first, one), (second, other) = self.value(node.body), self.value(node.orelse)
        return self.value(node.test)[0] + min(first, second), one if one == other else None

    def _call(self, node: ast.Call) -> Value:
        given = [self.value(each) for each in node.args]
        inside = sum(count for count, _ in given) + sum(self.value(each.value)[0] for each in node.keywords)
        kinds = [kind for _, kind in given]
        path = self.full_name(node.func)
        if path:
            count, kind = self._of_library(path, kinds)
        elif isinstance(node.func, ast.Attribute):
            count, kind = self._method(node.func, kinds)
        elif isinstance(node.func, ast.Name) and node.func.id not in self.local:
            count, kind = self._function(node, kinds)
        else:
            count, kind = NOTHING
        return inside + count, kind

    def _of_library(self, path: str, kinds: Sequence[Kind | None]) -> Value:
        module, _, name = path.rpartition(".")
        if module not in MODULES:
            return (0, "number") if module == "math" else NOTHING
        if name in MAKERS:
            return 1, "tensor"
        if name in TENSORS:
            return 0, "tensor"
        surely = name in OPERATIONS or (name == "where" and len(kinds) == 3)  # with one argument, it gives places
        return (1, "tensor") if surely and kinds[:1] == ["tensor"] else NOTHING

    def _method(self, function: ast.Attribute, kinds: Sequence[Kind | None]) -> Value:
        count, kind = self.value(function.value)
        if kind != "tensor":
            return count, None
        if function.attr in OPERATIONS:
            return count + 1, "tensor"
        if function.attr in VIEWS:
            return count, "tensor"
        if function.attr == "size":
            return count, "number" if kinds else "shape"
        return count, "number" if function.attr in OF_NUMBERS else None

    def _function(self, node: ast.Call, kinds: Sequence[Kind | None]) -> Value:
        assert isinstance(node.func, ast.Name)
        name = node.func.id
        if name in self.module.bound:
            plain = not node.keywords and not any(isinstance(each, ast.Starred) for each in node.args)
            return self.called(name, kinds if plain else ())
        if name == "abs" and list(kinds) == ["tensor"]:
            return 1, "tensor"
        return (0, "number") if name in ("len", "int", "float") and kinds else NOTHING
