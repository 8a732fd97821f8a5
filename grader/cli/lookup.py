"""`grade hint` and `grade show`: look a stage up. Neither needs torch."""

import ast
import os
import textwrap
from collections.abc import Callable, Iterable, Mapping
from contextlib import suppress
from pathlib import Path

import click

from grader.assignment.assignment import Assignment, Exercise
from grader.assignment.authoring.hints import without_hint
from grader.assignment.catalog import DEFAULT_ASSIGNMENT, assignment_names, is_shipped, load_assignment
from grader.assignment.stage import Stage, Task
from grader.border import HEADER
from grader.cli.completion import complete_assignment, complete_stage
from grader.cli.hints import all_hints, next_hints
from grader.cli.options import Whole
from grader.errors import GraderError, UnknownName, UnknownStage
from grader.marks.rounding import added, points
from grader.pytest_plugin.head import promising_head
from grader.run.own_folder import assignment_called, described_in
from grader.submission.read import FILES_CAP, NOTEBOOK

ASSIGNMENT = click.option(
    "--assignment",
    metavar="NAME|DIR",
    shell_complete=complete_assignment,
    help="Where to look; by default, that of the files here, then every other.",
)

Written = Mapping[str, tuple[ast.FunctionDef | ast.ClassDef, str]]
"""Functions and classes with their texts, by name."""


@click.command(context_settings={"help_option_names": ["-h", "--help"]})
@click.argument("stage", shell_complete=complete_stage)
@ASSIGNMENT
@click.option("--level", type=Whole(min=1), metavar="N", help="Show hint N, and go on from it; 1 begins again.")
@click.option("--all", "everything", is_flag=True, help="Show all hints at once.")
def hint(stage: str, assignment: str | None, level: int | None, everything: bool) -> int:
    """Get a hint for one stage, such as dCounts. Each time you ask, the next one gives more; after a day, you begin
    again with the first. No hint costs anything."""
    holder = _holder(stage, assignment)
    asked = [each for _, each in holder.named(stage)]
    most = max(len(each.hints) for each in asked)
    if level and level > max(most, 1):
        raise click.BadParameter(f"{stage} has {most} hint{'s' if most != 1 else ''}.", param_hint="--level")
    command = f"grade hint {stage}{_named_with(assignment)}"
    for line in all_hints(asked) if everything else next_hints(asked, holder.name, command, level):
        click.echo(line)
    return 0


def _named_with(assignment: str | None) -> str:
    """The option for an assignment, as it is typed in."""
    if assignment is None:
        return ""
    return f' --assignment "{assignment}"' if " " in assignment else f" --assignment {assignment}"


@click.command(context_settings={"help_option_names": ["-h", "--help"]})
@click.argument("stage", shell_complete=complete_stage)
@ASSIGNMENT
def show(stage: str, assignment: str | None) -> int:
    """Show one stage: the forward lines that use its tensor, what its function is given, and all shapes."""
    holder = _holder(stage, assignment)
    found = holder.named(stage)
    exercise, first = found[0]
    worth = added(each.points for _, each in found)
    bonus = " (bonus)" if first.bonus else ""
    click.echo(f"{stage} · {exercise.title} · {points(worth)} point{'s' if worth != 1 else ''}{bonus}\n")
    written = _definitions(holder.folder / exercise.stub)
    click.echo(_used(exercise, first.asked, written) if exercise.calls else _stub(exercise, first, written))
    consumers = exercise.consumers(first.tensor) if first.tensor else ()
    users = f"{first.tensor} feeds into {', '.join(consumers)}. " if consumers else ""
    click.echo(f"\n{users}For a hint: grade hint {stage}{_named_with(assignment)}")
    return 0


