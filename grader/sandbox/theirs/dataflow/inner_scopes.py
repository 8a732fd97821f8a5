"""Scopes inside others: the bodies of loops, as they run the first time, and of functions, as they are called first."""

import ast
import copy
from collections.abc import Iterable, Iterator, Mapping, Sequence, Set

from grader.sandbox.border.messages import STEP
from grader.sandbox.theirs.dataflow.flow import BUILTINS, FUNCTIONS
from grader.sandbox.theirs.dataflow.slices import Facts, Scope, scope_of
from grader.sandbox.theirs.dataflow.statement import LOOPS, WITH, Statement
from grader.sandbox.theirs.dataflow.tree import of_kind, walk

FEWEST = 2
"""Gradients of parameters that a loop has at least, to be one in which a network is trained with them."""
RANGES = ("range", "trange")
Function = ast.FunctionDef | ast.AsyncFunctionDef


def without_training(statements: Sequence[Statement], parameters: Set[str], gradients: Set[str]) -> list[Statement]:
    """The statements but for those that train: loops, and calls of functions with such loops."""
    inside = {
        s.node.name
        for s in statements
        if isinstance(s.node, FUNCTIONS) and any(_trains(loop, gradients) for loop in loops_in(s.node))
    }
    return [
        s
        for s in statements
        if s.is_definition or not (_is_training(s, parameters, gradients) or _calls_any(s, inside))
    ]


def _is_training(s: Statement, parameters: Set[str], gradients: Set[str]) -> bool:
    """Whether a statement is a loop that trains: it moves parameters, or has gradients in it."""
    loops = of_kind(s.node, *LOOPS)
    if not loops:
        return False
    bound = s.rebinds | s.changes | s.binds
    moved = len((s.changes | s.rebinds) & parameters) >= FEWEST
    return moved or len(bound & gradients) >= FEWEST or any(_trains(loop, gradients) for loop in loops)


def _trains(loop: ast.AST, gradients: Set[str]) -> bool:
    nodes = walk(loop)
    by_autograd = any(isinstance(node, ast.Attribute) and node.attr == "backward" for node in nodes)
    bound = {node.id for node in nodes if isinstance(node, ast.Name) and isinstance(node.ctx, ast.Store)}
    return by_autograd or len(bound & gradients) >= FEWEST


def _calls_any(s: Statement, functions: Set[str]) -> bool:
    return any(name in s.reads for name in functions)


def of_loop(loop: ast.For | ast.AsyncFor | ast.While, facts: Facts, outer: Scope, number: int) -> Scope:
    """The body of a loop, the first time that it runs.

    Args:
        loop: the loop.
        facts: of the source.
        outer: the scope it stands in.
        number: of its statement there.
    """
    return scope_of([*_counting(loop), *loop.body], facts, outer, number)


def of_first_turn(loop: ast.For, facts: Facts, outer: Scope, number: int) -> Scope:
    """The body of a loop, with the first of what it goes through.

    Args:
        loop: the loop.
        facts: of the source.
        outer: the scope it stands in.
        number: of its statement there.
    """
    first = ast.Assign([loop.target], _first_of(loop.iter))
    return scope_of([ast.fix_missing_locations(ast.copy_location(first, loop)), *loop.body], facts, outer, number)


def of_function(function: Function, facts: Facts, outer: Scope, place: int, module: Iterable[Statement]) -> Scope:
    """The body of a function, its arguments bound as at its first call in the module.

    Args:
        function: the function.
        facts: of the source.
        outer: the scope it stands in.
        place: what stands there before this number has run when it is called.
        module: the statements of the module.
    """
    return scope_of(
        [*_bound_arguments(function, first_call(function, list(module))), *function.body], facts, outer, place
    )


def numbered(s: Statement, number: int) -> Statement:
    """A statement in another place."""
    return Statement(number, s.node, s.binds, s.changes, s.rebinds, s.reads, s.perhaps, s.shares)


def unwrapped(node: ast.stmt) -> ast.stmt:
    """What an arrangement is put around, if that is a single statement."""
    while isinstance(node, (*WITH, ast.If, ast.Try)) and len(node.body) == 1 and not getattr(node, "orelse", []):
        node = node.body[0]
    return node


def loops_in(node: ast.AST) -> Iterator[ast.AST]:
    """The loops below a node."""
    return (each for each in of_kind(node, *LOOPS) if each is not node)


def gives(function: Function) -> bool:
    """Whether a function returns something."""
    return any(isinstance(each, ast.Return) and each.value is not None for each in walk(function))


def calls(statements: Iterable[Statement], name: str) -> Iterator[ast.Call]:
    """The calls of a function by its name."""
    for s in statements:
        if name in s.reads:
            for node in walk(s.node):
                if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id == name:
                    yield node


