"""The files and folders of a class, wherever they lie: on disk, or in a zip that was unpacked."""

import os
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path, PurePath

from grader.report.safe import as_name
from grader.submission import CHECKPOINTS, SOURCE_CAP, counts, header_exercise, imported_names

JUNK = {"__macosx", "__pycache__", "thumbs.db", "desktop.ini"}
GIT = ".git"
KEPT_APART = (GIT, CHECKPOINTS)
"""Folders that are known of, and not among those that somebody made."""
ARCHIVES = (".zip", ".rar", ".7z", ".tar", ".gz", ".tgz", ".bz2", ".xz")
HEAD = 4096
"""Bytes of a Python file in which its header line is looked for."""
DEEPEST = 32
"""Folders in folders, below a submission."""


@dataclass(frozen=True)
class File:
    """A file: its name and place for people, and where its bytes are, if they can be had."""

    name: str
    path: Path
    content: Path | None = None
    trouble: str = ""
    """Why it cannot be had, as the end of a sentence that its name begins."""
    link: bool = False

    @property
    def stem(self) -> str:
        return Path(self.name).stem.strip()

    @property
    def suffix(self) -> str:
        return Path(self.name).suffix.lower()

    @property
    def is_source(self) -> bool:
        """Whether it is a Python file or a notebook that counts, by its name."""
        return counts(PurePath(self.name))

    @property
    def exercise(self) -> str | None:
        """The exercise that the header line of a Python file names."""
        if self.content is None or self.suffix != ".py":
            return None
        try:
            with self.content.open("rb") as stream:
                return header_exercise(stream.read(HEAD).decode("utf-8", errors="replace"))
        except OSError:
            return None

    @property
    def is_archive(self) -> bool:
        return self.suffix in ARCHIVES


@dataclass(frozen=True, eq=False)
class Folder:
    """A folder. What is in it is looked up when it is asked for, by name, without what systems leave behind."""

    name: str
    path: Path
    listing: Callable[[], Iterable["File | Folder"]]

    @cached_property
    def _listed(self) -> tuple["File | Folder", ...]:
        return tuple(sorted(self.listing(), key=lambda entry: entry.name))

    @cached_property
    def everything(self) -> tuple["File | Folder", ...]:
        return tuple(entry for entry in self._listed if not (isinstance(entry, Folder) and entry.name in KEPT_APART))

    @property
    def files(self) -> list[File]:
        """The files in it that are no links."""
        return [entry for entry in self.everything if isinstance(entry, File) and not entry.link]

    @property
    def links(self) -> list[File]:
        return [entry for entry in self.everything if isinstance(entry, File) and entry.link]

    @property
    def folders(self) -> list["Folder"]:
        return [entry for entry in self.everything if isinstance(entry, Folder)]

    @property
    def is_checkout(self) -> bool:
        return any(entry.name == GIT for entry in self._listed)

    def below(self, skip: Callable[[str], bool], depth: int = 0) -> Iterator[tuple[str, File]]:
        """Every file in it and below, links too, with its path from here; no folder that `skip` says to."""
        for entry in self.everything:
            if isinstance(entry, File):
                yield entry.name, entry
            elif not skip(entry.name) and depth < DEEPEST:
                yield from ((f"{entry.name}/{name}", file) for name, file in entry.below(skip, depth + 1))

    def checkpoints(self, skip: Callable[[str], bool], depth: int = 0) -> Iterator[File]:
        """The files in it and below that Jupyter has put aside by itself."""
        for entry in self._listed:
            if isinstance(entry, Folder) and depth < DEEPEST and entry.name != GIT:
                if entry.name == CHECKPOINTS:
                    yield from entry.files
                elif not skip(entry.name):
                    yield from entry.checkpoints(skip, depth + 1)


Entry = File | Folder


def first_names_imported(file: File) -> set[str]:
    """The first names of what a file imports."""
    return imported_names(first_bytes(file))


def first_bytes(file: File, cap: int = SOURCE_CAP) -> bytes:
    """So many bytes of a file at most, as many as are read of one by default; none where it cannot be had."""
    if file.content is None:
        return b""
    try:
        with file.content.open("rb") as stream:
            return stream.read(cap)
    except OSError:
        return b""


def is_junk(name: str) -> bool:
    """Whether it is what a system leaves behind, and nobody hands in."""
    return name.startswith(".") or name.lower() in JUNK


def on_disk(path: Path) -> Folder:
    """A folder on disk. Links in it are listed as such, and not followed; pipes and devices are not there."""
    return Folder(as_name(path.name or path.resolve().name), path, lambda: _scanned(path))


def _scanned(folder: Path) -> Iterator[Entry]:
    try:
        with os.scandir(folder) as entries:
            found = list(entries)
    except OSError as error:
        yield File(as_name(folder.name), folder, trouble=f"cannot be opened ({error.strerror})")
        return
    for entry in found:
        path = Path(entry.path)
        if entry.name == GIT:
            yield Folder(GIT, path, tuple)
        elif is_junk(entry.name) and not (entry.name == CHECKPOINTS and entry.is_dir(follow_symlinks=False)):
            continue
        elif entry.is_symlink() or _is_junction(entry):
            yield File(as_name(entry.name), path, path, link=True)
        elif entry.is_dir(follow_symlinks=False):
            yield on_disk(path)
        elif entry.is_file(follow_symlinks=False):
            yield File(as_name(entry.name), path, path)


def _is_junction(entry: os.DirEntry[str]) -> bool:
    """What Windows has in the place of links to folders; Python knows of them from 3.12 on."""
    return bool(getattr(entry, "is_junction", bool)())
