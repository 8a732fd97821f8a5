"""Writing the files of a class: whole, or as they were before."""

import os
from collections.abc import Iterable
from pathlib import Path

from grader.errors import NotWritable


def replace_file(path: Path, pieces: Iterable[bytes], temporary: Path) -> None:
    """Write a file under a temporary name on the same disk, then put it in place.

    Raises:
        NotWritable: it cannot be written.
    """
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        with temporary.open("wb") as file:
            file.writelines(pieces)
        os.replace(temporary, path)
    except OSError as error:
        raise NotWritable(error.filename or path, error.strerror or str(error), "-o") from None
