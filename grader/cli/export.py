"""`grade export`: results for other tools."""

import dataclasses
import os
import re
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Literal

import click

from grader.errors import NotFinished, NotWritable
from grader.writing import write_file

if TYPE_CHECKING:
    from grader.report.export.export import Export, Given
    from grader.report.export.formats import Format
    from grader.result import Result

SOME_LEFT_OUT, SOME_UNGRADED = 1, 3
REPORT = re.compile(r"reports/[^/\\]+\.html")
VISIBILITIES = ("visible", "after_due_date", "after_published", "hidden")
FORMS = {"beside": "=FILE, the file you downloaded", "named": "=FILE.zip, the file to write"}
FILLED = "-filled"
"""What is added to the name of a teacher's file."""


@dataclass(frozen=True)
class Target:
    """A format, and the teacher's file, if it fills in one."""

    name: str
    format: "Format"
    file: Path | None


@click.command(context_settings={"help_option_names": ["-h", "--help"]})
@click.argument("results", type=click.Path(path_type=Path))
@click.option(
    "--to",
    "targets",
    multiple=True,
    required=True,
    metavar="FORMAT",
    help="gradescope, junit, github, classroom50, csv, canvas=FILE, moodle=FILE, canvas-feedback=FILE.zip or "
    "moodle-feedback=FILE.zip; can be repeated.",
)
@click.option("-o", "--out", metavar="FILE|DIR", help="Where to write it; a folder if there are several files.")
@click.option(
    "--adjust",
    type=click.Path(path_type=Path),
    metavar="CSV",
    help="Points that you change, in place of what `grade batch --adjust` was given.",
)
@click.option(
    "--missing-as",
    type=click.FloatRange(min=0, max=0),
    metavar="0",
    help="Give 0 points to whoever is on the roster and handed in nothing (csv, canvas, moodle).",
)
@click.option(
    "--visibility",
    type=click.Choice(VISIBILITIES),
    help="When students see the stages in Gradescope.",
)
@click.option("--leaderboard", is_flag=True, help="Give Gradescope a leaderboard: stages passed, and operations used.")
@click.option("--only-empty", is_flag=True, help="Leave the marks that your file has already.")
@click.option("--replace", is_flag=True, help="Write over the marks that your file has already.")
@click.option("--partial", is_flag=True, help="Export although some of the class are not graded yet.")
@click.option("--column", metavar="HEADING", help="Which column of your file to fill in.")
def export(
    results: Path,
    targets: tuple[str, ...],
    out: str | None,
    adjust: Path | None,
    missing_as: float | None,
    visibility: str | None,
    leaderboard: bool,
    column: str | None,
    only_empty: bool,
    replace: bool,
    partial: bool,
) -> int:
    """Write results in the formats of other tools. RESULTS is the folder from `grade batch`, or a file from
    `grade --json`.

    canvas and moodle fill the scores into a copy of the gradebook or worksheet that you downloaded; if it has other
    marks already, nothing is written until you say what to do about them (--only-empty, --replace). The exit code is 0
    if everyone's score is included, 1 if somebody had to be left out, and 3 if that is because something could not be
    judged.
    """
    from grader.report.export.export import Given, unread
    from grader.report.results import not_yet, read_absent, read_results, results_file

    wanted = [_target(text) for text in targets]
    if column is not None and not any(target.format.goes == "beside" for target in wanted):
        raise click.UsageError("--column goes with --to canvas=FILE or --to moodle=FILE.")
    if (visibility or leaderboard) and not any(target.name == "gradescope" for target in wanted):
        raise click.UsageError(f"--{'visibility' if visibility else 'leaderboard'} goes with --to gradescope.")
    if only_empty and replace:
        raise click.UsageError("Give either --only-empty or --replace.")
    marks: Literal["refuse", "keep", "replace"] = "keep" if only_empty else "replace" if replace else "refuse"
    source = results_file(results)
    missing, expected = not_yet(source)
    if missing and not partial:
        raise NotFinished(missing, expected)
    found = read_results(source)
    if missing:
        click.echo(f"{missing} of {expected} not graded yet; they are not in what was exported.", err=True)
    absent = read_absent(source)
    if adjust is not None:
        found = _adjusted(found, adjust)
    base = Given(
        datetime.now(UTC),
        os.environ,
        report=_reports(source.parent),
        absent=absent,
        visibility=visibility or "",
        leaderboard=leaderboard,
        missing_as=missing_as,
        marks=marks,
    )
    made = [(each, each.format.render(found, _given(each, column, base))) for each in wanted]
    for sentence in unread(found):
        click.echo(sentence, err=True)
    _deliver(made, out, inputs=[source, *(each.file for each in wanted if each.file and each.format.goes == "beside")])
    return _told([export for _, export in made])


def _adjusted(results: Sequence["Result"], file: Path) -> list["Result"]:
    """The results with other adjustments, and what is known of their lateness."""
    from grader.marks.adjust import Person, read_adjustments
    from grader.marks.mark import marked

    people = [Person(each.submission.id, each.submission.identities) for each in results]
    stages = {stage.name: stage.max_score for each in results for stage in each.stages}
    adjustments = read_adjustments(file, people, stages)
    return [
        marked(each, adjustments.of(each.submission.id), each.mark.lateness if each.mark else None) for each in results
    ]


def _reports(folder: Path) -> Callable[["Result"], bytes | None]:
    return lambda result: _report(folder, result)


