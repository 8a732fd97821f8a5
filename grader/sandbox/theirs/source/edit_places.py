"""Where an edit can be made, and what may stand there."""

import ast
from dataclasses import dataclass


@dataclass(frozen=True)
class EditScope:
    """The names that may stand in a stage's lines: tensors, those computed in it among them, and plain numbers."""

    tensors: tuple[str, ...]
    numbers: tuple[str, ...]


@dataclass(frozen=True)
class Place:
    """A node, and where in its parent it stands."""

    node: ast.AST
    parent: ast.AST
    field: str
    index: int | None

    def put(self, node: ast.AST) -> None:
        if self.index is None:
            setattr(self.parent, self.field, node)
        else:
            getattr(self.parent, self.field)[self.index] = node
