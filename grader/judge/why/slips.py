"""What a student is told of a slip that one edit of their own lines takes back: where it is, and of which kind."""

from grader.border import Arising, Edit, Source

LONGEST = 60
"""Characters of a student's own line that are repeated."""
SAID = {
    "sign": "a sign is wrong in {text}",
    "transposed": "{text} is transposed, and should not be",
    "not-transposed": "{text} has to be transposed",
    "flag": "a keyword is missing in {text}, or says the opposite",
    "axis": "the axis is wrong in {text}",
    "function": "{text} is not the function to take",
    "swapped": "the two sides of {text} are swapped",
    "bracket": "a bracket is missing in {text}, or stands in the wrong place",
    "return": "{text} ends the loop, or the function, too early: it is indented too far",
    "order": "the results are returned in the wrong order in {text}",
    "alias": "{text} is the same tensor under another name, and is changed in place: work on a copy",
    "repeats": "rows that are there more than once keep one value only in {text}: they have to be added up",
    "rows": "{text} takes every row together with every index: each row has one of its own",
    "operator": "an operator is wrong in {text}",
    "too-much": "there is something too much in {text}",
    "part": "{text} takes one row or position alone, and all of them count",
    "number": "a number is wrong in {text}",
    "name": "another name belongs in the place of {text}",
    "exchanged": "two names are swapped in {text}",
    "throughout": "another name belongs in the place of {text}, here and wherever else it stands",
    "axes-order": "the axes come in the wrong order in {text}",
    "sum": "{text} is to be summed",
    "factor": "a factor, divisor or power is missing in {text}",
    "addend": "something to add or take away is missing in {text}",
}
"""By the kind of an edit."""


def sentence(edit: Edit, source: Source) -> str:
    """Where the slip is, and what kind of slip."""
    return f"{placed(edit.line, source)}: {anywhere(edit, source)}"


def placed(line: int, source: Source) -> str:
    """A line, as the beginning of a sentence."""
    cell, number = source.place(line)
    return f"Code cell {cell}, line {number}" if cell else f"Line {number}"


def anywhere(edit: Edit, source: Source) -> str:
    """What kind of slip, as the end of a sentence that begins with the place."""
    return f"{SAID[edit.kind].format(text=quoted(edit, source))}. Everything else is right."


def general(edit: Edit) -> str:
    """The kind of slip alone."""
    text = SAID[edit.kind].format(text="…")
    return f"{text[0].upper()}{text[1:]}".rstrip("….") + ("…" if text.endswith("…") else ".")


def quoted(edit: Edit | Arising, source: Source) -> str:
    """The student's own text of the place, if it is short and on one line."""
    lines = source.text.split("\n")
    text = lines[edit.line - 1].encode()[edit.start : edit.end].decode(errors="ignore").strip() if edit.line else ""
    return f"`{text}`" if 0 < len(text) <= LONGEST and "`" not in text else "this line"
