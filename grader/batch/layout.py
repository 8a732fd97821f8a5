"""Who handed in what: a folder with one file or one folder for each student."""

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from pathlib import Path

from grader.errors import NothingToGrade, PathNotFound

CLASS = "Give the folder that holds a file or a folder for each student."
PASSED_OVER = {"__pycache__", "__MACOSX"}

RESERVED = {"con", "prn", "aux", "nul", *(f"{port}{number}" for port in ("com", "lpt") for number in range(10))}
"""Names that no file can have on Windows, whatever comes after a dot."""


@dataclass(frozen=True)
class HandIn:
    """One student's file or folder. `slug` is the name of the report: safe on any disk, and different for everyone."""

    id: str
    slug: str
    path: Path
    late: bool = False
    notes: tuple[str, ...] = ()
    identities: Mapping[str, str] = field(default_factory=dict)


def find_hand_ins(folder: Path) -> list[HandIn]:
    """The hand-ins in a folder, by name.

    Raises:
        PathNotFound: there is no such folder.
        NothingToGrade: it is no folder, or holds none.
    """
    if not folder.exists():
        raise PathNotFound(folder, CLASS)
    if not folder.is_dir():
        raise NothingToGrade(folder, "one file, where `grade batch` wants the folder of a class", CLASS)
    found = [path for path in sorted(folder.iterdir()) if _is_hand_in(path)]
    if not found:
        raise NothingToGrade(folder, "neither a Python file, a notebook nor a folder is in it", CLASS)
    ids = [path.stem if path.is_file() else path.name for path in found]
    return [HandIn(id, slug, path) for id, slug, path in zip(ids, _slugs(ids), found, strict=True)]


def _is_hand_in(path: Path) -> bool:
    if path.name.startswith(".") or path.name in PASSED_OVER or path.is_symlink():
        return False
    return path.is_dir() or path.suffix in (".py", ".ipynb")


def _slugs(ids: Iterable[str]) -> list[str]:
    taken = set(RESERVED)
    slugs = []
    for id in ids:
        base = re.sub(r"[^\w-]+", "_", id, flags=re.ASCII).strip("_")[:80] or "student"
        slug, count = base, 1
        while slug.lower() in taken:
            count += 1
            slug = f"{base}-{count}"
        taken.add(slug.lower())
        slugs.append(slug)
    return slugs
