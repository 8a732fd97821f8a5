"""A student's function, highlighted."""

from collections.abc import Mapping
from functools import cache, lru_cache

from markupsafe import Markup
from pygments import highlight
from pygments.formatters.html import HtmlFormatter
from pygments.lexers.python import PythonLexer

from grader.report.words import printable
from grader.result import Where

MOST_LINES = 200
MOST_CHARACTERS = 16_000
TEXTS_KEPT = 1_000


def highlighted(where: Where, sources: Mapping[str, str]) -> Markup | None:
    """The lines of a function with their numbers; None where they are not to be had."""
    own = sources.get(where.file, "").split("\n")[max(0, where.first_line - 1) : where.last_line]
    text = printable("\n".join(own[:MOST_LINES]))[:MOST_CHARACTERS]
    if not text.strip() or where.first_line < 1:
        return None
    first, lines = where.line or where.first_line, _lines(text)
    width = len(str(first + len(lines) - 1))
    numbered = (f'<span class="linenos">{number:{width}}</span>{line}' for number, line in enumerate(lines, first))
    code = "".join(f"{line}\n" for line in numbered)
    return Markup(f'<div class="code"><pre><span></span><code>{code}</code></pre></div>\n')


@lru_cache(maxsize=TEXTS_KEPT)
def _lines(text: str) -> tuple[str, ...]:
    """The lines as HTML, which Pygments escapes. In a class the same text comes again and again, each time at another
    place: the stub, for one."""
    return tuple(str(highlight(text, _lexer(), _formatter())).split("\n")[:-1])


@cache
def _formatter() -> HtmlFormatter:
    """Made once: it works out a style sheet, which takes as long as the highlighting itself."""
    return HtmlFormatter(nowrap=True)


@cache
def _lexer() -> PythonLexer:
    return PythonLexer(stripnl=False)


@cache
def code_style(name: str = "code") -> str:
    """The colours of highlighted code of a CSS class, for light and dark pages."""
    light = HtmlFormatter(style="default", cssclass=name).get_style_defs(f".{name}")
    dark = HtmlFormatter(style="github-dark", cssclass=name).get_style_defs(f".{name}")
    return f"{light}\n@media screen and (prefers-color-scheme: dark) {{\n{dark}\n}}"
