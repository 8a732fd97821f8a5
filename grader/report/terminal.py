"""The result in a terminal: a table for each exercise, the score, and where to look first."""

from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence

from rich import box
from rich.console import Console, Group, RenderableType
from rich.padding import Padding
from rich.table import Table
from rich.text import Text

from grader.report.changes import Change
from grader.report.safe import on_its_line, printable, unobeyed
from grader.report.same_cause import first_alike
from grader.report.verdicts import (
    GLYPHS,
    MEANINGS,
    OWN_FOLDER,
    first_own_error,
    first_untried,
    lines_to_look_at,
    number,
    place_of,
    placed_remark,
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
PLAIN_MARKS = {"exact": "ok", "approximate": "ok", "missing": "--", "ungraded": "--"}
NAMED = 3
"""Of stages that went the same way, so many are named."""
LINES = 20
"""Of what a stage has printed, as many are shown."""
WIDE = 110
"""From this many columns on, the messages fit into the table; below, they follow it."""

Marks = Mapping[str, str]
"""What stands before each verdict."""
Naming = Callable[[str], str]
"""How a stage is named to `grade hint`, by its name: with the option for its assignment, where that needs one."""


def by_name_alone(stage: str) -> str:
    """Enough where `grade hint` finds the right assignment by itself."""
    return stage


def show(
    result: Result, console: Console, *, explain: bool = False, prints: bool = False, naming: Naming = by_name_alone
) -> None:
    """Print a result; with the evidence behind each wrong stage and with what each has printed, if wanted."""
    explained = [part for stage in result.stages for part in _explained(stage)] if explain else []
    printed = _printed(result.stages) if prints else _printing(result.stages)
    parts = _parts(result, _marks(console), printed, wide=console.width >= WIDE)
    _print([*parts, *_next_step(result, {stage.name for stage in result.stages}, naming), *explained], console)


def show_changes(found: Sequence[Change], console: Console, *, explain: bool = False) -> None:
    """Print what is new in some stages, a line for those that went the same way."""
    for change in found:
        explained = [part for stage in change.stages for part in _explained(stage)] if explain and change.words else []
        _print([Padding(_changed(change, _marks(console)), (0, 0, 0, 2)), *explained], console)


def show_score(result: Result, console: Console, changed: Collection[str] = (), naming: Naming = by_name_alone) -> None:
    """Print the score, and what to look at next; with its traceback where that is new."""
    _print([_score(result), *_next_step(result, changed, naming)], console)


def show_problems(problems: Iterable[str], console: Console) -> None:
    """Print what is the matter with files, a line each."""
    _print([_problem(problem) for problem in problems], console)


def _print(parts: Sequence[RenderableType], console: Console) -> None:
    """A CI service may read along, also where FORCE_COLOR makes a terminal of its log: nothing is a command of one."""
    if not parts:
        return
    if console.legacy_windows:  # it is coloured by calls, not by what is printed, so there is nothing to capture
        console.print(*parts, sep="\n", crop=False)
        return
    with console.capture() as captured:
        console.print(*parts, sep="\n", crop=False)
    console.out(unobeyed(captured.get()), highlight=False, end="")


def _marks(console: Console) -> Marks:
    """The signs of verdicts, or words where the terminal has no letters for them."""
    try:
        "".join(GLYPHS.values()).encode(console.encoding)
    except (UnicodeError, LookupError):
        return {verdict: PLAIN_MARKS.get(verdict, "no") for verdict in GLYPHS}
    return GLYPHS


def _parts(result: Result, marks: Marks, printed: Iterable[RenderableType], *, wide: bool) -> Iterator[RenderableType]:
    yield Text(f"{result.assignment.name}, {STYLES_OF_SUBMISSIONS[result.submission.style]}", "dim")
    if result.assignment.origin == "submission":
        yield Text(OWN_FOLDER, "dim")
    yield from map(_problem, result.submission.problems)
    begun = [any(stage.verdict != "missing" for stage in exercise.stages) for exercise in result.exercises]
    following = begun.index(False) if False in begun else -1
    first = first_alike(result.stages)
    said = {s.name: f"As in {first[s.name]}." if s.name in first else placed_remark(s) for s in result.stages}
    for place, exercise in enumerate(result.exercises):
        if not begun[place] and (place != following or result.submission.style == "flat"):
            yield Text.assemble((_title(exercise), "bold"), ("  not begun\n", "dim"))
            continue
        yield _table(exercise, marks, said if wide else {})
        if not wide:
            yield from _messages(exercise.stages, said)
    yield from printed
    yield _score(result)
    yield from map(_problem, result.submission.problems)


def _printed(stages: Iterable[StageResult]) -> Iterator[RenderableType]:
    """What each stage has printed; once where a function makes several."""
    for text, names in _by_print(stages).items():
        lines = [f"  {line}" for line in printable(text).rstrip().split("\n")]
        more = [f"  … and {len(lines) - LINES} more lines, which are in the report"] if len(lines) > LINES else []
        yield Text.assemble((names[0], "bold"), " printed:")
        yield Group(Text("\n".join([*lines[:LINES], *more, ""]), "dim", no_wrap=True, overflow="ignore"))


def _printing(stages: Iterable[StageResult]) -> Iterator[RenderableType]:
    """How many functions print something, and how to see it."""
    by_print = _by_print(stages)
    if by_print:
        (first, *_), *others = by_print.values()
        which = f"{first} and {len(others)} more print" if others else f"{first} prints"
        yield Text(f"{which} something. To see what: grade --stage {first}\n", "dim")


def _by_print(stages: Iterable[StageResult]) -> dict[str, list[str]]:
    """The names of the stages that have printed a text, by the text."""
    found: dict[str, list[str]] = {}
    for stage in stages:
        if stage.printed.strip():
            found.setdefault(stage.printed, []).append(stage.name)
    return found


def _problem(problem: str) -> Text:
    return Text.assemble(("! ", FAILED), on_its_line(problem))


def _score(result: Result) -> Text:
    return Text.assemble(("Score ", "bold"), (score(result.score, result.max_score), "bold"), "  ", summary(result))


def _changed(change: Change, marks: Marks) -> Text:
    first, *others = (stage.name for stage in change.stages)
    names, more = ", ".join([first, *others[: NAMED - 1]]), len(others) - NAMED + 1
    line = Text.assemble((f"{names} and {more} more" if more > 0 else names, "bold"), "  ")
    line.append_text(_mark(change.stages[0].verdict, marks))
    if change.before:
        line.append(f", was {change.before}", "dim")
    return line.append(f"  {' '.join(change.words.split())}" if change.words else "")


def _table(exercise: ExerciseResult, marks: Marks, said: Mapping[str, str]) -> Table:
    """The stages of an exercise, with what is said of them, if it has a place there."""
    title = _title(exercise)
    wide = any(said.get(stage.name) for stage in exercise.stages)
    table = Table(title=title, title_justify="left", title_style="bold", box=box.SIMPLE_HEAD, min_width=len(title))
    table.add_column("stage", no_wrap=True)
    table.add_column("verdict", no_wrap=True)
    table.add_column("max diff", justify="right", no_wrap=True)
    if wide:
        table.add_column("message", overflow="fold")
    for stage in exercise.stages:
        row = Text(title_of(stage)), _mark(stage.verdict, marks), Text(number(stage.max_diff))
        table.add_row(*row, *([Text(said[stage.name])] if wide else []))
    return table


def _title(exercise: ExerciseResult) -> str:
    return f"{exercise.title}  {score(exercise.score, exercise.max_score)}"


def _mark(verdict: Verdict, marks: Marks) -> Text:
    return Text(f"{marks[verdict]} {verdict}", STYLES.get(verdict, FAILED))


def _messages(stages: list[StageResult], said: Mapping[str, str]) -> Iterator[RenderableType]:
    for stage in stages:
        if said[stage.name]:
            line = Text.assemble((f"{stage.name}: ", "bold"), said[stage.name])
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


def _next_step(result: Result, traced: Collection[str], naming: Naming) -> Iterator[RenderableType]:
    """Where to look first, and why; the traceback is shown of these stages only."""
    first = first_own_error(result)
    if first is None:
        yield from _next_to_write(result, naming)
        return
    reason = remark(first) or MEANINGS[first.verdict]
    yield Text.assemble("Look first at ", (first.name, "bold"), f"{_place(first)}: {on_its_line(reason)}")
    yield _hint(first, naming)
    if first.error and first.error.traceback and first.name in traced:
        yield Padding(Text(printable(first.error.traceback), "dim"), (0, 0, 0, 2))


def _next_to_write(result: Result, naming: Naming) -> Iterator[RenderableType]:
    untried = first_untried(result)
    if untried is None:
        return
    begun = any(stage.passed for stage in result.stages)
    said = f": {on_its_line(remark(untried))}" if remark(untried) else ""
    yield Text.assemble("Next: " if begun else "Begin with ", (untried.name, "bold"), f"{_place(untried)}{said}")
    if not begun:
        yield _to_type(f"What it is given, and the lines it belongs to: grade show {naming(untried.name)}")
    yield _hint(untried, naming)


def _place(stage: StageResult) -> str:
    """Where it stands; not where only its stub does, if there is something to say of another place. What is said of a
    slip begins with its line."""
    if stage.where is None or (stage.verdict == "missing" and stage.begun):
        return ""
    if stage.diagnosis and stage.diagnosis.line:
        return f" ({on_its_line(stage.where.file)})"
    return f" ({on_its_line(place_of(stage.where, *lines_to_look_at(stage)[:1]))})"


def _hint(stage: StageResult, naming: Naming) -> RenderableType:
    return _to_type(f"For a hint: grade hint {naming(stage.name)}")


def _to_type(text: str) -> RenderableType:
    """With a command at its end, on one line however narrow the terminal is: what is copied from there is whole."""
    return Group(Text(text, no_wrap=True, overflow="ignore"))
