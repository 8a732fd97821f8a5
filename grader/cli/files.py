"""Writing files for people, without ever overwriting theirs."""

from collections.abc import Mapping
from pathlib import Path

import click

from grader.errors import NotWritable


def write_missing(folder: Path, files: Mapping[str, str]) -> None:
    """Write the files that are not there yet, and say of each what was done.

    Raises:
        NotWritable: the folder cannot be written to.
    """
    for name, text in files.items():
        path = folder / name
        if path.exists():
            click.echo(f"kept     {path} (it is there already)")
            continue
        try:
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(text, encoding="utf-8", newline="\n")
        except OSError as error:
            raise NotWritable(path, error.strerror or str(error), "another folder as the argument") from None
        click.echo(f"wrote    {path}")
