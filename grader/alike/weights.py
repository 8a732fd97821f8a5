"""How much it says that two submissions share a piece: the more, the fewer others have it."""

import math
from collections import Counter, defaultdict
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import combinations

POPULAR = 1 / 3
"""What such a share of the class has, is nobody's."""
RAREST = 12
"""Two submissions are compared if they share what at most so many have."""
RING = 4
"""So many may have worked together: what somebody shares with others besides is a habit."""
WRONG = 2
"""A piece of a wrong answer counts so many times."""


@dataclass(frozen=True)
class Pieces:
    """The pieces of one submission, each with the answers that it is in, and which are in answers that are wrong."""

    answers: Mapping[str, Collection[str]]
    wrong: Collection[str] = ()


@dataclass(frozen=True)
class Likeness:
    """Two submissions, by their numbers, and how much it says that they share what they share."""

    first: int
    second: int
    figure: float
    shared: frozenset[str]
    """The pieces that count."""
    answers: Mapping[str, float]
    """Those that the two share something of, each with what it counts."""


def likenesses(
    submissions: Sequence[Pieces], forced: Collection[str], apart: Collection[tuple[int, int]] = ()
) -> list[Likeness]:
    """Pairs that share anything rare, the most alike first.

    Args:
        submissions: of a class.
        forced: the pieces of the solution and of what was given out: whoever has them, it says nothing.
        apart: pairs that are to be alike, the lower number first.
    """
    holders = Counter(digest for each in submissions for digest in each.answers)
    rarity = {digest: _rarity(count, len(submissions)) for digest, count in holders.items() if digest not in forced}
    rare = {digest for digest, bits in rarity.items() if bits}
    pairs = [pair for pair in _candidates(submissions, holders, rare) if pair not in apart]
    found = [_compared(a, b, submissions[a], submissions[b], rarity, rare) for a, b in pairs]
    habits = _habits(found, len(submissions))
    return sorted((_less(each, habits) for each in found), key=lambda each: (-each.figure, each.first, each.second))


def _rarity(count: int, size: int) -> float:
    """In bits. What one submission alone has says nothing; what only a pair has is not popular, however small the
    class."""
    return 0.0 if count < 2 or count >= max(3, POPULAR * size) else math.log2(size / count)


def _candidates(submissions: Iterable[Pieces], holders: Mapping[str, int], rare: set[str]) -> Iterator[tuple[int, int]]:
    """Pairs that share what few have."""
    by_piece = defaultdict(list)
    for number, each in enumerate(submissions):
        for digest in each.answers:
            if digest in rare and holders[digest] <= RAREST:
                by_piece[digest].append(number)
    yield from sorted({pair for numbers in by_piece.values() for pair in combinations(numbers, 2)})


def _compared(a: int, b: int, first: Pieces, second: Pieces, rarity: Mapping[str, float], rare: set[str]) -> Likeness:
    shared = first.answers.keys() & second.answers.keys() & rare
    weights = {
        digest: rarity[digest] * (WRONG if digest in first.wrong and digest in second.wrong else 1) for digest in shared
    }
    totals = [_by_answer(each, weights) for each in (first, second)]
    figure = min(sum(sorted(each.values())) for each in totals)
    answers = {name: max(each.get(name, 0.0) for each in totals) for name in sorted({*totals[0], *totals[1]})}
    return Likeness(a, b, figure, frozenset(shared), answers)


def _by_answer(submission: Pieces, weights: Mapping[str, float]) -> dict[str, float]:
    """An answer counts once, for the rarest of what is shared in it: the rest mostly follows from that."""
    found: dict[str, float] = {}
    for digest, weight in weights.items():
        for answer in submission.answers[digest]:
            found[answer] = max(found.get(answer, 0.0), weight)
    return found


def _habits(found: Iterable[Likeness], size: int) -> list[float]:
    """What each shares with others besides those it may have worked with."""
    by_number: list[list[float]] = [[] for _ in range(size)]
    for each in found:
        for number in (each.first, each.second):
            by_number[number].append(each.figure)
    return [sorted(figures, reverse=True)[RING - 1] if len(figures) >= RING else 0.0 for figures in by_number]


def _less(likeness: Likeness, habits: Sequence[float]) -> Likeness:
    figure = likeness.figure - max(habits[likeness.first], habits[likeness.second])
    return Likeness(likeness.first, likeness.second, round(figure, 1), likeness.shared, likeness.answers)
