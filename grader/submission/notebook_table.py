"""What counts of a notebook's JSON: its cells and its language. The rest is passed over without being built.

A notebook is a stranger's: 30 MB of `{}` in its metadata would be gigabytes as objects.
"""

import json
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

import msgspec

MOST_CELLS = 5_000
CODE_CAP = 256 << 10
"""Characters of code, of all cells together."""
MOST_OBJECTS, MOST_NODES = 500_000, 2_000_000
"""Opening braces in a file, outputs and texts included; and, where all of it has to be built, values."""
BUILT_WHOLE = 128 << 20
"""Bytes of a file where all of it has to be built: text with a single emoji takes nine times its size."""
RAW_CODE, RAW_TEXT = 8 << 20, 16 << 20
"""Bytes of all code, which is more than any escaping makes of the characters there may be; and of a cell that is text,
from where on nothing of it is kept."""
MOST_QUOTES = 800_000
"""Of all cells: their texts come in lines, each a string of its own."""
TEXT_CAP = 4_000
"""Of a cell that is text, as much is kept: its headings count."""
SMALL = 4 << 10
"""Bytes of a value that is a word or a number."""
TEXTS = ("source", "input", "code", "text")
"""What the text of a cell is called, in the versions that there are."""
BOM = b"\xef\xbb\xbf"
NOTHING = msgspec.Raw(b"")


class TooMuch(Exception):
    """There is more in a file than is read."""


class TooManyCells(Exception):
    """There are more cells than anybody writes."""


class TooMuchCode(Exception):
    """There is more code than anybody writes."""


class NotJson(Exception):
    """A file is something else."""


class _Cell(msgspec.Struct):
    cell_type: msgspec.Raw
    source: msgspec.Raw = NOTHING
    input: msgspec.Raw = NOTHING
    code: msgspec.Raw = NOTHING
    text: msgspec.Raw = NOTHING
    level: msgspec.Raw = NOTHING


class _Sheet(msgspec.Struct):
    cells: list[_Cell]


class _Metadata(msgspec.Struct):
    kernelspec: msgspec.Raw = NOTHING
    language_info: msgspec.Raw = NOTHING


class _Table(msgspec.Struct):
    nbformat: int
    metadata: _Metadata = msgspec.field(default_factory=_Metadata)
    nbformat_minor: int = 0
    cells: list[_Cell] | None = None
    worksheets: list[_Sheet] | None = None


def notebook_table(data: bytes) -> dict[str, Any]:
    """The table of a notebook, with nothing in it but its version, its language, and the texts of its cells.

    Raises:
        TooMuch: it is larger than anybody's notebook.
        TooManyCells: of these it has too many.
        TooMuchCode: there is too much in them.
        NotJson: it is something else.
        Exception: it is JSON, but not that of a notebook.
    """
    if data.count(b"{") > MOST_OBJECTS:
        raise TooMuch
    table = _built(data)
    _check_code(cell for sheet in (table, *table.get("worksheets", ())) for cell in sheet.get("cells", ()))
    return table


def _built(data: bytes) -> dict[str, Any]:
    try:
        return _of_struct(msgspec.json.decode(memoryview(data)[len(BOM) if data.startswith(BOM) else 0 :], type=_Table))
    except (msgspec.MsgspecError, RecursionError, UnicodeError):
        pass  # what is not quite right is read all the same: NaN, half a character, a text that is null
    if len(data) > BUILT_WHOLE or sum(map(data.count, (b",", b"[", b"{"))) > MOST_NODES:
        raise TooMuch
    try:
        table = json.loads(data.decode("utf-8-sig"))
    except (ValueError, RecursionError):
        raise NotJson from None
    return _of_dict(table)


def _of_struct(table: _Table) -> dict[str, Any]:
    metadata = table.metadata
    made: dict[str, Any] = {
        "nbformat": table.nbformat,
        "nbformat_minor": table.nbformat_minor,
        "metadata": {
            "kernelspec": _word(metadata.kernelspec, "language"),
            "language_info": _word(metadata.language_info, "name"),
        },
    }
    sheets = table.worksheets or ()
    lists = [table.cells or [], *(sheet.cells for sheet in sheets)]
    _check_cells(*lists)
    _check_texts([cell for cells in lists for cell in cells])
    if table.cells is not None:
        made["cells"] = [_cell(cell) for cell in table.cells]
    if table.worksheets is not None:
        made["worksheets"] = [{"cells": [_cell(cell) for cell in sheet.cells]} for sheet in sheets]
    return made


