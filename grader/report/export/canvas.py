"""Canvas: the scores, filled into the gradebook that the teacher exported."""

import re
from collections.abc import Mapping, Sequence
from fractions import Fraction

from grader.errors import CannotFill
from grader.report.export.export import Export, Given, LeftOut, with_absent
from grader.report.export.marks_there import settled
from grader.report.export.rows import Index, index, match
from grader.report.export.scaling import scaled, scaling
from grader.report.export.sheet import Sheet, number, read_sheet
from grader.result import AssignmentFacts, Result

COLUMNS = {"canvas": "ID", "sis": "SIS User ID", "login": "SIS Login ID", "name": "Student"}
"""The columns that say who somebody is, by identity, in the order in which Canvas itself looks."""
ASSIGNMENT = re.compile(r"(.*\S)\s+\(\d+\)", re.DOTALL)
"""The heading of a column that grades can be put into: a title, and Canvas's own number of it."""
FINAL = re.compile(r"\bfinal\b", re.IGNORECASE)
"""Canvas has columns of its own that are called so."""
POINTS_POSSIBLE, EXCUSED = "points possible", "ex"


def canvas(results: Sequence[Result], given: Given) -> Export:
    """The teacher's file with the scores in the column of one assignment; whoever is left out keeps what is there.

    Scores are scaled where the file says that the assignment has other points than ours.

    Raises:
        CannotFill: it is not such a file, or it does not say which column is meant.
        MarksThere: it has other marks, and nobody has said what to do about them.
    """
    results = with_absent(results, given)
    sheet = read_sheet(given.file, given.file_name)
    if not {COLUMNS["canvas"], COLUMNS["name"]} <= set(sheet.headings):
        raise CannotFill(
            sheet.name, "is not a Canvas gradebook: it has no columns Student and ID. Export it from Canvas again"
        )
    column = _column(sheet, results[0], given.column)
    head = next((row for row in range(1, len(sheet.rows)) if sheet.said(row, 0).lower() == POINTS_POSSIBLE), 0)
    matched = match(results, _systems(sheet, head + 1), sheet.name)
    possible = number(sheet.said(head, column)) if head else None
    scores: dict[tuple[int, int], Fraction] = {}
    left_out = list(matched.left_out)
    for row, result in matched.rows.items():
        if reason := _fixed(sheet, row, column):
            left_out.append(LeftOut(result.submission.id, reason))
        else:
            scores[row, column] = scaled(result, possible)
    heading = sheet.headings[column]
    written, told = settled(sheet, scores, given)
    remarks = [f"Scores entered in the column {heading}: {len(written)}.", *scaling(results[0], possible), *told]
    if FINAL.search(heading):
        remarks.append(
            f"Canvas does not import into {heading}, because Final is in its name. "
            "Rename the assignment in Canvas, and export the gradebook again."
        )
    return Export({given.file_name: sheet.filled(written)}, tuple(left_out), tuple(remarks))


def _systems(sheet: Sheet, first: int) -> Mapping[str, Index]:
    places = {system: sheet.headings.index(name) for system, name in COLUMNS.items() if name in sheet.headings}
    rows = range(first, len(sheet.rows))
    return {system: index((sheet.said(row, place), row) for row in rows) for system, place in places.items()}


def _fixed(sheet: Sheet, row: int, column: int) -> str:
    """Why a row must stay as it is, if it must."""
    if len(sheet.rows[row]) <= column:
        return f"their row in {sheet.name} ends before the column to fill in"
    if sheet.said(row, column).lower() == EXCUSED:
        return f"excused in {sheet.name}"
    return ""


def _column(sheet: Sheet, result: Result, wanted: str | None) -> int:
    """The column of an assignment: the one of that heading, or the only one that begins as our assignment is called."""
    titles = {
        place: found[1] for place, heading in enumerate(sheet.headings) if (found := ASSIGNMENT.fullmatch(heading))
    }
    if wanted is None:
        places = _called_like(titles, result.assignment)
    else:
        places = [place for place, title in titles.items() if wanted.strip() in (title, sheet.headings[place])]
    if len(places) != 1:
        name = repr(result.assignment.name if wanted is None else wanted)
        there = ", ".join(repr(sheet.headings[place]) for place in places or titles) or "none"
        many = "several columns" if places else "no column"
        raise CannotFill(sheet.name, f"has {many} for {name}. Choose one with --column: {there}")
    return places[0]


def _called_like(titles: Mapping[int, str], assignment: AssignmentFacts) -> list[int]:
    """The columns that are called as the assignment is, or else begin so, by the first of its names that finds any."""
    folded = {place: title.casefold() for place, title in titles.items()}
    for name in (assignment.title, assignment.title.partition(":")[0], assignment.name):
        same = [place for place, title in folded.items() if title == name.casefold()]
        if found := same or [place for place, title in folded.items() if title.startswith(name.casefold())]:
            return found
    return []
