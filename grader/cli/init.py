"""`grade init`: the files to fill in."""

from pathlib import Path

import click

from grader.assignment.authoring.release import student_files
from grader.assignment.catalog import DEFAULT_ASSIGNMENT, assignment_names, load_assignment
from grader.cli.completion import complete_assignment
from grader.cli.files import write_missing


@click.command(context_settings={"help_option_names": ["-h", "--help"]})
@click.argument("folder", type=click.Path(path_type=Path), default=Path())
@click.option(
    "--assignment",
    shell_complete=complete_assignment,
    help=f"Its name or folder. By default, the assignment that FOLDER is named after, or else {DEFAULT_ASSIGNMENT}.",
)
def init(folder: Path, assignment: str | None) -> int:
    """Put the files to fill in, and what to read, into FOLDER (by default, here). Nothing is overwritten.

    `grade init attention` makes a folder with the assignment of that name.
    """
    namesake = folder.name if folder.name in assignment_names() else DEFAULT_ASSIGNMENT
    loaded = load_assignment(assignment or namesake)
    write_missing(folder, student_files(loaded))
    first = loaded.exercises[0].stub
    place = "" if folder == Path() else f" {folder}"
    notebook = folder / loaded.notebook
    either = f" or {notebook}" if notebook.exists() else ""
    click.echo(f"\nOpen {folder / first}{either}, write the first function, save, and run: grade{place}")
    return 0
