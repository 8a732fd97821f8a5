"""The code of an answer as the values in it: names of locals, order, layout and how it is cut into lines do not count.

A local stands for what is bound to it, so that a value is the same whether it is computed in one line or in five. What
is given keeps its name: the parameters of the functions that the exercise asks for, and the variables of a notebook
that are stages.
"""

import ast
from collections.abc import Collection, Sequence
from dataclasses import dataclass, field

from grader.alike.calls import BINARY, KEYWORDS, LIBRARIES, NEUTRAL, POSITIONS, SAME
from grader.alike.values import Value, leaf, made, negative, number, power, product, total

FUNCTIONS = (ast.FunctionDef, ast.AsyncFunctionDef)
OPERATORS: dict[type[ast.operator], str] = {
    ast.Mult: "*",
    ast.Div: "/",
    ast.Add: "+",
    ast.Sub: "-",
    ast.Pow: "**",
    ast.MatMult: "@",
}
MIRRORED: dict[type[ast.cmpop], type[ast.cmpop]] = {ast.Gt: ast.Lt, ast.GtE: ast.LtE}
SYMMETRICAL = (ast.Eq, ast.NotEq)
MOST_SQUARED = 4
MOST_NODES = 20_000
"""Nodes of one submission that are looked at: several times as many as anybody writes."""


KNOWN = {leaf(name).digest: name for name in LIBRARIES}
EVERYTHING, NEW = made("Slice", []), leaf("None")
NEW_AXES = {
    number(0).key: NEW,
    number(1).key: made("Tuple", [EVERYTHING, NEW]),
    number(-1).key: made("Tuple", [leaf("Ellipsis"), NEW]),
}
"""`x.unsqueeze(1)` is `x[:, None]`."""


class TooMuchToCompare(Exception):
    """A submission has more code than is looked at."""


@dataclass(frozen=True)
class Noted:
    """A piece, and the lines that it is on."""

    digest: str
    first: int
    last: int


