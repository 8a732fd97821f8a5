"""`grade release`: an author makes the students' copy."""

from pathlib import Path

import click

from grader.assignment.assignment import Assignment
from grader.assignment.authoring.release import answers_in, files_to_fill_in, files_to_grade_itself, student_files
from grader.assignment.catalog import load_assignment
from grader.cli.completion import complete_assignment
from grader.cli.files import FOLDER
from grader.writing import write_file


@click.command(context_settings={"help_option_names": ["-h", "--help"]})
@click.argument("assignment", shell_complete=complete_assignment)
@click.argument("folder", type=click.Path(path_type=Path))
def release(assignment: str, folder: Path) -> int:
    """Make the students' copy of ASSIGNMENT in FOLDER: stubs and a notebook, made afresh from the solutions, but no
    solutions. Of an assignment of your own, all that is needed to grade it goes with them.

    Files from an earlier release in FOLDER are replaced. To update an assignment's own stubs, give its own folder.
    """
    from grader.assignment.authoring.notebook import made_texts

    loaded = load_assignment(assignment)
    at_home = folder.resolve() == loaded.folder
    texts = (files_to_fill_in if at_home else student_files)(loaded) | made_texts(loaded)
    files = {name: text.encode() for name, text in texts.items()}
    graded_by = {} if at_home else files_to_grade_itself(loaded)
    for name, data in (files | graded_by).items():
        path = folder / name
        write_file(path, [data], FOLDER, inside=folder)
        click.echo(f"wrote    {path}")
    if graded_by:
        _tell(loaded, folder)
    return 0


def _tell(assignment: Assignment, folder: Path) -> None:
    """What an author should know of a folder that grades itself."""
    if answers := answers_in(assignment):
        click.echo(f"\nStudents can read these, since their work is compared with them: {', '.join(answers)}")
    click.echo(f"\nYour students, in their copy of {folder}: `grade --assignment .` once, then `grade`.")