def _counting(loop: ast.For | ast.AsyncFor | ast.While) -> Iterator[ast.stmt]:
    """What a loop counts with, in the step that is asked for."""
    if not isinstance(loop, ast.For):
        return
    call = loop.iter if isinstance(loop.iter, ast.Call) else None
    while call and call.args and isinstance(call.args[0], ast.Call) and _name_of(call) not in ("enumerate", *RANGES):
        call = call.args[0]  # tqdm(range(n))
    target, name = loop.target, _name_of(call) if call else ""
    step: ast.expr = ast.Constant(0)
    if name == "enumerate" and isinstance(target, ast.Tuple):
        target = target.elts[0]
    elif call and name in RANGES and 1 <= len(call.args) <= 2:
        last = ast.BinOp(copy.deepcopy(call.args[-1]), ast.Sub(), ast.Constant(1))
        first = copy.deepcopy(call.args[0]) if len(call.args) == 2 else ast.Constant(0)
        step = _call("max", first, _call("min", ast.Name(STEP, ast.Load()), last))
    if isinstance(target, ast.Name):
        yield ast.fix_missing_locations(ast.copy_location(ast.Assign([copy.copy(target)], step), loop))


def _call(name: str, *arguments: ast.expr) -> ast.expr:
    return ast.Call(ast.Name(name, ast.Load()), list(arguments), [])


def _name_of(call: ast.Call) -> str:
    return call.func.id if isinstance(call.func, ast.Name) else getattr(call.func, "attr", "")


def first_call(function: Function, module: Sequence[Statement]) -> ast.Call:
    """How a function is called first with what the module knows; failing that, a call that is made up.

    Args:
        function: of the module.
        module: its statements.
    """
    bound = {name for s in module for name in s.binds}
    for s in module:
        turns: dict[str, ast.expr] | None = None
        for call in calls([s], function.name):
            turns = _first_turns(s.node) if turns is None else turns
            if _names_given(call) & turns.keys():
                call = _Replaced(turns).visit(copy.deepcopy(call))
            if _names_given(call) - BUILTINS <= bound or not function.args.args:
                return call
    words = [n for n in walk(function) if isinstance(n, ast.Constant) and isinstance(n.value, str)]
    asked = len(function.args.args) - len(function.args.defaults)
    arguments: list[ast.expr] = [copy.deepcopy(words[0])] if words and asked == 1 else []
    return ast.Call(ast.Name(function.name, ast.Load()), arguments, [])


def _names_given(call: ast.Call) -> set[str]:
    given = [*call.args, *(keyword.value for keyword in call.keywords)]
    return {node.id for each in given for node in walk(each) if isinstance(node, ast.Name)}


def _first_turns(node: ast.AST) -> dict[str, ast.expr]:
    """What the names that loops bind in a statement are in the first turn."""
    found: dict[str, ast.expr] = {}
    for each in walk(node):
        if isinstance(each, (ast.For, ast.comprehension)):
            first = _Replaced(found).visit(_first_of(each.iter))
            found |= dict(_taken_apart(each.target, first))
    return found


def _first_of(values: ast.expr) -> ast.expr:
    return _call("next", _call("iter", copy.deepcopy(values)))


def _taken_apart(target: ast.expr, value: ast.expr) -> Iterator[tuple[str, ast.expr]]:
    """The names in a target, each with its part of a value."""
    if isinstance(target, ast.Name):
        yield target.id, value
    elif isinstance(target, (ast.Tuple, ast.List)):
        for place, each in enumerate(target.elts):
            yield from _taken_apart(each, ast.Subscript(value, ast.Constant(place), ast.Load()))


class _Replaced(ast.NodeTransformer):
    """Expressions in the place of names."""

    def __init__(self, names: Mapping[str, ast.expr]) -> None:
        self._names = names

    def visit_Name(self, node: ast.Name) -> ast.expr:
        found = self._names.get(node.id) if isinstance(node.ctx, ast.Load) else None
        return copy.deepcopy(found) if found else node


def _bound_arguments(function: Function, call: ast.Call) -> list[ast.stmt]:
    """The arguments of a function as a call binds them, or their defaults."""
    given = function.args
    positional = [*given.posonlyargs, *given.args]
    values: dict[str, ast.expr] = {}
    defaults = given.defaults
    values |= {a.arg: v for a, v in zip(positional[len(positional) - len(defaults) :], defaults, strict=True)}
    values |= {a.arg: v for a, v in zip(given.kwonlyargs, given.kw_defaults, strict=True) if v is not None}
    values |= {a.arg: v for a, v in zip(positional, call.args, strict=False)}
    values |= {keyword.arg: keyword.value for keyword in call.keywords if keyword.arg}
    own = {name: value for name, value in values.items() if not (isinstance(value, ast.Name) and value.id == name)}
    return [
        ast.fix_missing_locations(
            ast.copy_location(ast.Assign([ast.Name(name, ast.Store())], copy.deepcopy(value)), function)
        )
        for name, value in own.items()
    ]
