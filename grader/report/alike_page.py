"""The page of pairs whose answers are alike: both texts side by side, for whoever teaches and for nobody else."""

import csv
import io
from collections.abc import Sequence
from dataclasses import dataclass
from typing import TypeVar

from grader.alike.pairs import FEWEST, LEAST, MOST, AlikeClass, Pair, SharedAnswer, SharedLines
from grader.border import Source
from grader.report.class_page import Row
from grader.report.code import CodeLine, highlighted
from grader.report.page import page
from grader.report.safe import cell
from grader.result import Result

MOST_SHOWN = 30
"""Of the pairs, as many with their texts."""
OPEN = 3
MOST_ANSWERS = 40
"""Of one pair."""
MOST_LINES = 80
"""Of one part of an answer."""
HELPER = "other code"
COLUMNS = ("first", "second", "figure", "answers")
T = TypeVar("T")


@dataclass(frozen=True)
class Block:
    """Lines of one text: where they are, in words, and as they are shown."""

    where: str
    lines: Sequence[CodeLine]
    is_cut: bool


@dataclass(frozen=True)
class AnswerView:
    """One answer, as both have it."""

    name: str
    counts: float
    sides: tuple[Sequence[Block], Sequence[Block]]


@dataclass(frozen=True)
class PairView:
    """One pair, each with everyone who handed in that text."""

    people: tuple[Sequence[Row], Sequence[Row]]
    figure: float
    answers: Sequence[AnswerView]
    more: int
    """So many answers are not shown."""


def render_alike(results: Sequence[Result], slugs: Sequence[str | None], alike: AlikeClass) -> str:
    """The page.

    Args:
        results: of everyone who handed in.
        slugs: the names of their reports, or None where there is none.
        alike: what was compared.
    """
    rows = [Row(result, slug) for result, slug in zip(results, slugs, strict=True)]
    return page(
        "alike.html.j2",
        ["page.css", "code.css", "alike.css"],
        any=results[0] if results else None,
        pairs=[_view(pair, rows, alike) for pair in alike.pairs[:MOST_SHOWN]],
        all=len(alike.pairs),
        size=len(alike.people),
        unread=alike.unread,
        has_texts=bool(alike.sources),
        fewest=FEWEST,
        most=MOST,
        least=LEAST,
        open=OPEN,
    )


def alike_csv(results: Sequence[Result], alike: AlikeClass) -> str:
    """A row for each pair of students; no cell that a spreadsheet would run."""
    out = io.StringIO()
    writer = csv.writer(out, lineterminator="\n")
    writer.writerow(COLUMNS)
    for pair in alike.pairs:
        answers = sum(name in alike.asked for name in (answer.name for answer in pair.answers))
        for first in alike.people[pair.first]:
            for second in alike.people[pair.second]:
                ids = [results[number].submission.id for number in (first, second)]
                writer.writerow([*map(cell, ids), pair.figure, answers])
    return out.getvalue()


def _view(pair: Pair, rows: Sequence[Row], alike: AlikeClass) -> PairView:
    people = _both([[rows[number] for number in alike.people[each]] for each in (pair.first, pair.second)])
    shown = pair.answers[:MOST_ANSWERS]
    return PairView(people, pair.figure, [_answer(each, pair, alike) for each in shown], len(pair.answers) - len(shown))


def _answer(answer: SharedAnswer, pair: Pair, alike: AlikeClass) -> AnswerView:
    name = answer.name if answer.name in alike.asked or (alike.sources and answer.name) else HELPER
    if not alike.sources:
        return AnswerView(name, answer.counts, ((), ()))
    sides = [
        [_block(lines, alike.sources[number]) for lines in side]
        for number, side in ((pair.first, answer.first), (pair.second, answer.second))
    ]
    return AnswerView(name, answer.counts, _both(sides))


def _both(two: Sequence[T]) -> tuple[T, T]:
    first, second = two
    return first, second


def _block(lines: SharedLines, sources: Sequence[Source]) -> Block:
    source = sources[lines.file]
    last = min(lines.last, lines.first + MOST_LINES - 1)
    text = "\n".join(source.text.split("\n")[lines.first - 1 : last])
    numbered = [
        CodeLine(source.place(number)[1], html, "shared" if number in lines.marked else "")
        for number, html in enumerate(highlighted(text), lines.first)
    ]
    return Block(f"{source.name}, {source.where(lines.first)}", numbered, last < lines.last)
