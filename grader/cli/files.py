"""Writing files for people: what they asked for, and what they are to fill in, which is never overwritten."""

import os
from collections.abc import Mapping
from pathlib import Path

import click

from grader.errors import NotWritable
from grader.writing import write_file

STDOUT = Path("-")
FOLDER = "the argument FOLDER"
SUFFIXES = (".py", ".ipynb")


def check_place(path: Path | None, option: str) -> None:
    """Whether a file can be written there, before anything is done for it; never over what someone hands in.

    Raises:
        NotWritable: it cannot, or the name is one for Python files or notebooks.
    """
    if path is None or path == STDOUT:
        return
    reasons = {
        "that name is for code to be graded": path.suffix in SUFFIXES,
        "it is a folder": path.is_dir(),
        f"there is no folder {path.parent}": not path.parent.is_dir(),
        "you do not have permission": not os.access(path if path.exists() else path.parent, os.W_OK),
    }
    if reason := next((reason for reason, holds in reasons.items() if holds), None):
        raise NotWritable(path, reason, option)


def write(path: Path, data: bytes, option: str, *, private: bool = False) -> None:
    """Write a file, or print what would be in it.

    Args:
        path: its place.
        data: what is to be in it.
        option: how to name another place.
        private: whether its owner alone may read it.

    Raises:
        NotWritable: the path cannot be written to.
    """
    if path == STDOUT:
        click.echo(data)
        return
    write_file(path, [data], option, private=private)


def write_missing(folder: Path, files: Mapping[str, str | bytes]) -> None:
    """Write the files that are not there yet, and say of each what was done.

    Raises:
        NotWritable: the folder cannot be written to.
    """
    for name, content in files.items():
        path = folder / name
        if os.path.lexists(path):
            click.echo(f"kept     {path} (it is there already)")
            continue
        write_file(path, [content.encode() if isinstance(content, str) else content], FOLDER, inside=folder)
        click.echo(f"wrote    {path}")
