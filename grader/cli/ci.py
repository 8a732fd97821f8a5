"""`grade ci`: the files that make a code host, or Gradescope, grade what is handed in."""

import re
from pathlib import Path

import click

from grader.assignment.authoring.release import grading_files
from grader.assignment.catalog import DEFAULT_ASSIGNMENT, assignment_names, load_assignment
from grader.cli.completion import complete_assignment
from grader.cli.files import write_missing
from grader.errors import NotForCI

HOSTS = ("github", "gitlab", "gradescope")
ZIP = "autograder.zip"
NEXT = {
    "github": "Commit it and push.",
    "gitlab": "Commit it and push.",
    "gradescope": "Upload it as the assignment's autograder. Its setup ends by telling you what is protected there.",
}

PLAIN = re.compile(r"\w[\w./-]*", re.ASCII)
MISREAD = "has characters that a workflow may misread; rename it with a-z, 0-9, _ and - only"


URL = re.compile(r"https?://[\w./:+~-]+", re.ASCII)


def _url(context: click.Context, parameter: click.Parameter, value: str | None) -> str | None:
    if value is not None and not URL.fullmatch(value):
        raise click.BadParameter("give the address of an index, such as https://…/whl/cpu.")
    return value


@click.command(context_settings={"help_option_names": ["-h", "--help"]})
@click.argument("host", type=click.Choice(HOSTS))
@click.argument("folder", type=click.Path(path_type=Path), default=Path())
@click.option("--class", "of_class", is_flag=True, help="For a repository with everyone's work in submissions/.")
@click.option(
    "--assignment",
    metavar="NAME|DIR",
    shell_complete=complete_assignment,
    help="Which assignment; recognised by default in a student's repository.",
)
@click.option("--torch-index", metavar="URL", callback=_url, help="Where pip gets torch from, such as a CPU build's.")
def ci(host: str, folder: Path, of_class: bool, assignment: str | None, torch_index: str | None) -> int:
    """Write the workflow for HOST into a repository (this folder, by default), or autograder.zip for Gradescope.

    The workflow is for a student's own repository, and grades all of it on every push. Nothing is overwritten.
    """
    if host == "gradescope":
        if of_class:
            raise click.UsageError("Gradescope grades one submission at a time: leave out --class.")
        from grader.ci.autograder import autograder

        name = assignment or DEFAULT_ASSIGNMENT
        write_missing(folder, {ZIP: autograder(name, load_assignment(name), torch_index)})
    else:
        from grader.ci.workflows import workflow

        default = DEFAULT_ASSIGNMENT if of_class else None
        chosen, rules = _in_repository(assignment, folder) if assignment else (default, {})
        write_missing(folder, workflow(host, chosen, of_class=of_class, rules=rules, index=torch_index))
    click.echo(f"\n{NEXT[host]}")
    return 0


def _in_repository(assignment: str, repository: Path) -> tuple[str, dict[str, bytes]]:
    """How the workflow names an assignment: by its name, or by its folder from the top of the repository; and the
    files of that folder which say how is graded, by their paths from there."""
    loaded = load_assignment(assignment)
    if assignment in assignment_names():
        return assignment, {}
    if not loaded.folder.is_relative_to(repository.resolve()):
        raise NotForCI(assignment, f"is outside {repository.resolve()}, the repository that the workflow is for")
    place = loaded.folder.relative_to(repository.resolve()).as_posix()
    rules = {f"{place}/{name}": data for name, data in grading_files(loaded).items()}
    for path in (place, *rules):
        if not PLAIN.fullmatch(path):
            raise NotForCI(path, MISREAD)
    return place, rules
