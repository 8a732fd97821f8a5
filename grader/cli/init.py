"""`grade init`: the files to fill in."""

from pathlib import Path

import click

from grader.assignment.assignment import Assignment
from grader.assignment.authoring.release import files_to_grade_itself, student_files
from grader.assignment.catalog import DEFAULT_ASSIGNMENT, assignment_names, load_assignment
from grader.cli.completion import complete_assignment
from grader.cli.files import write_missing
from grader.errors import AssignmentError
from grader.run.own_folder import agree


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
    write_missing(folder, _files(loaded))
    agree(folder, loaded)
    first = loaded.exercises[0].stub
    place = "" if folder == Path() else f" {folder}"
    notebook = folder / loaded.notebook
    either = f" or {notebook}" if notebook.exists() else ""
    click.echo(f"\nOpen {folder / first}{either}, write the first function, save, and run: grade{place}")
    return 0


def _files(assignment: Assignment) -> dict[str, str | bytes]:
    """
    Raises:
        AssignmentError: the files to fill in have not been made yet.
    """
    files = student_files(assignment)
    for exercise in assignment.exercises:
        if exercise.stub not in files:
            made = f"is not there yet. Make it with: grade release {assignment.folder} {assignment.folder}"
            raise AssignmentError(assignment.folder / exercise.stub, made)
    return {**files, **files_to_grade_itself(assignment)}
