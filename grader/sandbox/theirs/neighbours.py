"""In the student's process: lets the files of one submission import each other."""

import importlib
import importlib.abc
import importlib.util
import os
import sys
import types
from collections.abc import Callable
from importlib.machinery import ModuleSpec
from typing import Any

from grader.sandbox.theirs.source.imports import PACKAGE, Files, dotted, place_of
from grader.sandbox.theirs.source.outline import Outline
from grader.sandbox.theirs.statements import (
    run_statements,
)


class Neighbours(importlib.abc.MetaPathFinder, importlib.abc.Loader):
    """Finds the files of one submission by the names that `Files` has given them; asked last."""

    def __init__(self, outlines: dict[str, Outline], files: Files) -> None:
        self._outlines = {stem(name): outline for name, outline in outlines.items()}
        self._outlines |= {module: outlines[name] for module, name in files.modules.items()}
        self._packages = files.packages

    def find_spec(self, fullname: str, path: Any, target: Any = None) -> ModuleSpec | None:
        if fullname not in self._outlines and fullname not in self._packages:
            return None
        return importlib.util.spec_from_loader(fullname, self, is_package=fullname in self._packages)

    def exec_module(self, module: types.ModuleType) -> None:
        self._prepare(module, module.__name__)
        outline = self._outlines.get(module.__name__)
        if outline is None:
            return
        module.__file__ = outline.source.name
        nodes = [statement.node for statement in outline.runs]
        failed = (error for error, _ in outline.broken)
        for error in [*failed, *(e for _, e in run_statements(nodes, outline.source.name, module.__dict__))]:
            raise error

    def register(self, module: types.ModuleType, name: str) -> None:
        """Have a file that is run by itself be what others import, unless they have done so already."""
        fullname = dotted(place_of(name))
        self._prepare(module, fullname)
        sys.modules.setdefault(module.__name__, module)
        sys.modules.setdefault(fullname, module)

    def _prepare(self, module: types.ModuleType, fullname: str) -> None:
        if fullname in self._packages:
            module.__path__ = []
            module.__dict__["__getattr__"] = self._part_of(fullname)

    def _part_of(self, package: str) -> Callable[[str], Any]:
        """What gives the files in a folder when they are asked for."""

        def part(name: str) -> Any:
            fullname = f"{package}.{name}"
            if fullname in self._outlines or fullname in self._packages:
                return importlib.import_module(fullname)
            raise AttributeError(f"{package.removeprefix(f'{PACKAGE}.')} has no {name!r}")

        return part


def stem(name: str) -> str:
    stem = os.path.splitext(os.path.basename(name))[0]
    return stem if stem != "__main__" else "main"
