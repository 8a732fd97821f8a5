"""`grade watch [PATH]`: grade again on every save, and tell what has changed."""

from dataclasses import replace
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING

import click

from grader.cli.files import check_place, write
from grader.cli.options import Seconds, reporting, selecting
from grader.cli.run import REPORT, console, page_of
from grader.errors import NotWritable, shown
from grader.garbage import without_collecting
from grader.run.interrupts import Ended, insistent_interrupts
from grader.run.request import Request, make_request

if TYPE_CHECKING:
    from grader.watching.announce import Teller
    from grader.watching.rounds import Event, RoundDone


@click.command(context_settings={"help_option_names": ["-h", "--help"]})
@click.argument("path", type=click.Path(path_type=Path), default=Path())
@selecting
@reporting
@click.option(
    "--names", type=click.Path(path_type=Path), metavar="FILE", help="Other names for the data set, one per line."
)
@click.option("--seed", metavar="TEXT", help="Repeat the hidden probes of an earlier run.")
@click.option(
    "--timeout", type=Seconds(), metavar="SECONDS", default=10.0, help="Processor seconds allowed for each stage (10)."
)
@click.option("--explain", is_flag=True, help="Print the evidence behind each wrong stage.")
def watch(
    path: Path,
    assignment: str | None,
    exercise: str | None,
    stage: str | None,
    html_file: Path | None,
    no_html: bool,
    names: Path | None,
    seed: str | None,
    timeout: float,
    explain: bool,
) -> int:
    """Grade what is at PATH, and again on every save, reporting only what has changed. Ctrl-C stops it."""
    check_place(html_file, "--html")
    request = make_request(path, assignment, exercise, stage, at_work=True)
    try:
        with insistent_interrupts():
            _follow(request, _Screen(request, html_file, no_html=no_html, explain=explain), names, seed, timeout)
    except Ended:
        raise
    except KeyboardInterrupt:
        click.echo()
    return 0


def _follow(request: Request, screen: "_Screen", names: Path | None, seed: str | None, timeout: float) -> None:
    with without_collecting():
        from grader.sandbox.ours import Limits, Sandbox

    with Sandbox(Limits.of_stage(timeout), start="fork" if seed is None else "zygote") as sandbox:
        sandbox.prepare()
        from grader.run.ahead import examination_for
        from grader.watching.file_events import wakes
        from grader.watching.last_seen import WatchedPlace
        from grader.watching.rounds import Rounds

        examination = examination_for(request, names, seed)
        place = WatchedPlace(request.submission.path.absolute(), request.stubs)
        Rounds(place, examination, sandbox, screen).follow(wakes(place))


class _Screen:
    """Prints what happens, and writes the report after that."""

    def __init__(self, request: Request, html_file: Path | None, *, no_html: bool, explain: bool) -> None:
        self._request, self._explain = request, explain
        self._html, self._is_wanted = None if no_html else html_file or REPORT, html_file is not None

    def __call__(self, event: "Event") -> None:
        from grader.watching.rounds import RoundDone

        self._tell(event)
        if isinstance(event, RoundDone):
            self._report(event)
            if event.is_first:
                click.echo(f"Watching {shown(self._request.submission.path)}. Ctrl-C ends it.")

    @cached_property
    def _tell(self) -> "Teller":
        from grader.cli.lookup import naming
        from grader.watching.announce import Teller

        return Teller(console(), explain=self._explain, naming=naming(self._request.assignment))

    def _report(self, done: "RoundDone") -> None:
        """Where the place was asked for and cannot be written to, that ends it, before anyone relies on it."""
        if self._html is None:
            return
        try:
            write(self._html, page_of(replace(self._request, submission=done.submission), done.graded), "--html")
        except NotWritable as error:
            if self._is_wanted and done.is_first:
                raise
            click.echo(f"grade: {error}", err=True)
        else:
            if done.is_first:
                click.echo(f"Report: {self._html}")
