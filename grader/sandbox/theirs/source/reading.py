"""What the source of a stage makes use of, read before any of it runs.

A stage's source is its function and every top-level statement of the submission that this needs, however far away. Two
things are looked for: words of autograd, and anything outside the vocabulary of the exercise: torch's tensor maths,
`math`, plain builtins.
"""

import ast
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cache

from grader.border import Reading
from grader.sandbox.border.messages import Arrays
from grader.sandbox.theirs.dataflow.sharing import OF_LISTS, base
from grader.sandbox.theirs.dataflow.statement import IMPORTS
from grader.sandbox.theirs.source.outline import Outline

AUTOGRAD = frozenset(
    "autograd backward enable_grad func forward_ad grad grad_fn hessian jacfwd jacobian jacrev jvp make_dual "
    "register_hook requires_grad requires_grad_ retain_grad set_grad_enabled unpack_dual vjp".split()
)
LIBRARIES = frozenset(
    "torch numpy math random grader __future__ abc collections dataclasses enum functools itertools operator typing "
    "warnings".split()
)
AUTODIFF = frozenset("autograd jax mxnet tensorflow theano tinygrad torch".split())
"""Where a course is in NumPy, autograd is one of these, imported; `grad` is a name like any other."""
REFLECTION = frozenset(
    "ForwardRef attrgetter bltns builtins ctypes get_type_hints glob importlib inspect make_dataclass methodcaller "
    "modules os platform sys threading types".split()
) | frozenset(
    "__builtins__ __import__ breakpoint compile delattr dir eval exec getattr globals locals memoryview open "
    "setattr vars".split()
)
COMPLEX = frozenset("complex complex64 complex128 cdouble cfloat csingle imag view_as_complex".split())
OPEN = frozenset({"open", "os", "glob", "platform"})
"""What reads data, and reaches no other line of a file."""
OF_TORCH = frozenset("compile fx hub jit library load multiprocessing ops overrides save serialization utils".split())
"""What is in torch and no tensor maths."""
OF_TENSORS = frozenset({"data", "grad"})
"""What may be set: `p.data += …` is how many write an update."""
OWN_DUNDERS = frozenset("__call__ __init__ __name__ __doc__ __file__".split())


def read_sources(outlines: Sequence[Outline]) -> dict[str, dict[str, Reading]]:
    """For each source of a submission, what each of its stages makes use of; statements of one may need another."""
    bodies = {outline.source.name: [statement.node for statement in outline.runs] for outline in outlines}
    neighbours = {name.rpartition("/")[2].removesuffix(".py"): body for name, body in bodies.items()}
    everywhere = {
        place
        for o in outlines
        for place in _reflection(bodies[o.source.name], in_torch=o.wanted.arrays == "torch")
        if not o.is_flat or place[1] not in OPEN
    }
    own = {name: _defined(body) for name, body in bodies.items()}
    return {
        outline.source.name: {
            stage: replace(
                _reading(needed, neighbours, own[outline.source.name], everywhere, outline.wanted.arrays),
                unused=_unused(stage, outline),
            )
            for stage, needed in _needs(outline, bodies[outline.source.name])
        }
        for outline in outlines
    }


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
            continue
        for node in nodes_of(statement):
            if isinstance(node, ast.Name) and not isinstance(node.ctx, ast.Load):
                yield node.id, statement
            elif isinstance(node, ast.Subscript) and not isinstance(node.ctx, ast.Load):
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


def _defined(body: list[ast.stmt]) -> frozenset[str]:
    """Every function and method of a source: its own `backward` is no word of autograd."""
    nodes = (node for statement in body for node in nodes_of(statement))
    return frozenset(node.name for node in nodes if isinstance(node, ast.FunctionDef))


def _reading(
    statements: Sequence[ast.stmt],
    neighbours: Mapping[str, list[ast.stmt]],
    own: frozenset[str],
    everywhere: set[tuple[int, str]],
    arrays: Arrays,
) -> Reading:
    autograd: set[int] = set()
    imports: set[int] = set()
    outside = dict(everywhere)
    read = {name for statement in statements for name in names_read(statement)} | neighbours.keys()
    queue, visited = [_used(statement, read) for statement in statements], set()
    while queue:
        uses = _uses(queue.pop(), own)
        for line, module in uses.modules:
            if module in neighbours and module not in visited:
                visited.add(module)
                queue += neighbours[module]
            elif module not in LIBRARIES and module not in neighbours:
                outside[line] = module
        autograd.update(uses.autograd)
        imports.update(line for line, module in uses.modules if module in AUTODIFF)
        outside.update(uses.outside)
    if arrays != "torch" and not imports:
        autograd = set()
    if arrays == "numpy":
        autograd |= imports
    return Reading(tuple(sorted(autograd)), tuple(sorted(outside.items())))


def _used(statement: ast.stmt, read: Collection[str]) -> ast.stmt:
    """Of `import torch, random`, what is read; to import a library does nothing by itself."""
    if not isinstance(statement, ast.Import) or len(statement.names) == 1:
        return statement
    kept = [alias for alias in statement.names if (alias.asname or alias.name.partition(".")[0]) in read]
    return ast.copy_location(ast.Import(kept), statement)


