"""What is told of a stage, as plain text for other tools: short, and nothing in it that one of them would act on."""

import math
import re
from fractions import Fraction

from grader.report.verdicts import MEANINGS, place_of, printable
from grader.result import StageResult

LINE, TEXT, WHO = 300, 4000, 100
"""Characters: of one line, of what is told of a stage, of a name."""
COMMANDS = re.compile(r"^[^\S\n]*:(?=:)|#(?=#(?:vso)?\[)|\[(?=\[ATTACHMENT\|)", re.MULTILINE | re.IGNORECASE)
"""What a CI log would obey (`::error::`, `##[error]`), and what GitLab takes for the name of a file."""
NO_CHARACTERS = re.compile("[\ufffe\uffff]")


def plain(text: str, most: int = TEXT) -> str:
    """Text and nothing else: no control characters, no commands of a CI log, no more than `most` characters."""
    safe = NO_CHARACTERS.sub("\ufffd", printable(text[:most]))
    safe = COMMANDS.sub(r"\g<0> ", safe)
    return safe if len(safe) <= most and len(text) <= most else safe[: most - 1] + "…"


def one_line(text: str, most: int = LINE) -> str:
    """The same, with every run of spaces and line ends as one space."""
    return plain(" ".join(text[: 2 * most].split()), most)


def why(stage: StageResult, most: int = LINE) -> str:
    """What is said of a stage, in one line: the diagnosis, or else what is off; then the warnings."""
    said = [stage.message, stage.pattern] if stage.verdict != "shape" else []
    if stage.diagnosis:
        said = [stage.diagnosis.message]
    said += [warning.message for warning in stage.warnings]
    return one_line(" ".join(filter(None, said)), most)


def details(stage: StageResult, most: int = TEXT) -> str:
    """What is said of a stage, in some lines: the verdict and what it means, why, where, and the traceback."""
    lines = [f"{stage.verdict}: {MEANINGS[stage.verdict]}", why(stage, most)]
    if stage.where:
        lines.append(one_line(place_of(stage.where)))
    if stage.error and stage.error.traceback:
        lines.append(plain(stage.error.traceback, most))
    return plain("\n".join(filter(None, lines)), most)


def two_decimals(value: Fraction) -> Fraction:
    """The nearest number with two decimals; of two that are as near, the larger."""
    return Fraction(math.floor(value * 100 + Fraction(1, 2)), 100)


def points(value: float | Fraction | None) -> str:
    """`27` or `26.5`; nothing for none."""
    if value is None:
        return ""
    text = f"{float(value):.2f}"
    return text.rstrip("0").rstrip(".")
