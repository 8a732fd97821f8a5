"""Our points, and those that a teacher's file has for the assignment."""

from fractions import Fraction

from grader.marks.rounding import exact, points, two_decimals
from grader.result import Result


def scaled(result: Result, possible: Fraction | None) -> Fraction:
    """The score of a result that has one, out of the points of the file where it says any, to two decimals."""
    score = exact(result.final_score or 0)
    return two_decimals(score * possible / exact(result.final_max) if possible else score)


def scaling(result: Result, possible: Fraction | None) -> list[str]:
    """What is said of it."""
    if not possible:
        return [f"The file does not give the maximum points, so the scores are out of {points(result.max_score)}."]
    if possible == result.max_score:
        return []
    return [
        f"The file has a maximum of {points(possible)} points and the assignment "
        f"{points(result.max_score)}, so every score was scaled."
    ]