@dataclass(frozen=True)
class _Uses:
    """What one statement makes use of: modules, words of autograd, and what is outside the vocabulary, with lines."""

    modules: list[tuple[int, str]]
    autograd: list[int]
    outside: list[tuple[int, str]]


@cache
def _uses(statement: ast.stmt, own: frozenset[str]) -> _Uses:
    uses = _Uses([], [], [])
    for node in nodes_of(statement):
        line = getattr(node, "lineno", 0)
        uses.modules.extend((line, module) for module in _imported(node))
        if _autograd(node, own):
            uses.autograd.append(line)
        elif name := _outside(node):
            uses.outside.append((line, name))
    return uses


def _reflection(body: Sequence[ast.stmt], *, in_torch: bool) -> Iterator[tuple[int, str]]:
    """What goes beyond tensor maths anywhere in a file: with reflection, no stage is out of reach of any line."""
    nodes = [node for statement in body for node in nodes_of(statement)]
    imported = [alias for node in nodes if isinstance(node, IMPORTS) for alias in node.names]
    modules = {alias.asname or alias.name.partition(".")[0] for alias in imported}
    for node in nodes:
        if isinstance(node, ast.Import):
            continue
        changes = _tampers(node)
        if changes and not in_torch and base(node) not in modules:
            changes = None  # an attribute of an object of one's own
        if name := _outside(node) or changes:
            yield node.lineno, name  # type: ignore[attr-defined]


@cache
def names_read(statement: ast.stmt) -> frozenset[str]:
    """The names a statement may take from outside, and some more: what it reads, less a function's own arguments."""
    names = [node for node in nodes_of(statement) if isinstance(node, ast.Name)]
    read = {node.id for node in names if isinstance(node.ctx, ast.Load)}
    if isinstance(statement, ast.AugAssign) and isinstance(statement.target, ast.Name):
        read.add(statement.target.id)
    if isinstance(statement, (ast.FunctionDef, ast.AsyncFunctionDef)):
        read -= {node.arg for node in nodes_of(statement.args) if isinstance(node, ast.arg)}
        read -= {node.id for node in names if isinstance(node.ctx, ast.Store)}
    return frozenset(read)


@cache
def nodes_of(node: ast.AST) -> tuple[ast.AST, ...]:
    """The node and all below it, breadth first, as `ast.walk` gives them in three times the time; but no contexts,
    which every name has and nobody asks for."""
    found = [node]
    for each in found:
        for name in each._fields:
            if name != "ctx":
                value = getattr(each, name, None)
                if isinstance(value, list):
                    found += [one for one in value if isinstance(one, ast.AST)]
                elif isinstance(value, ast.AST):
                    found.append(value)
    return tuple(found)


def _tampers(node: ast.AST) -> str | None:
    """The attribute that is set or deleted on anything but an object's own self."""
    if not isinstance(node, ast.Attribute) or isinstance(node.ctx, ast.Load) or node.attr in OWN_DUNDERS:
        return None
    if node.attr in OF_TENSORS:
        return None
    own = isinstance(node.value, ast.Name) and node.value.id in ("self", "cls", "ctx")
    return None if own else node.attr


def _imported(node: ast.AST) -> list[str]:
    if isinstance(node, ast.Import):
        return [alias.name.partition(".")[0] for alias in node.names]
    if isinstance(node, ast.ImportFrom):
        return [(node.module or "").partition(".")[0]]
    return []


def _autograd(node: ast.AST, own: frozenset[str]) -> bool:
    if isinstance(node, ast.Attribute):
        return node.attr not in own and (node.attr in AUTOGRAD or "_backward" in node.attr)
    if isinstance(node, ast.ImportFrom):
        words = [*(node.module or "").split("."), *(alias.name for alias in node.names)]
        return any(word in AUTOGRAD or "_backward" in word for word in words)
    if isinstance(node, ast.Import):
        return any(word in AUTOGRAD for alias in node.names for word in alias.name.split("."))
    return False


def _is_complex(node: ast.AST) -> bool:
    """A step along the imaginary axis gives a derivative to the last digit, with no formula for it."""
    if isinstance(node, ast.Constant):
        return isinstance(node.value, complex)
    return getattr(node, "attr", getattr(node, "id", "")) in COMPLEX


def _outside(node: ast.AST) -> str | None:
    if _is_complex(node):
        return "complex numbers"
    if isinstance(node, ast.Name) and node.id in REFLECTION:
        return node.id
    if isinstance(node, ast.Attribute):
        of_its_own = node.attr.startswith("_") and not node.attr.startswith("_foreach_")
        if (of_its_own and node.attr not in OWN_DUNDERS) or node.attr in REFLECTION:
            return node.attr
        if isinstance(node.value, ast.Name) and node.value.id == "torch" and node.attr in OF_TORCH:
            return f"torch.{node.attr}"
    if isinstance(node, ast.MatchClass):
        return next((name for name in node.kwd_attrs if name in AUTOGRAD), None)
    if isinstance(node, (ast.Import, ast.ImportFrom)):
        words = [*(getattr(node, "module", None) or "").split("."), *(a for n in node.names for a in n.name.split("."))]
        suspect = REFLECTION | (OF_TORCH if "torch" in words else frozenset())
        private = (word for word in words if word.startswith("_") and word != "__future__")
        return next((word for word in words if word in suspect), None) or next(private, None)
    return None
