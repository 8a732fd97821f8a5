"""`grade NOTEBOOK --execute`: run it whole, and show it."""

import os
from pathlib import Path

import click

from grader.errors import NothingToGrade, PathNotFound, UntrustedNotebook
from grader.writing import write_file

NOTEBOOK = ".ipynb"


def check_executable(path: Path, *, trust: bool) -> None:
    """Whether to execute it: one's own, below this folder; or someone else's, with trust.

    Raises:
        PathNotFound: there is nothing.
        NothingToGrade: it is no notebook.
        UntrustedNotebook: it may be someone else's.
    """
    if not path.exists():
        raise PathNotFound(path)
    if path.suffix != NOTEBOOK or not path.is_file():
        raise NothingToGrade(path, "this is not a notebook, and --execute needs one", "Give the .ipynb file itself.")
    below = path.resolve().is_relative_to(Path.cwd().resolve())
    own = not hasattr(os, "getuid") or path.stat().st_uid == os.getuid()
    if not trust and (not below or not own or "CI" in os.environ):
        raise UntrustedNotebook(path)


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
