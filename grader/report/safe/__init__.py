"""All that makes text from a student safe to show: every rendering takes it from here, and no other module has its own.

Text as text, what formats escape in it (`formats`), and HTML with some of its markup (`html`, not imported here).
What is not for showing is elsewhere: names for files (`report/slugs`), and half characters that nothing could encode
(`submission`, and the process of the student's code).
"""

from grader.report.safe.formats import cell, code, command, escaped_json, markdown
from grader.report.safe.text import (
    HIDDEN,
    LINE,
    MOST_MARKS,
    TEXT,
    WHO,
    as_name,
    logged,
    on_its_line,
    one_line,
    plain,
    printable,
    shortened,
    unobeyed,
)

__all__ = [
    "HIDDEN",
    "LINE",
    "MOST_MARKS",
    "TEXT",
    "WHO",
    "as_name",
    "cell",
    "code",
    "command",
    "escaped_json",
    "logged",
    "markdown",
    "on_its_line",
    "one_line",
    "plain",
    "printable",
    "shortened",
    "unobeyed",
]
