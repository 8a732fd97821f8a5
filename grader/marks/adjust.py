"""`adjust.csv`: for a student, a stage (or `total`, or `late`), points, `+2` or `excuse`, and the reason."""

import re
import unicodedata
from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from fractions import Fraction
from pathlib import Path

from grader.errors import UnusableMarks, did_you_mean
from grader.marks.rounding import added, exact, points
from grader.marks.table import TableRow, read_rows
from grader.report.safe import one_line
from grader.result import Adjustment

TOTAL, LATE = "total", "late"
EVERYONE = ("*", "everyone")
EXCUSE = ("excuse", "excused", "ex")
HEADINGS = {
    "student": ("student", "id", "name", "login", "email"),
    "stage": ("stage",),
    "points": ("points", "score", "adjustment"),
    "reason": ("reason", "comment", "note"),
}
COLUMNS = tuple(HEADINGS)
NUMBER = re.compile(r"([+\-\N{MINUS SIGN}]?)\s*(\d{1,6}(?:[.,]\d{1,6})?)", re.ASCII)
MOST_NAMED = 5
LONGEST_REASON = 500


@dataclass(frozen=True)
class Person:
    """Someone in the class, by id and by what other systems call them."""

    id: str
    identities: Mapping[str, str]


@dataclass(frozen=True)
class AdjustRow:
    """One row of the file, checked as far as that goes without the class."""

    where: str
    student: str
    adjustment: Adjustment


@dataclass(frozen=True)
class Adjustments:
    """Everyone's adjustments, in the order in which they are applied."""

    everyone: tuple[Adjustment, ...] = ()
    by_id: Mapping[str, tuple[Adjustment, ...]] = field(default_factory=dict)

    def of(self, id: str) -> list[Adjustment]:
        """A student's: what is said of everyone, then what is said of them."""
        return [*self.everyone, *self.by_id.get(id, ())]


def read_adjustments(file: Path, people: Sequence[Person], stages: Mapping[str, float]) -> Adjustments:
    """The adjustments in a file.

    Args:
        file: a CSV file.
        people: everyone in the class.
        stages: what each stage is worth, by its name.

    Raises:
        UnusableMarks: it cannot be read, or a row of it is of no use; the sentence says which and why.
    """
    rows = [_checked(file, row, stages) for row in _data_rows(file)]
    known = people_index(people)
    ids = [None if row.student.casefold() in EVERYONE else who(row.student, known, row.where) for row in rows]
    _refuse_contradictions(rows, ids)
    by_id: dict[str, list[Adjustment]] = defaultdict(list)
    for row, id in zip(rows, ids, strict=True):
        if id is not None:
            by_id[id].append(row.adjustment)
    everyone = tuple(row.adjustment for row, id in zip(rows, ids, strict=True) if id is None)
    return Adjustments(everyone, {id: tuple(each) for id, each in by_id.items()})


def _data_rows(file: Path) -> list[TableRow]:
    """The rows below the headings, or all rows if there are none, each with its cells in the order of `COLUMNS`."""
    rows = read_rows(file)
    headings = [cell.casefold() for cell in rows[0].cells] if rows else []
    if "stage" not in headings:
        return rows
    places = [next((headings.index(name) for name in HEADINGS[each] if name in headings), None) for each in COLUMNS]
    if absent := [name for name, place in zip(COLUMNS[:3], places, strict=False) if place is None]:
        raise UnusableMarks(
            f"{file}:{rows[0].line}",
            f"there is no column {absent[0]!r}. The headings are student, stage, points and reason.",
        )
    return [TableRow(row.line, [_cell(row.cells, place) for place in places]) for row in rows[1:]]


def _cell(cells: Sequence[str], place: int | None) -> str:
    return cells[place] if place is not None and place < len(cells) else ""


def _checked(file: Path, row: TableRow, stages: Mapping[str, float]) -> AdjustRow:
    where = f"{file}:{row.line}"
    student, stage, said, *reason = [*row.cells, "", "", "", ""][:4]
    if not student:
        raise UnusableMarks(where, "no student is named. Write an id from the gradebook, or * for everyone.")
    name = _stage_name(where, stage, stages)
    return AdjustRow(where, student, _adjustment(where, name, said, one_line(reason[0], LONGEST_REASON), stages))


def _stage_name(where: str, stage: str, stages: Mapping[str, float]) -> str:
    if stage in stages:
        return stage
    if stage.casefold() in (TOTAL, LATE):
        return stage.casefold()
    guess = did_you_mean(stage, stages)
    raise UnusableMarks(
        where, f"there is no stage {one_line(stage, 80)!r}.{guess} Write the name of a stage, `total` or `late`."
    )


def _adjustment(where: str, stage: str, said: str, reason: str, stages: Mapping[str, float]) -> Adjustment:
    if said.casefold() in EXCUSE:
        return Adjustment(stage, "excuse", reason=reason)
    if stage == LATE:
        raise UnusableMarks(where, "lateness can only be excused. Write `excuse`, or adjust the total.")
    found = NUMBER.fullmatch(said)
    if found is None:
        raise UnusableMarks(where, f"{one_line(said, 80)!r} is no number of points. Write 1, 2.5, +2, -1 or excuse.")
    amount = Fraction(found[2].replace(",", "."))
    most = stages[stage] if stage in stages else added(list(stages.values()))
    if not found[1] and amount > exact(most):
        raise UnusableMarks(
            where,
            f"{stage} is worth {points(most)}, so it cannot be set to {points(amount)}. "
            f"To give more than that, write +{points(amount)}.",
        )
    signed = -amount if found[1] in ("-", "\N{MINUS SIGN}") else amount
    return Adjustment(stage, "add" if found[1] else "set", float(signed), reason)


def people_index(people: Sequence[Person]) -> Mapping[str, set[str]]:
    """The ids by all that somebody may be called; an id is its owner's alone."""
    known: dict[str, set[str]] = defaultdict(set)
    for person in people:
        for text in (person.id, *person.identities.values()):
            known[_folded(text)].add(person.id)
    for person in people:
        known[_folded(person.id)] = {person.id}
    return known


def _folded(text: str) -> str:
    return " ".join(unicodedata.normalize("NFKC", text).casefold().split())


def who(called: str, known: Mapping[str, set[str]], where: str) -> str:
    """The id of whoever is called so.

    Args:
        called: an id, name, email and so on.
        known: from `people_index`.
        where: it is written, for the sentence.

    Raises:
        UnusableMarks: nobody is called so, or several are.
    """
    ids = known.get(_folded(called), set())
    if len(ids) == 1:
        return next(iter(ids))
    name = one_line(called, 80)
    if ids:
        some = ", ".join(sorted(one_line(id, 80) for id in ids)[:MOST_NAMED])
        raise UnusableMarks(where, f"{name!r} could be {some}. Write the id.")
    guess = one_line(did_you_mean(_folded(called), known))
    raise UnusableMarks(
        where,
        f"nobody in the class is called {name!r}.{' ' if guess else ''}{guess} Write an id from the gradebook.",
    )


def _refuse_contradictions(rows: Sequence[AdjustRow], ids: Sequence[str | None]) -> None:
    """Two rows that both set the same thing; what is added may be added to."""
    first: dict[tuple[str | None, str], str] = {}
    for row, id in zip(rows, ids, strict=True):
        if row.adjustment.action == "add":
            continue
        key = id, row.adjustment.stage
        if key in first:
            raise UnusableMarks(
                row.where,
                f"{one_line(row.student, 80)!r} has {row.adjustment.stage} set already, in {first[key]}. Keep one row.",
            )
        first[key] = row.where
