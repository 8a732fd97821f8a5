"""Gradients that are kept in something: `grads["probs"]`, `kept.dprobs`, `self.dprobs`. Each is the variable of its
stage all the same."""

import ast
import copy
import re
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence

from grader.sandbox.theirs.dataflow.flow import FUNCTIONS, flow
from grader.sandbox.theirs.dataflow.sharing import OWNER
from grader.sandbox.theirs.dataflow.statement import LOOPS, Statement
from grader.sandbox.theirs.dataflow.tree import has_grad, nodes_of, of_kind

FEWEST = 2
"""Gradients that something keeps at least."""
DEFINITIONS = (*FUNCTIONS, ast.ClassDef)
NO_ARGUMENTS = ast.arguments([], [], None, [], [], None, [])
SAYS_SO = re.compile("grad|^[dg]$", re.IGNORECASE)
"""The name of what keeps gradients, where each goes by the name of its tensor."""


def with_variables(body: Sequence[ast.stmt], gradients: Mapping[str, str]) -> list[ast.stmt]:
    """The statements, with a variable for each gradient that is kept in something of the submission's.

    What autograd gives is kept to compare with, and what is bound to a variable before, or in the same loop, is only
    collected: both stay as they are.

    Args:
        body: the statements of a module.
        gradients: what the gradients are called, and the tensors, each with the variable.
    """
    kept: dict[str, set[str]] = {}
    bound = set[str]()
    for statement in (node for node in body if not isinstance(node, DEFINITIONS)):
        here = flow(statement).may_bind
        in_loop = bool(of_kind(statement, *LOOPS))
        for holder, variable in _kept_by(statement, gradients):
            if variable not in (here if in_loop else bound):
                kept.setdefault(holder, set()).add(variable)
        bound |= set() if in_loop else here
    chosen = {holder: names for holder, names in kept.items() if len(names) >= FEWEST}
    if not chosen or not (made := chosen.keys() & _made_here(body, gradients)):
        return list(body)
    write = _Variables({holder: chosen[holder] for holder in made}, gradients)
    return [made for node in body for made in ([node] if isinstance(node, DEFINITIONS) else write.of(node))]


def methods(node: ast.ClassDef, module: Iterable[Statement], names: Iterable[str]) -> Iterator[ast.FunctionDef]:
    """The methods of a class as functions that stand by themselves and make their object.

    Args:
        node: the class.
        module: the statements of the module, of which one may make its object.
        names: what is a variable where it is a field of the object.
    """
    own = {name: name for name in names}
    write = _Variables({OWNER: set(own)}, own)
    for method in node.body:
        if isinstance(method, FUNCTIONS) and method.args.args:
            made = [made for each in method.body for made in write.of(each)]
            body = [_object_of(node, module, method.args.args[0].arg), *made]
            yield ast.FunctionDef(method.name, NO_ARGUMENTS, body, [])


def _object_of(node: ast.ClassDef, module: Iterable[Statement], name: str) -> ast.stmt:
    """What makes the object that the methods of a class belong to, as the module makes it."""
    values = (getattr(s.node, "value", None) for s in module)
    calls = (value for value in values if isinstance(value, ast.Call) and isinstance(value.func, ast.Name))
    made = next((call for call in calls if call.func.id == node.name), None)  # type: ignore[attr-defined]
    call = made or ast.Call(ast.Name(node.name, ast.Load()), [], [])
    return ast.fix_missing_locations(ast.copy_location(ast.Assign([ast.Name(name, ast.Store())], call), node))


def _is_set(node: ast.AST, gradients: Mapping[str, str]) -> bool:
    return isinstance(getattr(node, "ctx", None), ast.Store) and _field(node, gradients) is not None


def _kept_by(statement: ast.stmt, gradients: Mapping[str, str]) -> Iterator[tuple[str, str]]:
    """What keeps gradients that a statement sets, each with its variable."""
    yield from (_field(node, gradients) or ("", "") for node in nodes_of(statement) if _is_set(node, gradients))


def _field(node: ast.AST, gradients: Mapping[str, str]) -> tuple[str, str] | None:
    """What something is a field of, and the variable for it."""
    if not isinstance(node, (ast.Attribute, ast.Subscript)) or not isinstance(node.value, ast.Name):
        return None
    key = node.attr if isinstance(node, ast.Attribute) else getattr(node.slice, "value", None)
    variable = gradients.get(key) if isinstance(key, str) else None
    if variable is None or not (variable == key or SAYS_SO.search(node.value.id)):
        return None
    return node.value.id, variable


def _made_here(body: Sequence[ast.stmt], gradients: Mapping[str, str]) -> set[str]:
    """The names that are bound to a dictionary or to an object of a class, but for those that keep what autograd gives
    more often than anything else."""
    made, of_autograd = set[str](), Counter[str]()
    for node in (found for each in body if not isinstance(each, DEFINITIONS) for found in nodes_of(each)):
        if isinstance(node, ast.Assign):
            if isinstance(node.value, ast.Dict) or _is_made(node.value):
                made |= {target.id for target in node.targets if isinstance(target, ast.Name)}
            for holder, _ in filter(None, (_field(target, gradients) for target in node.targets)):
                of_autograd[holder] += 1 if has_grad(node.value) else -1
    return {name for name in made if of_autograd[name] <= 0}


def _is_made(value: ast.expr) -> bool:
    function = value.func if isinstance(value, ast.Call) else None
    name = function.attr if isinstance(function, ast.Attribute) else getattr(function, "id", "")
    return name == "dict" or name[:1].isupper()


class _Variables(ast.NodeTransformer):
    """Variables in the place of fields."""

    def __init__(self, kept: Mapping[str, set[str]], gradients: Mapping[str, str]) -> None:
        self._kept, self._gradients = kept, gradients

    def of(self, statement: ast.stmt) -> list[ast.stmt]:
        if not any(self._variable(node) for node in nodes_of(statement)):
            return [statement]
        try:
            made = self.visit(copy.deepcopy(statement))
        except RecursionError:  # nested too deeply: it stays as it is
            return [statement]
        return [ast.fix_missing_locations(each) for each in (made if isinstance(made, list) else [made])]

    def _variable(self, node: ast.AST) -> str | None:
        holder, variable = _field(node, self._gradients) or ("", "")
        return variable if variable in self._kept.get(holder, ()) else None

    def visit_Assign(self, node: ast.Assign) -> list[ast.stmt]:
        """What is kept is bound to its variable first; a method's object is made anew for each stage."""
        value = self.visit(node.value)
        taken = value.id if isinstance(value, ast.Name) else ""
        fields = [(target, name) for target in node.targets if (name := self._variable(target))]
        targets = [self.visit(copy.deepcopy(target)) for target in node.targets]
        targets = [target for target in targets if not (isinstance(target, ast.Name) and target.id == taken)]
        made: list[ast.stmt] = [ast.Assign(targets, value)] if targets else []
        if OWNER not in self._kept:
            made += [ast.Assign([target], ast.Name(name, ast.Load())) for target, name in fields]
        return [ast.copy_location(each, node) for each in made or [ast.Pass()]]

    def visit_Attribute(self, node: ast.Attribute) -> ast.AST:
        return self._instead(node)

    def visit_Subscript(self, node: ast.Subscript) -> ast.AST:
        return self._instead(node)

    def _instead(self, node: ast.Attribute | ast.Subscript) -> ast.AST:
        variable = self._variable(node)
        return ast.copy_location(ast.Name(variable, node.ctx), node) if variable else self.generic_visit(node)
