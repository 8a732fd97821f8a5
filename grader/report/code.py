"""Students' code, highlighted, with the lines marked where it goes wrong."""

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cache, lru_cache
from itertools import groupby

import pygments
from markupsafe import Markup
from pygments.formatters.html import HtmlFormatter
from pygments.lexers.python import PythonLexer
from pygments.token import Comment, Keyword, Name, Number, Operator, String, Text, _TokenType

from grader.report.safe import printable
from grader.report.safe.html import verbatim
from grader.report.verdicts import lines_to_look_at
from grader.result import StageResult, Where

MOST_LINES = 200
MOST_CHARACTERS = 16_000
"""Of one stage."""
TEXTS_KEPT = 1_000
WIDE = re.compile(r"[^\S\n]{300}")
"""Pygments takes a time that grows with the square of a gap, and of a text that begins strings and ends none: text with
a gap that nobody leaves has no colours, and neither has more than is shown of a stage."""
CONTEXT = 15
"""So many lines above those of a stage are shown, where it is a variable and they belong to it."""
SHORT = 6
"""A function of so many lines is looked at whole."""
LONG, NEAR, LEAST_FOLDED = 16, 4, 3
"""Of code that is longer, the lines so near to those that are marked are shown, and the rest is folded; never fewer
lines than the least."""
DOCSTRING = re.compile(r"""\s*[rRuU]?("{3}|'{3})""")
COLOURED = (Keyword, Name.Builtin, Name.Function, Name.Decorator, String, Number, Comment, Operator.Word)
"""The tokens that have a colour; the others are not worth their markup."""


@dataclass(frozen=True)
class CodeLine:
    """One line as it is shown. One that is marked has an id."""

    number: int | None
    html: Markup
    id: str


@dataclass(frozen=True)
class CodeBlock:
    """Lines that are shown, or folded under what they are."""

    lines: list[CodeLine]
    folded: str = ""


@dataclass(frozen=True)
class Code:
    """The lines of a stage, in one block or several. `anchor` is the id of the first marked one.

    Without blocks, the lines are shown at another stage, `seen_at`, or there are too many of them on the page.
    """

    blocks: list[CodeBlock]
    anchor: str = ""
    seen_at: str = ""


@dataclass(frozen=True)
class Lines:
    """Some lines of a source, and what the first of them is called; None if it is in no place to be called by."""

    first: int
    last: int
    number: int | None


def codes(stages: Sequence[StageResult], sources: Mapping[str, str], *, flat: bool, most: int) -> dict[str, Code]:
    """The code of each stage that has some.

    Args:
        stages: all that are on the page.
        sources: the text of each file, by name.
        flat: whether stages are variables, and the lines above may belong to them.
        most: so many characters in all; those of the stages that are not passed come first.
    """
    shown: dict[str, Code] = {}
    together: dict[Where, list[StageResult]] = {}
    for stage in stages:
        if stage.where and stage.where.first_line > 0:
            together.setdefault(stage.where, []).append(stage)
    for where, group in sorted(together.items(), key=lambda item: all(stage.passed for stage in item[1])):
        owner = min(group, key=lambda stage: (stage.passed, stage.place))
        marks = sorted({line for stage in group for line in lines_to_look_at(stage)})
        parts = _parts(where, marks, flat=flat)
        size = sum(len(_text(part, sources[where.file])) for part in parts) if where.file in sources else 0
        if not size:
            continue
        most -= size
        own = _code(owner.name, parts, marks, sources[where.file]) if most >= 0 else Code([])
        shown |= {stage.name: Code([], own.anchor, owner.name) for stage in group} | {owner.name: own}
    return shown


def glimpse(stage: StageResult, sources: Mapping[str, str], *, flat: bool) -> Code | None:
    """The few lines of a stage to look at first, if there are any: a short function whole, else what is marked."""
    if not stage.where or stage.where.first_line < 1 or stage.where.file not in sources:
        return None
    text, marks = sources[stage.where.file], lines_to_look_at(stage)
    parts = _parts(stage.where, marks, flat=flat)
    if sum(_length(part, text) for part in parts) > SHORT:
        parts = [_near(part, marks) for part in parts if any(part.first <= mark <= part.last for mark in marks)]
    return _code("look", parts, marks, text) if any(_text(part, text).strip() for part in parts) else None


