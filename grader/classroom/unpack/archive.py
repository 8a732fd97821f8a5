"""Read a zip that anyone may have made: nothing in it decides where a file goes, or how much of the disk it takes.

Only files that can be graded are unpacked, under numbers: their names are looked at, and never used on the disk. Bytes
are counted as they come, since what a zip says of its sizes may be anything.
"""

import errno
import shutil
import stat
import zipfile
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path, PurePosixPath
from typing import IO

from grader.classroom.unpack.tree import GIT, KEPT_APART, Entry, File, Folder, is_junk
from grader.classroom.unpack.zip_entries import (
    CHUNK,
    ENCRYPTED,
    Refused,
    UnreadableZip,
    ZipStream,
    is_folder,
    name_of,
    parts_of,
)
from grader.errors import UnreadableClass
from grader.report.safe import as_name
from grader.submission import counts

METADATA = "submission_metadata.yml"
METHODS = (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED)
"""The others are not in use in course systems, and unpack without bounds in one step."""
FULL = (errno.ENOSPC, errno.EDQUOT)
MOST_OF_A_FILE = 256 << 20
RATIO, ALWAYS = 100, 8 << 20
"""A file may unpack to so many times its size in the zip, and to so many bytes in any case."""
MOST_OF_A_CLASS = 8 << 30
SHARE_OF_DISK = 2
"""No more than one part in so many of what is free on the disk is filled."""
MOST_OF_A_SUBMISSION = 512 << 20
"""Of all zips in one submission together."""


@dataclass(frozen=True)
class Caps:
    """How many files a zip may hold, and how many bytes its table of contents may take."""

    files: int
    contents: int


CLASS_CAPS = Caps(100_000, 32 << 20)
SUBMISSION_CAPS = Caps(5_000, 1 << 20)


@dataclass
class Room:
    """How many bytes may still be unpacked, here and in what it is a part of."""

    left: int
    within: "Room | None" = None

    def take(self, count: int) -> bool:
        self.left -= count
        return (self.within is None or self.within.take(count)) and self.left >= 0


@dataclass
class ArchiveStore:
    """A folder that unpacked files go to, under numbers."""

    folder: Path
    room: Room
    count: int = 0

    def place(self, suffix: str) -> Path:
        self.count += 1
        return self.folder / f"{self.count:06}{suffix}"


@dataclass(frozen=True)
class Unpacked:
    """What was in a zip, and a sentence for each name in it that could stand for no file inside."""

    folder: Folder
    notes: list[str] = field(default_factory=list)


