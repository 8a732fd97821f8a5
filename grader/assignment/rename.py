"""Code and texts in other names: identifiers, wherever they stand in code, and what texts quote. Needs no torch."""

import ast
import io
import re
import tokenize
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from itertools import accumulate

QUOTED = re.compile(r"`[^`]+`")
LABEL = re.compile(r"^( +)([^\W\d]\w*)(?=:)", re.M)
"""What a line of a docstring is about, as under `Args:`."""
IDENTIFIER = re.compile(r"(?<![\w.])[^\W\d]\w*")


class NameTaken(Exception):
    """A line of code has a variable of its own that is called what another is to be called."""

    def __init__(self, name: str, line: int) -> None:
        super().__init__(f"{name}, in line {line}")
        self.name, self.line = name, line


@dataclass(frozen=True)
class Renaming:
    """What things are called from now on, by what they were called."""

    names: Mapping[str, str]

    def name(self, name: str) -> str:
        return self.names.get(name, name)

    def prose(self, text: str) -> str:
        """A text of people, where names stand between backticks, or are what a line is about."""
        text = LABEL.sub(lambda label: f"{label[1]}{self.name(label[2])}", text)
        return QUOTED.sub(lambda quoted: IDENTIFIER.sub(lambda word: self.name(word[0]), quoted[0]), text)

    def code(self, text: str) -> str:
        """Python in other names; comments and docstrings are prose.

        Raises:
            SyntaxError: it is no Python.
            NameTaken: two things in it would be called the same.
        """
        spans = _Spans(text)
        pieces: list[str] = []
        done = 0
        for start, end, is_name in sorted(spans.all()):
            old = text[start:end]
            if is_name and old not in self.names and old in self.names.values():
                raise NameTaken(old, text.count("\n", 0, start) + 1)
            pieces += [text[done:start], self.name(old) if is_name else self.prose(old)]
            done = end
        return "".join([*pieces, text[done:]])


class _Spans:
    """Where a text of Python has names, and where it has prose."""

    def __init__(self, text: str) -> None:
        self.nodes = [*ast.walk(ast.parse(text))]
        self.tokens = [*tokenize.generate_tokens(io.StringIO(text).readline)]
        self.lines = [*io.StringIO(text)]
        self.starts = [0, *accumulate(len(line) for line in self.lines)]

    def all(self) -> set[tuple[int, int, bool]]:
        """Begin, end, and whether it is a name."""
        names = {*self._names_among_tokens(), *self._names_in_the_tree()} - {*self._keywords_of_others()}
        return {(*span, True) for span in names} | {(*span, False) for span in self._prose()}

    def _names_among_tokens(self) -> Iterator[tuple[int, int]]:
        for before, token in zip([None, *self.tokens], self.tokens, strict=False):
            if token.type == tokenize.NAME and not (before and before.string == "."):
                yield self._at(*token.start), self._at(*token.end)

    def _names_in_the_tree(self) -> Iterator[tuple[int, int]]:
        """Before Python 3.12, the names in an f-string are no tokens."""
        for node in self.nodes:
            if isinstance(node, (ast.Name, ast.arg)):
                yield self._of(node.lineno, node.col_offset), self._of(node.end_lineno, node.end_col_offset)

    def _keywords_of_others(self) -> Iterator[tuple[int, int]]:
        """The names of arguments in calls of what is not defined here, as `dim` of `torch.sum`."""
        defined = {node.name for node in self.nodes if isinstance(node, ast.FunctionDef)}
        for call in self.nodes:
            if isinstance(call, ast.Call) and not (isinstance(call.func, ast.Name) and call.func.id in defined):
                for keyword in call.keywords:
                    start = self._of(keyword.lineno, keyword.col_offset)
                    yield start, start + len(keyword.arg or "")

    def _prose(self) -> Iterator[tuple[int, int]]:
        for token in self.tokens:
            if token.type == tokenize.COMMENT:
                yield self._at(*token.start), self._at(*token.end)
        for node in self.nodes:
            if (
                isinstance(node, ast.Expr)
                and isinstance(node.value, ast.Constant)
                and isinstance(node.value.value, str)
            ):
                yield self._of(node.lineno, node.col_offset), self._of(node.end_lineno, node.end_col_offset)

    def _at(self, line: int, column: int) -> int:
        return self.starts[line - 1] + column

    def _of(self, line: int | None, column: int | None) -> int:
        """Of a place in the tree, where columns are counted in bytes."""
        assert line is not None and column is not None, "whatever was parsed has a place"
        return self._at(line, len(self.lines[line - 1].encode()[:column].decode()))
