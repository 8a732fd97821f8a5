"""What the source of a stage makes use of that is not on the list of tensor maths, read before any of it runs.

A stage's source is its function and every top-level statement of the submission that this needs, however far away. What
may reach any line is everybody's matter, wherever it runs; the rest is that of the stages into whose value it flows.
"""

import ast
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import replace
from functools import cache

from grader.border import Reading
from grader.sandbox.border.families import unnamed
from grader.sandbox.border.messages import Arrays
from grader.sandbox.theirs.dataflow.flow import BUILTINS
from grader.sandbox.theirs.dataflow.sharing import OF_LISTS, base
from grader.sandbox.theirs.dataflow.statement import IMPORTS
from grader.sandbox.theirs.dataflow.tree import nodes_of, of_kind
from grader.sandbox.theirs.source.imports import Files
from grader.sandbox.theirs.source.least import Least
from grader.sandbox.theirs.source.operations import Kind
from grader.sandbox.theirs.source.outline import Outline
from grader.sandbox.theirs.source.owned import Own, own_of
from grader.sandbox.theirs.source.scopes import Names, free_names, module_scope
from grader.sandbox.theirs.source.words import Reader, Word

Words = Mapping[ast.stmt, Sequence[Word]]


def read_sources(outlines: Sequence[Outline]) -> dict[str, dict[str, Reading]]:
    """For each source of a submission, what each of its stages makes use of; statements of one may need another."""
    bodies = {outline.source.name: _run(outline) for outline in outlines}
    files = outlines[0].files if outlines else Files()
    scopes = {name: module_scope(body) for name, body in bodies.items()}
    words = _all_words(outlines, bodies, scopes, files)
    everywhere = {(word.line, word.name) for found in words.values() for word in found if word.kind == "outside"}
    neighbours = {module: bodies[name] for module, name in files.modules.items()}
    strange = unnamed(outline.source.text for outline in outlines)
    return {
        outline.source.name: {
            stage: replace(
                _reading(needed, words, neighbours, everywhere, outline.wanted.arrays),
                unused=_unused(stage, outline),
                least=_least(stage, outline, least),
                unnamed=strange if outline.wanted.arrays == "torch" else (),
            )
            for stage, needed in _needs(outline, bodies[outline.source.name])
        }
        for outline in outlines
        for least in [Least(scopes[outline.source.name])]
    }


def _least(stage: str, outline: Outline, least: Least) -> int:
    """The fewest operations of a stage that is given what it may ask for: sizes, and tensors."""
    if outline.wanted.arrays != "torch":
        return 0
    wanted = next(each for each in outline.wanted.stages if each.name == stage)
    given: dict[str, Kind] = {name: "number" if name in outline.wanted.sizes else "tensor" for name in wanted.offered}
    try:
        cut = outline.slices.get(stage)
        return least.of_slice(cut, given) if cut else least.of_function(stage, given)
    except RecursionError:
        return 0


def _run(outline: Outline) -> list[ast.stmt]:
    """The statements that are run; of a file of functions, without what it does only as the program itself."""
    nodes = [statement.node for statement in outline.runs]
    if outline.is_flat:
        return nodes
    return [node for node in nodes if not _is_only_for_the_program(node)]


def _is_only_for_the_program(node: ast.stmt) -> bool:
    match node:
        case ast.If(
            test=ast.Compare(
                left=ast.Name(id="__name__"), ops=[ast.Eq()], comparators=[ast.Constant(value="__main__")]
            ),
            orelse=[],
        ):
            return True
    return False


def _all_words(
    outlines: Sequence[Outline], bodies: Mapping[str, list[ast.stmt]], scopes: Mapping[str, Names], files: Files
) -> Words:
    """What is not on the list, by the statement in which it stands."""
    statements = [node for body in bodies.values() for node in body]
    own, called = own_of(statements), _called(outlines, statements)
    neighbours = {package: Names("module") for package in files.packages}
    neighbours |= {module: scopes[name] for module, name in files.modules.items()}
    return {
        node: words
        for name, body in bodies.items()
        for node, words in _words_of(body, scopes[name], own, neighbours, called)
    }


def _words_of(
    body: Sequence[ast.stmt], scope: Names, own: Own, neighbours: Mapping[str, Names], called: Collection[ast.stmt]
) -> Iterator[tuple[ast.stmt, Sequence[Word]]]:
    reader = Reader(scope, own, neighbours, _surely_bound(body))
    for node in body:
        if isinstance(node, ast.FunctionDef) and node not in called:
            yield node, reader.words_of_signature(node)
        else:
            yield node, reader.words(node)


def _called(outlines: Sequence[Outline], statements: Sequence[ast.stmt]) -> set[ast.stmt]:
    """The statements that run, and the functions that may be called from one that does."""
    stages = {name for outline in outlines for name in outline.wanted.names}
    waiting: list[ast.stmt] = []
    functions: dict[str, list[ast.stmt]] = {}
    for node in statements:
        if isinstance(node, ast.FunctionDef) and not node.decorator_list and node.name not in stages:
            functions.setdefault(node.name, []).append(node)
        else:
            waiting.append(node)
    called = set(waiting)
    while waiting and functions:
        for inner in nodes_of(waiting.pop()):
            names = [alias.name for alias in inner.names] if isinstance(inner, IMPORTS) else []
            text = inner.value if isinstance(inner, ast.Constant) and isinstance(inner.value, str) else ""
            for name in (*names, text, getattr(inner, "id", ""), getattr(inner, "attr", "")):
                more = functions.pop(name, [])
                waiting += more
                called.update(more)
    return called


