"""Read a notebook as Python: its code cells, with everything else as comments. Nothing is run, nothing written back."""

import json
import os
import re
import warnings
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from grader.border import Source, SourceFault
from grader.submission.notebook_table import (
    CODE_CAP,
    MOST_CELLS,
    TEXT_CAP,
    NotJson,
    TooManyCells,
    TooMuch,
    TooMuchCode,
    notebook_table,
)
from grader.submission.reading_budget import NOTEBOOK_CAP, ReadingBudget
from grader.submission.submission import unreadable

MAGIC = re.compile(r"^[ \t]*[%!?]|\?[ \t]*$|=[ \t]*[%!][ \t]*\w", re.MULTILINE)
CALLED = re.compile(r"^[ \t]*[,;/]", re.MULTILINE)
"""Calls without brackets to IPython, once it reads a cell; lines of Python begin so, too."""
TIMED = re.compile(r"^([ \t]*)%time[ \t]+(?=\S)", re.MULTILINE)
NOT_PYTHON = frozenset(
    "! bash bigquery cmd cython html javascript js latex markdown perl python2 r ruby script sh sql svg system".split()
)
"""Cell magics whose cell is something else; of any other, the rest of the cell is the student's own Python."""
HTML = re.compile(rb"\s{0,100}(?:<!--.{0,500}?-->\s{0,100})?<(?:!doctype html|html)", re.IGNORECASE | re.DOTALL)
OURS, THEIRS = b"\n<<<<<<< ", b"\n>>>>>>> "
"""What a merge of git leaves before and after the lines that it could not merge."""
MOST_MAGICS, MAGIC_CELL_CAP = 40, 16 << 10
"""Each magic takes a pass over its cell; where there are more, or the cell is longer, they are left out unread."""
ALL_TEXT_CAP = 256 << 10
"""Of all cells that are text, as much is kept."""
HELP = re.compile(r"\?[ \t]*$", re.MULTILINE)
LONG_WORD = re.compile(r"[\w.*\[\]-]{300}")
"""Before a question mark, IPython looks for a name from each character of such a word on."""
USUAL_LINE = 30
"""A line takes the time of so many characters."""


def read_notebook(file: Path, name: str, budget: ReadingBudget | None = None) -> Source | SourceFault:
    """The code of a notebook of any version, or why it cannot be read.

    Args:
        file: where it is.
        name: what it is called.
        budget: what may be spent on it, and on what is read after it; by default, as much as on a submission.
    """
    budget = budget or ReadingBudget()
    try:
        with file.open("rb") as stream:
            data = stream.read(min(os.fstat(stream.fileno()).st_size, budget.bytes) + 1)
    except OSError as error:
        return unreadable(name, "UnreadableFile", f"{name} cannot be read ({error.strerror}).")
    if len(data) > budget.bytes:
        what = name if budget.bytes == NOTEBOOK_CAP else f"With the notebooks before it, {name}"
        message = f"{what} is larger than {NOTEBOOK_CAP >> 20} MB. Clear its outputs and save it again."
        return unreadable(name, "SourceTooLarge", message)
    budget.bytes -= len(data)
    return _read(data, name, budget)


def read_cells(cells: Sequence[str], name: str) -> Source | SourceFault:
    """Code cells that come from no file, read as those of one are.

    Args:
        cells: as they were typed.
        name: what their notebook is called.
    """
    made = [{"cell_type": "code", "metadata": {}, "outputs": [], "source": cell} for cell in cells]
    table = {"nbformat": 4, "nbformat_minor": 4, "metadata": {}, "cells": made}
    return _read(json.dumps(table).encode(), name, ReadingBudget())


def _read(data: bytes, name: str, budget: ReadingBudget) -> Source | SourceFault:
    if not data.strip():
        return unreadable(name, "EmptyFile", f"{name} is empty. Did you save it?")
    if complaint := something_else(name, data):
        return complaint
    try:
        table = notebook_table(data)
        notebook = _upgraded(table)
        language = _language(notebook)
        texts = [(str(cell.cell_type), str(cell.source)) for cell in notebook.cells]
    except TooManyCells:
        message = f"{name} has more than {MOST_CELLS} cells. Hand in only your own code."
        return unreadable(name, "SourceTooLarge", message)
    except TooMuchCode:
        message = f"{name} has more than {CODE_CAP >> 10} kB of code. Hand in only your own code."
        return unreadable(name, "SourceTooLarge", message)
    except TooMuch:
        message = f"{name} holds more than can be read. Clear its outputs, and hand in only your own code."
        return unreadable(name, "SourceTooLarge", message)
    except NotJson:
        message = (
            f"{name} is not a notebook: its content is not JSON. Save it again from "
            "Jupyter, or rename it to .py if it is plain Python."
        )
        return unreadable(name, "NotANotebook", message)
    except Exception:
        message = f"{name} is JSON but not a notebook. Save it again from Jupyter, VS Code or Colab."
        return unreadable(name, "NotANotebook", message)
    if language != "python":
        return unreadable(name, "NotPython", f"{name} is a notebook in {language[:40]}, but only Python can be graded.")
    return _source(name, texts, budget)


