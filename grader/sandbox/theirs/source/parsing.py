"""Text as Python; of a script that was a notebook, without the lines that only IPython understands."""

import ast
import re

from grader.sandbox.theirs.source.private_names import with_private_names

SHELL_LINE = re.compile(r"^([ \t]{0,100})[!%][^\n]*$", re.MULTILINE)
PRIVATE = re.compile(r"\b__\w*[^\W_]_?\b|[^\0-\x7f]")
"""What may be a private name; other letters may stand for those of a name."""


def parse(text: str, name: str) -> ast.Module:
    """What a text is as Python.

    Args:
        text: of a file, or of a cell.
        name: of the file.

    Raises:
        SyntaxError: it is none.
    """
    try:
        tree = ast.parse(text, name)
    except SyntaxError:
        plain = SHELL_LINE.sub(r"\1pass", text)
        if plain == text:
            raise
        tree = ast.parse(plain, name)
    return with_private_names(tree) if "class" in text and PRIVATE.search(text) else tree
