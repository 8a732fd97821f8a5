"""`grade [PATH]`: grade a submission, print the table, write the report."""

import os
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

import click

from grader.assignment.assignment import Assignment
from grader.cli.execute import check_executable, execute_beside
from grader.cli.files import STDOUT, check_place, write
from grader.cli.options import Seconds, reporting, selecting
from grader.errors import NotWritable
from grader.garbage import without_collecting
from grader.result import Result
from grader.run.request import Request, make_request

if TYPE_CHECKING:
    from rich.console import Console

    from grader.run.grade import Graded

PLAIN_WIDTH = 160
"""Columns of the table where nobody says how many there are: enough for every message to stand in its row."""
REPORT = Path("report.html")


@click.command("run", context_settings={"help_option_names": ["-h", "--help"]})
@click.argument("path", type=click.Path(path_type=Path), default=Path())
@selecting
@click.option(
    "--json",
    "json_file",
    type=click.Path(path_type=Path),
    metavar="FILE",
    help="Write result.json to FILE; - prints it.",
)
@reporting
@click.option(
    "--names", type=click.Path(path_type=Path), metavar="FILE", help="Other names for the data set, one per line."
)
@click.option("--seed", metavar="TEXT", help="Repeat the hidden probes of an earlier run.")
@click.option(
    "--timeout",
    type=Seconds(),
    default=10.0,
    metavar="SECONDS",
    help="Processor seconds allowed for each stage (10).",
)
@click.option("--explain", is_flag=True, help="Print the evidence behind each wrong stage.")
@click.option(
    "--execute", is_flag=True, help="Also execute the notebook, in a kernel that is not confined; asks first."
)
@click.option("--trust", is_flag=True, help="Execute the notebook without asking: it can do whatever you can.")
@click.option("--require-isolation", is_flag=True, help="Run nothing unless every protection is in force.")
def run(
    path: Path,
    assignment: str | None,
    exercise: str | None,
    stage: str | None,
    json_file: Path | None,
    html_file: Path | None,
    no_html: bool,
    names: Path | None,
    seed: str | None,
    timeout: float,
    explain: bool,
    execute: bool,
    trust: bool,
    require_isolation: bool,
) -> int:
    """Grade what is at PATH: a Python file, a notebook, or a folder of them."""
    if execute:
        check_executable(path, trust=trust)
    check_place(html_file, "--html")
    check_place(json_file, "--json")
    request = make_request(path, assignment, exercise, stage, at_work=not require_isolation)
    graded = _grade(request, names, seed, timeout, insist=require_isolation)
    if json_file != STDOUT:
        _print(graded.result, request.assignment, explain=explain, prints=stage is not None)
    if json_file is not None:
        from grader.report.json import to_json

        write(json_file, to_json(graded.result), "--json", private=True)
    quiet = json_file == STDOUT
    executed = execute_beside(path, html_file or REPORT, quiet=quiet) if execute else None
    if not no_html:
        _report(request, graded, html_file, executed, quiet=quiet)
    return graded.result.exit_code


def _grade(request: Request, names: Path | None, seed: str | None, timeout: float, *, insist: bool) -> "Graded":
    """The sandbox comes first: forked while this process holds only the submission and the assignment's text."""
    with without_collecting():
        from grader.sandbox.ours import Limits, Sandbox

    with Sandbox(Limits.of_stage(timeout), start="fork" if seed is None else "zygote") as sandbox:
        if insist:
            sandbox.insist()
        sandbox.prepare()

        from grader.run.ahead import examination_for
        from grader.run.grade import grade_submission

        examination = examination_for(request, names, seed)
        with _progress(len(request.selected)) as tick:
            return grade_submission(request.submission, examination, sandbox, tick)


@contextmanager
def _progress(stages: int) -> Iterator[Callable[[str], None]]:
    """A bar on the terminal's error stream while stages are asked; nothing elsewhere."""
    if not sys.stderr.isatty():
        yield lambda name: None
        return
    from rich.console import Console
    from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn

    columns = (TextColumn("grading"), BarColumn(), MofNCompleteColumn(), TextColumn("{task.description}"))
    with Progress(*columns, console=Console(stderr=True), transient=True) as progress:
        task = progress.add_task("", total=stages)
        yield lambda name: progress.update(task, advance=1, description=name)


def _print(result: Result, assignment: Assignment, *, explain: bool, prints: bool) -> None:
    from grader.cli.lookup import naming
    from grader.report.terminal import show

    show(result, console(), explain=explain, prints=prints, naming=naming(assignment))


def console() -> "Console":
    """Where results are printed."""
    from rich.console import Console

    is_known = sys.stdout.isatty() or "COLUMNS" in os.environ
    return Console(width=None if is_known else PLAIN_WIDTH, highlight=False)


def page_of(request: Request, graded: "Graded", executed: str | None = None) -> bytes:
    """The report."""
    from grader.report.page import render

    return render(graded.result, request.assignment, request.submission.texts, graded.error_maps, executed).encode(
        "utf-8"
    )


def _report(request: Request, graded: "Graded", wanted: Path | None, executed: str | None, *, quiet: bool) -> None:
    path = wanted or REPORT
    try:
        write(path, page_of(request, graded, executed), "--html")
    except NotWritable as error:
        if wanted:
            raise
        click.echo(f"grade: {error}", err=True)
    else:
        click.echo(f"Report: {path}", err=quiet)
