"""In the student's process: texts without the folders of the machine that grades."""

import os
import re
import sys
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path

SHALLOWEST = 3
"""A folder with fewer parts, as `/usr`, is on every machine, and what a student names may be in it."""


def without_places(text: str) -> str:
    """A text with each path on this machine shortened to what is the same on every machine."""
    return FOLDERS.sub("", text) if os.sep in text else text


def _folders() -> re.Pattern[str]:
    """Every folder that says where Python, its packages, the grader or its user are; the longest first."""
    folders = {str(place) for each in _roots() for place in (each, each.resolve()) if len(place.parts) >= SHALLOWEST}
    texts = sorted({form for each in folders for form in (each, each.replace("\\", "\\\\"))}, key=len, reverse=True)
    return re.compile(rf"(?:{'|'.join(map(re.escape, texts))})(?:[\\/]+|(?![\w.-]))")


def _roots() -> Iterator[Path]:
    known = [*sys.path, sys.prefix, sys.base_prefix, sys.executable, str(Path(__file__).parents[3])]
    known += [os.environ.get("TMPDIR", ""), os.path.expanduser("~")]
    yield from (Path(each) for each in known if os.path.isabs(each))
    with suppress(OSError):
        yield Path.cwd()


FOLDERS = _folders()
"""Before any code of a student runs."""
