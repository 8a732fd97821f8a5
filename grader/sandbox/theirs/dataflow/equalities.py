"""Names of the submission's own that stand for something of the assignment, because its set-up says so.

`n = batch_size` makes the two one thing, `Xb = Xtr[ix]` makes `Xtr[ix]` another way to write `Xb`, and a forward line
that is the script's own with other names says what these names are. Where two lines disagree, nothing is said.
"""

import ast
import copy
from collections.abc import Iterable, Iterator, Mapping, Sequence, Set
from dataclasses import dataclass, field
from functools import cache
from itertools import pairwise

from grader.sandbox.theirs.dataflow.statement import Statement
from grader.sandbox.theirs.dataflow.tree import walk

KEYWORDS = {"keepdims": "keepdim", "axis": "dim", "unbiased": "correction"}
IGNORED_KEYWORDS = frozenset({"generator", "requires_grad", "dtype", "device"})
METHODS_OF_TORCH = frozenset("exp log max mean min pow sqrt std sum tanh var".split())
ROUNDS = 12
"""One line may say what a name of another line is."""
Pairs = dict[str, str]
"""Names of the submission, with the names of the assignment."""


@dataclass(frozen=True)
class Equalities:
    """`names` by the submission's own name; of them, `renamed` are what its forward pass calls a tensor of the script.

    `ways` are other ways to write something: the expression, as `ast.dump` has it, and the name for it.
    """

    names: Pairs = field(default_factory=dict)
    renamed: Pairs = field(default_factory=dict)
    ways: Pairs = field(default_factory=dict)
    indexed: frozenset[str] = frozenset()
    """The data in these ways."""

    def rewritten(self, s: Statement) -> ast.stmt:
        """A statement with the assignment's names for what it writes in another way."""
        node = s.node
        if s.reads.isdisjoint(self.indexed) or not any(
            ast.dump(each) in self.ways for each in walk(node) if isinstance(each, ast.Subscript)
        ):
            return node
        return _Rewriter(self.ways).visit(copy.deepcopy(node))  # type: ignore[no-any-return]


class _Rewriter(ast.NodeTransformer):
    def __init__(self, ways: Pairs) -> None:
        self._ways = ways

    def visit_Assign(self, node: ast.Assign) -> ast.AST:
        """A statement that says what is equal stays as it is."""
        says = any(self._ways.get(ast.dump(value)) == name for name, value in assignments(node))
        return node if says else self.generic_visit(node)

    def visit_Subscript(self, node: ast.Subscript) -> ast.AST:
        name = self._ways.get(ast.dump(node)) if isinstance(node.ctx, ast.Load) else None
        return ast.copy_location(ast.Name(name, ast.Load()), node) if name else self.generic_visit(node)


def equalities(
    statements: Sequence[Statement],
    lines: Sequence[str],
    known: Set[str],
    leaves: Set[str],
    sizes: Set[str],
) -> Equalities:
    """What the statements of a submission say is equal.

    Args:
        statements: of its module.
        lines: of the assignment's scripts, `name = expression` each.
        known: every name of the assignment.
        leaves: those that a forward pass starts from: parameters, data, sizes.
        sizes: those that are numbers.
    """
    made = [(name, value, s) for s in statements for name, value in assignments(s.node)]
    bound = {name for s in statements for name in s.binds}
    said = _Said(known, leaves, sizes, bound)
    for name, value, _ in made:
        if name in known and isinstance(value, ast.Name) and value.id not in known:
            said.equal(value.id, name)
    for name, value, _ in reversed(made):  # BATCH = 32; batch_size = BATCH; n = batch_size
        if isinstance(value, ast.Name) and name in said.names:
            said.equal(value.id, said.names[name])
    equal = dict(said.kept())
    for _ in range(ROUNDS):
        before = len(said.names)
        telling = [(name, value) for name, value, _ in made if _may_tell(name, value, {*known, *said.names}, known)]
        scripts = _patterns(tuple(dict.fromkeys(lines))) if telling else []
        own = [(name, _canonical(value)) for name, value in telling]
        for target, pattern in scripts:
            for name, own_value in own:
                said.aligned(name, own_value, target, pattern)
        if len(said.names) == before:
            break
    constants = {name: value.value for name, value, _ in made if isinstance(value, ast.Constant)}
    names = {
        name: other
        for name, other in said.kept().items()
        if name in equal or _may_stand(name, other, statements, constants, bound, leaves)
    }
    renamed = {name: other for name, other in names.items() if name not in equal and other not in sizes}
    ways = [(value, name) for value, name in _ways(made, leaves)]
    indexed = frozenset(value.value.id for value, _ in ways if isinstance(value.value, ast.Name))
    return Equalities(names, renamed, {ast.dump(value): name for value, name in ways}, indexed)


