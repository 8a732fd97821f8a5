"""`grade hint` and `grade show`: look a stage up. Neither needs torch."""

import ast
import textwrap
from contextlib import suppress
from pathlib import Path

import click

from grader.assignment.assignment import Assignment, Exercise
from grader.assignment.authoring.hints import without_hint
from grader.assignment.catalog import DEFAULT_ASSIGNMENT, DESCRIPTION, assignment_names, load_assignment
from grader.assignment.stage import Stage, Task
from grader.cli.completion import complete_assignment, complete_stage
from grader.cli.hints import all_hints, next_hints
from grader.cli.options import Whole
from grader.errors import UnknownName, UnknownStage
from grader.marks.rounding import added, points
from grader.pytest_plugin.head import promising_head
from grader.submission.read import FILES_CAP, NOTEBOOK
from grader.submission.recognise import HEADER

ASSIGNMENT = click.option(
    "--assignment",
    metavar="NAME|DIR",
    shell_complete=complete_assignment,
    help="Where to look; by default, that of the files here, then every other.",
)


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
    stub = (holder.folder / exercise.stub).read_text(encoding="utf-8")
    click.echo(_used(exercise, first.asked, stub) if exercise.calls else _stub(holder, exercise.stub, first))
    consumers = exercise.consumers(first.tensor) if first.tensor else ()
    users = f"{first.tensor} feeds into {', '.join(consumers)}. " if consumers else ""
    click.echo(f"\n{users}For a hint: grade hint {stage}")
    return 0


def _used(exercise: Exercise, name: str, stub: str) -> str:
    """What the stub has of a function or class, and the lines that use it."""
    assert exercise.calls
    nodes = [node for node in ast.parse(stub).body if isinstance(node, ast.FunctionDef | ast.ClassDef)]
    texts = [ast.get_source_segment(stub, node) or "" for node in nodes if node.name == name]
    return "\n\n".join([*texts, "How it is used:", textwrap.indent(exercise.calls.text.strip(), "    ")])


def _holder(stage: str, assignment: str | None) -> Assignment:
    """The assignment that has the stage: that of this folder, if it does."""
    if assignment is not None:
        return load_assignment(assignment)
    own = _names_here()
    names = [*own, *(name for name in (DEFAULT_ASSIGNMENT, *assignment_names()) if name not in own)]
    known = [load_assignment(name) for name in dict.fromkeys(names)]
    exact = [each for each in known if stage in (*each.stage_names, *each.asked_names)]
    for each in (*known[: len(own)], *exact, *known):
        with suppress(UnknownName):
            each.named(stage)
            return each
    raise UnknownStage(
        stage, {n: each.name for each in reversed(known) for n in (*each.stage_names, *each.asked_names)}
    )


def _names_here() -> list[str]:
    """The assignments that the files of this folder are for: its own description, headers, the name of a notebook."""
    described = [str(Path())] if Path(DESCRIPTION).is_file() else []
    heads = [promising_head(path).decode(errors="replace") for path in sorted(Path().glob("*.py"))[:FILES_CAP]]
    named = [match[1] for head in heads if (match := HEADER.search(head))]
    notebooks = [path.stem for path in sorted(Path().glob(f"*{NOTEBOOK}"))]
    shipped = set(assignment_names())
    return [*described, *dict.fromkeys(name for name in (*named, *notebooks) if name in shipped)]


def _stub(assignment: Assignment, stub: str, stage: Stage | Task) -> str:
    """The signature and docstring of a stage's stub, without the hint, which is asked for separately."""
    text = (assignment.folder / stub).read_text(encoding="utf-8")
    node = next(n for n in ast.parse(text).body if isinstance(n, ast.FunctionDef) and n.name == stage.asked)
    doc = without_hint(ast.get_docstring(node) or "", stage.hint)
    arguments = ", ".join(argument.arg for argument in node.args.args)
    return f"{stage.asked}({arguments})\n\n{doc}"
