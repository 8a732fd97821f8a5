"""What the imports of a submission mean: which of its files, and which names a star stands for.

Every import of a file of its own is written anew, with a name that no library has. So a helper may be called what a
module of Python is called, and neither takes the other's place: what torch and Python import is theirs.
"""

import ast
import re
import sys
import types
from collections.abc import Iterable, Iterator, Sequence
from contextlib import suppress
from functools import cache, cached_property
from importlib.util import find_spec
from pathlib import PurePosixPath

from grader.border import Source
from grader.sandbox.theirs.source.scopes import module_scope
from grader.sandbox.theirs.source.vocabulary import MODULES

PACKAGE = "handed_in"
"""What the files of a submission are imported from."""
LIBRARIES = frozenset({"__future__", "grader", "numpy", "torch"}) | frozenset(sys.builtin_module_names)
"""Where a file of the same name is not what is meant: it is not in Python either, or its author wants the library."""
HOLD_STATEMENTS = ("body", "orelse", "finalbody", "handlers", "cases")
IDENTIFIER = re.compile(r"[^\W\d]\w*")
Place = tuple[str, ...]
"""The parts of the name that a file is imported by; of a folder as well."""


class Files:
    """The files of one submission, as modules."""

    def __init__(self, sources: Sequence[Source] = ()) -> None:
        self._sources = {source.name: source for source in sources}
        self._modules: dict[Place, str] = {}
        for name in sorted(self._sources, key=lambda name: not name.endswith(".py")):
            self._modules.setdefault(place_of(name), name)
        self.folders = {
            place[:end] for name in self._sources for place in [_folder(name)] for end in range(len(place) + 1)
        }

    @property
    def modules(self) -> dict[str, str]:
        """The sources that can be imported, by the name they are imported by."""
        return {dotted(place): name for place, name in self._modules.items()}

    @property
    def packages(self) -> set[str]:
        """The folders, by the name they are imported by."""
        return {dotted(place) for place in self.folders}

    def renamed(self, tree: ast.Module, importer: str) -> ast.Module:
        """The tree of a file, or of a cell of it, with every import saying which file, and which names, it means."""
        _Imports(self, importer).rewrite(tree)
        return tree

    def find(self, importer: str, name: str, level: int = 0) -> Place | None:
        """Which file or folder a file means by a name.

        Python's own way comes first: beside the file, then at the top. After that, wherever it lies: hand-ins are
        moved about.
        """
        folder, parts = _folder(importer), tuple(name.split(".")) if name else ()
        if level == 0 and parts[0] in LIBRARIES:
            return None
        starts = [folder[: max(0, len(folder) - level + 1)] if level else folder, ()]
        for start in starts:
            place = (*start, *parts)
            of_python = level == 0 and parts[0] in sys.stdlib_module_names
            known = (
                (*start, parts[0]) in self._modules if of_python else place in self._modules or place in self.folders
            )
            if known and place != place_of(importer):
                return place
        if not parts or parts[0] in sys.stdlib_module_names:
            return None
        elsewhere = [each for each in (*self._modules, *sorted(self.folders)) if each[-len(parts) :] == parts]
        return next((each for each in elsewhere if each != place_of(importer)), None)

    def exports(self, place: Place, importing: frozenset[Place] = frozenset()) -> set[str]:
        """The names that a star takes from a file."""
        name = self._modules.get(place)
        if name is None or place in importing:
            return set()
        with suppress(SyntaxError, ValueError, RecursionError, MemoryError):
            tree = ast.parse(self._sources[name].text)
            bound = set(module_scope(tree.body).bound)
            for node in ast.walk(tree):
                if isinstance(node, ast.ImportFrom) and any(alias.name == "*" for alias in node.names):
                    other = self.find(name, node.module or "", node.level)
                    more = (
                        self.exports(other, importing | {place})
                        if other
                        else {each for each, _ in self.of_library(node)}
                    )
                    bound |= more
            return {each for each in bound if not each.startswith("_") and each != "*"}
        return set()

    def of_library(self, node: ast.ImportFrom) -> Iterator[tuple[str, str]]:
        """The names that a star takes from a library, of those that the submission has, with the module that one is."""
        library = sys.modules.get(node.module or "") if node.module in MODULES and not node.level else None
        if library is None:
            return
        public = getattr(library, "__all__", None) or [name for name in vars(library) if not name.startswith("_")]
        for name in sorted(self._names.intersection(public)):
            value = getattr(library, name, None)
            yield name, value.__name__ if isinstance(value, types.ModuleType) else ""

    @cached_property
    def _names(self) -> set[str]:
        """Every word of the submission that could be a name."""
        return {name for source in self._sources.values() for name in IDENTIFIER.findall(source.text)}


