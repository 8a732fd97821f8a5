"""`grade new`: an author starts an assignment from one that works."""

from pathlib import Path

import click

from grader.assignment.authoring.starter import starter_files
from grader.assignment.catalog import load_assignment
from grader.cli.files import write_missing


@click.command(context_settings={"help_option_names": ["-h", "--help"]})
@click.argument("folder", type=click.Path(path_type=Path))
def new(folder: Path) -> int:
    """Write a small assignment that works into FOLDER, to change into your own: a function for each gradient in one
    exercise, functions with a cache in the other, with solutions, stubs and a notebook. Nothing is overwritten."""
    write_missing(folder, starter_files(folder.resolve().name))

    from grader.assignment.authoring.notebook import made_texts

    write_missing(folder, made_texts(load_assignment(folder)))
    click.echo(f"\nIt works as it is: grade verify {folder}")
    click.echo(
        f"Change {folder / 'assignment.toml'}, the scripts and the solutions; then: grade release {folder} {folder}"
    )
    return 0
