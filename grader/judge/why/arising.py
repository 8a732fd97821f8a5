"""What a student is told of the place where the first NaN or infinity arose in their own lines."""

from grader.border import Arising, ArisingKind, Source
from grader.judge.why.slips import placed, quoted
from grader.result import Diagnosis

SAID: dict[ArisingKind, str] = {
    "log-of-zero": "{text} takes the logarithm of 0, which is -infinity: which of its numbers can be 0?",
    "log-of-negative": "{text} takes the logarithm of a negative number, which is NaN: which can be negative?",
    "divided-by-zero": "a number is divided by zero in {text}, which gives infinity: where can the divisor be 0?",
    "zero-by-zero": "0 is divided by zero in {text}, which gives NaN: where can the divisor be 0?",
    "exp-overflows": "{text} overflows: exp of a large number is infinity. Is the maximum subtracted first?",
    "power-of-zero": "{text} takes a negative power of 0, which is infinity: which of its numbers can be 0?",
    "power-of-negative": "{text} takes a broken power of a negative number, which is NaN: which can be negative?",
    "root-of-negative": "{text} takes the root of a negative number, which is NaN: which can be negative?",
    "zero-times-infinity": "0 is multiplied by infinity in {text}, which gives NaN: where is the infinity from?",
    "infinities-cancel": "infinity is taken from infinity in {text}, which gives NaN: where are they from?",
    "infinity-by-infinity": "infinity is divided by infinity in {text}, which gives NaN: where are they from?",
    "spread-of-one": "{text} is of a single number, and divides by n - 1, which is 0: over which axis should it go?",
    "written": "{text} is still there in the answer: where nothing flows back, a gradient has 0 in the place of it.",
    "unfilled": "{text} holds whatever was in memory, and some of it is never filled: begin with zeros.",
    "other": "the NaN or infinity in the answer arises in {text}: look at what that is given.",
}


CODES = {kind: f"arises-{kind}" for kind in SAID}


def arisen(arising: Arising, source: Source) -> Diagnosis:
    """The place where NaN or infinity arose, as the reason of a stage.

    Args:
        arising: the fact.
        source: the one it speaks of.
    """
    said = SAID[arising.kind]
    anywhere = said.format(text=quoted(arising, source))
    general = said.format(text="…")
    return Diagnosis(
        CODES[arising.kind],
        f"{placed(arising.line, source)}: {anywhere}",
        line=arising.line,
        general=f"{general[0].upper()}{general[1:]}",
        anywhere=anywhere,
    )
