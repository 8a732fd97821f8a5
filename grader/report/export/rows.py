"""Whose row is whose: the students of a table, by what it and the submissions call them."""

import re
import unicodedata
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from math import inf

from grader.errors import CannotFill
from grader.marks.rounding import points
from grader.report.export.export import LeftOut, unscored
from grader.report.safe import WHO, one_line
from grader.result import Result

Index = Mapping[str, frozenset[int]]
"""By what a table calls students, the rows it calls so."""


@dataclass(frozen=True)
class Matched:
    """Results by the number of their row, and those that have none, or no score to put there."""

    rows: Mapping[int, Result]
    left_out: tuple[LeftOut, ...]


def called(text: str) -> str:
    """A name to compare by: case, accents written in another way and spaces do not count, `Last, First` is turned."""
    last, comma, first = unicodedata.normalize("NFKC", text).partition(",")
    return re.sub(r"\s+", " ", f"{first} {last}" if comma else last).strip().casefold()


def index(cells: Iterable[tuple[str, int]]) -> Index:
    """The rows by what their cells say; empty cells say nothing."""
    rows: dict[str, set[int]] = defaultdict(set)
    for text, row in cells:
        if text:
            rows[called(text)].add(row)
    return {text: frozenset(numbers) for text, numbers in rows.items()}


def match(results: Sequence[Result], systems: Mapping[str, Index], file: str) -> Matched:
    """Find everyone's row.

    The first system that a submission has an identity in, and the table a column for, decides alone: who is not
    there by number is not looked for by name. A submission without such an identity is looked for by its own name.

    Args:
        results: of the class.
        systems: the rows of the table, by the name of an identity, the surest first.
        file: what the table is called.

    Raises:
        CannotFill: the results are of several assignments.
    """
    if len(assignments := {result.assignment.name for result in results}) > 1:
        names = " and ".join(sorted(assignments))
        raise CannotFill(
            file, f"has a column for one assignment, but the results are for {names}. Export them separately"
        )
    left_out: list[LeftOut] = []
    claims: dict[int, list[Result]] = defaultdict(list)
    for result in results:
        rows = _rows(result, systems)
        if len(rows) == 1:
            claims[min(rows)].append(result)
        else:
            said = f"{file} has {len(rows)} rows that could be theirs" if rows else f"{file} has no row for them"
            left_out.append(LeftOut(result.submission.id, said))
    theirs = {}
    for row, claiming in claims.items():
        if refused := _refused(claiming, file):
            left_out += refused
        else:
            theirs[row] = claiming[0]
    return Matched(theirs, tuple(left_out))


def _rows(result: Result, systems: Mapping[str, Index]) -> frozenset[int]:
    for system, rows in systems.items():
        if rows and (identity := result.submission.identities.get(system)):
            return rows.get(called(identity), frozenset())
    own = called(result.submission.id)
    return frozenset().union(*(rows.get(own, frozenset()) for rows in systems.values()))


def _refused(claiming: Sequence[Result], file: str) -> list[LeftOut]:
    """Those whose row it cannot be, or who have no score for it."""
    ids = [result.submission.id for result in claiming]
    if len(ids) > 1:
        everyone = " and ".join(one_line(id, WHO) for id in ids)
        return [LeftOut(id, f"{everyone} share one row of {file}") for id in ids]
    (result,) = claiming
    if result.final_score is None:
        return [unscored(result)]
    if result.submission.elsewhere and not (result.mark and result.mark.adjustments):
        return [LeftOut(ids[0], f"this is work for {result.submission.elsewhere}, not for {result.assignment.name}")]
    most = inf if result.mark else result.reach
    if not 0 <= result.final_score <= most or not result.final_max:
        limit = result.final_max if result.mark else result.reach
        said = f"the score {points(result.final_score)} is not between 0 and {points(limit)}"
        return [LeftOut(ids[0], said)]
    return []
