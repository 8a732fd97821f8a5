"""A table that somebody made in a spreadsheet: its rows, with the lines they are in."""

import csv
import io
from dataclasses import dataclass
from pathlib import Path

from grader.errors import UnusableMarks

DELIMITERS = (",", ";", "\t")
LARGEST = 16 << 20


@dataclass(frozen=True)
class TableRow:
    """The cells of a row, and the line that it ends in."""

    line: int
    cells: list[str]


def read_rows(file: Path) -> list[TableRow]:
    """The rows of a CSV file that are not empty.

    Raises:
        UnusableMarks: it cannot be read.
    """
    try:
        with file.open("rb") as stream:
            data = stream.read(LARGEST + 1)
    except OSError as error:
        raise UnusableMarks(file, f"it cannot be read ({error.strerror}). Check the path.") from None
    if len(data) > LARGEST:
        raise UnusableMarks(file, f"it is larger than {LARGEST >> 20} MB. Give the table alone.")
    text = decoded(data)
    try:
        return _rows(text, max(DELIMITERS, key=text.partition("\n")[0].count))
    except csv.Error:
        raise UnusableMarks(file, "it is not CSV. Save it as CSV, in UTF-8.") from None


def _rows(text: str, delimiter: str) -> list[TableRow]:
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=delimiter)
    rows = [TableRow(reader.line_num, [cell.strip() for cell in row]) for row in reader]
    return [row for row in rows if any(row.cells)]


def decoded(data: bytes) -> str:
    """The text of a file as spreadsheet programs save it."""
    if data.startswith((b"\xff\xfe", b"\xfe\xff")):
        return data.decode("utf-16", errors="replace")
    try:
        return data.decode("utf-8-sig")
    except UnicodeError:
        return data.decode("cp1252", errors="replace")
