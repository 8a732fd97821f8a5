"""The page of an executed notebook: its cells with their outputs and plots, no script, nothing from elsewhere."""

import base64
import json
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from itertools import pairwise
from typing import Any, Literal

from markupsafe import Markup
from pygments.token import STANDARD_TYPES

from grader.report.code import highlighted
from grader.report.page import page
from grader.report.safe import printable

TAGS = frozenset(
    "a abbr b blockquote br code dd del div dl dt em h1 h2 h3 h4 h5 h6 hr i img li ol p pre s small span strong sub "
    "sup table tbody td tfoot th thead tr u ul".split()
)
CLASSES = frozenset(STANDARD_TYPES.values()) | {"dataframe", "highlight"}
"""Those of highlighted code and of tables; ours are not to be had."""
LINK = re.compile(r"https?://", re.IGNORECASE)
PICTURE = re.compile(r"data:image/(png|jpeg|gif|webp|svg\+xml);base64,[A-Za-z0-9+/=\s]+\Z")
EMBEDDED = re.compile(r"data:image/[a-z+]{3,7};base64,[A-Za-z0-9+/=]*")
UNREAD = {tag: re.compile(rf"</{tag}\s{{0,9}}>", re.IGNORECASE) for tag in ("style", "script")}
"""What stands in these is nothing to read, up to where they end."""
BEGINNING = re.compile(rf"<({'|'.join(UNREAD)})\b", re.IGNORECASE)
PICTURES = ("image/png", "image/jpeg", "image/gif", "image/webp")
OUTPUT_CAP = 20 << 20
"""Characters of outputs that a page shows."""
RICH_CAP, RICH_EACH, RICH_DEPTH = 1 << 20, 200_000, 200
"""Characters of HTML that are read on a page and in an output, and how deep it may be nested; what is beyond that is
shown as plain text."""
ENDLESS = "br|col|dd|dt|hr|img|input|li|link|meta|p|tbody|td|th|thead|tr|wbr"
NESTED = re.compile(rf"<(/?)(?!(?:{ENDLESS})\b)[a-z]", re.IGNORECASE)
"""Tags, but for those that need no end."""


@dataclass(frozen=True)
class Shown:
    """One output, or the text of a cell."""

    kind: Literal["text", "html", "picture"]
    content: str | Markup


@dataclass(frozen=True)
class CellView:
    """A cell as the page shows it. Code has a number, counted from 1, and its lines highlighted."""

    number: int | None
    code: tuple[Markup, ...]
    shown: list[Shown]


class Rich:
    """HTML and Markdown of a student's on one page, as long as it is not too much of it."""

    def __init__(self) -> None:
        self._left = RICH_CAP

    def html(self, html: str, plain: object) -> Shown:
        """HTML, or the plain text that stands for it."""
        return Shown("html", _clean(html)) if self._takes(html) else _text(plain)

    def markdown(self, text: str, attachments: Any) -> Shown:
        """Markdown, or its source."""
        from nbconvert.filters.markdown_mistune import IPythonRenderer, MarkdownWithMath

        if len(text) > RICH_EACH:
            return _text(text)
        renderer = IPythonRenderer(escape=False, attachments=attachments, exclude_anchor_links=True)
        return self.html(str(MarkdownWithMath(renderer=renderer).render(text)), text)

    def _takes(self, html: str) -> bool:
        size = len(EMBEDDED.sub("", html))
        if size > min(self._left, RICH_EACH) or _depth(html) > RICH_DEPTH:
            return False
        self._left -= size
        return True


