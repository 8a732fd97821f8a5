"""`grade completion`: what a shell needs to complete commands, options and names of an assignment. No torch here."""

from collections.abc import Callable, Iterator
from pathlib import Path

import click
from click.shell_completion import CompletionItem, get_completion_class

from grader.assignment.assignment import Assignment
from grader.assignment.catalog import assignment_names, load_assignment
from grader.cli.files import SUFFIXES
from grader.errors import GraderError, NothingToGrade
from grader.run.own_folder import assignment_called, described_in, folder_of

Complete = Callable[[click.Context, click.Parameter, str], list[CompletionItem]]
Names = Callable[[Assignment], Iterator[CompletionItem]]
SHELLS = ("bash", "zsh", "fish")
VARIABLE = "_GRADE_COMPLETE"


@click.command(context_settings={"help_option_names": ["-h", "--help"]})
@click.argument("shell", type=click.Choice(SHELLS))
@click.pass_context
def completion(ctx: click.Context, shell: str) -> int:
    """Print the code that lets SHELL complete what you type after `grade`: commands, options, and the names of stages,
    exercises and assignments.

    \b
    bash:  eval "$(grade completion bash)"              in ~/.bashrc
    zsh:   eval "$(grade completion zsh)"               in ~/.zshrc, after compinit
    fish:  grade completion fish | source               in ~/.config/fish/config.fish
    """
    made = get_completion_class(shell)
    assert made and ctx.parent
    click.echo(made(ctx.parent.command, {}, "grade", VARIABLE).source())
    return 0


def _stages(assignment: Assignment) -> Iterator[CompletionItem]:
    """Its stages, and the functions that answer several of them, each with the title of its exercise."""
    titles = {name: exercise.title for exercise, stage in assignment.stages for name in (stage.name, stage.asked)}
    return (CompletionItem(name, help=title) for name, title in titles.items())


def _exercises(assignment: Assignment) -> Iterator[CompletionItem]:
    return (CompletionItem(exercise.name, help=exercise.title) for exercise in assignment.exercises)


def complete_assignment(ctx: click.Context, param: click.Parameter, incomplete: str) -> list[CompletionItem]:
    """The assignments that ship with the grader; failing those, the folders here."""
    items = [CompletionItem(name, help=load_assignment(name).title) for name in assignment_names()]
    found = [item for item in items if str(item.value).startswith(incomplete)]
    return found or [CompletionItem(incomplete, type="dir")]


def _completing(names: Names) -> Complete:
    def complete(ctx: click.Context, param: click.Parameter, incomplete: str) -> list[CompletionItem]:
        for assignments in _nearest_first(ctx):
            items = {str(item.value): item for each in assignments for item in names(each)}
            if found := [item for name, item in items.items() if name.startswith(incomplete)]:
                return found
        return []

    return complete


complete_stage = _completing(_stages)
complete_exercise = _completing(_exercises)


def _nearest_first(ctx: click.Context) -> Iterator[list[Assignment]]:
    """The assignment that is named, or the one that what is here is for; where that has nothing to offer, all."""
    if named := ctx.params.get("assignment"):
        yield from _tried(lambda: assignment_called(named, Path()))
        return
    left = ctx.args[0] if ctx.args else None  # behind an option that has no value yet, arguments are not taken up
    yield from _tried(lambda: _here(Path(left or ctx.params.get("path") or "")))
    yield [load_assignment(name) for name in assignment_names()]


def _tried(load: Callable[[], Assignment]) -> Iterator[list[Assignment]]:
    try:
        yield [load()]
    except (GraderError, OSError):
        return


def _here(path: Path) -> Assignment:
    """What a submission is for; a folder without code directly in it is not searched, which could take long.

    Raises:
        GraderError, OSError: that cannot be told.
    """
    from grader.run.request import make_request

    if path.is_dir() and not any(file.suffix in SUFFIXES for file in path.iterdir()):
        raise NothingToGrade(path, "There is no code in {path}")
    return described_in(folder_of(path)) or make_request(path).assignment
