"""The page of an executed notebook: its cells with their outputs and plots, no script, nothing from elsewhere."""

import base64
import json
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any, Literal

from markupsafe import Markup

from grader.report.code import WIDE, highlighted
from grader.report.page import page
from grader.report.safe.html import PICTURE, cleaned, without_scripts

EMBEDDED = re.compile(r"data:image/[a-z+]{3,7};base64,[A-Za-z0-9+/=]*")
PICTURES = ("image/png", "image/jpeg", "image/gif", "image/webp")
STYLED = '<div class="backprop-check">'
"""What `check` shows says little without its styles, which no output keeps here; its text says the same."""
OUTPUT_CAP = 20 << 20
"""Characters of outputs that a page shows."""
RICH_CAP, RICH_EACH, MARKDOWN_EACH, RICH_DEPTH = 1 << 20, 60_000, 20_000, 200
"""Characters of HTML and Markdown that are read on a page, of HTML in an output, of Markdown in a cell, and how deep
HTML may be nested; what is beyond that is shown as plain text. Some of it takes a time that grows with the square."""
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
        return Shown("html", cleaned(html)) if self._takes(html) else _text(plain)

    def markdown(self, text: str, attachments: Any) -> Shown:
        """Markdown, or its source."""
        from nbconvert.filters.markdown_mistune import IPythonRenderer, MarkdownWithMath

        size = len(EMBEDDED.sub("", text))
        if size > min(self._left, MARKDOWN_EACH) or WIDE.search(text):
            return _text(text)
        self._left -= size
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
    if str(data.get("text/html", "")).startswith(STYLED):
        return _text(plain)
    if "text/html" in data:
        return rich.html("".join(without_scripts(str(data["text/html"]))), plain)
    if "text/markdown" in data:
        return rich.markdown(str(data["text/markdown"]), {})
    return _text(plain)


def _text(text: object) -> Shown:
    from nbconvert.filters.ansi import strip_ansi

    return Shown("text", strip_ansi(str(text)))  # type: ignore[no-untyped-call]


def _depth(html: str) -> int:
    """How deep it is nested at most."""
    depth = deepest = 0
    for tag in NESTED.finditer(html):
        depth = max(0, depth - 1) if tag.group(1) else depth + 1
        deepest = max(deepest, depth)
    return deepest