def executed_page(notebook: Any, title: str, problem: str) -> str:
    """The page.

    Args:
        notebook: as nbformat reads it, with outputs.
        title: of the page.
        problem: why it did not run to its end, or nothing.
    """
    left, number, rich = OUTPUT_CAP, 0, Rich()
    cells = []
    for cell in notebook.cells:
        outputs = cell.get("outputs", [])
        left -= len(json.dumps(outputs))
        if cell.cell_type == "code":
            number += 1
            shown = list(_outputs(outputs, rich)) if left >= 0 else []
            cells.append(CellView(number, highlighted(str(cell.source)), shown))
        elif cell.cell_type == "markdown":
            cells.append(CellView(None, (), [rich.markdown(str(cell.source), cell.get("attachments", {}))]))
        else:
            cells.append(CellView(None, (), [Shown("text", str(cell.source))]))
    content = {"title": title, "problem": problem, "cut": left < 0, "cells": cells}
    return page("executed.html.j2", ["page.css", "code.css", "executed.css"], **content)


def _outputs(outputs: Any, rich: Rich) -> Iterator[Shown]:
    for output in outputs:
        match output.get("output_type"):
            case "stream":
                yield _text(output.get("text", ""))
            case "error":
                lines = output.get("traceback") or [f"{output.get('ename', '')}: {output.get('evalue', '')}"]
                yield _text("\n".join(map(str, lines)))
            case "display_data" | "execute_result":
                yield _richest(output.get("data", {}), rich)


def _richest(data: Mapping[str, Any], rich: Rich) -> Shown:
    """Of the forms that an output has, the one that shows most."""
    if "image/svg+xml" in data:
        svg = str(data["image/svg+xml"]).encode("utf-8", "replace")
        return Shown("picture", f"data:image/svg+xml;base64,{base64.b64encode(svg).decode('ascii')}")
    for kind in PICTURES:
        picture = f"data:{kind};base64,{data.get(kind, '')}"
        if PICTURE.match(picture):
            return Shown("picture", picture)
    plain = data.get("text/plain", data.get("text/latex", ""))
    if "text/html" in data:
        return rich.html("".join(_read(str(data["text/html"]))), plain)
    if "text/markdown" in data:
        return rich.markdown(str(data["text/markdown"]), {})
    return _text(plain)


def _text(text: object) -> Shown:
    from nbconvert.filters.ansi import strip_ansi

    return Shown("text", strip_ansi(str(text)))  # type: ignore[no-untyped-call]


def _read(html: str) -> Iterator[str]:
    """HTML without what stands in style sheets and scripts; a tag that is not known is left out later."""
    position = 0
    while (begin := BEGINNING.search(html, position)) and (
        end := UNREAD[begin.group(1).lower()].search(html, begin.end())
    ):
        yield html[position : begin.start()]
        position = end.end()
    yield html[position:]


def _clean(html: str) -> Markup:
    """HTML of a student's with nothing in it but text, tables, and pictures that it brings along."""
    from bleach.sanitizer import Cleaner

    cleaner = Cleaner(
        tags=TAGS, attributes=_is_allowed, protocols=["http", "https", "data"], strip=True, filters=[_described]
    )
    return Markup(cleaner.clean(printable(html)))


def _is_allowed(tag: str, name: str, value: str) -> bool:
    match tag, name:
        case "a", "href":
            return LINK.match(value) is not None
        case "img", "src":
            return PICTURE.match(value) is not None
        case ("a" | "abbr", "title") | ("img", "alt"):
            return True
        case ("td" | "th", "colspan" | "rowspan"):
            return value.isdecimal() and len(value) < 4
    return name == "class" and CLASSES.issuperset(value.split())


def _described(source: Any) -> Iterator[Any]:
    """What bleach has cleaned, with an alternative for every picture, and no heading of a table that says nothing."""
    tokens = list(source)
    for token, following in pairwise([*tokens, {"type": "End"}]):
        if token["type"] in ("StartTag", "EmptyTag") and token["name"] == "img":
            token["data"].setdefault((None, "alt"), "")
        if token["type"] == "StartTag" and token["name"] == "th" and following["type"] == "EndTag":
            token["name"] = following["name"] = "td"
        yield token


def _depth(html: str) -> int:
    """How deep it is nested at most."""
    depth = deepest = 0
    for tag in NESTED.finditer(html):
        depth = max(0, depth - 1) if tag.group(1) else depth + 1
        deepest = max(deepest, depth)
    return deepest
