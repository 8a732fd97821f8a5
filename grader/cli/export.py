"""`grade export`: results for other tools."""

import os
from collections.abc import Iterable, Sequence
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

SOME_LEFT_OUT, SOME_UNGRADED = 1, 3
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
    help="gradescope, junit, github, classroom50, csv, canvas=FILE or moodle=FILE; can be repeated.",
)
@click.option("-o", "--out", metavar="FILE|DIR", help="Where to write it; a folder if there are several files.")
@click.option("--only-empty", is_flag=True, help="Leave the marks that your file has already.")
@click.option("--replace", is_flag=True, help="Write over the marks that your file has already.")
@click.option("--partial", is_flag=True, help="Export although some of the class are not graded yet.")
@click.option("--column", metavar="HEADING", help="Which column of your file to fill in.")
def export(
    results: Path,
    targets: tuple[str, ...],
    out: str | None,
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
    from grader.report.export.export import unread
    from grader.report.results import not_yet, read_results, results_file

    wanted = [_target(text) for text in targets]
    if column is not None and not any(target.file for target in wanted):
        raise click.UsageError("--column goes with --to canvas=FILE or --to moodle=FILE.")
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
    made = [(target, target.format.render(found, _given(target, column, marks))) for target in wanted]
    for sentence in unread(found):
        click.echo(sentence, err=True)
    _deliver(made, out, inputs=[source, *(target.file for target in wanted if target.file)])
    return _told([export for _, export in made])


def _target(text: str) -> Target:
    from grader.report.export.formats import FORMATS

    name, equals, file = text.partition("=")
    if name not in FORMATS:
        raise click.BadParameter(f"{name!r} is not one of {', '.join(FORMATS)}.", param_hint="--to")
    format = FORMATS[name]
    if (format.goes == "beside") != bool(file):
        form = f"--to {name}=FILE, the file you downloaded" if format.goes == "beside" else f"--to {name}"
        raise click.BadParameter(f"write {form}.", param_hint="--to")
    return Target(name, format, Path(file) if equals else None)


def _given(target: Target, column: str | None, marks: Literal["refuse", "keep", "replace"]) -> "Given":
    from grader.errors import CannotFill
    from grader.report.export.export import Given

    if target.file is None:
        return Given(datetime.now(UTC), os.environ)
    try:
        data = target.file.read_bytes()
    except OSError as error:
        raise CannotFill(str(target.file), f"cannot be read ({error.strerror})") from None
    return Given(datetime.now(UTC), os.environ, data, target.file.name, column, marks)


def _deliver(made: Sequence[tuple[Target, "Export"]], out: str | None, inputs: Iterable[Path]) -> None:
    """Write what was made where it belongs, and nothing if something has no place."""
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
