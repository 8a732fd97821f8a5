"""A table that a teacher downloaded: cells can be filled in, and everything else stays as it is, byte for byte."""

import codecs
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction
from functools import cached_property

from grader.errors import CannotFill
from grader.marks.rounding import points

FIRST_CELL = re.compile(r'(?:"[^"]*(?:""[^"]*)*"|[^",;\t\r\n]*)([,;\t])')
"""The first heading, and what separates it from the next one: a comma, a semicolon or a tab."""
NUMBER = re.compile(r"-?\d+(?:[.,]\d+)?")


@dataclass(frozen=True)
class Cell:
    """What a cell says, and where it stands in the text of the file, its quotes included."""

    text: str
    start: int
    end: int
    quoted: bool


@dataclass(frozen=True)
class Sheet:
    """The rows of a file, the headings first."""

    name: str
    text: str
    """Of the whole file, its byte order mark included."""
    delimiter: str
    rows: Sequence[Sequence[Cell]]

    @property
    def headings(self) -> list[str]:
        return [cell.text.strip() for cell in self.rows[0]]

    def said(self, row: int, column: int) -> str:
        """What a cell says, without spaces around it; nothing where the row ends before."""
        cells = self.rows[row]
        return cells[column].text.strip() if column < len(cells) else ""

    def filled(self, scores: Mapping[tuple[int, int], Fraction]) -> bytes:
        """The file with scores in the cells of these rows and columns. A cell that says the same number stays."""
        parts, end = [], 0
        for (row, column), score in sorted(scores.items()):
            cell = self.rows[row][column]
            if number(cell.text) != score:
                parts += [self.text[end : cell.start], self._written(score, cell)]
                end = cell.end
        return "".join([*parts, self.text[end:]]).encode()

    def _written(self, score: Fraction, cell: Cell) -> str:
        text = points(score).replace(".", self._decimal_mark)
        return f'"{text}"' if cell.quoted or self.delimiter in text else text

    @cached_property
    def _decimal_mark(self) -> str:
        """A comma if the numbers of the file have one and none has a point."""
        marks = {mark for row in self.rows for cell in row if NUMBER.fullmatch(cell.text.strip()) for mark in cell.text}
        return "," if "," in marks and "." not in marks else "."


def read_sheet(data: bytes, name: str) -> Sheet:
    """The table in a file.

    Raises:
        CannotFill: it is not UTF-8 text, or there is no table in it.
    """
    try:
        text = data.decode("utf-8")
    except UnicodeDecodeError:
        raise CannotFill(
            name, "is not UTF-8 text. Download it again, and do not save it from a spreadsheet program"
        ) from None
    start = len(codecs.BOM_UTF8.decode()) if data.startswith(codecs.BOM_UTF8) else 0
    first = FIRST_CELL.match(text, start)
    if first is None:
        raise CannotFill(name, "contains no table with headings. Download it again")
    rows = []
    while start < len(text):
        row, start = _row(text, start, first[1])
        rows.append(row)
    return Sheet(name, text, first[1], rows)


def _row(text: str, start: int, delimiter: str) -> tuple[list[Cell], int]:
    """The cells of the row that starts there, and where the next one starts."""
    pattern = re.compile(rf'("[^"]*(?:""[^"]*)*"|[^{delimiter}\r\n]*)({delimiter}|\r\n|\r|\n|\Z)')
    cells = []
    while found := pattern.match(text, start):
        raw = found[1]
        quoted = raw.startswith('"') and raw.endswith('"') and len(raw) > 1
        cells.append(Cell(raw[1:-1].replace('""', '"') if quoted else raw, found.start(1), found.end(1), quoted))
        start = found.end()
        if found[2] != delimiter:
            break
    return cells, start


def number(text: str) -> Fraction | None:
    """The number that a cell holds, with a point or a comma."""
    found = NUMBER.fullmatch(text.strip())
    return Fraction(found.group().replace(",", ".")) if found else None