def _may_tell(name: str, value: ast.expr, learned: Set[str], known: Set[str]) -> bool:
    """Whether a line speaks of something known, or learned, and of something that is not the assignment's."""
    if isinstance(value, (ast.Name, ast.Constant)):
        return False
    names = {name, *(each.id for each in walk(value) if isinstance(each, ast.Name))}
    return not names.isdisjoint(learned) and not names <= known


@cache
def _patterns(lines: tuple[str, ...]) -> list[tuple[str, ast.AST]]:
    """The lines of scripts, each in one of the ways in which it can be written."""
    return [(name, _canonical(value)) for line in lines for name, value in assignments(ast.parse(line).body[0])]


def assignments(node: ast.AST) -> Iterator[tuple[str, ast.expr]]:
    """The names that a statement assigns, each with its expression."""
    if not isinstance(node, ast.Assign):
        return
    value = node.value
    for target in node.targets:
        if isinstance(target, ast.Name):
            yield target.id, value
        elif isinstance(target, ast.Tuple) and isinstance(value, ast.Tuple) and len(target.elts) == len(value.elts):
            for part, each in zip(target.elts, value.elts, strict=True):
                if isinstance(part, ast.Name):
                    yield part.id, each
    names = [target.id for target in node.targets if isinstance(target, ast.Name)]
    for name, other in pairwise(names):  # batch_size = n = 32
        yield from ((name, ast.Name(other, ast.Load())), (other, ast.Name(name, ast.Load())))


def _ways(made: Iterable[tuple[str, ast.expr, Statement]], leaves: Set[str]) -> Iterator[tuple[ast.Subscript, str]]:
    """Data of the submission's own, indexed, that it calls by a name of the assignment: `Yb = Ytr[ix]`."""
    for name, value, _ in made:
        if name in leaves and isinstance(value, ast.Subscript) and isinstance(value.value, ast.Name):
            yield value, name


def _may_stand(
    name: str,
    other: str,
    statements: Sequence[Statement],
    constants: Mapping[str, object],
    bound: Set[str],
    leaves: Set[str],
) -> bool:
    """Whether a name that lines were seen to use in the place of another surely is that other."""
    if other in bound and not (name in constants and constants.get(name) == constants.get(other)):
        return False
    times = sum(name in s.binds for s in statements)
    changed = any(name in s.changes for s in statements)
    return other in leaves or (times == 1 and not changed)


