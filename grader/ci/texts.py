"""The files as they ship, with a few places to fill in."""

from pathlib import Path

FOLDER = Path(__file__).parent / "files"


def text_of(name: str, **values: str) -> str:
    """The text of a file, with each `@KEY@` replaced by its value."""
    text = (FOLDER / name).read_text(encoding="utf-8")
    for key, value in values.items():
        text = text.replace(f"@{key}@", value)
    return text