def _surely_bound(body: Sequence[ast.stmt]) -> frozenset[str]:
    """The names that Python has as well, where the first statement with one of them cannot but bind it, and none takes
    it away: a statement that fails does not keep the next from running."""
    bound: dict[str, bool] = {}
    for statement in body:
        for name in _bound_for_sure(statement) & BUILTINS:
            bound.setdefault(name, True)
        for node in of_kind(statement, ast.Name):
            if node.id in BUILTINS:
                bound[node.id] = bound.get(node.id, False) and not isinstance(node.ctx, ast.Del)
        bound |= {node.name: False for node in of_kind(statement, ast.ExceptHandler) if node.name}
    return frozenset(name for name, surely in bound.items() if surely)


def _bound_for_sure(statement: ast.stmt) -> frozenset[str]:
    match statement:
        case ast.FunctionDef(decorator_list=[], returns=None):
            arguments = nodes_of(statement.args)
            return frozenset(
                {statement.name} if all(isinstance(n, (ast.arguments, ast.arg)) for n in arguments) else ()
            )
        case ast.Assign(value=ast.Constant()):
            return frozenset(target.id for target in statement.targets if isinstance(target, ast.Name))
    return frozenset()


def _unused(stage: str, outline: Outline) -> tuple[int, ...]:
    """The lines in which a training loop takes other gradients than those of a stage of it."""
    training = outline.training
    if training is None or outline.wanted.training is None or stage != outline.wanted.training.function:
        return ()
    return tuple(training.unused(outline.slices)) if stage in outline.slices else ()


def _needs(outline: Outline, body: Sequence[ast.stmt]) -> Iterator[tuple[str, list[ast.stmt]]]:
    """The stages of a source, each with the statements it needs."""
    if outline.is_flat:
        for name, cut in outline.slices.items():
            above = outline.earlier[name].statements if name in outline.earlier else ()
            yield name, list(dict.fromkeys(statement.node for statement in (*cut.statements, *above)))
        body = [statement.node for statement in outline.functions]
    bindings = list(_bindings(body))
    for name in outline.function_names.intersection(bound for bound, _ in bindings):
        yield name, _needed(name, bindings)


def _bindings(body: Sequence[ast.stmt]) -> Iterator[tuple[str, ast.stmt]]:
    """The names that each top-level statement binds or changes."""
    for statement in body:
        if isinstance(statement, (ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef)):
            yield statement.name, statement
            yield from ((name, statement) for each in of_kind(statement, ast.Global) for name in each.names)
            continue
        for node in nodes_of(statement):
            if isinstance(node, ast.Name) and not isinstance(node.ctx, ast.Load):
                yield node.id, statement
            elif isinstance(node, (ast.Subscript, ast.Attribute)) and not isinstance(node.ctx, ast.Load):
                yield base(node), statement
            elif isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute) and node.func.attr in OF_LISTS:
                yield base(node.func), statement
            elif isinstance(node, ast.alias):
                yield (node.asname or node.name.partition(".")[0]), statement
            elif isinstance(node, (ast.FunctionDef, ast.ClassDef)):
                yield node.name, statement


def _needed(stage: str, bindings: Sequence[tuple[str, ast.stmt]]) -> list[ast.stmt]:
    """The statements that a name needs, directly or through others."""
    wanted, needed = [stage], dict.fromkeys(statement for name, statement in bindings if name == stage)
    seen = {stage}
    while wanted:
        name = wanted.pop()
        for statement in [statement for bound, statement in bindings if bound == name]:
            needed[statement] = None
            read = names_read(statement) - seen
            wanted += read
            seen |= read
    return list(needed)


def _reading(
    statements: Sequence[ast.stmt],
    words: Words,
    neighbours: Mapping[str, list[ast.stmt]],
    everywhere: set[tuple[int, str]],
    arrays: Arrays,
) -> Reading:
    found: dict[str, set[tuple[int, str]]] = {"autograd": set(), "engine": set(), "apart": set()}
    for statement in _with_neighbours(statements, neighbours):
        for word in words.get(statement, ()):
            if word.kind != "outside":
                found[word.kind].add((word.line, word.name))
    autograd = {line for line, _ in found["autograd"]}
    engines = {line for line, _ in found["engine"]}
    if arrays != "torch" and not engines:
        autograd = set()
    if arrays == "numpy":
        autograd |= engines
    return Reading(tuple(sorted(autograd)), tuple(sorted(everywhere | found["apart"])))


def _with_neighbours(statements: Sequence[ast.stmt], neighbours: Mapping[str, list[ast.stmt]]) -> Iterator[ast.stmt]:
    """The statements, and all those of the files that they import."""
    waiting, visited = list(statements), set[str]()
    while waiting:
        statement = waiting.pop()
        yield statement
        if not neighbours:
            continue
        for module in _imported(statement) - visited:
            visited.add(module)
            for other, body in neighbours.items():
                if f"{module}.".startswith(f"{other}.") or other.startswith(f"{module}."):
                    waiting += body


def _imported(statement: ast.stmt) -> set[str]:
    """The modules that a statement may import from."""
    plain = {alias.name for node in of_kind(statement, ast.Import) for alias in node.names}
    return plain | {
        f"{node.module}.{alias.name}" for node in of_kind(statement, ast.ImportFrom) for alias in node.names
    }


@cache
def names_read(statement: ast.stmt) -> frozenset[str]:
    """The names a statement may take from outside, and some more: what it reads, less a function's own arguments."""
    if isinstance(statement, (ast.FunctionDef, ast.AsyncFunctionDef)):
        return frozenset(free_names(statement))
    names = [node for node in nodes_of(statement) if isinstance(node, ast.Name)]
    read = {node.id for node in names if isinstance(node.ctx, ast.Load)}
    if isinstance(statement, ast.AugAssign) and isinstance(statement.target, ast.Name):
        read.add(statement.target.id)
    return frozenset(read)
