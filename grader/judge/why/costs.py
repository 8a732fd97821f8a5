"""Of several slips that explain the same answers, the one that is told: what people do most, and what is surest."""

from grader.result import Diagnosis

OF_THE_ASSIGNMENT = 2
"""What an assignment knows of is what people do in it; a sign is simpler still."""
COSTS: dict[str, tuple[int, str]] = {
    "sign": (1, "one character"),
    "typed-in-size": (1, "the number that is told is seen in the lines"),
    "dtype": (1, "nothing else rounds like it"),
    "not-reshaped": (1, "the numbers are right"),
    "transposed": (1, "the numbers are right"),
    "diagonal": (1, "the answer holds the gradient"),
    "order": (1, "the answer is another gradient of the same function"),
    "missing-path": (2, "a term is easily forgotten"),
    "path-sign": (2, "one character"),
    "not-summed": (2, "a sum is easily forgotten"),
    "no-accumulation": (2, "it looks right, and is right for rows that are there once"),
    "upstream-missing": (2, "one name"),
    "one-number": (2, "an axis that is not given"),
    "factor": (3, "a 2, or a half: whoever squares forgets them"),
    "factor-of-size": (3, "a mean for a sum, or a sum for a mean"),
    "factor-of-sizes": (5, "two sizes together make up many a factor"),
    "summed-over-all": (3, "an axis that is not given"),
    "wrong-axis": (3, "0 for 1"),
    "wrong-upstream": (3, "one name, which is seen in the lines"),
    "wrong-operand": (3, "one name, which is seen in the lines"),
    "path-twice": (3, "a term that is there once more"),
    "absolute": (4, "nobody takes the absolute value unasked"),
    "upstream-unchanged": (4, "a whole line is forgotten"),
    "forward-value": (4, "a whole line is forgotten"),
    "broadcast": (5, "it is seen in the shape alone"),
    "zeros": (5, "zeros have to come from somewhere"),
    "exponent": (5, "there may be no power in the lines"),
    "wrong-factor": (4, "it says what is there, not what should be"),
    "no-derivative": (6, "there may be no sum in the lines"),
    "upstream-added": (6, "few add where they should multiply"),
    "upstream-subtracted": (6, "few subtract where they should multiply"),
    "derivative-subtracted": (6, "few subtract where they should multiply"),
    "upstream-divides": (6, "few divide by a gradient"),
    "derivative-divides": (6, "few divide where they should multiply"),
    "upstream-as-exponent": (6, "few take a power where they should multiply"),
}
"""By the code of a slip, what it costs to believe it, and why so much."""
EDITS = 4
"""An edit that puts everything right has a line to show."""
ANOTHER = 10
"""Two slips are believed only where one explains nothing."""


def cost(diagnosis: Diagnosis) -> int:
    """What it costs to believe a slip: the less, the sooner it is told."""
    known, _ = COSTS.get(diagnosis.code, (OF_THE_ASSIGNMENT, ""))
    each = EDITS if diagnosis.code.startswith("edit-") else known
    return each + ANOTHER * (diagnosis.slips - 1)


def is_doubtful(diagnosis: Diagnosis) -> bool:
    """Whether one edit of the student's own lines would say more."""
    return cost(diagnosis) > EDITS
