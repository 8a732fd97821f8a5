"""`grade release`: an author makes the students' copy."""

from pathlib import Path

import click

from grader.assignment.catalog import load_assignment
from grader.cli.completion import complete_assignment
from grader.cli.files import FOLDER
from grader.writing import write_file


@click.command(context_settings={"help_option_names": ["-h", "--help"]})
@click.argument("assignment", shell_complete=complete_assignment)
@click.argument("folder", type=click.Path(path_type=Path))
def release(assignment: str, folder: Path) -> int:
    """Make the students' copy of ASSIGNMENT in FOLDER: stubs and a notebook, made afresh from the solutions, but no
    solutions.

    Files from an earlier release in FOLDER are replaced. To update an assignment's own stubs, give its own folder.
    """
    from grader.assignment.authoring.notebook import made_texts
    from grader.assignment.authoring.release import files_to_fill_in, student_files

    loaded = load_assignment(assignment)
    kept = files_to_fill_in if folder.resolve() == loaded.folder else student_files
    for name, text in (kept(loaded) | made_texts(loaded)).items():
        path = folder / name
        write_file(path, [text.encode()], FOLDER, inside=folder)
        click.echo(f"wrote    {path}")
    return 0