@dataclass
class _Said:
    """What lines have said so far."""

    known: Set[str]
    leaves: Set[str]
    sizes: Set[str]
    bound: Set[str]
    names: Pairs = field(default_factory=dict)
    against: set[str] = field(default_factory=set)

    def kept(self) -> Pairs:
        """What no line speaks against."""
        taken = list(self.names.values())
        return {
            name: other
            for name, other in self.names.items()
            if name not in self.against and (taken.count(other) == 1 or other in self.sizes)
        }

    def equal(self, name: str, other: str) -> None:
        if name in self.known:
            return
        if self.names.setdefault(name, other) != other:
            self.against.add(name)

    def aligned(self, name: str, value: ast.AST, target: str, pattern: ast.AST) -> None:
        """Learn from a line, if it is the script's."""
        if name in self.known and name != target:
            return
        found = dict(self.names)
        anchored: list[str] = [name] if name == target or self.names.get(name) == target else []
        if not self._fits(value, pattern, found, anchored) or not anchored:
            return
        new = [other for each, other in found.items() if each not in self.names]
        if name not in self.known and any(other not in self.leaves for other in new):
            return
        for each, other in found.items():
            self.equal(each, other)
        if name not in self.known:
            self.equal(name, target)

    def _fits(self, value: ast.AST, pattern: ast.AST, found: Pairs, anchored: list[str]) -> bool:
        """Whether an expression is the pattern but for names; what they are goes into `found`."""
        if isinstance(pattern, ast.Name):
            return self._fits_name(value, pattern.id, found, anchored)
        if isinstance(pattern, ast.Constant) and isinstance(value, ast.Constant):
            return bool(pattern.value == value.value)
        if type(value) is not type(pattern):
            return False
        if isinstance(value, ast.BinOp) and isinstance(value.op, (ast.Mult, ast.Add)):
            assert isinstance(pattern, ast.BinOp)
            if type(value.op) is not type(pattern.op):
                return False
            for left, right in ((value.left, value.right), (value.right, value.left)):
                tried, seen = dict(found), list(anchored)
                if self._fits(left, pattern.left, tried, seen) and self._fits(right, pattern.right, tried, seen):
                    found.update(tried)
                    anchored[:] = seen
                    return True
            return False
        parts, wanted = list(_parts(value)), list(_parts(pattern))
        return len(parts) == len(wanted) and all(
            self._fits(part, each, found, anchored)
            if isinstance(part, ast.AST) and isinstance(each, ast.AST)
            else part == each
            for part, each in zip(parts, wanted, strict=True)
        )

    def _fits_name(self, value: ast.AST, name: str, found: Pairs, anchored: list[str]) -> bool:
        if isinstance(value, ast.Constant):
            return name in self.sizes and type(value.value) is int
        if not isinstance(value, ast.Name):
            return False
        if value.id == name or found.get(value.id) == name:
            anchored += [name] if name in self.known else []
            return True
        if name not in self.known or value.id in self.known or value.id in found:
            return False
        found[value.id] = name
        return True


def _parts(node: ast.AST) -> Iterator[object]:
    """What a node is made of, contexts aside."""
    for name, value in ast.iter_fields(node):
        if name in ("ctx", "kind", "type_comment"):
            continue
        if isinstance(value, list):
            yield len(value)
            yield from value
        else:
            yield type(value) if isinstance(value, ast.operator) else value


def _canonical(value: ast.expr) -> ast.AST:
    """An expression in one of the ways in which it can be written."""
    return _Canonical().visit(copy.deepcopy(value))  # type: ignore[no-any-return]


class _Canonical(ast.NodeTransformer):
    """One spelling for `keepdims`, `torch.exp(x)`, `len(x)`, `x.max(1).values`, `1.0`."""

    def visit_keyword(self, node: ast.keyword) -> ast.AST | None:
        self.generic_visit(node)
        if node.arg in IGNORED_KEYWORDS:
            return None
        node.arg = KEYWORDS.get(node.arg or "", node.arg)
        return node

    def visit_Call(self, node: ast.Call) -> ast.AST:
        self.generic_visit(node)
        function = node.func
        if isinstance(function, ast.Name) and function.id == "len" and len(node.args) == 1:
            shape = ast.Attribute(node.args[0], "shape", ast.Load())
            return ast.Subscript(shape, ast.Constant(0), ast.Load())
        if isinstance(function, ast.Attribute):
            of_torch = isinstance(function.value, ast.Name) and function.value.id == "torch"
            if of_torch and function.attr in METHODS_OF_TORCH and node.args:
                node.func = ast.Attribute(node.args[0], function.attr, ast.Load())
                node.args = node.args[1:]
            elif of_torch and function.attr == "arange":
                node.func = ast.Name("range", ast.Load())
            elif function.attr == "size" and len(node.args) == 1:
                return ast.Subscript(ast.Attribute(function.value, "shape", ast.Load()), node.args[0], ast.Load())
        by_keyword = [each for each in node.keywords if each.arg == "dim"]
        if by_keyword and not node.args:
            node.args = [by_keyword[0].value]
            node.keywords.remove(by_keyword[0])
        node.keywords = sorted((k for k in node.keywords if k.arg), key=lambda k: k.arg or "")
        return node

    def visit_Attribute(self, node: ast.Attribute) -> ast.AST:
        self.generic_visit(node)
        if node.attr == "values":
            return ast.Subscript(node.value, ast.Constant(0), ast.Load())
        return node

    def visit_Constant(self, node: ast.Constant) -> ast.AST:
        value = node.value
        if isinstance(value, (bool, float)) and value == int(value if abs(value) < 1e9 else 0):
            return ast.Constant(int(value))
        return node