def _report(folder: Path, result: "Result") -> bytes | None:
    """The page of a student, where `grade batch` put it, with the mark that this export has."""
    from grader.report.marks import with_mark

    place = result.arrival.report if result.arrival else ""
    if not REPORT.fullmatch(place) or not (folder / place).is_file():
        return None
    return with_mark((folder / place).read_text(encoding="utf-8"), result).encode()


def _target(text: str) -> Target:
    from grader.report.export.formats import FORMATS

    name, equals, file = text.partition("=")
    if name not in FORMATS:
        raise click.BadParameter(f"{name!r} is not one of {', '.join(FORMATS)}.", param_hint="--to")
    format = FORMATS[name]
    if (format.goes in FORMS) != bool(file):
        raise click.BadParameter(f"write --to {name}{FORMS.get(format.goes, '')}.", param_hint="--to")
    return Target(name, format, Path(file) if equals else None)


def _given(target: Target, column: str | None, base: "Given") -> "Given":
    from grader.errors import CannotFill

    if target.file is None or target.format.goes == "named":
        return base
    try:
        data = target.file.read_bytes()
    except OSError as error:
        raise CannotFill(str(target.file), f"cannot be read ({error.strerror})") from None
    return dataclasses.replace(base, file=data, file_name=target.file.name, column=column)


def _deliver(made: Sequence[tuple[Target, "Export"]], out: str | None, inputs: Iterable[Path]) -> None:
    """Write what was made where it belongs, and nothing if something has no place."""
    named = [(target, export) for target, export in made if target.format.goes == "named"]
    made = [each for each in made if each not in named]
    for target, _ in named:
        _refuse_others_zip(target)
    if made:
        _deliver_others(made, out, inputs)
    _write({target.file: data for target, export in named if target.file for data in export.files.values()}, inputs)


def _refuse_others_zip(target: Target) -> None:
    """Never write over a zip that was downloaded: it has the same names in it."""
    from grader.report.export.feedback import OURS

    if target.file and target.file.exists() and not target.file.read_bytes().endswith(OURS):
        raise NotWritable(
            target.file, "there is a file already that is no feedback of ours", f"--to {target.name}=FILE"
        )


def _deliver_others(made: Sequence[tuple[Target, "Export"]], out: str | None, inputs: Iterable[Path]) -> None:
    if out is not None and out != "-":
        _write(_placed(made, out), inputs)
        return
    shown = ("out", "beside") if out == "-" else ("out",)
    printed = [data for target, export in made if target.format.goes in shown for data in export.files.values()]
    if len(printed) > 1:
        raise click.UsageError(f"This makes {len(printed)} files: name a folder for them with -o.")
    beside = [(target.file, export) for target, export in made if target.file is not None and out != "-"]
    _write(_apart((_filled(file), data) for file, export in beside for data in export.files.values()), inputs)
    for data in printed:
        click.echo(data, nl=False)
    for target, export in made:
        if target.format.goes == "runner":
            _to_runner(export)


def _filled(file: Path) -> Path:
    return file.with_stem(file.stem + FILLED)


def _placed(made: Sequence[tuple[Target, "Export"]], out: str) -> dict[Path, bytes]:
    """The files by path: in the folder `out`, or the one file of that name."""
    several = sum(len(export.files) for _, export in made) > 1
    folder = Path(out) if several or out.endswith(("/", os.sep)) or Path(out).is_dir() else None
    return _apart(
        (folder / (_filled(target.file).name if target.file else name) if folder else Path(out), data)
        for target, export in made
        for name, data in export.files.items()
    )


def _apart(files: Iterable[tuple[Path, bytes]]) -> dict[Path, bytes]:
    apart: dict[Path, bytes] = {}
    for path, data in files:
        if path in apart:
            raise click.UsageError(f"Two formats would both be written to {path}: write them one at a time.")
        apart[path] = data
    return apart


def _write(files: dict[Path, bytes], inputs: Iterable[Path]) -> None:
    """Write the files, none of them over one that was read."""
    read = [path for path in inputs if path.exists()]
    for path in files:
        if path.exists() and any(path.samefile(each) for each in read):
            raise NotWritable(path, "it is the file that the export is made from", "-o")
    for path, data in files.items():
        write_file(path, [data], "-o", inside=path.parent)
        click.echo(f"wrote    {path}", err=True)


def _to_runner(export: "Export") -> None:
    """Annotations to the log, the others into the files that GitHub's runner names, where it does."""
    from grader.report.export.github import ANNOTATIONS, OUTPUT, SUMMARY

    click.echo(export.files[ANNOTATIONS], nl=False)
    for variable, name in (("GITHUB_STEP_SUMMARY", SUMMARY), ("GITHUB_OUTPUT", OUTPUT)):
        if (place := os.environ.get(variable)) and name in export.files:
            with Path(place).open("ab") as file:
                file.write(export.files[name])


def _told(made: Iterable["Export"]) -> int:
    """Say what one should know; the exit code."""
    left_out = [each for export in made for each in export.left_out]
    for remark in (remark for export in made for remark in export.remarks):
        click.echo(remark, err=True)
    for each in left_out:
        click.echo(f"left out {each}", err=True)
    if any(each.ungraded for each in left_out):
        return SOME_UNGRADED
    return SOME_LEFT_OUT if left_out else 0
