"""HTML with some of its markup: a sentence of ours with code in it, and what an executed notebook shows."""

import re
from collections.abc import Iterator
from itertools import pairwise
from typing import Any

from markupsafe import Markup, escape
from pygments.token import STANDARD_TYPES

from grader.report.safe.text import printable, shortened

TAGS = frozenset(
    "a abbr b blockquote br code dd del div dl dt em h1 h2 h3 h4 h5 h6 hr i img li ol p pre s small span strong sub "
    "sup table tbody td tfoot th thead tr u ul".split()
)
CLASSES = frozenset(STANDARD_TYPES.values()) | {"dataframe", "highlight"}
"""Those of highlighted code and of tables; ours are not to be had."""
LINK = re.compile(r"https?://", re.IGNORECASE)
PICTURE = re.compile(r"data:image/(png|jpeg|gif|webp|svg\+xml);base64,[A-Za-z0-9+/=\s]+\Z")
UNREAD = {tag: re.compile(rf"</{tag}\s{{0,9}}>", re.IGNORECASE) for tag in ("style", "script")}
"""What stands in these is nothing to read, up to where they end."""
BEGINNING = re.compile(rf"<({'|'.join(UNREAD)})\b", re.IGNORECASE)
QUOTED = re.compile(r"`([^`\n]+)`")


def prose(text: str, most: int) -> Markup:
    """A sentence of ours as HTML: what it has between backticks is code."""
    return Markup(QUOTED.sub(r"<code>\1</code>", str(escape(printable(shortened(text, most))))))


def verbatim(text: str) -> Markup:
    """A text as it is, to be shown and not obeyed."""
    return escape(text)


def cleaned(html: str) -> Markup:
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


def without_scripts(html: str) -> Iterator[str]:
    """HTML without what stands in style sheets and scripts; a tag that is not known is left out later."""
    position = 0
    while (begin := BEGINNING.search(html, position)) and (
        end := UNREAD[begin.group(1).lower()].search(html, begin.end())
    ):
        yield html[position : begin.start()]
        position = end.end()
    yield html[position:]
