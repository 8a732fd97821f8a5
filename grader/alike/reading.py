"""A submission's files as pieces. What strangers wrote is parsed here, and nowhere else in a process of our own.

It runs as a program by itself (`apart.py` starts it): whatever a text does to Python's parser costs that text alone.
"""

import ast
import json
import sys
import time
import warnings
from collections.abc import Collection, Iterator, Sequence
from contextlib import suppress
from dataclasses import dataclass

from grader.alike.values import Value
from grader.alike.walk import FUNCTIONS, Noted, TooMuchToCompare, Walk

SECONDS = 3
"""Of processor time, for one submission."""
MEMORY = 2 << 30
DEFINITIONS = (*FUNCTIONS, ast.ClassDef)
IMPORTS = (ast.Import, ast.ImportFrom)


@dataclass(frozen=True)
class Answers:
    """One file with answers in it: all functions and classes count, and of the other statements those between two
    lines."""

    text: str
    cells: Sequence[int] = ()
    """The lines on which cells of a notebook begin."""
    first: int = 0
    last: int = 0


@dataclass(frozen=True)
class AnswerPart:
    """Some lines of an answer: a function, a class, or a statement. `pieces` are its pieces, with their lines."""

    answer: str
    file: int
    first: int
    last: int
    pieces: Sequence[tuple[str, int, int]]


def parts_of(files: Sequence[Answers], kept: Collection[str]) -> list[AnswerPart]:
    """All that counts of a submission.

    Args:
        files: those with answers in them.
        kept: names of what is asked for.
    """
    return [part for number, answers in enumerate(files) for part in _parts(number, answers, kept)]


def _parts(file: int, answers: Answers, kept: Collection[str]) -> list[AnswerPart]:
    walk = Walk(kept)
    names: dict[str, Value] = {}
    found: list[tuple[ast.stmt, list[Noted]]] = []
    with suppress(TooMuchToCompare):
        for statement in _statements(answers):
            with suppress(RecursionError):
                found.append((statement, walk.top(statement, names)))
    parts: list[AnswerPart] = []
    following = ""
    for statement, pieces in reversed(found):
        if not isinstance(statement, (*DEFINITIONS, *IMPORTS)):
            following = next((name for name in _bound(statement) if name in kept), following)
        answer = getattr(statement, "name", following)
        rows = [(each.digest, each.first, each.last) for each in pieces]
        if not isinstance(statement, IMPORTS):
            parts.append(AnswerPart(answer, file, statement.lineno, statement.end_lineno or statement.lineno, rows))
    return parts[::-1]


def _bound(statement: ast.stmt) -> list[str]:
    """The names that it binds or changes."""
    nodes = [node for node in ast.walk(statement) if isinstance(node, ast.Name | ast.Subscript | ast.Attribute)]
    stored = [node for node in nodes if isinstance(node.ctx, ast.Store)]
    return [node.id for each in stored for node in ast.walk(each) if isinstance(node, ast.Name)]


def _statements(answers: Answers) -> Iterator[ast.stmt]:
    lines = answers.text.split("\n")
    starts = list(answers.cells) or [1]
    for start, end in zip(starts, [*starts[1:], len(lines) + 1], strict=True):
        try:
            body = ast.parse("\n".join(lines[start - 1 : end - 1])).body
        except (SyntaxError, ValueError, RecursionError, MemoryError):
            continue
        for node in body:
            with suppress(RecursionError):
                if start > 1:
                    ast.increment_lineno(node, start - 1)
                if _counts(node, answers):
                    yield node


def _counts(node: ast.stmt, answers: Answers) -> bool:
    return isinstance(node, (*DEFINITIONS, *IMPORTS)) or answers.first <= node.lineno <= answers.last


def main() -> None:
    """Read a line with the names to keep, then one for each submission, and answer each of these with a line."""
    warnings.simplefilter("ignore")
    _limit("RLIMIT_AS", MEMORY)
    kept = frozenset(json.loads(sys.stdin.readline()))
    for line in sys.stdin:
        _limit("RLIMIT_CPU", int(time.process_time()) + 1 + SECONDS)
        found: list[AnswerPart] = []
        with suppress(Exception):  # what cannot be followed, for whatever reason, is left out
            found = parts_of([Answers(*each) for each in json.loads(line)], kept)
        rows = [[each.answer, each.file, each.first, each.last, each.pieces] for each in found]
        print(json.dumps(rows), flush=True)


def _limit(what: str, most: int) -> None:
    """Where the system has such a limit; a lower one that is there already stays."""
    with suppress(ImportError, ValueError, OSError):
        import resource

        kind = getattr(resource, what)
        resource.setrlimit(kind, (most, resource.getrlimit(kind)[1]))


if __name__ == "__main__":
    main()
