"""What tells whether a rendering did more with a text of a student's than show it."""

import re
import unicodedata
from collections.abc import Collection, Iterator

from helpers.runner import commands

DIRECTIONS = {"LRE", "RLE", "LRO", "RLO", "PDF", "LRI", "RLI", "FSI", "PDI"}
UNSEEN = "\u200b\u200e\u200f\u061c\u2028\u2029\u2060\ufeff\u00ad"
COLOURS = re.compile(r"\x1b\[[\d;]*m")


def acting(text: str) -> set[str]:
    """The characters of a text that do something, or cannot be seen."""
    kinds = {character for character in set(text) if unicodedata.category(character) in ("Cc", "Cs")} - set("\n\t")
    return kinds | {each for each in set(text) if unicodedata.bidirectional(each) in DIRECTIONS or each in UNSEEN}


def obeyed(shown: str, ours: Collection[str] = ()) -> Iterator[object]:
    """What a terminal, or the log of GitHub, GitLab or Azure Pipelines, would act on, but for commands of ours."""
    yield from acting(shown)
    yield from (command for command in commands(shown) if command[0] not in ours)
    yield from (line for line in shown.splitlines() if re.match(r"\s*::", line) and not ours)
    yield from re.findall(r"##(?:vso)?\[|\[\[attachment\|", shown, flags=re.IGNORECASE)
