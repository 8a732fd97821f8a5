"""Where the exercises of a submission begin: its headings.

In text a heading is a heading line, or a line that begins with the words; in code a comment that begins with them. A
sentence that mentions an exercise begins none, nor does a table of contents.
"""

import ast
import re
from bisect import bisect_left
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from difflib import SequenceMatcher
from itertools import pairwise

from grader.border import Source, headers_of
from grader.sandbox.border.messages import Wanted

LINE_CAP = 200
"""Of a line, as much is looked at."""
ELSEWHERE = -1
CELL = re.compile(r"# ?%%")
TEXT_CELL = re.compile(r"# ?%% \[(markdown|raw)\]")
HEADING_LINE = re.compile(r"[#=]+ |<h\d")
DECORATION = re.compile(r"^(?:[\s#*_>=~<+-]|h\d>)+")
LIST_NUMBER = re.compile(r"^\(?(\d{1,2})[.):]\s*")
WORD = re.compile(r"\bex[a-z]{0,10}\b\.?", re.IGNORECASE)
NUMBERS = {"one": "1", "two": "2", "three": "3", "four": "4", "five": "5", "i": "1", "ii": "2", "iii": "3", "iv": "4"}
NUMBERED = re.compile(rf"\bexercise\s*[#:(-]*\s*({'|'.join(NUMBERS)})\b", re.IGNORECASE)
SENTENCE = re.compile(r"\d (?:will|is|was|are|uses?|needs?|does|has|had|asks?|says|repeats|takes|wants|and|too|also)\b")
"""What follows the number of an exercise in a sentence that mentions it."""
LIKE_EXERCISE = 0.75


@dataclass(frozen=True)
class _Line:
    number: int
    text: str
    cell: int
    in_text: bool
    begins: bool = True
    """Whether a paragraph begins with it; else it may be the middle of a sentence."""


@dataclass(frozen=True)
class Heading:
    """The line on which an exercise begins; -1 stands for something else."""

    line: int
    exercise: int


def headings(source: Source, body: Sequence[ast.stmt], wanted: Wanted) -> list[Heading]:
    """The headings of a source, in order; from its first header line on, where it has several, those alone."""
    headers = header_lines(source, body, wanted)
    first = headers[0].line if headers else len(source.text) + 1
    return [*(each for each in _headings_in_words(source, body, wanted) if each.line < first), *headers]


def header_lines(source: Source, body: Sequence[ast.stmt], wanted: Wanted) -> list[Heading]:
    """The header lines of a source in which parts have their own: each holds until the next. One alone is for a file,
    whatever else that has. Work for another assignment is something else, if there is some for this one as well."""
    own = {name: number for number, name in enumerate(wanted.headers)}
    assignments = {name.partition("/")[0] for name in own}
    found = [
        Heading(line, own.get(f"{assignment}/{exercise}", ELSEWHERE))
        for line, assignment, exercise in headers_of(source.text)
        if f"{assignment}/{exercise}" in own or assignment not in assignments
    ]
    starts = sorted(node.lineno for node in body if not _is_text(node))
    places = [bisect_left(starts, each.line) for each in found] + [len(starts)]
    kept = [each for each, (place, end) in zip(found, pairwise(places), strict=True) if place < end]
    return kept if len({each.exercise for each in kept}) > 1 else []


def _headings_in_words(source: Source, body: Sequence[ast.stmt], wanted: Wanted) -> list[Heading]:
    patterns = [(number, re.compile(text)) for number, text in enumerate(wanted.headings) if text]
    patterns += [(ELSEWHERE, re.compile(wanted.elsewhere))] if wanted.elsewhere else []
    found = [(line, exercise) for line in _lines(source, body) for exercise in _begun(line, patterns)]
    kept = [(line, exercise) for line, exercise in found if not _listed(line, exercise, found)]
    starts = sorted(node.lineno for node in body if not _is_text(node))
    return [
        Heading(line.number, exercise)
        for place, (line, exercise) in enumerate(kept)
        if not _is_empty(place, kept, starts) or exercise not in [other for _, other in kept[place + 1 :]]
    ]


def _is_empty(place: int, kept: Sequence[tuple[_Line, int]], starts: Sequence[int]) -> bool:
    """Whether the next heading follows without a statement between them."""
    if place + 1 == len(kept):
        return False
    first, last = kept[place][0].number, kept[place + 1][0].number
    return not any(first <= start <= last for start in starts)


def _listed(line: _Line, exercise: int, found: Sequence[tuple[_Line, int]]) -> bool:
    """Whether a line is one of a list of exercises."""
    if not line.in_text or HEADING_LINE.match(line.text):
        return False
    return any(other.cell == line.cell and number != exercise for other, number in found)


def _begun(line: _Line, patterns: Sequence[tuple[int, re.Pattern[str]]]) -> Iterator[int]:
    """The exercise that a line begins, if it begins one."""
    is_heading = line.in_text and bool(HEADING_LINE.match(line.text))
    if not line.begins and not is_heading:
        return
    words = _spelt(LIST_NUMBER.sub("", DECORATION.sub("", line.text)))
    if not is_heading and SENTENCE.search(words):
        return
    for number, pattern in patterns:
        if pattern.search(words) if is_heading else pattern.match(words):
            yield number
            return


def _spelt(text: str) -> str:
    """A line with `exercise` spelled as it should be, and its number as one."""

    def spelt(match: re.Match[str]) -> str:
        word = match.group().rstrip(".").lower()
        like = word in ("ex", "exo") or SequenceMatcher(None, word, "exercise").ratio() >= LIKE_EXERCISE
        return "Exercise" if like else match.group()

    text = WORD.sub(spelt, text)
    text = NUMBERED.sub(lambda match: f"Exercise {NUMBERS[match[1].lower()]}", text)
    return re.sub(r"(Exercise)\s*[#:(-]*\s*(?=\d)", r"\1 ", text)


def _is_text(node: ast.stmt) -> bool:
    """Whether a statement is a string by itself: Colab writes the text cells of a notebook so."""
    return isinstance(node, ast.Expr) and isinstance(node.value, ast.Constant) and isinstance(node.value.value, str)


def _lines(source: Source, body: Sequence[ast.stmt]) -> Iterator[_Line]:
    """The lines of text and the comments, without what makes them comments."""
    strings = {line: node for node in body if _is_text(node) for line in range(node.lineno, (node.end_lineno or 0) + 1)}
    cell, in_text, begins = 0, False, True
    for number, line in enumerate(source.text.split("\n"), start=1):
        stripped = line.strip()[:LINE_CAP]
        if CELL.match(stripped):
            cell, in_text, begins = cell + 1, bool(TEXT_CELL.match(stripped)), True
            title = stripped.lstrip("#% ")
            if not in_text and title:
                yield _Line(number, title, cell, False)
        elif number in strings:
            text = stripped.strip("\"'")
            yield _Line(number, text, -strings[number].lineno, True, begins or number == strings[number].lineno)
            begins = not text
        elif stripped.startswith("#"):
            text = stripped[1:].removeprefix(" ") if in_text else stripped
            yield _Line(number, text, cell, in_text, begins or not in_text)
            begins = not text
