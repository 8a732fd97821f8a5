"""Text as Python; of a script that was a notebook, without the lines that only IPython understands."""

import ast
import re

SHELL_LINE = re.compile(r"^([ \t]{0,100})[!%][^\n]*$", re.MULTILINE)


def parse(text: str, name: str) -> ast.Module:
    """What a text is as Python.

    Args:
        text: of a file, or of a cell.
        name: of the file.

    Raises:
        SyntaxError: it is none.
    """
    try:
        return ast.parse(text, name)
    except SyntaxError:
        plain = SHELL_LINE.sub(r"\1pass", text)
        if plain == text:
            raise
        return ast.parse(plain, name)
