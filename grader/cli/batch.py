"""`grade batch`: a class at once."""

import importlib.util
import os
import sys
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import ExitStack, contextmanager, suppress
from pathlib import Path

import click

from grader.assignment.assignment import Assignment
from grader.assignment.catalog import DEFAULT_ASSIGNMENT, load_assignment
from grader.batch.batch import ClassRun, Workers
from grader.batch.marking import Marking
from grader.batch.settings import Terms
from grader.batch.store import Store, check_not_committed
from grader.batch.workers import Crew
from grader.classroom.attempts import WANTED, Wanted
from grader.classroom.class_submission import read_class_submission
from grader.classroom.layout import NAMES, Classroom, describe, open_class
from grader.classroom.own_output import ANONYMOUS, KEY, STORE
from grader.cli.completion import complete_assignment
from grader.cli.options import Seconds, Whole
from grader.errors import ClusterFailed, GraderError
from grader.marks.adjust import Adjustments, Person, people_index, read_adjustments, who
from grader.marks.due import parse_due
from grader.marks.late import NO_RULE, DueDate, parse_rule
from grader.report.safe import plain
from grader.run.interrupts import exit_code
from grader.run.request import recognise_class, select

NOT_ALL_JUDGED = 3
LOOKED_AT = 150
"""So many submissions tell what assignment a class is for: of a larger class, some from everywhere in it."""
NAMED = 5
SHARE, SECONDS = 0.1, 60.0
"""Where there is no terminal, a line tells how far it is after such a share of the class, and after so many seconds."""