def something_else(name: str, data: bytes) -> SourceFault | None:
    """What a file is that was saved, or merged, as something that it should not be."""
    if HTML.match(data.removeprefix(b"\xef\xbb\xbf")):
        advice = "Download the file itself: use File > Download in Colab, or Raw on GitHub."
        message = f"{name} is a saved web page, not your code. {advice}"
        return unreadable(name, "HtmlPage", message)
    begin = data.find(OURS) if not data.startswith(OURS[1:]) else 0
    if begin >= 0 and data.find(THEIRS, begin) >= 0:
        line = data.count(b"\n", 0, begin + 1) + 1
        message = (
            f"{name} contains both sides of a git merge conflict (line {line}, <<<<<<<). Keep one of them, and save."
        )
        return unreadable(name, "MergeConflict", message)
    return None


def _upgraded(table: dict[str, Any]) -> Any:
    import logging

    import nbformat

    logging.getLogger("traitlets").setLevel(logging.CRITICAL)  # what is not quite valid is read all the same
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        return nbformat.reads(json.dumps(table), as_version=4)  # type: ignore[no-untyped-call]


def _language(notebook: Any) -> str:
    metadata = notebook.metadata
    named = metadata.get("kernelspec", {}).get("language") or metadata.get("language_info", {}).get("name") or "python"
    return "python" if "python" in str(named).lower() else str(named)


def _source(name: str, cells: list[tuple[str, str]], budget: ReadingBudget) -> Source:
    lines: list[str] = []
    starts = []
    text_left, reader = ALL_TEXT_CAP, _Reader(budget)
    for kind, text in cells:
        text = text.encode("utf-8", "backslashreplace").decode().replace("\0", "").replace("\r\n", "\n")
        text = text.replace("\r", "\n").replace("\f", "\n")
        if kind == "code":
            lines.append("# %%")
            starts.append(len(lines) + 1)
            lines += reader.as_python(text).rstrip("\n").split("\n")
        else:
            lines.append(f"# %% [{kind}]")
            kept = text[: min(TEXT_CAP, text_left)]
            text_left -= len(kept)
            lines += _commented(kept).split("\n")
    return Source(name, "\n".join(lines) + "\n", tuple(starts))


def as_python(cell: str) -> str:
    """A cell without what only IPython understands."""
    return _Reader(ReadingBudget()).as_python(cell)


class TooMuchWork(Exception):
    """IPython is not done with a cell, and has had all that it may have."""


class _Reader:
    """Reads the code cells of one notebook, as far as it takes no longer than it may."""

    def __init__(self, budget: ReadingBudget) -> None:
        self._budget = budget

    def as_python(self, cell: str) -> str:
        """A cell without what only IPython understands."""
        above: list[str] = []
        while cell.lstrip().startswith("%%"):
            first, _, rest = cell.lstrip().partition("\n")
            if first.split()[0].removeprefix("%%").lower() in NOT_PYTHON:
                return "\n".join([*above, _commented(cell)])
            above.append(f"# {first}")
            cell = rest
        return "\n".join([*above, self._without_magics(cell)])

    def _without_magics(self, cell: str) -> str:
        cell = TIMED.sub(r"\1", cell)
        lines = "\n".join(cell.splitlines())  # IPython ends lines where Python's str does
        if not (magics := len(MAGIC.findall(lines))):
            return cell
        passes = magics + len(CALLED.findall(lines))
        too_long = len(cell) > MAGIC_CELL_CAP or (HELP.search(lines) and LONG_WORD.search(cell))
        if passes > MOST_MAGICS or too_long or not self._budget.has_time:
            return _magics_commented(cell)
        transformer = _transformer(self._budget)
        try:
            with warnings.catch_warnings(), self._budget.timed():
                warnings.simplefilter("ignore")
                return str(transformer.transform_cell(cell))
        except TooMuchWork:
            return _magics_commented(cell)
        except Exception:
            return cell


def _transformer(budget: ReadingBudget) -> Any:
    """IPython's own, but for how often it passes over a cell: as long as anything changes, which may be 500 times, and
    each may make it longer."""
    from IPython.core.inputtransformer2 import TransformerManager

    class Bounded(TransformerManager):
        def do_token_transforms(self, lines: list[str]) -> list[str]:
            changed = True
            while changed:
                if not budget.takes(max(sum(map(len, lines)), USUAL_LINE * len(lines))):
                    raise TooMuchWork
                changed, lines = self.do_one_token_transform(lines)  # type: ignore[no-untyped-call]
            return lines

    return Bounded()  # type: ignore[no-untyped-call]


def _magics_commented(cell: str) -> str:
    return "\n".join(f"# {line}" if MAGIC.match(line) else line for line in cell.split("\n"))


def _commented(text: str) -> str:
    return "\n".join(f"# {line}" for line in text.split("\n"))