def _check_cells(*lists: Sequence[object]) -> None:
    if sum(map(len, lists)) > MOST_CELLS:
        raise TooManyCells


def _check_texts(cells: Sequence[_Cell]) -> None:
    """Before any of them is built, by the bytes they take."""
    if sum(_size(getattr(cell, name)) for cell in cells if _kind(cell) == "code" for name in TEXTS) > RAW_CODE:
        raise TooMuchCode
    raws = (raw for cell in cells for name in TEXTS if _size(raw := getattr(cell, name)) <= RAW_TEXT)
    if sum(bytes(raw).count(b'"') for raw in raws) > MOST_QUOTES:
        raise TooMuch


def _check_code(cells: Iterable[Mapping[str, Any]]) -> None:
    texts = [cell[name] for cell in cells if cell["cell_type"] == "code" for name in TEXTS if name in cell]
    pieces = [piece for text in texts for piece in (text if isinstance(text, list) else [text])]
    if sum(len(piece) for piece in pieces if isinstance(piece, str)) > CODE_CAP:
        raise TooMuchCode


def _word(raw: msgspec.Raw, name: str) -> dict[str, str]:
    """Of a table of words, the one."""
    if not 0 < _size(raw) <= SMALL:
        return {}
    word = msgspec.json.decode(raw, type=dict[str, Any]).get(name)
    return {name: word} if isinstance(word, str) else {}


def _cell(cell: _Cell) -> dict[str, Any]:
    kind = _kind(cell)
    made = _empty(kind)
    for name in TEXTS:
        raw = memoryview(getattr(cell, name))
        if raw.nbytes:
            made[name] = _text(raw, whole=kind == "code")
    if memoryview(cell.level).nbytes:
        made["level"] = msgspec.json.decode(cell.level, type=int)
    return made


def _kind(cell: _Cell) -> str:
    if _size(cell.cell_type) > SMALL:
        raise TooMuch
    return msgspec.json.decode(cell.cell_type, type=str)


def _size(raw: msgspec.Raw) -> int:
    return memoryview(raw).nbytes


def _text(raw: memoryview, *, whole: bool) -> str | list[str]:
    """The text of a cell, or the beginning of it."""
    if not whole and raw.nbytes > RAW_TEXT:
        return ""
    text = msgspec.json.decode(raw, type=str | list[str])
    if whole:
        return text
    return _beginning(text)


def _beginning(text: str | list[str]) -> str | list[str]:
    """Of a text in one piece or in lines, as much as is kept of it, and a little more."""
    return text[: TEXT_CAP + 1] if isinstance(text, str) else [line[: TEXT_CAP + 1] for line in text[: TEXT_CAP + 1]]


def _empty(kind: object) -> dict[str, Any]:
    return {"cell_type": kind, "metadata": {}} | ({"outputs": [], "execution_count": None} if kind == "code" else {})


def _of_dict(table: dict[str, Any]) -> dict[str, Any]:
    """The same of a table that is built already."""
    kept: dict[str, Any] = {name: table[name] for name in ("nbformat", "nbformat_minor") if name in table}
    metadata = table.get("metadata", {})
    words = {"kernelspec": "language", "language_info": "name"}
    kept["metadata"] = {name: {word: str(metadata.get(name, {}).get(word) or "")} for name, word in words.items()}
    sheets = table.get("worksheets", [])
    _check_cells(table.get("cells", []), *(sheet["cells"] for sheet in sheets))
    if "cells" in table:
        kept["cells"] = [_cell_of_dict(cell) for cell in table["cells"]]
    if "worksheets" in table:
        kept["worksheets"] = [{"cells": [_cell_of_dict(cell) for cell in sheet["cells"]]} for sheet in sheets]
    return kept


def _cell_of_dict(cell: Mapping[str, Any]) -> dict[str, Any]:
    made = _empty(cell["cell_type"])
    made |= {name: _plain(cell[name]) for name in (*TEXTS, "level") if name in cell}
    if cell["cell_type"] != "code":
        made |= {name: _beginning(made[name]) for name in TEXTS if isinstance(made.get(name), str | list)}
    return made


def _plain(value: Any) -> Any:
    """A value that is no table, nor a list of anything but texts."""
    if isinstance(value, dict) or (isinstance(value, list) and not all(isinstance(each, str) for each in value)):
        raise TypeError(type(value))
    return value
