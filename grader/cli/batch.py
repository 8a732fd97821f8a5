"""`grade batch`: a class at once."""

import os
import sys
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path

import click

from grader.assignment.catalog import DEFAULT_ASSIGNMENT, load_assignment
from grader.batch.layout import find_hand_ins
from grader.cli.completion import complete_assignment
from grader.cli.options import Seconds, Whole
from grader.errors import UntrustedCode
from grader.request import select


@click.command(context_settings={"help_option_names": ["-h", "--help"]})
@click.argument("submissions", type=click.Path(path_type=Path))
@click.option(
    "-o", "--out", type=click.Path(path_type=Path), required=True, metavar="DIR", help="Where the reports go."
)
@click.option(
    "--assignment",
    default=DEFAULT_ASSIGNMENT,
    show_default=True,
    shell_complete=complete_assignment,
    help="Its name or folder.",
)
@click.option(
    "--workers", type=Whole(min=1), metavar="N", default=os.cpu_count() or 1, help="How many at a time (all cores)."
)
@click.option("--no-html", is_flag=True, help="Write no report for each student, only the books of the class.")
@click.option("--names", type=click.Path(path_type=Path), metavar="FILE", help="Other names for the data set.")
@click.option("--seed", metavar="TEXT", help="Repeat the hidden probes of an earlier run.")
@click.option("--timeout", type=Seconds(), metavar="SECONDS", default=10.0, help="Processor seconds for a stage (10).")
@click.option("--trust", is_flag=True, help="Run the code even where this machine cannot confine it.")
def batch(
    submissions: Path,
    out: Path,
    assignment: str,
    workers: int,
    no_html: bool,
    names: Path | None,
    seed: str | None,
    timeout: float,
    trust: bool,
) -> int:
    """Grade every hand-in of a class: SUBMISSIONS is a folder with a file or a folder for each student.

    Writes index.html (the class), reports/, gradebook.csv and results.jsonl. The exit code is 0 if all could be judged.
    """
    hand_ins = find_hand_ins(submissions)
    loaded = load_assignment(assignment)

    from grader.sandbox import Limits, Sandbox

    with ExitStack() as stack:
        count = min(workers, len(hand_ins))
        sandboxes = [stack.enter_context(Sandbox(Limits(cpu=timeout))) for _ in range(count)]
        if not trust and (missing := sandboxes[0].gaps):
            raise UntrustedCode(missing)

        from grader.batch.batch import grade_class
        from grader.examination import examine

        examination = examine(loaded, select(loaded), names=names, seed=seed)
        with _progress(len(hand_ins)) as tick:
            results = grade_class(hand_ins, examination, sandboxes, out, tick, reports=not no_html)
    judged = sum(result.status == "graded" for result in results)
    click.echo(f"{judged} of {len(results)} judged. {out / 'index.html'}")
    return 0 if judged == len(results) else 3


@contextmanager
def _progress(count: int) -> Iterator[Callable[[str], None]]:
    if not sys.stderr.isatty():
        yield lambda name: None
        return
    from rich.console import Console
    from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn

    columns = (TextColumn("grading"), BarColumn(), MofNCompleteColumn(), TimeRemainingColumn())
    with Progress(*columns, console=Console(stderr=True), transient=True) as progress:
        task = progress.add_task("", total=count)
        yield lambda name: progress.advance(task)
