"""Which folders beside the files of a submission belong to it: those that a file of it imports from."""

import re
import sys
from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import TypeVar

IMPORT = re.compile(
    rb"""^[ \t]*(?:
        from[ \t]+\.*(?P<module>\w*)(?:\.[\w.]*)?[ \t]+import[ \t]+\(?(?P<names>[^\n#"\\]*)
        | import[ \t]+(?P<modules>[^\n#"\\;]*)
    )""",
    re.MULTILINE | re.VERBOSE,
)
BREAK = re.compile(rb'\\n|"')
"""What lines of code stand between in the table of a notebook, which may be all on one line."""
LIBRARIES = frozenset({"numpy", "torch"}) | sys.stdlib_module_names
"""A folder of that name is not what is meant."""
F = TypeVar("F")


def imported(
    files: Iterable[F], folders: Mapping[str, Callable[[], Sequence[F]]], data: Callable[[F], bytes], most: int
) -> list[F]:
    """The files of the folders that files import from, directly or by way of each other.

    Args:
        files: those that are read in any case.
        folders: what there is beside them, by name, each with what gives its files.
        data: what is in a file.
        most: how many there may be; a folder with more than are left of these does not belong.
    """
    found: list[F] = []
    waiting, left = list(files), dict(folders)
    while waiting and left:
        for name in sorted(imported_names(data(waiting.pop())) & left.keys()):
            more = left.pop(name)()
            if len(found) + len(more) <= most:
                found += more
                waiting += more
    return found


def imported_names(data: bytes) -> set[str]:
    """The first names of what a text imports, known libraries aside."""
    found: set[str] = set()
    for match in IMPORT.finditer(BREAK.sub(b"\n", data)):
        names = [match["module"]] if match["module"] else (match["names"] or match["modules"] or b"").split(b",")
        found |= {name.strip().split(b" ")[0].partition(b".")[0].decode("utf-8", "replace") for name in names}
    return found - LIBRARIES
