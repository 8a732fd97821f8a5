"""Words that every rendering of a result shares."""

from collections.abc import Collection, Mapping, Sequence

from grader.marks.rounding import points
from grader.report.safe import printable
from grader.result import DatasetFacts, Result, StageResult, Where

GLYPHS = {
    "exact": "✓",
    "approximate": "≈",
    "shape": "▱",
    "shortcut": "↯",
    "overfit": "⊡",
    "wrong": "✗",
    "nonfinite": "∞",
    "error": "!",
    "timeout": "◷",
    "forbidden": "⊘",
    "missing": "·",
    "ungraded": "?",
}
MEANINGS = {
    "exact": "right on every probe, and equal to autograd bit for bit",
    "approximate": "right on every probe, within float32 rounding",
    "shape": "right values, with an axis of length 1 too many or too few",
    "shortcut": "right for this loss only, not for any upstream gradient",
    "overfit": "right on the course batch only",
    "wrong": "wrong values or a wrong shape",
    "nonfinite": "NaN or infinity where there should be numbers",
    "error": "the code failed, or returned something that is not a tensor",
    "timeout": "over a limit: time, memory or output",
    "forbidden": "taken from autograd",
    "missing": "not written yet",
    "ungraded": "the grader could not judge this, which is not your fault",
}
OWN_FOLDER = "Graded by the assignment.toml that lies with this submission. A course grades by its own copy."
"""Whoever wrote the submission could have changed that file."""
ENDS = (".", "!", "?", "…")
MISSING = ("not enforced", "unavailable")
STATES = {
    "right": "right",
    "carried": "right in itself, but with your own gradients an earlier error arrives here",
    "wrong": "an error made here",
    "untried": "not tried yet",
    "ungraded": "could not be judged, which is not your fault",
}
"""What a stage is to the one who looks for the next thing to do."""


def number(value: float | None) -> str:
    """A number for people: short, and a dash for none."""
    return "-" if value is None else f"{value:.3g}"


def number4(value: float | None) -> str:
    """A loss for people: four decimals."""
    return "-" if value is None else f"{value:.4f}"


def score(value: float | None, most: float) -> str:
    """`26.5 / 28`."""
    return f"{points(value) or '-'} / {points(most)}"


def sizes(by_name: Mapping[str, int]) -> str:
    """The sizes of a probe, each with a space after it."""
    return "".join([f"{name}={size} " for name, size in by_name.items()])


def title_of(stage: StageResult) -> str:
    """Its name, and that it is a bonus."""
    return f"{stage.name} (bonus)" if stage.bonus else stage.name


def exposed(isolation: Mapping[str, str]) -> list[str]:
    """The protections that did not hold where something was graded."""
    return [what for what, state in isolation.items() if state in MISSING]


def names_line(dataset: DatasetFacts) -> str:
    """What the names are that everything was computed from."""
    parts = f"{dataset.training:,} to train, {dataset.validation:,} to validate, {dataset.test:,} to test"
    return f"{dataset.names:,} names, {dataset.characters} characters; {parts}"


def compare_line(stage: StageResult) -> str:
    """The notebook's own line: `dCounts | Exact: True | Approximate: True | MaxDiff: 0.0`."""
    return f"{stage.name} | Exact: {stage.exact} | Approximate: {stage.approximate} | MaxDiff: {stage.max_diff}"


def state_of(stage: StageResult) -> str:
    """Which of the states a stage is in by itself; whether an error is carried there, the graph has to tell."""
    if stage.verdict == "missing":
        return "untried"
    if stage.verdict == "ungraded":
        return "ungraded"
    return "right" if stage.passed else "wrong"


def first_own_error(result: Result, but: Collection[str] = ()) -> StageResult | None:
    """The first stage from the loss backwards that is tried and not passed; what could not be judged is no error.

    Every stage is judged with the reference upstream, so whatever is not passed is the stage's own error.

    Args:
        but: the names of stages that are not to be looked at.
    """
    return _first(result, "wrong", but)


def first_untried(result: Result) -> StageResult | None:
    """The first stage from the loss backwards that is not written yet."""
    return _first(result, "untried")


