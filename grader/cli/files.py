"""Writing files for people: what they asked for, and what they are to fill in, which is never overwritten."""

from collections.abc import Mapping
from pathlib import Path

import click

from grader.errors import NotWritable

STDOUT = Path("-")
SUFFIXES = (".py", ".ipynb")


def check_place(path: Path | None, option: str) -> None:
    """Whether a file may be written there: not over what someone hands in.

    Raises:
        NotWritable: it is a name for Python files or notebooks.
    """
    if path and path.suffix in SUFFIXES:
        raise NotWritable(path, "that is a name for code to be graded", option)


def write(path: Path, data: bytes, option: str) -> None:
    """Write a file, or print what would be in it.

    Raises:
        NotWritable: the path cannot be written to; `option` is how to name another.
    """
    if path == STDOUT:
        click.echo(data)
        return
    try:
        path.write_bytes(data)
    except OSError as error:
        raise NotWritable(path, error.strerror or str(error), option) from None


def write_missing(folder: Path, files: Mapping[str, str | bytes]) -> None:
    """Write the files that are not there yet, and say of each what was done.

    Raises:
        NotWritable: the folder cannot be written to.
    """
    for name, content in files.items():
        path = folder / name
        if path.exists():
            click.echo(f"kept     {path} (it is there already)")
            continue
        try:
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_bytes(content.encode() if isinstance(content, str) else content)
        except OSError as error:
            raise NotWritable(path, error.strerror or str(error), "another folder as the argument") from None
        click.echo(f"wrote    {path}")
