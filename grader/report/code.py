"""A student's function, highlighted."""

from collections.abc import Mapping

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
    formatter = HtmlFormatter(
        linenos="inline", linenostart=where.line or where.first_line, cssclass="code", wrapcode=True
    )
    return Markup(highlight(text, PythonLexer(stripnl=False), formatter))  # Pygments escapes what it is given


def code_style(name: str = "code") -> str:
    """The colours of highlighted code of a CSS class, for light and dark pages."""
    light = HtmlFormatter(style="default", cssclass=name).get_style_defs(f".{name}")
    dark = HtmlFormatter(style="github-dark", cssclass=name).get_style_defs(f".{name}")
    return f"{light}\n@media screen and (prefers-color-scheme: dark) {{\n{dark}\n}}"
