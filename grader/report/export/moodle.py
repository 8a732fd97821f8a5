"""Moodle: the scores, filled into the grading worksheet that the teacher downloaded.

Its headings are in the language of the site, so the columns are found by what every language has in common.
"""

import re
import unicodedata
from collections.abc import Mapping, Sequence
from fractions import Fraction

from grader.errors import CannotFill
from grader.report.export.export import Export, Given, LeftOut, with_absent
from grader.report.export.marks_there import settled
from grader.report.export.rows import Index, index, match
from grader.report.export.scaling import scaled, scaling
from grader.report.export.sheet import Sheet, number, read_sheet
from grader.result import Result

PARTICIPANT = re.compile(r"(\D*[^\W\d]\D*)(\d+)")
"""What identifies a row: the word for a participant, the same in every row, and a number of its own."""
LONGEST = 100
"""Characters of a cell that may be one."""
BY_CELL = ("email", "sis", "login", "name")
"""Identities that are looked for in the columns before the grade, the surest first."""


def moodle(results: Sequence[Result], given: Given) -> Export:
    """The teacher's worksheet with the scores as grades; whoever is left out keeps what is there.

    Scores are scaled where the worksheet says that the assignment has another maximum than ours.

    Raises:
        CannotFill: it is not such a file, or it does not say which column is meant.
        MarksThere: it has other marks, and nobody has said what to do about them.
    """
    results = with_absent(results, given)
    sheet = read_sheet(given.file, given.file_name)
    rows = [row for row in range(1, len(sheet.rows)) if any(cell.text.strip() for cell in sheet.rows[row])]
    identifier = _identifier(sheet, rows)
    column = _grade(sheet, rows, given.column)
    possible = _maximum(sheet, rows, column + 1)
    matched = match(results, _systems(sheet, rows, identifier, column), sheet.name)
    scores: dict[tuple[int, int], Fraction] = {}
    left_out = list(matched.left_out)
    for row, result in matched.rows.items():
        if column < len(sheet.rows[row]):
            scores[row, column] = scaled(result, possible)
        else:
            left_out.append(LeftOut(result.submission.id, f"their row in {sheet.name} ends before the grade"))
    written, told = settled(sheet, scores, given)
    entered = f"Scores entered in the column {sheet.headings[column]}: {len(written)}."
    remarks = (entered, *scaling(results[0], possible), *told)
    return Export({given.file_name: sheet.filled(written)}, tuple(left_out), remarks)


def _identifier(sheet: Sheet, rows: Sequence[int]) -> int:
    """The column of the participants; the first one, if there are several like it."""
    for column in range(len(sheet.headings)):
        found = [_participant(sheet.said(row, column)) for row in rows]
        words, numbers = {each[1] for each in found if each}, {each[2] for each in found if each}
        if rows and len(numbers) == len(rows) and len(words) == 1:
            return column
    raise CannotFill(
        sheet.name,
        (
            "is not a Moodle grading worksheet: no column has Participant and a "
            "number in every row. Download the worksheet again"
        ),
    )


def _participant(text: str) -> re.Match[str] | None:
    return PARTICIPANT.fullmatch(text) if len(text) <= LONGEST else None


def _grade(sheet: Sheet, rows: Sequence[int], wanted: str | None) -> int:
    """The column of that heading; or the one whose heading stands in another one's brackets, as `Grade` does in `Last
    modified (grade)`, and which holds nothing but numbers."""
    headings = [unicodedata.normalize("NFKC", heading).casefold() for heading in sheet.headings]
    if wanted is not None:
        places = [place for place, heading in enumerate(sheet.headings) if heading == wanted.strip()]
    else:
        places = [place for place, name in enumerate(headings) if any(each.endswith(f"({name})") for each in headings)]
        places = [place for place in places if all(_is_grade(sheet.said(row, place)) for row in rows)]
    if len(places) != 1:
        there = ", ".join(map(repr, sheet.headings))
        raise CannotFill(
            sheet.name,
            "must have the columns Grade and Last modified (grade), in its own "
            "language, and it is not clear which one is "
            f"the grade. Name it with --column, or download the worksheet again. The columns are {there}",
        )
    return places[0]


def _is_grade(text: str) -> bool:
    return text in ("", "-") or number(text) is not None


def _maximum(sheet: Sheet, rows: Sequence[int], column: int) -> Fraction | None:
    """The number that a column holds in every row; of Moodle's columns, that is the maximum beside the grade."""
    numbers = {number(sheet.said(row, column)) for row in rows}
    return numbers.pop() if len(numbers) == 1 else None


def _systems(sheet: Sheet, rows: Sequence[int], identifier: int, grade: int) -> Mapping[str, Index]:
    """Only columns before the grade: those after it may hold what students wrote."""
    names = [(sheet.said(row, identifier), row) for row in rows]
    numbers = [(found[2], row) for name, row in names if (found := _participant(name))]
    others = index((sheet.said(row, column), row) for row in rows for column in range(grade) if column != identifier)
    return {"moodle": index([*numbers, *names])} | dict.fromkeys(BY_CELL, others)
