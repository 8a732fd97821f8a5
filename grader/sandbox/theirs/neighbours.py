"""In the student's process: lets the files of one submission import each other."""

import importlib.abc
import importlib.util
import os
import types
from importlib.machinery import ModuleSpec
from typing import Any

from grader.sandbox.theirs.source.outline import Outline
from grader.sandbox.theirs.statements import (
    run_statements,
)


class Neighbours(importlib.abc.MetaPathFinder, importlib.abc.Loader):
    """Lets the files of one submission import each other; asked last, so that none can stand in for a library."""

    def __init__(self, outlines: dict[str, Outline]) -> None:
        self._outlines = {stem(name): outline for name, outline in outlines.items()}

    def find_spec(self, fullname: str, path: Any, target: Any = None) -> ModuleSpec | None:
        return importlib.util.spec_from_loader(fullname, self) if fullname in self._outlines else None

    def exec_module(self, module: types.ModuleType) -> None:
        outline = self._outlines[module.__name__]
        nodes = [statement.node for statement in outline.runs]
        failed = (error for error, _ in outline.broken)
        for error in [*failed, *(e for _, e in run_statements(nodes, outline.source.name, module.__dict__))]:
            raise error


def stem(name: str) -> str:
    stem = os.path.splitext(os.path.basename(name))[0]
    return stem if stem != "__main__" else "main"
