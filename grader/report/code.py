"""A student's function, highlighted."""

from collections.abc import Mapping
from copy import copy
from functools import cache

from markupsafe import Markup
from pygments import highlight
from pygments.formatters.html import HtmlFormatter
from pygments.lexers.python import PythonLexer

from grader.report.words import printable
from grader.result import Where

MOST_LINES = 200
MOST_CHARACTERS = 16_000


def highlighted(where: Where, sources: Mapping[str, str]) -> Markup | None:
    """The lines of a function with their numbers; None where they are not to be had."""
    lines = sources.get(where.file, "").split("\n")[max(0, where.first_line - 1) : where.last_line]
    text = printable("\n".join(lines[:MOST_LINES]))[:MOST_CHARACTERS]
    if not text.strip() or where.first_line < 1:
        return None
    formatter = copy(_formatter())
    formatter.linenostart = where.line or where.first_line
    return Markup(highlight(text, _lexer(), formatter))  # Pygments escapes what it is given


@cache
def _formatter() -> HtmlFormatter:
    """Made once: it works out a style sheet, which takes as long as the highlighting itself."""
    return HtmlFormatter(linenos="inline", cssclass="code", wrapcode=True)


@cache
def _lexer() -> PythonLexer:
    return PythonLexer(stripnl=False)


@cache
def code_style(name: str = "code") -> str:
    """The colours of highlighted code of a CSS class, for light and dark pages."""
    light = HtmlFormatter(style="default", cssclass=name).get_style_defs(f".{name}")
    dark = HtmlFormatter(style="github-dark", cssclass=name).get_style_defs(f".{name}")
    return f"{light}\n@media screen and (prefers-color-scheme: dark) {{\n{dark}\n}}"
