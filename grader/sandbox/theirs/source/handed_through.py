"""Calls that give back one of their arguments as it is, such as `dh = check("h", dh, h)`. The argument stands for them:
what a checker looks at on the way, such as autograd's gradient, flows into no answer."""

import ast
import copy
from collections import Counter
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass

from grader.sandbox.theirs.dataflow.flow import own_nodes
from grader.sandbox.theirs.dataflow.sharing import LIBRARIES, Mutators, MutatorsOf, mutated, sharing
from grader.sandbox.theirs.dataflow.tree import nodes_of, of_kind
from grader.sandbox.theirs.source.scopes import bound_by


def without_checkers(body: Sequence[ast.stmt], stages: Collection[str]) -> list[ast.stmt]:
    """The statements of a module, with arguments in the place of calls that only hand them through.

    Args:
        body: the statements.
        stages: the names of functions that are answers, and are called as they are.
    """
    definitions = [node for node in body if isinstance(node, ast.FunctionDef) and node.name not in stages]
    mutators = MutatorsOf(body)
    given_back = {node.name: argument for node in definitions if (argument := _given_back(node, mutators))}
    if not given_back:
        return list(body)
    bound = Counter(name for statement in body for node in nodes_of(statement) for name in bound_by(node))
    once = {name: argument for name, argument in given_back.items() if bound[name] == 1}
    return [_Arguments(once).of(statement) for statement in body]


@dataclass(frozen=True)
class _Argument:
    """One of a function."""

    place: int
    name: str

    def in_call(self, call: ast.Call) -> ast.expr | None:
        """What it is in a call, if that is seen."""
        stars = any(isinstance(each, ast.Starred) for each in call.args)
        if self.place < len(call.args):
            return None if stars else call.args[self.place]
        return next((keyword.value for keyword in call.keywords if keyword.arg == self.name), None)


def _given_back(function: ast.FunctionDef, mutators: Mutators) -> _Argument | None:
    """The argument that a function gives back, wherever it returns, and leaves as it is."""
    names = [argument.arg for argument in (*function.args.posonlyargs, *function.args.args)]
    own = list(own_nodes(function.body))
    returned = {_name_of(node.value) for node in own if isinstance(node, ast.Return)}
    if len(returned) != 1 or function.decorator_list or not isinstance(function.body[-1], ast.Return):
        return None
    (name,) = returned
    again = any(name in bound_by(node) for statement in function.body for node in nodes_of(statement))
    if name not in names or again or any(isinstance(node, (ast.Yield, ast.YieldFrom)) for node in own):
        return None
    argument = _Argument(names.index(name), name)
    by_others = any(name in sharing(each, mutators, LIBRARIES).all_changed() for each in function.body)
    return None if by_others or argument.place in mutated(function) else argument


def _name_of(value: ast.expr | None) -> str:
    return value.id if isinstance(value, ast.Name) else ""


class _Arguments(ast.NodeTransformer):
    """Puts arguments in the place of calls."""

    def __init__(self, given_back: Mapping[str, _Argument]) -> None:
        self._given_back = given_back

    def of(self, statement: ast.stmt) -> ast.stmt:
        """A statement with arguments for calls; itself, if there is no such call in it."""
        if not any(self._argument_in(call) for call in of_kind(statement, ast.Call)):
            return statement
        made: ast.stmt = self.visit(copy.deepcopy(statement))
        return made

    def visit_Call(self, node: ast.Call) -> ast.expr:
        self.generic_visit(node)
        return self._argument_in(node) or node

    def _argument_in(self, call: ast.Call) -> ast.expr | None:
        argument = self._given_back.get(_name_of(call.func))
        return argument.in_call(call) if argument else None
