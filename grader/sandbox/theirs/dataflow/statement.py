"""One statement of a source: what it binds, what it changes, and what it needs for that."""

import ast
from dataclasses import dataclass, field

from grader.sandbox.theirs.dataflow.flow import FUNCTIONS, flow
from grader.sandbox.theirs.dataflow.sharing import Mutators, sharing
from grader.sandbox.theirs.dataflow.tree import below

LOOPS = (ast.For, ast.AsyncFor, ast.While)
WITH = (ast.With, ast.AsyncWith)
COMPOUND = (*LOOPS, *WITH, ast.If, ast.Try, ast.TryStar, ast.Match)
IMPORTS = (ast.Import, ast.ImportFrom)
PLACEHOLDERS = {"zeros", "zeros_like", "new_zeros", "empty", "empty_like", "new_empty"}
NOTHING = (None, Ellipsis, NotImplemented)


@dataclass(frozen=True, eq=False)
class Statement:
    """One statement of a scope, in its place there.

    `binds` are names bound anew for sure, `changes` those that are bound perhaps or whose numbers change, `rebinds`
    those that a loop binds over and over.
    """

    number: int
    node: ast.stmt
    binds: frozenset[str]
    changes: frozenset[str]
    rebinds: frozenset[str]
    reads: frozenset[str]
    perhaps: frozenset[str]
    """Of what is read, what it binds itself on some way there."""
    shares: dict[str, frozenset[str]] = field(default_factory=dict)
    """For names it binds, the names whose numbers they have."""

    @property
    def is_import(self) -> bool:
        return isinstance(self.node, IMPORTS)

    @property
    def is_definition(self) -> bool:
        return isinstance(self.node, (*FUNCTIONS, ast.ClassDef))

    @property
    def is_callable(self) -> bool:
        """Whether it makes a function."""
        return isinstance(self.node, FUNCTIONS) or isinstance(getattr(self.node, "value", None), ast.Lambda)

    @property
    def is_nothing(self) -> bool:
        """Whether it binds a name to `None`, or what else says that something is yet to be written."""
        value = self.node.value if isinstance(self.node, (ast.Assign, ast.AnnAssign)) else None
        values = value.elts if isinstance(value, (ast.Tuple, ast.List)) and value.elts else [value]
        return all(
            (isinstance(each, ast.Constant) and each.value in NOTHING)
            or (isinstance(each, ast.Name) and each.id == "NotImplemented")
            for each in values
        )

    @property
    def is_placeholder(self) -> bool:
        """Whether it binds a name to a tensor of zeros, or one yet to be filled."""
        value = self.node.value if isinstance(self.node, (ast.Assign, ast.AnnAssign)) else None
        called = value.func if isinstance(value, ast.Call) else None
        return getattr(called, "attr", getattr(called, "id", "")) in PLACEHOLDERS


def statement(number: int, node: ast.stmt, mutators: Mutators, modules: frozenset[str]) -> Statement:
    """A statement with what it does to names.

    Args:
        number: its place.
        node: the statement.
        mutators: which arguments functions of the submission change.
        modules: the names of imported modules.
    """
    names, shared = flow(node), sharing(node, mutators, modules)
    changed = shared.all_changed()
    rebinds: frozenset[str] = frozenset()
    if isinstance(node, LOOPS):
        binds: frozenset[str] = frozenset()
        rebinds = names.may_bind - names.needs
        changed |= names.may_bind - rebinds
    elif isinstance(node, ast.AugAssign):
        binds = frozenset()
    elif isinstance(node, COMPOUND):
        binds = names.binds - names.needs
        rebinds = _bound_in_loops(node) - names.needs - binds
        changed |= names.may_bind - binds - rebinds
    else:
        binds = names.binds

    return Statement(
        number,
        node,
        binds,
        frozenset(changed - binds - rebinds - modules),
        rebinds,
        names.needs,
        names.perhaps,
        {name: frozenset(others) for name, others in shared.of.items() if name in names.may_bind and others},
    )


def _bound_in_loops(node: ast.stmt) -> frozenset[str]:
    """The names that only loops inside a statement bind."""
    loops, others = set[str](), set[str]()
    queue = list(below(node))
    while queue:
        inner = queue.pop()
        if isinstance(inner, LOOPS):
            loops |= flow(inner).may_bind
        elif isinstance(inner, ast.stmt) and not isinstance(inner, COMPOUND):
            others |= flow(inner).may_bind
        else:
            queue += below(inner)
    return frozenset(loops - others)