def _definitions(stub: Path) -> Written:
    """The functions and classes in a file with their texts, by name; none where it is gone, or is no Python at the
    moment: in a folder of one's own, it is what one works on."""
    try:
        text = stub.read_text(encoding="utf-8")
        body = ast.parse(text).body
    except (OSError, ValueError, SyntaxError, RecursionError, MemoryError):
        return {}
    nodes = [node for node in body if isinstance(node, ast.FunctionDef | ast.ClassDef)]
    return {node.name: (node, ast.get_source_segment(text, node) or "") for node in nodes}


def _used(exercise: Exercise, name: str, written: Written) -> str:
    """What the stub has of a function or class, and the lines that use it."""
    assert exercise.calls
    texts = [written[name][1]] if name in written else []
    return "\n\n".join([*texts, "How it is used:", textwrap.indent(exercise.calls.text.strip(), "    ")])


def _holder(stage: str, assignment: str | None) -> Assignment:
    """The assignment that has the stage: that of this folder, if it does. No more are loaded than it takes."""
    if assignment is not None:
        return assignment_called(assignment, Path())
    known = [*_described_here(), *map(load_assignment, _names_here())]
    if own := _with_name(stage, known):
        return own
    for name in dict.fromkeys([DEFAULT_ASSIGNMENT, *assignment_names()]):
        known.append(load_assignment(name))
        if stage in _names_in(known[-1]):
            return known[-1]
    if other := _with_name(stage, known):
        return other
    raise UnknownStage(stage, {name: each.name for each in reversed(known) for name in _names_in(each)})


def _with_name(stage: str, known: Iterable[Assignment]) -> Assignment | None:
    """The first of them that has the stage, also by a name that is short for its own."""
    for each in known:
        with suppress(UnknownName):
            each.named(stage)
            return each
    return None


def _names_in(assignment: Assignment) -> tuple[str, ...]:
    return (*assignment.stage_names, *assignment.asked_names)


def naming(assignment: Assignment) -> Callable[[str], str]:
    """How its stages are named to `grade hint` and `grade show` in this folder: with their assignment where these would
    look in another one."""

    def named(stage: str) -> str:
        with suppress(GraderError):
            if _holder(stage, None).folder == assignment.folder:
                return stage
        return f"{stage}{_named_with(assignment.name if is_shipped(assignment) else _from_here(assignment.folder))}"

    return named


def _from_here(folder: Path) -> str:
    try:
        return os.path.relpath(folder)
    except ValueError:  # it is on another drive
        return str(folder)


def _described_here() -> list[Assignment]:
    here = described_in(Path())
    return [here] if here else []


def _names_here() -> list[str]:
    """The assignments that come with the grader and the files of this folder are for: by headers, or the name of a
    notebook."""
    heads = [promising_head(path).decode(errors="replace") for path in sorted(Path().glob("*.py"))[:FILES_CAP]]
    named = [name for head in heads for name, _ in HEADER.findall(head)]
    notebooks = [path.stem for path in sorted(Path().glob(f"*{NOTEBOOK}"))]
    shipped = set(assignment_names())
    return list(dict.fromkeys(name for name in (*named, *notebooks) if name in shipped))


def _stub(exercise: Exercise, stage: Stage | Task, written: Written) -> str:
    """The signature and docstring of a stage's stub, without the hint, which is asked for separately."""
    node = written[stage.asked][0] if stage.asked in written else None
    doc = ast.get_docstring(node) if node else None
    if not doc or not isinstance(node, ast.FunctionDef):
        return _forward_lines(exercise, stage)
    arguments = ", ".join(argument.arg for argument in node.args.args)
    return f"{stage.asked}({arguments})\n\n{without_hint(doc, stage.hint)}"


def _forward_lines(exercise: Exercise, stage: Stage | Task) -> str:
    """What there is to say of a stage where its stub is gone."""
    if not stage.tensor:
        return next(task.text.strip() for task in exercise.tasks if task.name == stage.name)
    lines = "\n".join(exercise.script.sources_using(stage.tensor, exercise.cuts))
    return f"Gradient of the loss with respect to `{stage.tensor}`. Forward:\n\n{textwrap.indent(lines, '    ')}"
