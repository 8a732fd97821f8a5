"""Words that every rendering of a result shares, and how text from a student is made safe to show."""

import re
from collections.abc import Iterable, Mapping

from grader.result import Result, StageResult, Where

GLYPHS = {
    "exact": "✓",
    "approximate": "≈",
    "shape": "▱",
    "shortcut": "↯",
    "overfit": "⊡",
    "wrong": "✗",
    "nonfinite": "∞",
    "error": "!",
    "timeout": "⧗",
    "forbidden": "⊘",
    "missing": "·",
    "ungraded": "?",
}
MEANINGS = {
    "exact": "right on every probe, and equal to autograd bit for bit",
    "approximate": "right on every probe, within float32 rounding",
    "shape": "right values, an axis of length 1 too many or too few",
    "shortcut": "true of this loss only, not of this expression",
    "overfit": "right on the course batch only",
    "wrong": "wrong values or a wrong shape",
    "nonfinite": "NaN or infinity where there should be numbers",
    "error": "the code failed, or returned something that is not a tensor",
    "timeout": "over a limit: time, memory or output",
    "forbidden": "taken from autograd",
    "missing": "not written yet",
    "ungraded": "the grader could not judge this; not your fault",
}
ABSENT = "There is no function"
MISSING = ("not enforced", "unavailable")
CONTROL = re.compile("[\x00-\x08\x0b-\x1f\x7f-\x9f\u200e\u200f\u202a-\u202e\u2028\u2029\u2066-\u2069\ud800-\udfff]")


def printable(text: str) -> str:
    """Text with control characters and direction overrides written out, so that they can do nothing."""
    return CONTROL.sub(lambda match: match.group().encode("unicode_escape", "backslashreplace").decode("ascii"), text)


def number(value: float | None) -> str:
    """A number for people: short, and a dash for none."""
    return "-" if value is None else f"{value:.3g}"


def number4(value: float | None) -> str:
    """A loss for people: four decimals."""
    return "-" if value is None else f"{value:.4f}"


def score(value: float | None, most: int) -> str:
    """`26.5 / 28`."""
    return f"{'-' if value is None else f'{value:g}'} / {most}"


def exposed(isolation: Mapping[str, str]) -> list[str]:
    """The protections that did not hold where something was graded."""
    return [what for what, state in isolation.items() if state in MISSING]


def compare_line(stage: StageResult) -> str:
    """The notebook's own line: `dCounts | Exact: True | Approximate: True | MaxDiff: 0.0`."""
    return f"{stage.name} | Exact: {stage.exact} | Approximate: {stage.approximate} | MaxDiff: {stage.max_diff}"


def first_own_error(stages: Iterable[StageResult]) -> StageResult | None:
    """The first stage from the loss backwards that is tried and not passed.

    Every stage is judged with the reference upstream, so whatever is not passed is the stage's own error.
    """
    return next((stage for stage in stages if not stage.passed and stage.verdict != "missing"), None)


def summary(result: Result) -> str:
    """One sentence on the whole."""
    stages = result.stages
    passed = sum(stage.passed for stage in stages)
    missing = sum(stage.verdict == "missing" for stage in stages)
    text = f"{passed} of {len(stages)} stages passed"
    if missing:
        text += f", {missing} not written yet"
    if result.status != "graded":
        text += "; some could not be judged, so there is no total"
    return text + "."


def remark(stage: StageResult) -> str:
    """What there is to say of a stage beside its verdict, safe to show; nothing of one that is not begun."""
    if stage.verdict == "missing" and (stage.message in ("Still the stub.", "") or stage.message.startswith(ABSENT)):
        return ""
    said = [stage.message, stage.pattern] if stage.verdict != "shape" else []
    if stage.diagnosis:
        raised = f"{stage.message.rstrip('.')}." if stage.error else ""
        said = [raised, stage.diagnosis.message]
    return printable(" ".join([*said, *(warning.message for warning in stage.warnings)])).strip()


def place_of(where: Where) -> str:
    """The file and the line, or the code cell of a notebook and the line in there."""
    if where.cell is None:
        return f"{where.file}, line {where.first_line}"
    return f"{where.file}, code cell {where.cell}, line {where.line}"
