"""`grade verify`: an author checks an assignment before anyone is graded by it."""

import os
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

import click

from grader.assignment.catalog import load_assignment
from grader.cli.completion import complete_assignment, complete_exercise, complete_stage
from grader.cli.files import STDOUT, check_place, write
from grader.cli.options import Whole

if TYPE_CHECKING:
    from grader.verify.verify import Verification


@click.command(context_settings={"help_option_names": ["-h", "--help"]})
@click.argument("assignment", shell_complete=complete_assignment)
@click.option(
    "--seeds",
    type=Whole(min=1),
    metavar="N",
    default=50,
    show_default=True,
    help="How many seeds to run the solutions with.",
)
@click.option("--exercise", metavar="NAME", shell_complete=complete_exercise, help="Check only this exercise.")
@click.option("--stage", metavar="NAME", shell_complete=complete_stage, help="Check only this stage.")
@click.option(
    "--workers",
    type=Whole(min=1),
    metavar="N",
    default=os.cpu_count() or 1,
    show_default="one for each processor",
    help="In how many processes mutants are tried.",
)
@click.option(
    "--unnamed", is_flag=True, help="List the wrong edits that no slip explains, and those that are told another one."
)
@click.option(
    "--json",
    "json_file",
    type=click.Path(path_type=Path),
    metavar="FILE",
    help="Write the findings to FILE; - prints them.",
)
def verify(
    assignment: str,
    seeds: int,
    exercise: str | None,
    stage: str | None,
    workers: int,
    unnamed: bool,
    json_file: Path | None,
) -> int:
    """Check ASSIGNMENT, a name or a folder: its solutions pass, stubs and zeros do not, the references agree with
    finite differences, and one-edit mutants of the solutions are caught and named. You need the solutions for this."""
    check_place(json_file, "--json")
    loaded = load_assignment(assignment)

    import msgspec

    from grader.run.request import select
    from grader.sandbox.ours import Sandbox
    from grader.verify.verify import verify as verified

    selected = select(loaded, exercise, stage)
    with Sandbox() as sandbox, _progress() as tick:
        found = verified(loaded, sandbox, seeds, tick, selected=selected, workers=workers)
    if json_file != STDOUT:
        _print(found, unnamed=unnamed)
    if json_file is not None:
        write(json_file, msgspec.json.format(msgspec.json.encode(found), indent=2), "--json")
    return 0 if found.passed else 1


def _print(found: "Verification", *, unnamed: bool) -> None:
    for check in found.checks:
        click.echo(f"{'✓' if check.passed else '✗'} {check.name}")
        for detail in check.details[:10]:
            click.echo(f"    {detail}")
    if not found.mutation:
        click.echo("\nNo mutants were tried: first make the solutions pass.")
        return
    width = max((len(each.function) for each in found.mutation), default=3)
    click.echo(f"\n{'one-edit mutants of':{width}}  made  same  caught  raised  named  rightly")
    for each in found.mutation:
        named, rightly = _share(each.named, each.wrong), _share(each.rightly, each.wrong)
        numbers = f"{each.mutants:4}  {each.equivalent:4}  {each.caught:6}  {each.raised:6}  {named}    {rightly}"
        click.echo(f"{each.function:{width}}  {numbers}")
        for change in each.missed:
            click.echo(f"    ✗ passes: {change}{f'; {each.advice[change]}' if change in each.advice else ''}")
        if unnamed:
            for change in each.unnamed:
                click.echo(f"    no name: {change}")
            for change in each.otherwise:
                click.echo(f"    another name: {change}")
    made, same = sum(each.mutants for each in found.mutation), sum(each.equivalent for each in found.mutation)
    caught, missed = sum(each.caught for each in found.mutation), sum(len(each.missed) for each in found.mutation)
    named = _share(sum(each.named for each in found.mutation), sum(each.wrong for each in found.mutation))
    rightly = _share(sum(each.rightly for each in found.mutation), sum(each.wrong for each in found.mutation))
    raised = sum(each.raised for each in found.mutation)
    click.echo(f"{'all':{width}}  {made:4}  {same:4}  {caught:6}  {raised:6}  {named}    {rightly}")
    click.echo(
        "\n`same`: the same function on arguments drawn at random, in double precision, or where no probe could show "
        "it, on all that the forward pass gives it. `raised`: no value came of it. `named`: of those with a wrong "
        "value, the share that is told a slip. `rightly`: the share that is told the slip that was made, and where."
    )
    click.echo(f"{missed} wrong edits pass." if missed else "No wrong edit passes.")


def _share(part: int, whole: int) -> str:
    return f"{part / whole:5.0%}" if whole else "    -"


@contextmanager
def _progress() -> Iterator[Callable[[str], None]]:
    """What is being done, on the terminal's error stream; nothing elsewhere."""
    if not sys.stderr.isatty():
        yield lambda name: None
        return
    from rich.console import Console

    with Console(stderr=True).status("") as status:
        yield lambda name: status.update(name)
