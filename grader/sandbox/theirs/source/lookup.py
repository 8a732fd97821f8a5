"""What a name stands for where it is read, as far as the source of a submission shows it."""

import ast
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager

from grader.sandbox.theirs.source.harmless import is_type_of_one
from grader.sandbox.theirs.source.owned import Own
from grader.sandbox.theirs.source.scopes import Binding, Names

OF_PATHS = frozenset("Path abspath basename dirname expanduser join realpath str".split())


class Lookup:
    """Names in a file, read in one scope after the other."""

    def __init__(self, module: Names, own: Own, surely: frozenset[str]) -> None:
        """Make one, at the top of the file.

        Args:
            module: the scope of the file.
            own: what the submission has of its own.
            surely: names that Python has as well, and that the file binds before it reads them.
        """
        self._module, self._own, self._surely = module, own, surely
        self._scopes: list[Names] = [module]
        self._followed: set[int] = set()
        """What a name is bound to, while that is looked into: it may read the name itself, as `x = x if x else y`."""

    @property
    def in_class(self) -> bool:
        """Whether what is read stands in the body of a class."""
        return self._scopes[-1].kind == "class"

    def to_top(self) -> None:
        """Read at the top of the file again."""
        self._scopes = [self._module]
        self._followed.clear()

    @contextmanager
    def inside(self, scope: Names) -> Iterator[None]:
        """Read names as they are read in a scope that stands here."""
        self._scopes.append(scope)
        yield
        self._scopes.pop()

    def bindings(self, name: str) -> list[Binding]:
        """What may have bound a name that is read here."""
        return [binding for _, binding in self.resolved(name)]

    def resolved(self, name: str) -> list[tuple[int, Binding]]:
        """What may have bound a name that is read here, each with how many scopes are seen from there.

        What a class has not bound yet is looked for at the top of the file, past the function that the class is in.
        """
        found: list[tuple[int, Binding]] = []
        of_module = [(1, binding) for binding in self._module.bound.get(name, ())]
        innermost = True
        for depth in range(len(self._scopes), 0, -1):
            scope = self._scopes[depth - 1]
            if name in scope.of_module:
                return found + of_module
            if name in scope.bound and (scope.kind != "class" or innermost):
                found += [(depth, binding) for binding in scope.bound[name]]
                if scope.kind != "class":
                    return found
                found += of_module
            innermost = innermost and scope.kind == "comprehension"
        return found

    @contextmanager
    def _seen_from(self, depth: int) -> Iterator[None]:
        """Read names as they are read in one of the scopes around."""
        self._scopes, here = self._scopes[:depth], self._scopes
        yield
        self._scopes = here

    @contextmanager
    def _following(self, value: Binding) -> Iterator[bool]:
        """Look into what a name is bound to; whether nobody is at it already."""
        first = id(value) not in self._followed
        self._followed.add(id(value))
        yield first
        if first:
            self._followed.discard(id(value))

    def is_surely_own(self, name: str) -> bool:
        """Whether a name that Python has as well is surely bound before it is read."""
        for scope in reversed(self._scopes):
            if name in scope.bound and (scope.kind != "class" or scope is self._scopes[-1]):
                return scope.kind in ("function", "comprehension") or name in self._surely
        return name in self._surely

    def is_own_object(self, node: ast.AST, *, set_only: bool = False) -> bool:
        """Whether something is surely an object of a class of the submission; or may be set something like one."""
        if not isinstance(node, ast.Name):
            return False
        found = self.resolved(node.id)
        if any(self._scopes[depth - 1].own_object == node.id for depth, _ in found):
            return len(found) == 1 and (self._own.contained or (set_only and self._own.sets_own))
        return bool(found) and all(self._makes_own(depth, binding) for depth, binding in found)

    def is_own_class(self, node: ast.AST) -> bool:
        """Whether something is surely a class of the submission, or a function of its own that nothing decorates."""
        match node:
            case ast.Call(args=[of]) if is_type_of_one(node):
                return self.is_own_object(of, set_only=True)
            case ast.Attribute(attr="__class__", value=of):
                return self.is_own_object(of, set_only=True)
            case ast.Name():
                found = self.bindings(node.id)
                return bool(found) and all(map(self._is_own_definition, found))
        return False

    def _is_own_definition(self, binding: Binding) -> bool:
        if isinstance(binding, ast.ClassDef):
            return binding.name in self._own.classes
        return isinstance(binding, ast.FunctionDef) and not binding.decorator_list

    def _makes_own(self, depth: int, binding: Binding) -> bool:
        if not isinstance(binding, ast.Call):
            return False
        own = isinstance(binding.func, ast.Name) and binding.func.id in self._own.classes
        with self._seen_from(depth):
            return own or self.full_name(binding.func) == "types.SimpleNamespace"

    def full_name(self, node: ast.AST) -> str:
        """The full name of what is imported, of a name or `module.name`."""
        names: list[str] = []
        while isinstance(node, ast.Attribute):
            names.insert(0, node.attr)
            node = node.value
        bindings = self.bindings(node.id) if isinstance(node, ast.Name) else []
        path = bindings[0] if len(bindings) == 1 and isinstance(bindings[0], str) else ""
        return ".".join([path, *names]) if path else ""

    def names_of(self, node: Binding | None) -> set[str]:
        """The texts that something surely is one of; none if it may be something else."""
        match node:
            case ast.Constant(value=str(text)):
                return {text}
            case ast.IfExp():
                return self._names_of_all([node.body, node.orelse])
            case ast.For() | ast.comprehension():
                return self._names_in(node.iter)
            case ast.Name():
                return self._of_all_values(node, self.names_of)
        return set()

    def _of_all_values(self, node: ast.Name, names_of: Callable[[Binding], set[str]]) -> set[str]:
        """What is found of each value that a name may have, where that is written; none if one says nothing."""
        found = set[str]()
        for depth, value in self.resolved(node.id):
            with self._seen_from(depth), self._following(value) as first:
                # a name binds itself, to anything
                names = names_of(value) if first and not isinstance(value, ast.Name) else set()
            if not names:
                return set()
            found |= names
        return found

    def _names_of_all(self, nodes: Sequence[Binding]) -> set[str]:
        found = [self.names_of(each) for each in nodes]
        return set().union(*found) if all(found) else set()

    def _names_in(self, node: ast.expr) -> set[str]:
        """The texts in a list as it is written there, or in a tuple that has a name."""
        if isinstance(node, ast.Name):
            return self._of_all_values(
                node, lambda value: self._names_of_all(value.elts) if isinstance(value, ast.Tuple) else set()
            )
        return self._names_of_all(node.elts) if isinstance(node, (ast.List, ast.Tuple, ast.Set)) else set()

    def texts(self, node: ast.AST) -> Iterator[str]:
        """What a text may be that stands here, or has a name."""
        for each in self.bindings(node.id) if isinstance(node, ast.Name) else [node]:
            if isinstance(each, ast.Constant) and isinstance(each.value, str):
                yield each.value

    def is_path(self, node: Binding | None) -> bool:
        """Whether something is surely the name of a file, and not the number of one that is open."""
        match node:
            case ast.Constant(value=str(text)):
                return not text.startswith(("/proc", "/dev"))
            case ast.JoinedStr():
                return True
            case ast.BinOp(op=ast.Add() | ast.Div() | ast.Mod()):
                return self.is_path(node.left) or self.is_path(node.right)
            case ast.Call(func=ast.Name(id=name)):
                return name in OF_PATHS and all(isinstance(each, str) for each in self.bindings(name))
            case ast.Call(func=ast.Attribute(attr=name)):
                return name in OF_PATHS and name not in self._own.attributes
            case ast.Name():
                found = self.resolved(node.id)
                return bool(found) and all(self._is_path_there(depth, binding) for depth, binding in found)
        return False

    def _is_path_there(self, depth: int, binding: Binding) -> bool:
        with self._seen_from(depth), self._following(binding) as first:
            return first and not isinstance(binding, ast.Name) and self.is_path(binding)