def _first(result: Result, state: str, but: Collection[str] = ()) -> StageResult | None:
    """Of the first exercise that has a stage in a state, the first of these in the order of the backward pass."""
    for exercise in result.exercises:
        if found := [stage for stage in exercise.stages if state_of(stage) == state and stage.name not in but]:
            return min(found, key=lambda stage: stage.place)
    return None


def causes(stage: StageResult) -> list[str]:
    """What there is to say of why a stage has its verdict, text by text; every rendering has it from here.

    A named slip stands for what was seen of it, but for an exception: its words are told first. Of wrong values, where
    they are off comes before by how much. What is said of the shape of right values is a warning.
    """
    seen = [] if stage.verdict == "shape" else [stage.message]
    if stage.diagnosis:
        said = [*(seen if stage.error else []), stage.diagnosis.message]
    else:
        said = [stage.pattern, *seen] if stage.verdict == "wrong" else [*seen, stage.pattern]
    return [text for text in said if text.strip()]


def why(stage: StageResult) -> str:
    """What is probably wrong with a stage: its causes, else what its verdict means."""
    return sentences(causes(stage)) or f"{MEANINGS[stage.verdict].capitalize()}."


def said_of(stage: StageResult) -> str:
    """What there is to say of a stage beside its verdict: the causes, then the warnings."""
    return sentences([*causes(stage), *(warning.message for warning in stage.warnings)])


def sentences(texts: Sequence[str]) -> str:
    """Texts one after the other; where another follows, each has its full stop, which exceptions come without."""
    ended = [text if text.endswith(ENDS) else f"{text.rstrip()}." for text in texts[:-1]]
    return " ".join([*ended, *texts[-1:]])


def lines_to_look_at(stage: StageResult) -> list[int]:
    """The lines of the submission where a stage goes wrong, as far as they are known."""
    if stage.where is None or stage.passed:
        return []
    if stage.verdict == "forbidden":
        return [line for line in stage.integrity.lines if stage.where.first_line <= line <= stage.where.last_line]
    if stage.diagnosis:
        return [stage.diagnosis.line] if stage.diagnosis.line else []
    return [stage.error.line] if stage.error and stage.error.line else []


def summary(result: Result) -> str:
    """One sentence on the whole."""
    stages = result.stages
    if result.submission.unread:
        return f"Nothing could be graded, so 0 of {len(stages)} stages passed."
    asked = [stage for stage in stages if not stage.bonus]
    bonus = [stage for stage in stages if stage.bonus]
    passed = sum(stage.passed for stage in asked)
    missing = sum(stage.verdict == "missing" for stage in asked)
    text = f"{passed} of {len(asked)} stages passed"
    if bonus:
        text += f", and {sum(stage.passed for stage in bonus)} of {len(bonus)} bonus stages"
    if missing:
        text += f", {missing} not written yet"
    if result.status != "graded":
        text += "; some could not be judged, so there is no total"
    return text + "."


def remark(stage: StageResult) -> str:
    """The same, safe to show; nothing of one that is not begun."""
    return printable(said_of(stage)).strip() if stage.begun else ""


def placed_remark(stage: StageResult) -> str:
    """The same, after the line that an exception comes from."""
    said = remark(stage)
    if not (said and stage.error and stage.error.line and stage.where) or stage.diagnosis:
        return said
    place = line_of(stage.where, stage.error.line)
    return f"{place[0].upper()}{place[1:]}: {said}"


def place_of(where: Where, line: int | None = None) -> str:
    """The file and the line, or the code cell of a notebook and the line in there; by default, of its first line."""
    return f"{where.file}, {line_of(where, line or where.first_line)}"


def line_of(where: Where, line: int) -> str:
    """The same without the file."""
    inside = place_in_cell(where, line)
    return f"code cell {inside[0]}, line {inside[1]}" if inside else f"line {line}"


def place_in_cell(where: Where, line: int | None = None) -> tuple[int, int] | None:
    """The code cell of a notebook, and the line in there."""
    if where.cell is None or where.line is None:
        return None
    in_cell = where.line + (line or where.first_line) - where.first_line
    return where.cell, in_cell if in_cell > 0 else where.line
