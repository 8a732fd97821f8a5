"""The result in a terminal: a table for each exercise, the score, and where to look first."""

from collections.abc import Collection, Iterable, Iterator, Sequence

from rich import box
from rich.console import Console, RenderableType
from rich.padding import Padding
from rich.table import Table
from rich.text import Text

from grader.report.changes import Change
from grader.report.safe import on_its_line, printable, unobeyed
from grader.report.verdicts import (
    GLYPHS,
    first_own_error,
    first_untried,
    lines_to_look_at,
    number,
    place_of,
    remark,
    score,
    summary,
    title_of,
)
from grader.result import ExerciseResult, Result, StageResult, Verdict

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
STYLES_OF_SUBMISSIONS = {
    "functions": "one function for each stage",
    "flat": "flat code: each gradient is made by its own lines, from the correct gradients that feed into it",
}
NAMED = 3
"""Of stages that went the same way, so many are named."""
WIDE = 110
"""From this many columns on, the messages fit into the table; below, they follow it."""


def show(result: Result, console: Console, *, explain: bool = False) -> None:
    """Print a result; with the evidence behind each wrong stage, if wanted."""
    explained = [part for stage in result.stages for part in _explained(stage)] if explain else []
    _print([*_parts(result, wide=console.width >= WIDE), *explained], console)


def show_changes(found: Sequence[Change], console: Console, *, explain: bool = False) -> None:
    """Print what is new in some stages, a line for those that went the same way."""
    for change in found:
        explained = [part for stage in change.stages for part in _explained(stage)] if explain and change.words else []
        _print([Padding(_changed(change), (0, 0, 0, 2)), *explained], console)


def show_score(result: Result, console: Console, changed: Collection[str] = ()) -> None:
    """Print the score, and what to look at next; with its traceback where that is new."""
    _print([_score(result), *_next_step(result, changed)], console)


def show_problems(problems: Iterable[str], console: Console) -> None:
    """Print what is the matter with files, a line each."""
    _print([_problem(problem) for problem in problems], console)


def _print(parts: Sequence[RenderableType], console: Console) -> None:
    """A CI service may read along, also where FORCE_COLOR makes a terminal of its log: nothing is a command of one."""
    if not parts:
        return
    if console.legacy_windows:  # it is coloured by calls, not by what is printed, so there is nothing to capture
        console.print(*parts, sep="\n")
        return
    with console.capture() as captured:
        console.print(*parts, sep="\n")
    console.out(unobeyed(captured.get()), highlight=False, end="")


def _parts(result: Result, *, wide: bool) -> Iterator[RenderableType]:
    yield Text(f"{result.assignment.name}, {STYLES_OF_SUBMISSIONS[result.submission.style]}", "dim")
    yield from map(_problem, result.submission.problems)
    begun = [any(stage.verdict != "missing" for stage in exercise.stages) for exercise in result.exercises]
    following = begun.index(False) if False in begun else -1
    for place, exercise in enumerate(result.exercises):
        if not begun[place] and (place != following or result.submission.style == "flat"):
            yield Text.assemble((_title(exercise), "bold"), ("  not begun\n", "dim"))
            continue
        yield _table(exercise, wide=wide)
        if not wide:
            yield from _messages(exercise.stages)
    yield _score(result)
    yield from _next_step(result, {stage.name for stage in result.stages})


def _problem(problem: str) -> Text:
    return Text.assemble(("! ", FAILED), on_its_line(problem))


def _score(result: Result) -> Text:
    return Text.assemble(("Score ", "bold"), (score(result.score, result.max_score), "bold"), "  ", summary(result))


def _changed(change: Change) -> Text:
    first, *others = (stage.name for stage in change.stages)
    names, more = ", ".join([first, *others[: NAMED - 1]]), len(others) - NAMED + 1
    line = Text.assemble((f"{names} and {more} more" if more > 0 else names, "bold"), "  ")
    line.append_text(_mark(change.stages[0].verdict))
    if change.before:
        line.append(f", was {change.before}", "dim")
    return line.append(f"  {' '.join(change.words.split())}" if change.words else "")


def _table(exercise: ExerciseResult, *, wide: bool) -> Table:
    title = _title(exercise)
    wide = wide and any(remark(stage) for stage in exercise.stages)
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
    return Text(title_of(stage)), _mark(stage.verdict), Text(number(stage.max_diff)), Text(remark(stage))


def _mark(verdict: Verdict) -> Text:
    return Text(f"{GLYPHS[verdict]} {verdict}", STYLES.get(verdict, FAILED))


def _messages(stages: list[StageResult]) -> Iterator[RenderableType]:
    for stage in stages:
        if said := remark(stage):
            line = Text.assemble((f"{stage.name}: ", "bold"), said)
            yield Padding(line, (0, 0, 0, 2))


def _explained(stage: StageResult) -> Iterator[RenderableType]:
    if not stage.evidence:
        return
    yield Text.assemble("\n", (stage.name, "bold"), ": ", on_its_line(remark(stage)))
    other = (
        [f"Another slip gives the same result: {stage.diagnosis.other}"]
        if stage.diagnosis and stage.diagnosis.other
        else []
    )
    for line in [*other, *stage.evidence]:
        yield Padding(Text(printable(line), "dim"), (0, 0, 0, 2))


def _next_step(result: Result, traced: Collection[str]) -> Iterator[RenderableType]:
    """Where to look first; the traceback is shown of these stages only."""
    first = first_own_error(result)
    if first is None:
        yield from _next_to_write(result)
        return
    place = f" ({on_its_line(place_of(first.where, *lines_to_look_at(first)[:1]))})" if first.where else ""
    yield Text.assemble("Look first at ", (first.name, "bold"), place, f". For a hint: grade hint {first.name}")
    if first.error and first.error.traceback and first.name in traced:
        yield Padding(Text(printable(first.error.traceback), "dim"), (0, 0, 0, 2))


def _next_to_write(result: Result) -> Iterator[RenderableType]:
    untried = first_untried(result)
    if untried and any(stage.passed for stage in result.stages):
        yield Text.assemble("Next: ", (untried.name, "bold"), f". For a hint: grade hint {untried.name}")
