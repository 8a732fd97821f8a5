"""A class as pairs whose answers are alike: what they share, on which lines, and how much that says."""

from collections import defaultdict
from collections.abc import Collection, Sequence
from dataclasses import dataclass

from grader.alike.apart import read_apart
from grader.alike.reading import AnswerPart, Answers
from grader.alike.weights import Likeness, Pieces, likenesses
from grader.border import Source

FEWEST = 10
"""Of fewer submissions, nobody can tell what is rare."""
MOST = 2_000
"""All of them are in memory together, and more are not compared."""
LEAST = 30.0
"""The figure from which on a pair is listed: see the table in `docs/similarity.md`."""


@dataclass(frozen=True)
class SharedLines:
    """Lines of a file, and which of them have what is shared."""

    file: int
    first: int
    last: int
    marked: frozenset[int]


@dataclass(frozen=True)
class SharedAnswer:
    """An answer of two submissions, as each of them has it, and what it counts."""

    name: str
    counts: float
    first: Sequence[SharedLines]
    second: Sequence[SharedLines]


@dataclass(frozen=True)
class Pair:
    """Two submissions, by their numbers."""

    first: int
    second: int
    figure: float
    answers: Sequence[SharedAnswer]
    """The weightiest first."""


@dataclass(frozen=True)
class HandedIn:
    """A submission: its files with answers in them, and the lines of what is wrong, each with the file it is in."""

    files: Sequence[Answers]
    wrong: Sequence[tuple[int, int, int]] = ()


@dataclass(frozen=True)
class AlikeClass:
    """What was compared: the positions of the results that have one text in common, by text; and the pairs of texts.

    Without sources, texts are not shown.
    """

    people: Sequence[Sequence[int]]
    pairs: Sequence[Pair]
    sources: Sequence[Sequence[Source]]
    asked: Collection[str]
    """The names of answers that are the assignment's own."""
    unread: int = 0
    """Of the texts, how many could not be read."""


@dataclass(frozen=True)
class Compared:
    """The pairs to look at, the most alike first; and how many submissions could not be read."""

    pairs: Sequence[Pair] = ()
    unread: int = 0


def alike(
    submissions: Sequence[HandedIn],
    forced: Sequence[Answers],
    kept: Collection[str],
    apart: Collection[tuple[int, int]] = (),
    least: float = LEAST,
) -> Compared:
    """Which submissions of a class are alike.

    Args:
        submissions: of a class, each different from the others.
        forced: the solution, and what was given out.
        kept: names of what is asked for.
        apart: pairs that are to be alike, the lower number first.
        least: the figure from which on a pair is listed.
    """
    if not FEWEST <= len(submissions) <= MOST:
        return Compared()
    given, *parts = read_apart([forced, *(each.files for each in submissions)], kept)
    known = {digest for part in given for digest, *_ in part.pieces}
    pieces = [_pieces(each, own) for each, own in zip(submissions, parts, strict=True)]
    found = likenesses(pieces, known, apart)
    pairs = [_pair(each, parts[each.first], parts[each.second]) for each in found if each.figure >= least]
    return Compared(pairs, sum(not each for each in parts))


def _pieces(submission: HandedIn, parts: Sequence[AnswerPart]) -> Pieces:
    answers: dict[str, set[str]] = defaultdict(set)
    wrong = set()
    for part in parts:
        for digest, first, _ in part.pieces:
            answers[digest].add(part.answer)
            if any(part.file == file and start <= first <= end for file, start, end in submission.wrong):
                wrong.add(digest)
    return Pieces(answers, wrong)


def _pair(likeness: Likeness, first: Sequence[AnswerPart], second: Sequence[AnswerPart]) -> Pair:
    names = sorted(likeness.answers, key=lambda name: (-likeness.answers[name], name))
    answers = [
        SharedAnswer(
            name,
            round(likeness.answers[name], 1),
            _lines(name, first, likeness.shared),
            _lines(name, second, likeness.shared),
        )
        for name in names
    ]
    return Pair(likeness.first, likeness.second, likeness.figure, answers)


def _lines(name: str, parts: Sequence[AnswerPart], shared: Collection[str]) -> list[SharedLines]:
    """The parts of an answer that have something of what is shared."""
    found = [
        SharedLines(part.file, part.first, part.last, _marked(part, shared)) for part in parts if part.answer == name
    ]
    return [each for each in found if each.marked]


def _marked(part: AnswerPart, shared: Collection[str]) -> frozenset[int]:
    """The lines on which something is that is shared."""
    spans = [(first, last) for digest, first, last in part.pieces if digest in shared]
    return frozenset(line for first, last in spans for line in range(first, last + 1))
