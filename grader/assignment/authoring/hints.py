"""The hint at the end of a stub's docstring, made and taken off at one place. It needs no torch."""

import textwrap

WIDTH = 112


def wrapped(text: str) -> list[str]:
    """Lines as long as a docstring may have them."""
    return textwrap.wrap(text, WIDTH - 4)


def hint_lines(hint: str) -> list[str]:
    """The last lines of a stub's docstring."""
    return ["", *wrapped(f"Hint: {hint}")]


def without_hint(doc: str, hint: str) -> str:
    """A stub's docstring without its last lines."""
    return doc.removesuffix("\n" + "\n".join(hint_lines(hint)))
