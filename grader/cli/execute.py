"""`grade NOTEBOOK --execute`: run it whole, and show it."""

import sys
from pathlib import Path

import click

from grader.errors import NothingToGrade, PathNotFound, UntrustedNotebook
from grader.writing import write_file

NOTEBOOK = ".ipynb"


def check_executable(path: Path, *, trust: bool) -> None:
    """Whether to execute it: with trust, or once somebody at a terminal has said so.

    Nothing else tells one's own notebook from a stranger's: what came out of a zip belongs to whoever unpacked it.

    Raises:
        PathNotFound: there is nothing.
        NothingToGrade: it is no notebook.
        UntrustedNotebook: nobody has said so.
    """
    if not path.exists():
        raise PathNotFound(path)
    if path.suffix != NOTEBOOK or not path.is_file():
        raise NothingToGrade(path, "{path} is not a notebook, and --execute needs one", "Give the .ipynb file itself.")
    if not trust and not _agreed(path):
        raise UntrustedNotebook(path)


def _agreed(path: Path) -> bool:
    if not (sys.stdin.isatty() and sys.stderr.isatty()):
        return False
    from grader.report.safe import logged

    question = f"All code in {logged(str(path))} will run with nothing to confine it. Did you write it, or trust it?"
    return click.confirm(question, err=True)


def execute_beside(path: Path, report: Path, *, quiet: bool) -> str | None:
    """Execute a notebook, and write the page beside the report; the name of the page, if there is one.

    Raises:
        NotWritable: the page cannot be written.
    """
    click.echo("Executing the notebook in a kernel that is not confined: it can do anything you can.", err=True)
    from grader.kernel.execute import execute_file
    from grader.report.executed import executed_page
    from grader.report.safe import logged

    try:
        notebook, problem = execute_file(path)
    except Exception as error:
        said = f"{path} could not be executed ({type(error).__name__}: {error})."
        click.echo(f"grade: {logged(said)}", err=True)
        return None
    page = report.with_name(f"{report.stem}-executed.html")
    write_file(page, [executed_page(notebook, path.name, problem).encode()], "--html")
    click.echo(f"Executed: {page}", err=quiet)
    return page.name
