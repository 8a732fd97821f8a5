"""Marks that are in a teacher's file already: nothing is written over them that nobody asked for."""

from collections.abc import Mapping
from fractions import Fraction

from grader.errors import MarksThere
from grader.report.export.export import Given
from grader.report.export.sheet import Sheet, number

Scores = Mapping[tuple[int, int], Fraction]
"""By row and column."""


def settled(sheet: Sheet, scores: Scores, given: Given) -> tuple[Scores, list[str]]:
    """The scores to write, and what is said of other marks that are there.

    Args:
        sheet: the teacher's file.
        scores: what it would be filled with.
        given: says whether marks may be replaced.

    Raises:
        MarksThere: there are some, and nobody has said what to do about them.
    """
    others = {place for place, score in scores.items() if _is_other(sheet.said(*place), score)}
    if not others:
        return scores, []
    marks = f"{len(others)} other mark{'s' if len(others) != 1 else ''}"
    if given.marks == "replace":
        return scores, [f"Replaced: {marks}."]
    if given.marks == "keep":
        return {place: scores[place] for place in scores.keys() - others}, [f"Left as they were: {marks}."]
    raise MarksThere(sheet.name, marks, len(scores), sheet.headings[min(others)[1]])


def _is_other(text: str, score: Fraction) -> bool:
    return text not in ("", "-") and number(text) != score
