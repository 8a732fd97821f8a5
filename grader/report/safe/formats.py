"""Text of anybody inside a format that would take some of it for its own: CSV, Markdown, workflow commands, JSON."""

import json
import re
from collections.abc import Mapping

from grader.report.safe.text import HIDDEN, LINE, one_line, plain

FORMULA = re.compile("(^|[;,])(?=[\\s\ufeff\u200b-\u200f\u2060]*[=+\\-@|\uff1d\uff0b\uff0d\uff20])")
"""How a cell begins that a spreadsheet would run; also after what separates cells in other countries."""
PUNCTUATION = re.compile(r"[!-/:-@\[-`{-~]")
IN_MESSAGES: Mapping[str, str] = {"%": "%25", "\r": "%0D", "\n": "%0A"}
IN_PROPERTIES: Mapping[str, str] = {**IN_MESSAGES, ":": "%3A", ",": "%2C"}


def cell(text: str) -> str:
    """A cell of a table that a spreadsheet shows and does not run."""
    return FORMULA.sub(r"\1'", plain(text).replace("\n", "\\n").replace("\t", "\\t"))


def markdown(text: str) -> str:
    """Text that is no markup: a character by its number cannot begin any."""
    return PUNCTUATION.sub(lambda found: f"&#{ord(found.group())};", text)


def code(text: str, most: int = LINE) -> str:
    """For Markdown, text in one line. Inside `<code>` neither mentions nor references nor emoji are looked for."""
    line = one_line(text, most)
    return f"<code>{markdown(line)}</code>" if line else ""


def command(name: str, properties: Mapping[str, str], message: str) -> str:
    """A workflow command: `::error file=a.py,line=3::message`."""
    given = ",".join(f"{key}={_replaced(value, IN_PROPERTIES)}" for key, value in properties.items())
    return f"::{name} {given}::{_replaced(message, IN_MESSAGES)}"


def escaped_json(data: bytes) -> bytes:
    """JSON in which what would act on a terminal, or cannot be seen, is escaped."""
    if data.isascii() and b"\x7f" not in data:
        return data
    return HIDDEN.sub(_escaped, data.decode("utf-8")).encode("utf-8")


def _replaced(text: str, table: Mapping[str, str]) -> str:
    return "".join(table.get(character, character) for character in text)


def _escaped(match: re.Match[str]) -> str:
    text = match.group()
    return json.dumps(text)[1:-1] if not text.isascii() else f"\\u{ord(text):04x}"