def make_store(folder: Path) -> ArchiveStore:
    """A store in a folder, with room for a class, as far as the disk has it."""
    return ArchiveStore(folder, Room(min(MOST_OF_A_CLASS, shutil.disk_usage(folder).free // SHARE_OF_DISK)))


def unpack(file: Path, path: Path, store: ArchiveStore, caps: Caps, room: Room) -> Unpacked:
    """Unpack what can be graded.

    Args:
        file: the zip.
        path: where it lies, for people.
        store: where unpacked files go.
        caps: on the number of files in it.
        room: for how many bytes there is room.

    Raises:
        UnreadableZip: it is none, or holds too much, or is encrypted.
        UnreadableClass: the disk is full.
    """
    try:
        with ZipStream(file, caps.contents) as stream, zipfile.ZipFile(stream) as archive:
            stream.opening = False
            infos = archive.infolist()
            if len(infos) > caps.files:
                raise UnreadableZip(f"contains {len(infos):,} files, and at most {caps.files:,} are read")
            files = [info for info in infos if not is_folder(info)]
            if files and all(info.flag_bits & ENCRYPTED for info in files):
                raise UnreadableZip("is encrypted")
            return _unpacked(archive, infos, path, store, room)
    except (UnreadableZip, UnreadableClass):
        raise
    except Exception as error:
        raise UnreadableZip(f"cannot be read as a zip ({as_name(str(error)) or type(error).__name__})") from None


def _unpacked(
    archive: zipfile.ZipFile, infos: list[zipfile.ZipInfo], path: Path, store: ArchiveStore, room: Room
) -> Unpacked:
    tree, notes = _Tree(), []
    for info in infos:
        try:
            if parts := parts_of(info):
                notes += tree.add(parts, info)
        except Refused as refusal:
            notes.append(f"{as_name(name_of(info))} {refusal}, so it was ignored.")
    contents = {}
    for info in sorted(tree.wanted(), key=lambda info: info.file_size):  # so that a bomb takes room from nobody else
        place = store.place(PurePosixPath(name_of(info)).suffix.lower())
        contents[id(info)] = _poured(archive, info, place, room)
    return Unpacked(tree.folder(as_name(path.stem), path, contents), notes)


@dataclass
class _Tree:
    """Folders and files by the names that the zip has for them."""

    folders: dict[str, "_Tree"] = field(default_factory=dict)
    infos: dict[str, zipfile.ZipInfo] = field(default_factory=dict)

    def add(self, parts: list[str], info: zipfile.ZipInfo) -> list[str]:
        """Put a file, or an empty folder, in its place; a sentence if a file of that name is there already."""
        folder = is_folder(info)
        at = self
        for part in parts if folder else parts[:-1]:
            if is_junk(part) and part not in KEPT_APART:
                return []
            at = at.folders.setdefault(part, _Tree())
            if part == GIT:
                return []
        if folder or is_junk(parts[-1]):
            return []
        twice = parts[-1] in at.infos
        at.infos[parts[-1]] = info
        return [f"{as_name('/'.join(parts))} is in the zip twice; only the last one counts."] if twice else []

    def wanted(self) -> Iterator[zipfile.ZipInfo]:
        yield from (info for name, info in self.infos.items() if _is_wanted(name))
        for name, tree in self.folders.items():
            if name != GIT:
                yield from tree.wanted()

    def folder(self, name: str, path: Path, contents: Mapping[int, Path | str]) -> Folder:
        entries: list[Entry] = [
            tree.folder(name if name in KEPT_APART else as_name(name), path / as_name(name), contents)
            for name, tree in self.folders.items()
        ]
        for file, info in self.infos.items():
            content = contents.get(id(info))
            trouble, place = (content, None) if isinstance(content, str) else ("", content)
            entries.append(File(as_name(file), path / as_name(file), place, trouble))
        return Folder(name, path, lambda: entries)


def _is_wanted(name: str) -> bool:
    return counts(PurePosixPath(name)) or name.lower().endswith(".zip") or name == METADATA


def _poured(archive: zipfile.ZipFile, info: zipfile.ZipInfo, place: Path, room: Room) -> Path | str:
    """Where the content of an entry is now, or why it cannot be read."""
    try:
        _check(info)
        with archive.open(info) as source, place.open("xb") as target:
            _pour(source, target, min(MOST_OF_A_FILE, max(ALWAYS, RATIO * info.compress_size)), room)
    except Refused as refusal:
        place.unlink(missing_ok=True)
        return str(refusal)
    except Exception as error:
        place.unlink(missing_ok=True)
        if isinstance(error, OSError) and error.errno in FULL:
            raise UnreadableClass(
                place.parent,
                f"is on a disk that is full ({error.strerror}), so not everything could be unpacked. Make room there",
            ) from None
        return "is damaged in the zip"
    return place


def _check(info: zipfile.ZipInfo) -> None:
    kind = stat.S_IFMT(info.external_attr >> 16)
    if info.flag_bits & ENCRYPTED:
        raise Refused("is encrypted")
    if kind == stat.S_IFLNK:
        raise Refused("is a link, not a file. Hand in the file itself")
    if kind not in (0, stat.S_IFREG):
        raise Refused("is not an ordinary file")
    if info.compress_type not in METHODS:
        raise Refused("is compressed in a way the grader cannot read. Make the zip with ordinary settings")


def _pour(source: IO[bytes], target: IO[bytes], most: int, room: Room) -> None:
    total = 0
    while chunk := source.read(CHUNK):
        total += len(chunk)
        if total > most:
            raise Refused(f"unpacks to more than {most >> 20} MB")
        if not room.take(len(chunk)):
            raise Refused("is left out, because the zips together unpack to too much")
        target.write(chunk)
