"""What an earlier run wrote among the submissions is no student."""

from collections.abc import Iterator
from pathlib import Path

from grader.classroom.unpack.found import passed_over_note
from grader.classroom.unpack.tree import Entry, Folder

STORE, REPORTS = "grades.sqlite", "reports"
CHANGES = "changes.csv"
ALIKE, ALIKE_TABLE = "alike.html", "alike.csv"
"""The pairs whose answers are alike."""
ANONYMOUS, KEY = "anonymous-class", "names.csv"
"""The class with pseudonyms, and who is who in it."""
BOOKS = ("results.jsonl", "gradebook.csv", "summary.json", "index.html")
PRIVATE = {"results.jsonl", "summary.json", "index.html", ALIKE, ALIKE_TABLE}
"""What its owner alone may read: it holds a seed, or sets people beside each other."""
KEPT = 3
"""So many of the books beside a store are the output of some run; a student alone has none of them."""


def without_own_output(root: Folder, out: Path | None) -> Folder:
    """A folder without what this run, or another, has written or will write into it.

    Args:
        root: the folder of a class on disk.
        out: where this run writes.
    """
    place = out.resolve() if out else None
    return Folder(root.name, root.path, lambda: _kept(root, place))


def earlier_outputs(root: Folder, out: Path | None) -> list[str]:
    """A sentence on the folders in it that other runs have written, if there are any."""
    place = out.resolve() if out else None
    others = [each.name for each in root.folders if _is_output(each) and each.path.resolve() != place]
    return passed_over_note(others, "an earlier run wrote its results there")


def _kept(folder: Folder, out: Path | None) -> Iterator[Entry]:
    here = folder.path.resolve()
    ours = here == out or _is_output(folder)
    for entry in folder.listing():
        if ours and _is_written(entry.name):
            continue
        if not isinstance(entry, Folder):
            yield entry
        elif here / entry.path.name == out or _is_output(entry):
            continue
        elif out is not None and out.is_relative_to(here / entry.path.name):
            inner = without_own_output(entry, out)
            if inner.everything or not entry.everything:
                yield inner
        else:
            yield entry


def _is_output(folder: Folder) -> bool:
    """Whether a run wrote into it: its store is there, and nothing that no run writes, or most of the books."""
    names = {entry.name for entry in folder.listing()}
    return STORE in names and (all(map(_is_written, names)) or sum(book in names for book in BOOKS) >= KEPT)


def _is_written(name: str) -> bool:
    return name in (REPORTS, STORE, CHANGES, ALIKE, ALIKE_TABLE, ANONYMOUS, KEY, *BOOKS) or name.startswith(f"{STORE}-")