class _Imports:
    """Writes the imports of a file anew."""

    def __init__(self, files: Files, importer: str) -> None:
        self._files, self._importer = files, importer

    def rewrite(self, node: ast.AST) -> None:
        """Of what holds statements, the imports among them; there are none in expressions."""
        for name in HOLD_STATEMENTS:
            held = getattr(node, name, None)
            if isinstance(held, list):
                held[:] = [made for each in held for made in self._rewritten(each)]

    def _rewritten(self, node: ast.AST) -> Sequence[ast.AST]:
        if isinstance(node, ast.Import):
            return self._import_of(node)
        if isinstance(node, ast.ImportFrom):
            return self._import_from(node)
        self.rewrite(node)
        return [node]

    def _import_of(self, node: ast.Import) -> list[ast.stmt]:
        places = [self._files.find(self._importer, alias.name) for alias in node.names]
        if not any(places):
            return [node]
        return [self._import(node, alias, place) for alias, place in zip(node.names, places, strict=True)]

    def _import(self, node: ast.Import, alias: ast.alias, place: Place | None) -> ast.stmt:
        """`import a.b` binds `a`, which has `b` once it is asked for."""
        if place is not None and alias.asname:
            alias = ast.alias(dotted(place), alias.asname)
        elif place is not None:
            top, _, rest = alias.name.partition(".")
            alias = ast.alias(dotted(place[: len(place) - rest.count(".") - bool(rest)]), top)
        return _at(node, ast.Import([alias]))

    def _import_from(self, node: ast.ImportFrom) -> list[ast.stmt]:
        place = self._files.find(self._importer, node.module or "", node.level)
        if place is None and node.level:
            place = tuple((node.module or "").split("."))
        star = any(alias.name == "*" for alias in node.names)
        if place is not None:
            names = sorted(self._files.exports(place)) if star else []
            module = dotted(place)
            return self._each(node, module, names) if names else [_at(node, ast.ImportFrom(module, node.names, 0))]
        return self._star_of_library(node) if star else [node]

    def _star_of_library(self, node: ast.ImportFrom) -> list[ast.stmt]:
        if node.module not in MODULES or node.module not in sys.modules:
            return [node]
        found: list[ast.stmt] = []
        for name, module in self._files.of_library(node):
            found.append(
                _at(node, ast.Import([ast.alias(module, name)])) if module else self._each(node, node.module, [name])[0]
            )
        return found or [_at(node, ast.Pass())]

    def _each(self, node: ast.ImportFrom, module: str, names: Iterable[str]) -> list[ast.stmt]:
        """One by one, so that a name that is not there costs only itself."""
        return [_at(node, ast.ImportFrom(module, [ast.alias(name)], 0)) for name in names]


@cache
def is_absent(library: str) -> bool:
    """Whether no library of that name can be imported."""
    if library in sys.stdlib_module_names or library in sys.modules:
        return False
    return find_spec(library) is None


def place_of(name: str) -> Place:
    """The parts of the name that a file is imported by: a package by that of its folder."""
    stem = PurePosixPath(name).stem
    stem = "main" if stem == "__main__" else stem
    return _folder(name) if stem == "__init__" else (*_folder(name), _part(stem))


def dotted(place: Place) -> str:
    """The name that a file or folder is imported by."""
    return ".".join((PACKAGE, *place))


def _folder(name: str) -> Place:
    return tuple(map(_part, PurePosixPath(name).parent.parts))


def _part(text: str) -> str:
    return text.replace(".", "_")


def _at(node: ast.stmt, made: ast.stmt) -> ast.stmt:
    for each in ast.walk(made):
        ast.copy_location(each, node)
    return made
