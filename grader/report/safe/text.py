"""Text from a student as text: for a terminal, a log, a page, another tool.

What must not get through: control characters, direction overrides and what cannot be seen (terminal, page, XML); more
accents than a line has room for; and what a service that reads a log would obey.
"""

import re
from collections.abc import Iterator
from itertools import groupby
from unicodedata import category, normalize

LINE, TEXT, WHO, NAME = 300, 4000, 100, 150
"""Characters: of one line, of what is told of a stage, of a person's name, of a file's."""
HIDDEN = re.compile(
    "[\x00-\x08\x0b-\x1f\x7f-\x9f\u00ad\u061c\u115f\u1160\u17b4\u17b5\u180e\u200b\u200e\u200f\u2028-\u202e\u2060-\u206f"
    "\u3164\ufeff\uffa0\ufff9-\ufffb\ufffe\uffff\ud800-\udfff\U000e0000-\U000e0fff]"
)
"""Control characters, direction overrides, halves of characters, and what cannot be seen; joiners, which make letters
of Indic scripts and of emoji, are none of these."""
MOST_MARKS = 8
"""Accents on one letter; from there on they would be painted over other lines."""
COMMANDS = re.compile(
    r"^(?:[^\S\n]|\x1b\[[\d;]*m)*:(?=:)|#(?=#(?:vso)?\[)|\[(?=\[ATTACHMENT\|)", re.MULTILINE | re.IGNORECASE
)
"""What the log of a CI service would obey: `::error::` at the start of a line, coloured or not (GitHub), `##[error]`
and `##vso[…]` anywhere (GitHub, Azure Pipelines), `[[ATTACHMENT|…]]` (GitLab). `section_start:` is only obeyed with its
control characters."""
NO_CHARACTERS = re.compile("[\ufffe\uffff]")


def printable(text: str) -> str:
    """Text with control characters and direction overrides written out, so that they can do nothing."""
    text = HIDDEN.sub(_escaped, text.replace("\r\n", "\n"))
    return text if text.isascii() else "".join(_thinned(text))


def on_its_line(text: str) -> str:
    """Printable text whose line ends are written out, so that none of it stands where a line of ours would."""
    return printable(text).replace("\n", "\\n")


def unobeyed(text: str) -> str:
    """Printable text without what a CI service takes for commands."""
    return COMMANDS.sub(r"\g<0> ", text)


def logged(text: str) -> str:
    """Any text, as a terminal and a log may have it."""
    return unobeyed(printable(text))


def plain(text: str, most: int = TEXT) -> str:
    """Text and nothing else, for other tools: as in a log, and no more than `most` characters."""
    safe = unobeyed(NO_CHARACTERS.sub("\ufffd", printable(text[:most])))
    return safe if len(safe) <= most and len(text) <= most else safe[: most - 1] + "…"


def one_line(text: str, most: int = LINE) -> str:
    """The same, with every run of spaces and line ends as one space."""
    return plain(" ".join(text[: 2 * most].split()), most)


def as_name(name: str) -> str:
    """A name of a file as it may be shown: one line, no control characters, and no longer than people can read."""
    text = printable(" ".join(normalize("NFC", name).split()))
    return text if len(text) <= NAME else f"{text[: NAME - 31]}…{text[-30:]}"


def shortened(text: str, most: int) -> str:
    """Text of about so many characters at most; what is left out is left out of its middle."""
    if len(text) <= most:
        return text
    return f"{text[: most - most // 3]} [… {len(text) - most:,} characters …] {text[len(text) - most // 3 :]}"


def _escaped(match: re.Match[str]) -> str:
    return match.group().encode("unicode_escape", "backslashreplace").decode("ascii")


def _thinned(text: str) -> Iterator[str]:
    for is_mark, run in groupby(text, lambda character: category(character) in ("Mn", "Me")):
        characters = "".join(run)
        yield f"{characters[:MOST_MARKS]}…" if is_mark and len(characters) > MOST_MARKS else characters
