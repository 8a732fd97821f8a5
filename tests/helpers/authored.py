"""An assignment that a test writes."""

from collections.abc import Mapping
from pathlib import Path

from grader.assignment import load_assignment
from grader.assignment.assignment import Assignment


def authored(folder: Path, texts: Mapping[str, str]) -> Assignment:
    """The assignment whose files have these texts, by their names."""
    for name, text in texts.items():
        (folder / name).parent.mkdir(exist_ok=True)
        (folder / name).write_text(text, encoding="utf-8")
    return load_assignment(folder)
