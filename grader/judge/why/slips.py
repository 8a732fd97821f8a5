"""What a student is told of a slip that one edit of their own lines takes back: where it is, and of which kind."""

from collections.abc import Iterable, Sequence
from dataclasses import replace

from grader.border import Arising, Edit, EditKind, Source

TAKEN: set[EditKind] = {"too-much", "part", "transposed"}
ADDED: set[EditKind] = {"factor", "addend", "sum", "not-transposed"}
REST = "Everything else is right."
LONGEST = 60
"""Characters of a student's own line that are repeated."""
SAID = {
    "sign": "a sign is wrong in {text}",
    "transposed": "{text} is transposed, and should not be",
    "not-transposed": "{text} has to be transposed",
    "flag": "a keyword is missing in {text}, or says the opposite",
    "axis": "the axis is wrong in {text}",
    "function": "{text} is not the function to take",
    "other-transposed": "the wrong one of the two is transposed in {text}",
    "swapped": "the two sides of {text} are swapped",
    "bracket": "a bracket is missing in {text}, or stands in the wrong place",
    "early-sum": "a product of sums is no sum of products in {text}: multiply before you sum",
    "jacobian": "{text} is the diagonal of softmax's Jacobian alone, but each of its outputs depends on the whole row",
    "early-factor": "one factor of {text} comes too late: multiply by it before you sum",
    "ends": "{text} does not take away the same at both ends, whatever the size is (0 as well)",
    "backwards": "the loop goes through {text} in the wrong order",
    "return": "{text} ends the loop, or the function, too early: it is indented too far",
    "order": "the results are returned in the wrong order in {text}",
    "alias": "{text} is the same tensor under another name, and is changed in place: work on a copy",
    "repeats": "rows that are there more than once keep one value only in {text}: they have to be added up",
    "rows": "{text} takes every row together with every index: each row has one of its own",
    "operator": "an operator is wrong in {text}",
    "too-much": "there is something too much in {text}",
    "part": "{text} takes one row or position alone, and all of them count",
    "line": "{text} stands in the wrong place: it comes too early, or too late",
    "positions": "{text} does one position alone, and all of them count",
    "another": "something else belongs in the place of {text}",
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
TWINS = ", and so it is in what is written like it"
OF_A_LOOP = "the loop leaves something out, or goes too far, with {text}: which ones should it go through?"


def sentence(edits: Sequence[Edit], source: Source) -> str:
    """Where the slips are, and what kinds of slip."""
    return _together([f"{placed(edit.line, source)}: {_said(edit, source)}" for edit in as_told(edits)], REST)


def placed(line: int, source: Source) -> str:
    """A line, as the beginning of a sentence."""
    cell, number = source.place(line)
    return f"Code cell {cell}, line {number}" if cell else f"Line {number}"


def anywhere(edits: Sequence[Edit], source: Source) -> str:
    """The same without the places."""
    return _together([_said(edit, source) for edit in as_told(edits)], REST)


def general(edits: Sequence[Edit]) -> str:
    """The kinds of slip alone."""
    return _together(map(_kind, as_told(edits)))


def _kind(edit: Edit) -> str:
    text = _words(edit).format(text="…")
    return f"{text[0].upper()}{text[1:]}".replace("….", "…")


def _said(edit: Edit, source: Source) -> str:
    return _words(edit).format(text=quoted(edit, source))


def _words(edit: Edit) -> str:
    """With its full stop, or question mark."""
    said = OF_A_LOOP if edit.loop else f"{SAID[edit.kind]}{TWINS if edit.twins else ''}"
    return said if said.endswith("?") else f"{said}."


def _together(told: Iterable[str], *rest: str) -> str:
    each = dict.fromkeys(told)
    return " ".join((*(["Two things."] if len(each) > 1 else []), *each, *rest))


def as_told(edits: Sequence[Edit]) -> list[Edit]:
    """By their lines; two that put one thing in the place of another are one."""
    first, *others = sorted(edits, key=lambda edit: (edit.line, edit.start, -edit.end))
    if others and _is_replaced(first, others[0]):
        only_added = {each.kind for each in edits} <= ADDED
        return [replace(first, kind=edits[0].kind if only_added else "another")]
    return [first, *others]


def _is_replaced(outer: Edit, inner: Edit) -> bool:
    """Whether both change the same text, or one takes something away and the other adds something there."""
    within = outer.line == inner.line and outer.start <= inner.start and inner.end <= outer.end
    same = (outer.start, outer.end) == (inner.start, inner.end)
    kinds = {outer.kind, inner.kind}
    return within and bool(same or (kinds & TAKEN and kinds & ADDED))


def quoted(edit: Edit | Arising, source: Source) -> str:
    """The student's own text of the place, if it is short and on one line."""
    lines = source.text.split("\n")
    text = lines[edit.line - 1].encode()[edit.start : edit.end].decode(errors="ignore").strip() if edit.line else ""
    return f"`{text}`" if 0 < len(text) <= LONGEST and "`" not in text else "this line"
