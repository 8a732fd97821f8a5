"""A file that is no Python, taken apart at top level: what can be read of it by itself, and what cannot."""

import re
from collections.abc import Iterator
from dataclasses import dataclass

from grader.sandbox.theirs.source.parsing import parse

BEGINS = re.compile(r"(?!(?:else|elif|except|finally|case)\b)[^\s#)\]}]")
"""The first character of a line that may begin a statement at top level."""
DEFINES = re.compile(r"(?:async[ \t]+)?(?:def|class)\b|@|import\b|from\b")
"""What nobody writes at the beginning of a line inside of something else."""
QUOTES = re.compile(r'"""' + r"|'''")
MOST = 2_000
"""Pieces of a file; one that has more counts as a whole."""
LONGEST = 20
"""So many lines at the left edge may stand inside of brackets."""


@dataclass(frozen=True)
class Piece:
    """Some lines of a file: where they begin, counted from 1, their text, and why they cannot be read.

    The error counts its lines as the file does.
    """

    start: int
    text: str
    error: BaseException | None = None


def pieces(text: str, name: str) -> list[Piece]:
    """The pieces of a text that cannot be read as a whole; none where they would be too many."""
    lines = text.split("\n")
    begins = [place for place, line in enumerate(lines) if BEGINS.match(line)]
    return list(_pieces(lines, begins, name)) if len(begins) <= MOST else []


def _pieces(lines: list[str], begins: list[int], name: str) -> Iterator[Piece]:
    """Decorators and what they decorate are one piece; so are the lines inside of brackets, or of a text in quotes."""
    place = 0
    while place < len(begins):
        start, end = begins[place], place + 1
        while lines[begins[end - 1]].startswith("@") and end < len(begins):
            end += 1
        whole = end
        error = _error(_between(lines, begins, place, end), name)
        for farther in _farther(lines, begins, place, end, error):
            if _error(_between(lines, begins, place, farther), name) is None:
                error, whole = None, farther
                break
        if error is not None:
            whole = _after_what_is_left(lines, begins, end)
        text = _between(lines, begins, place, whole)
        yield Piece(start + 1, text, error and _error("\n" * start + text, name))
        place = whole


def _between(lines: list[str], begins: list[int], place: int, end: int) -> str:
    return "\n".join(lines[begins[place] : begins[end] if end < len(begins) else len(lines)])


def _error(text: str, name: str) -> BaseException | None:
    try:
        parse(text, name)
    except BaseException as error:
        return error
    return None


def _farther(lines: list[str], begins: list[int], place: int, end: int, error: BaseException | None) -> Iterator[int]:
    """How far a piece may go that does not end where the next line at the left edge begins."""
    if not isinstance(error, SyntaxError):
        return
    if QUOTES.search(_between(lines, begins, place, end)):
        rest = range(end, len(begins))
        closing = (number + 1 for number in rest if QUOTES.search(_between(lines, begins, number, number + 1)))
        if farther := next(closing, None):
            yield farther
        return
    for number in range(end, min(end + LONGEST, len(begins))):
        if DEFINES.match(lines[begins[number]]):
            return
        yield number + 1


def _after_what_is_left(lines: list[str], begins: list[int], end: int) -> int:
    """Where it goes on after a piece that cannot be read: lines right below it may have lost their indentation."""
    while end < len(begins) and lines[begins[end] - 1].strip() and not DEFINES.match(lines[begins[end]]):
        end += 1
    return end
