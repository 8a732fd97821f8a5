"""The page of an executed notebook: its cells with their outputs and plots, no script, nothing from elsewhere."""

import copy
import json
import warnings
from typing import Any

from markupsafe import Markup

from grader.report.code import code_style
from grader.report.html import template

TAGS = frozenset(
    "a abbr b blockquote br code dd del div dl dt em h1 h2 h3 h4 h5 h6 hr i img li ol p pre s small span strong sub "
    "sup table tbody td tfoot th thead tr u ul".split()
)
ATTRIBUTES = {"a": ["href", "title"], "img": ["src", "alt", "title"], "*": ["class"]}
OUTPUT_CAP = 20 << 20
"""Characters of outputs that a page shows."""


def executed_page(notebook: Any, title: str, problem: str) -> str:
    """The page.

    Args:
        notebook: as nbformat reads it, with outputs.
        title: of the page.
        problem: why it did not run to its end, or nothing.
    """
    from nbconvert.exporters import HTMLExporter

    shown = copy.deepcopy(notebook)
    left = OUTPUT_CAP
    for cell in shown.cells:
        left -= len(json.dumps(cell.get("outputs", [])))
        if left < 0 and cell.cell_type == "code":
            cell.outputs = []
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        exporter = HTMLExporter(template_name="basic", sanitize_html=True)  # type: ignore[no-untyped-call]
        # nbconvert's own leaves out headings, paragraphs and pictures
        exporter.register_filter("clean_html", _clean)  # type: ignore[no-untyped-call]
        body, _ = exporter.from_notebook_node(shown)
    parts = {"title": title, "problem": problem, "cut": left < 0}
    return template("executed.html.j2").render(body=Markup(body), code_style=Markup(code_style("highlight")), **parts)


def _clean(html: object) -> str:
    import bleach

    return str(
        bleach.clean(str(html), tags=TAGS, attributes=ATTRIBUTES, protocols=["http", "https", "data"], strip=True)
    )