@dataclass
class Walk:
    """Goes through the statements of one submission, and notes its pieces."""

    kept: Collection[str]
    """Names that are given, and stand for themselves."""
    found: list[Noted] = field(default_factory=list)
    _functions: dict[str, str] = field(default_factory=dict)
    """What is imported from a library by its own name."""
    _left: int = MOST_NODES
    _depth: int = 0

    def top(self, statement: ast.stmt, names: dict[str, Value]) -> list[Noted]:
        """The pieces of a statement at top level; what it binds is added to the names."""
        self.found = []
        self._statement(statement, names, self.kept)
        return self.found

    def _body(self, body: Sequence[ast.stmt], names: dict[str, Value], kept: Collection[str]) -> list[Value]:
        """What the statements do, without what they only bind to a name."""
        return [effect for each in body for effect in self._statement(each, names, kept)]

    def _statement(self, node: ast.stmt, names: dict[str, Value], kept: Collection[str]) -> list[Value]:
        match node:
            case ast.Assign(targets, value):
                return self._assigned(targets, value, names, kept)
            case ast.AnnAssign(target, _, ast.expr() as value):
                return self._assigned([target], value, names, kept)
            case ast.AugAssign(target, op, value):
                combined = ast.copy_location(ast.BinOp(target, op, value), node)
                return self._assigned([target], combined, names, kept)
            case ast.Expr(ast.Constant()) | ast.Pass() | ast.Global() | ast.Nonlocal():
                return []
            case ast.Expr(value):
                return [self._value(value, names)]
            case ast.Return(ast.expr() as value):
                return [made("return", [self._value(value, names)])]
            case ast.Import(aliases):
                names |= {each.asname: leaf(each.name) for each in aliases if each.asname}
                return []
            case ast.ImportFrom(module, aliases):
                names |= {each.asname or each.name: leaf(f"{module}.{each.name}") for each in aliases}
                if module in LIBRARIES:
                    self._functions |= {leaf(f"{module}.{each.name}").digest: each.name for each in aliases}
                return []
            case ast.FunctionDef() | ast.AsyncFunctionDef():
                return [self._function(node, names, own=node.name in self.kept)]
            case ast.ClassDef():
                return [self._class(node, names)]
            case ast.For() | ast.AsyncFor():
                return [self._loop(node, names, kept)]
        return [self._other(node, names, kept)]

    def _assigned(
        self, targets: Sequence[ast.expr], node: ast.expr, names: dict[str, Value], kept: Collection[str]
    ) -> list[Value]:
        value = self._value(node, names)
        return [effect for target in targets for effect in self._bound(target, value, names, kept)]

    def _bound(self, target: ast.expr, value: Value, names: dict[str, Value], kept: Collection[str]) -> list[Value]:
        match target:
            case ast.Name(name):
                names[name] = leaf(name) if name in kept else value
                return [made("stage", [value], [name])] if name in kept else []
            case ast.Tuple(targets) | ast.List(targets):
                parts = [made("part", [value], [str(place)]) for place, _ in enumerate(targets)]
                bound = zip(targets, parts, strict=True)
                return [effect for each, part in bound for effect in self._bound(each, part, names, kept)]
            case ast.Starred(inner):
                return self._bound(inner, value, names, kept)
            case ast.Subscript() | ast.Attribute():
                effect = self._noted(made("put", [self._value(target, names), value]), target)
                root = _root(target)
                if isinstance(target, ast.Subscript) and root and root not in kept:
                    names[root] = effect
                return [effect]
        return []

    def _function(self, node: ast.FunctionDef | ast.AsyncFunctionDef, names: dict[str, Value], *, own: bool) -> Value:
        """A function; if the exercise asks for it, its parameters keep their names."""
        given = [*node.args.posonlyargs, *node.args.args, *node.args.kwonlyargs]
        inner = dict(names)
        for place, each in enumerate(given):
            inner[each.arg] = leaf(each.arg if own or each.arg == "self" else f"parameter {place}")
        effects = self._body(node.body, inner, frozenset())
        whole = self._noted(made("function", effects, [node.name] if own else []), node)
        names[node.name] = leaf(node.name) if own else whole
        return whole

    def _class(self, node: ast.ClassDef, names: dict[str, Value]) -> Value:
        own = node.name in self.kept
        inner = dict(names)
        parts: list[Value] = []
        for each in node.body:
            if isinstance(each, FUNCTIONS):
                parts.append(self._function(each, inner, own=own))
            else:
                parts += self._statement(each, inner, frozenset())
        whole = made("class", sorted(parts, key=lambda part: part.key))
        names[node.name] = leaf(node.name) if own else whole
        return whole

    def _loop(self, node: ast.For | ast.AsyncFor, names: dict[str, Value], kept: Collection[str]) -> Value:
        over = self._value(node.iter, names)
        before = dict(names)
        self._depth += 1
        self._bound(node.target, leaf(f"item {self._depth}"), names, ())
        effects = self._body([*node.body, *node.orelse], names, kept)
        self._depth -= 1
        changed = [name for name, value in names.items() if before.get(name) is not value]
        return self._noted(made("for", [over, *effects, *(names[name] for name in changed)]), node)

    def _other(self, node: ast.AST, names: dict[str, Value], kept: Collection[str]) -> Value:
        """A statement of any other kind: what it does, and what is computed in it."""
        parts: list[Value] = []
        for child in ast.iter_child_nodes(node):
            if isinstance(child, ast.expr):
                parts.append(self._value(child, names))
            elif isinstance(child, ast.stmt):
                parts += self._statement(child, names, kept)
            else:
                parts.append(self._other(child, names, kept))
        return made(type(node).__name__, parts)

    def _value(self, node: ast.expr, names: dict[str, Value], *, absorbed: str = "") -> Value:
        """What an expression computes.

        Args:
            node: the expression.
            names: what is bound.
            absorbed: the operators with which it goes up in what it is in, and is no piece by itself.
        """
        self._left -= 1
        if self._left < 0:
            raise TooMuchToCompare
        value = self._computed(node, names)
        if isinstance(node, ast.BinOp) and OPERATORS.get(type(node.op), "?") in absorbed:
            return value
        return value if isinstance(node, ast.Name) else self._noted(value, node)

    def _noted(self, value: Value, node: ast.AST) -> Value:
        if value.is_piece:
            first = getattr(node, "lineno", 0)
            self.found.append(Noted(value.digest, first, getattr(node, "end_lineno", first) or first))
        return value

    def _computed(self, node: ast.expr, names: dict[str, Value]) -> Value:
        match node:
            case ast.Name(name):
                return names.get(name) or leaf(name)
            case ast.Constant(bool() | None):
                return leaf(repr(node.value))
            case ast.Constant(int() | float() | complex() as value):
                return number(value)
            case ast.Constant(value):
                return leaf(repr(value))
            case ast.UnaryOp(ast.USub(), operand):
                return negative(self._value(operand, names, absorbed="*/+-"))
            case ast.UnaryOp(ast.UAdd(), operand):
                return self._value(operand, names)
            case ast.BinOp(left, op, right):
                return self._operation(OPERATORS.get(type(op), type(op).__name__), left, right, names)
            case ast.Compare(left, [op], [right]):
                return self._comparison(left, op, right, names)
            case ast.Attribute(inner, name):
                return self._attribute(self._value(inner, names), name)
            case ast.Call():
                return self._call(node, names)
            case ast.Subscript(inner, place):
                return made("Subscript", [self._value(inner, names), self._value(place, names)])
            case ast.Lambda() | ast.ListComp() | ast.SetComp() | ast.GeneratorExp() | ast.DictComp():
                return self._scoped(node, names)
            case ast.NamedExpr(ast.Name(name), value):
                names[name] = self._value(value, names)
                return names[name]
        parts = [self._value(each, names) for each in ast.iter_child_nodes(node) if isinstance(each, ast.expr)]
        return made(type(node).__name__, parts)

    def _operation(self, operator: str, left: ast.expr, right: ast.expr, names: dict[str, Value]) -> Value:
        absorbed = "*/" if operator in "*/" else "+-" if operator in "+-" else ""
        first, second = (self._value(each, names, absorbed=absorbed) for each in (left, right))
        return _combined(operator, first, second, right)

    def _comparison(self, left: ast.expr, op: ast.cmpop, right: ast.expr, names: dict[str, Value]) -> Value:
        first, second = self._value(left, names), self._value(right, names)
        kind = MIRRORED.get(type(op), type(op))
        if kind is not type(op) or (isinstance(op, SYMMETRICAL) and second.key < first.key):
            first, second = second, first
        return made(kind.__name__, [first, second])

    def _attribute(self, inner: Value, name: str) -> Value:
        if name in NEUTRAL:
            return inner
        return made("attribute", [inner], [SAME.get(name, name)])

    def _call(self, node: ast.Call, names: dict[str, Value]) -> Value:
        if isinstance(node.func, ast.Name) and node.func.id == "len" and len(node.args) == 1:
            return made("Subscript", [made("attribute", [self._value(node.args[0], names)], ["shape"]), number(0)])
        called, arguments = self._called(node.func, names)
        arguments += [self._value(each, names) for each in node.args]
        keywords = {KEYWORDS.get(each.arg or "**", each.arg or "**"): each.value for each in node.keywords}
        named = {name: self._value(value, names) for name, value in sorted(keywords.items())}
        if isinstance(called, Value):
            return made("call", [called, *arguments, *named.values()], ["", *named])
        if called in NEUTRAL and len(arguments) == 1:
            return arguments[0]
        if called in BINARY and len(arguments) == 2 and not named:
            return _combined(BINARY[called], arguments[0], arguments[1], node.args[-1])
        if called == "square" and len(arguments) == 1:
            return product(arguments[0], arguments[0])
        if called == "neg" and len(arguments) == 1:
            return negative(arguments[0])
        if called == "size" and len(arguments) == 2:
            return made("Subscript", [made("attribute", arguments[:1], ["shape"]), arguments[1]])
        if called == "unsqueeze" and len(arguments) == 2 and arguments[1].key in NEW_AXES:
            return made("Subscript", [arguments[0], NEW_AXES[arguments[1].key]])
        if called == "T" or (called == "transpose" and len(arguments) > 1):
            return made("attribute", arguments[:1], ["T"])
        for name, value in zip(POSITIONS.get(called, ()), arguments[1:], strict=False):
            named[name] = value
            arguments = [arguments[0], *arguments[2:]]
        return made("call", [*arguments, *(named[name] for name in sorted(named))], [called, *sorted(named)])

    def _called(self, node: ast.expr, names: dict[str, Value]) -> tuple[str | Value, list[Value]]:
        """The name of what is called, and what is before its dot, if that is an argument as well; else what it is."""
        match node:
            case ast.Name(name) if name in names and names[name].digest in self._functions:
                function = self._functions[names[name].digest]
                return SAME.get(function, function), []
            case ast.Attribute(inner, name) if _dotted(inner, names) in LIBRARIES:
                return SAME.get(name, name), []
            case ast.Attribute(inner, name):
                return SAME.get(name, name), [self._value(inner, names)]
        return self._value(node, names), []

    def _scoped(self, node: ast.expr, names: dict[str, Value]) -> Value:
        """What has names of its own: they are numbered."""
        inner = dict(names)
        self._depth += 1
        parts = []
        if isinstance(node, ast.Lambda):
            for place, each in enumerate([*node.args.posonlyargs, *node.args.args, *node.args.kwonlyargs]):
                inner[each.arg] = leaf(f"argument {self._depth} {place}")
            parts.append(self._value(node.body, inner))
        else:
            for place, each in enumerate(node.generators):  # type: ignore[attr-defined]
                parts.append(self._value(each.iter, inner))
                self._bound(each.target, leaf(f"item {self._depth} {place}"), inner, ())
                parts += [self._value(test, inner) for test in each.ifs]
            parts += [self._value(each, inner) for each in ast.iter_child_nodes(node) if isinstance(each, ast.expr)]
        self._depth -= 1
        return made(type(node).__name__, parts)


def _combined(operator: str, left: Value, right: Value, exponent: ast.expr) -> Value:
    if operator in "*/":
        return product(left, right, divided=operator == "/")
    if operator in "+-":
        return total(left, right, subtracted=operator == "-")
    if operator == "**":
        return power(left, right, _whole_number(exponent))
    return made(operator, [left, right])


def _whole_number(node: ast.expr) -> int | None:
    """A small whole number that is written out."""
    match node:
        case ast.UnaryOp(ast.USub(), ast.Constant(int() | float() as value)):
            value = -value
        case ast.Constant(int() | float() as value):
            pass
        case _:
            return None
    return int(value) if 0 < abs(value) <= MOST_SQUARED and value == int(value) else None


def _dotted(node: ast.expr, names: dict[str, Value]) -> str:
    """The library that an expression is, if it is one."""
    match node:
        case ast.Name(name):
            return KNOWN.get(names[name].digest, "") if name in names else name
        case ast.Attribute(inner, name):
            return f"{_dotted(inner, names)}.{name}"
    return ""


def _root(node: ast.expr) -> str:
    """The name that a place is in."""
    while isinstance(node, (ast.Subscript, ast.Attribute)):
        node = node.value
    return node.id if isinstance(node, ast.Name) else ""