@lru_cache(maxsize=TEXTS_KEPT)
def highlighted(text: str) -> tuple[Markup, ...]:
    """Lines of Python, highlighted. In a class the same text comes again and again: the stub, for one."""
    text = "\n".join(line.rstrip() for line in printable(text).split("\n"))
    if len(text) > MOST_CHARACTERS or WIDE.search(text):
        return tuple(verbatim(line) for line in text.removesuffix("\n").split("\n"))
    tokens = _lexer().get_tokens(text)
    plain = ((_shown_as(kind), value) for kind, value in tokens)
    html = pygments.format(plain, _formatter())  # which escapes what it is given
    return tuple(Markup(line) for line in html.removesuffix("\n").split("\n"))


@cache
def _shown_as(kind: _TokenType) -> _TokenType:
    return kind if any(kind in coloured for coloured in COLOURED) else Text


@cache
def _formatter() -> HtmlFormatter:
    """Made once: it works out a style sheet, which takes as long as the highlighting itself."""
    return HtmlFormatter(nowrap=True)


@cache
def _lexer() -> PythonLexer:
    return PythonLexer(stripnl=False)


def _parts(where: Where, marks: Sequence[int], *, flat: bool) -> list[Lines]:
    """The lines of a stage, with those marked; each that is far above them, or in another cell, by itself."""
    number = where.line or where.first_line
    above = [where.first_line - mark for mark in marks if mark < where.first_line]
    near = [lines for lines in above if lines < number and lines <= CONTEXT]
    context = min(number - 1, CONTEXT) if flat and where.cell else max(near, default=0)
    first = where.first_line - context
    far = [Lines(mark, mark, None) for mark in marks if mark < first]
    return [*far, Lines(first, min(where.last_line, first + MOST_LINES), number - context)]


def _near(part: Lines, marks: Sequence[int]) -> Lines:
    inside = next(mark for mark in marks if part.first <= mark <= part.last)
    first, last = max(part.first, inside - 1), min(part.last, inside + 1)
    return Lines(first, last, None if part.number is None else part.number + first - part.first)


def _length(part: Lines, text: str) -> int:
    """Its lines, without docstrings."""
    return part.last - part.first + 1 - sum(map(len, _docstrings(_text(part, text).split("\n"))))


def _text(part: Lines, text: str) -> str:
    lines = text.split("\n")[part.first - 1 : part.last]
    return "\n".join(line.rstrip("\r") for line in lines)[:MOST_CHARACTERS]


def _code(name: str, parts: Sequence[Lines], marks: Sequence[int], text: str) -> Code:
    blocks: list[CodeBlock] = []
    for part in parts:
        own = _text(part, text)
        lines = [
            CodeLine(
                None if part.number is None else part.number + place,
                html,
                f"{name}-line-{part.first + place}" if part.first + place in marks else "",
            )
            for place, html in enumerate(highlighted(own))
        ]
        blocks += _folded(lines, own.split("\n"))
    anchors = [line.id for block in blocks for line in block.lines if line.id]
    return Code(blocks, anchors[0] if anchors else "")


def _folded(lines: Sequence[CodeLine], texts: Sequence[str]) -> Iterator[CodeBlock]:
    """The lines in blocks: docstrings are folded, and of much code what is far from what is marked."""
    marked = [place for place, line in enumerate(lines) if line.id]
    kinds = dict.fromkeys(range(len(lines)), "")
    for docstring in _docstrings(texts):
        if not any(place in docstring for place in marked):
            kinds |= dict.fromkeys(docstring, "of the docstring")
    code = [place for place in kinds if not kinds[place]]
    if len(code) > LONG:
        for place in code[1:]:
            if min((abs(place - mark) for mark in marked), default=place) > (NEAR if marked else LONG):
                kinds[place] = "more"
    few = {place for _, places in _runs(kinds) if len(places) < LEAST_FOLDED for place in places}
    for kind, places in _runs({place: "" if place in few else kind for place, kind in kinds.items()}):
        yield CodeBlock([lines[place] for place in places], f"{len(places)} lines {kind}" if kind else "")


def _runs(kinds: Mapping[int, str]) -> Iterator[tuple[str, list[int]]]:
    """Each kind with the places, one after the other, that are of it."""
    return ((kind, list(places)) for kind, places in groupby(kinds, kinds.__getitem__))


def _docstrings(texts: Sequence[str]) -> Iterator[range]:
    """Where the strings of several lines are that stand first in something."""
    begin, quotes, above = -1, "", ""
    for place, text in enumerate(texts):
        if begin >= 0:
            if quotes in text:
                yield range(begin, place + 1)
                begin = -1
        elif above.rstrip().endswith(":") and (found := DOCSTRING.match(text)):
            quotes = found.group(1)
            begin = -1 if quotes in text[found.end() :] else place
        above = text if text.strip() else above
