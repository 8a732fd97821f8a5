"""The result in a terminal: a table for each exercise, the score, and where to look first."""

from collections.abc import Iterator

from rich import box
from rich.console import Console, RenderableType
from rich.padding import Padding
from rich.table import Table
from rich.text import Text

from grader.report.words import (
    GLYPHS,
    first_own_error,
    first_untried,
    lines_to_look_at,
    number,
    one_line,
    place_of,
    printable,
    score,
    summary,
    unobeyed,
)
from grader.result import ExerciseResult, Result, StageResult

STYLES = {
    "exact": "green",
    "approximate": "green",
    "shape": "yellow",
    "shortcut": "dark_orange",
    "overfit": "dark_orange",
    "missing": "dim",
    "ungraded": "blue",
}
FAILED = "red"
STYLES_OF_HAND_INS = {
    "functions": "a function for each stage",
    "flat": "flat: each gradient as its own lines make it, from the correct ones after it",
}
ABSENT = "There is no function"
WIDE = 110
"""From this many columns on, the messages fit into the table; below, they follow it."""


def show(result: Result, console: Console, *, explain: bool = False) -> None:
    """Print a result; with the evidence behind each wrong stage, if wanted."""
    parts = [*_parts(result, wide=console.width >= WIDE)]
    parts += [part for stage in result.stages for part in _explained(stage)] if explain else []
    if console.is_terminal:
        console.print(*parts, sep="\n")
        return
    with console.capture() as captured:
        console.print(*parts, sep="\n")
    console.file.write(unobeyed(captured.get()))


def _parts(result: Result, *, wide: bool) -> Iterator[RenderableType]:
    yield Text(f"{result.assignment.name}, {STYLES_OF_HAND_INS[result.submission.style]}", "dim")
    for problem in result.submission.problems:
        yield Text.assemble(("! ", FAILED), one_line(problem))
    begun = [any(stage.verdict != "missing" for stage in exercise.stages) for exercise in result.exercises]
    following = begun.index(False) if False in begun else -1
    for place, exercise in enumerate(result.exercises):
        if not begun[place] and place != following:
            yield Text.assemble((_title(exercise), "bold"), ("  not begun\n", "dim"))
            continue
        yield _table(exercise, wide=wide)
        if not wide:
            yield from _messages(exercise.stages)
    yield Text.assemble(("Score ", "bold"), (score(result.score, result.max_score), "bold"), "  ", summary(result))
    yield from _next_step(result)


def _table(exercise: ExerciseResult, *, wide: bool) -> Table:
    title = _title(exercise)
    wide = wide and any(_remark(stage) for stage in exercise.stages)
    table = Table(title=title, title_justify="left", title_style="bold", box=box.SIMPLE_HEAD, min_width=len(title))
    table.add_column("stage", no_wrap=True)
    table.add_column("verdict", no_wrap=True)
    table.add_column("max diff", justify="right", no_wrap=True)
    if wide:
        table.add_column("message", overflow="fold")
    for stage in exercise.stages:
        table.add_row(*_row(stage)[: 4 if wide else 3])
    return table


def _title(exercise: ExerciseResult) -> str:
    return f"{exercise.title}  {score(exercise.score, exercise.max_score)}"


def _row(stage: StageResult) -> tuple[Text, Text, Text, Text]:
    style = STYLES.get(stage.verdict, FAILED)
    mark = f"{GLYPHS[stage.verdict]} {stage.verdict}"
    return Text(stage.name), Text(mark, style), Text(number(stage.max_diff)), Text(_remark(stage))


def _messages(stages: list[StageResult]) -> Iterator[RenderableType]:
    for stage in stages:
        if remark := _remark(stage):
            line = Text.assemble((f"{stage.name}: ", "bold"), remark)
            yield Padding(line, (0, 0, 0, 2))


def _remark(stage: StageResult) -> str:
    if stage.verdict == "missing" and (stage.message in ("Still the stub.", "") or stage.message.startswith(ABSENT)):
        return ""
    said = [stage.message, stage.pattern] if stage.verdict != "shape" else []
    if stage.diagnosis:
        said = [stage.diagnosis.message]
    return printable(" ".join([*said, *(warning.message for warning in stage.warnings)])).strip()


def _explained(stage: StageResult) -> Iterator[RenderableType]:
    if not stage.evidence:
        return
    yield Text.assemble("\n", (stage.name, "bold"), ": ", one_line(_remark(stage)))
    other = (
        [f"Another slip gives the same: {stage.diagnosis.other}"] if stage.diagnosis and stage.diagnosis.other else []
    )
    for line in [*other, *stage.evidence]:
        yield Padding(Text(printable(line), "dim"), (0, 0, 0, 2))


def _next_step(result: Result) -> Iterator[RenderableType]:
    first = first_own_error(result)
    if first is None:
        yield from _next_to_write(result)
        return
    place = f" ({one_line(place_of(first.where, *lines_to_look_at(first)[:1]))})" if first.where else ""
    yield Text.assemble("Look first at ", (first.name, "bold"), place, f". For a hint: grade hint {first.name}")
    if first.error and first.error.traceback:
        yield Padding(Text(printable(first.error.traceback), "dim"), (0, 0, 0, 2))


def _next_to_write(result: Result) -> Iterator[RenderableType]:
    untried = first_untried(result)
    if untried and any(stage.passed for stage in result.stages):
        yield Text.assemble("Next: ", (untried.name, "bold"), f". For a hint: grade hint {untried.name}")