@click.command(context_settings={"help_option_names": ["-h", "--help"]})
@click.argument("submissions", type=click.Path(path_type=Path))
@click.option(
    "-o", "--out", type=click.Path(path_type=Path), required=True, metavar="DIR", help="Where to put the results."
)
@click.option("--layout", type=click.Choice(NAMES), help="How the submissions are laid out; recognised by default.")
@click.option(
    "--roster",
    type=click.Path(path_type=Path),
    metavar="CSV",
    help="Everyone in the class, for their ids and to list who is missing.",
)
@click.option(
    "--adjust",
    type=click.Path(path_type=Path),
    metavar="CSV",
    help="Points that you change: columns student, stage (or total, late), points (or +2, excuse), reason.",
)
@click.option("--due", metavar="TIME", help="When it was due: 2026-11-30T23:59, and +01:00 or Europe/Berlin behind it.")
@click.option("--late", metavar="RULE", help="What lateness costs: 10%/day,max 3 or 2 points/day; needs --due.")
@click.option(
    "--attempt",
    type=click.Choice(WANTED),
    default="newest",
    help="Of several attempts, which one counts: the newest, the newest in time (--due), or the best.",
)
@click.option(
    "--extensions", metavar="HEADING", help="The roster column of extensions, if it is not called `extension`."
)
@click.option(
    "--assignment",
    metavar="NAME|DIR",
    shell_complete=complete_assignment,
    help="Its name or folder; what most submissions are for, by default.",
)
@click.option(
    "--workers",
    type=Whole(min=1),
    metavar="N",
    help="How many to grade at a time on this machine (one per core).",
)
@click.option(
    "--missing-as",
    type=click.FloatRange(min=0, max=0),
    metavar="0",
    help="Give 0 points in the gradebook to whoever handed in nothing.",
)
@click.option(
    "--only",
    metavar="NAMES",
    help="Grade only these students, by id or name, with commas between; the others keep their results.",
)
@click.option(
    "--anonymous",
    is_flag=True,
    help="Also write anonymous-class/, page and gradebook with pseudonyms, and names.csv, which says who is who.",
)
@click.option("--cluster", metavar="ADDRESS", help="Grade on the workers of this dask scheduler.")
@click.option("--no-html", is_flag=True, help="Write only the files for the class, and no report for each student.")
@click.option(
    "--names", type=click.Path(path_type=Path), metavar="FILE", help="Other names for the data set, one per line."
)
@click.option("--seed", metavar="TEXT", help="Repeat the hidden probes of an earlier run.")
@click.option(
    "--timeout", type=Seconds(), metavar="SECONDS", default=10.0, help="Processor seconds allowed for each stage (10)."
)
@click.option("--trust", is_flag=True, help="Run the code even where this machine cannot confine it.")
def batch(
    submissions: Path,
    out: Path,
    layout: str | None,
    roster: Path | None,
    adjust: Path | None,
    due: str | None,
    late: str | None,
    attempt: Wanted,
    extensions: str | None,
    assignment: str | None,
    workers: int | None,
    missing_as: float | None,
    only: str | None,
    anonymous: bool,
    cluster: str | None,
    no_html: bool,
    names: Path | None,
    seed: str | None,
    timeout: float,
    trust: bool,
) -> int:
    """Grade a whole class. SUBMISSIONS is a folder or a zip with a file or a folder for each student, or just as
    your course system produced it.

    Writes index.html (the class page), alike.html (pairs whose answers are alike), reports/, gradebook.csv,
    results.jsonl and summary.json. Finished results are kept in grades.sqlite: run the same command again, and only
    what is missing or has changed is graded. What is new or has changed gets new hidden probes; --seed gives everyone
    the same ones, and grades again whoever had others. After --no-html, a run with reports grades again everyone who
    has none. The exit code is 0 if everyone could be judged.
    """
    if cluster and workers is not None:
        raise click.UsageError(
            "--workers is for this machine alone: on a cluster, start as many dask workers as you want."
        )
    # The crew comes first: copied off while this process has read nothing. A seed would be among the arguments.
    with ExitStack() as stack:
        crew = stack.enter_context(
            Crew(workers or os.cpu_count() or 1, "fork" if seed is None else "zygote", trust=trust)
        )
        loaded = load_assignment(assignment) if assignment else None
        named = loaded.name if loaded else DEFAULT_ASSIGNMENT
        if attempt == "in-time" and due is None:
            raise click.UsageError("--attempt in-time needs --due.")
        due_date = _due_date(due, late, extensions, roster)
        found = stack.enter_context(open_class(submissions, layout, roster, named, extensions, attempt, due_date, out))
        spread = found.submissions[:: 1 + len(found.submissions) // LOOKED_AT]
        loaded = loaded or recognise_class(map(read_class_submission, spread))
        terms = Terms(loaded, select(loaded), seed, names, timeout)
        assert terms.names_text is not None  # read before anything is written
        marking = _marking(adjust, due_date, found, loaded)
        if "CI" in os.environ:
            check_not_committed(out / STORE)
        store = stack.enter_context(Store(out / STORE))
        reports = not no_html
        run = ClassRun(
            found.submissions,
            terms,
            store,
            out,
            reports=reports,
            missing=found.missing,
            notes=found.notes,
            marking=marking,
            missing_as=missing_as,
            only=_only(only, found),
            anonymous=anonymous,
        )
        for sentence in [*describe(found), *_rules(due_date)]:
            click.echo(plain(sentence), err=True)
        return _carry_out(run, _cluster(cluster, trust) if cluster else crew, out)


def _due_date(due: str | None, late: str | None, extensions: str | None, roster: Path | None) -> DueDate | None:
    if due is None:
        if late is not None or extensions is not None:
            raise click.UsageError(f"{'--late' if late is not None else '--extensions'} needs --due.")
        return None
    if extensions is not None and roster is None:
        raise click.UsageError("--extensions names a column of the --roster, and there is none.")
    return DueDate(parse_due(due, "--due"), parse_rule(late) if late is not None else NO_RULE)


def _rules(due_date: DueDate | None) -> list[str]:
    """How the due date is read, said aloud."""
    if due_date is None:
        return []
    costs = f"Lateness takes {due_date.rule}." if due_date.rule != NO_RULE else "Lateness takes nothing."
    return [f"Due {due_date.due}. {costs}"]


def _only(names: str | None, found: Classroom) -> list[str]:
    """The ids of who is to be graded."""
    known = people_index([Person(each.id, each.identities) for each in found.submissions])
    return [who(name, known, "--only") for name in (names or "").split(",") if name.strip()]


def _marking(adjust: Path | None, due_date: DueDate | None, found: Classroom, assignment: Assignment) -> Marking:
    """What marks are made of; whatever is wrong with that is told before anything is graded."""
    people = [Person(each.id, each.identities) for each in found.submissions]
    people += [Person(each.id, each.identities) for each in found.missing]
    stages = {stage.name: stage.points for exercise in assignment.exercises for stage in exercise.everything}
    adjustments = read_adjustments(adjust, people, stages) if adjust else Adjustments()
    marking = Marking(adjustments, due_date)
    for each in found.submissions:
        marking.lateness(each.arrival, each.late, each.roster_line)
    return marking


def _cluster(address: str, trust: bool) -> Workers:
    if importlib.util.find_spec("distributed") is None:
        raise ClusterFailed(
            address, "cannot be used without `distributed`. Install it with: pip install 'backprop-grader[cluster]'"
        )
    from grader.batch.cluster import Cluster

    return Cluster(address, trust=trust)


def _carry_out(run: ClassRun, workers: Workers, out: Path) -> int:
    total, left = len(run.entries), len(run.unfinished)
    try:
        if left:
            with _progress(left) as tick:
                run.grade(workers, tick)
    except (KeyboardInterrupt, GraderError) as error:
        finished = sum(run.counts().values())
        if finished:
            run.write_books()
            with suppress(OSError):  # the terminal may be what is gone
                click.echo(
                    f"grade: stopped after {finished} of {total}; run the same command again to continue.", err=True
                )
        if isinstance(error, KeyboardInterrupt) and finished:
            return exit_code(error)
        raise
    run.write_books()
    if left and (others := run.elsewhere):
        click.echo(plain(_other_assignments(others, total)), err=True)
    judged = run.counts()["graded"]
    kept = f" ({total - left} of them in an earlier run)" if 0 < left < total else ""
    nothing = "" if left else " Nothing was new."
    click.echo(f"{judged} of {total} judged{kept}.{nothing} {out / 'index.html'}")
    if run.anonymous:
        click.echo(f"Without names: {out / ANONYMOUS}. Who is who: {out / KEY}, which you keep.", err=True)
    return 0 if judged == total else NOT_ALL_JUDGED


def _other_assignments(others: Mapping[str, str], total: int) -> str:
    """That some of the class are for another assignment, and who."""
    names = ", ".join(sorted({*others.values()}))
    who = ", ".join(sorted(others)[:NAMED]) + (f" and {len(others) - NAMED} more" if len(others) > NAMED else "")
    return f"{len(others)} of {total} are work for another assignment ({names}): {who}."


@contextmanager
def _progress(count: int) -> Iterator[Callable[[], None]]:
    """Called after each submission: a bar on a terminal, else a line every so often. Neither quotes a submission."""
    if not sys.stderr.isatty():
        yield _lines(count)
        return
    from rich.console import Console
    from rich.progress import BarColumn, MofNCompleteColumn, Progress, ProgressColumn, Task, TimeRemainingColumn
    from rich.text import Text

    class Rate(ProgressColumn):
        """Submissions per second."""

        def render(self, task: Task) -> Text:
            return Text(f"{task.speed:.1f}/s" if task.speed else "")

    columns = ("grading", BarColumn(), MofNCompleteColumn(), Rate(), TimeRemainingColumn())
    with Progress(*columns, console=Console(stderr=True), transient=True) as progress:
        task = progress.add_task("", total=count)
        yield lambda: progress.advance(task)


def _lines(count: int) -> Callable[[], None]:
    start = told = time.monotonic()
    done = shown = 0

    def tick() -> None:
        nonlocal told, done, shown
        done += 1
        now = time.monotonic()
        if done == count or done - shown >= SHARE * count or now - told >= SECONDS:
            told, shown, rate = now, done, done / max(now - start, 1e-9)
            click.echo(f"graded {done} of {count}, {rate:.1f} per second, {(count - done) / rate:.0f} s left", err=True)

    return tick
