"""Which files of a submission are read: those that `grade` would read, and those in its zips, one level deep."""

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path, PurePath

from grader.classroom.unpack.archive import MOST_OF_A_SUBMISSION, SUBMISSION_CAPS, ArchiveStore, Room, unpack
from grader.classroom.unpack.tree import Entry, File, Folder, first_bytes
from grader.classroom.unpack.zip_entries import UnreadableZip
from grader.submission import CHECKPOINTS, FILES_CAP, checkpoint_notes, imported, passed_over

ZIP = ".zip"
MOST_ZIPS = 10
MOST_FAULTS = 20
NAMED = 5
"""Of files that are only told of, as many are."""


@dataclass
class Contents:
    """The files to read by the names to show, and those that cannot be had with the sentence why."""

    files: dict[str, Path] = field(default_factory=dict)
    faults: dict[str, str] = field(default_factory=dict)
    notes: list[str] = field(default_factory=list)
    zips: int = 0
    unpacked: list[Folder] = field(default_factory=list)
    _alike: Counter[str] = field(default_factory=Counter, init=False, repr=False)
    """How often a name was wanted: names that differ in what is not shown may be thousands."""

    def free(self, name: str) -> str:
        """The name, or one like it that no other file has."""
        path, free = PurePath(name), name
        while free in self.files or free in self.faults:
            self._alike[name] += 1
            free = str(path.with_name(f"{path.stem} ({self._alike[name] + 1}){path.suffix}"))
        return free


def contents(entries: tuple[Entry, ...], store: ArchiveStore) -> Contents:
    """What of a submission is read. Zips are unpacked into the store.

    Args:
        entries: files, or one folder of which the content counts.
        store: for what is unpacked.
    """
    found = Contents()
    room = Room(MOST_OF_A_SUBMISSION, store.room)
    for name, file, root in _files(entries):
        if file.link and not _leads_inside(file, root):
            found.faults[found.free(name)] = (
                f"{name} is a link to a file outside your submission. Hand in the file itself."
            )
        elif file.suffix == ZIP and file.content:
            _open(name, file.content, found, store, room)
        else:
            _take(name, file, found)
    if entries and not found.files and not found.faults:
        _take_checkpoints(entries, found)
    if entries and not found.files and not found.faults:
        _tell_of_others(entries, found)
    if len(found.faults) > MOST_FAULTS:
        found.notes.append(f"{len(found.faults)} files in it cannot be read; only {MOST_FAULTS} of them are listed.")
        found.faults = dict(list(found.faults.items())[:MOST_FAULTS])
    return found


def _files(entries: tuple[Entry, ...]) -> Iterator[tuple[str, File, Folder | None]]:
    """The files that are looked at, and the student's folder that each lies in; a lone folder is not in their names."""
    for entry in entries:
        if isinstance(entry, Folder):
            prefix = f"{entry.name}/" if len(entries) > 1 else ""
            yield from ((f"{prefix}{name}", file, entry) for name, file in _chosen(entry))
        elif _matters(entry):
            yield entry.name, entry, None


def _chosen(folder: Folder) -> list[tuple[str, File]]:
    """The files directly in a folder, with those in the folders that they import from; or else those below."""
    direct = [(entry.name, entry) for entry in folder.everything if isinstance(entry, File) and _matters(entry)]
    if not direct:
        return [(name, file) for name, file in folder.below(passed_over) if _matters(file)]
    folders = {each.name: partial(_python_below, each) for each in folder.folders if not passed_over(each.name)}
    return [*direct, *imported(direct, folders, _data, FILES_CAP - len(direct))]


def _python_below(folder: Folder) -> list[tuple[str, File]]:
    """The Python files in a folder, with their paths from where it lies."""
    below = [(f"{folder.name}/{name}", file) for name, file in folder.below(passed_over)]
    return [(name, file) for name, file in below if file.content and file.suffix == ".py" and file.is_source]


def _data(found: tuple[str, File]) -> bytes:
    return first_bytes(found[1])


def _matters(file: File) -> bool:
    return file.is_source or file.suffix == ZIP or bool(file.trouble)


def _take(name: str, file: File, found: Contents) -> None:
    free = found.free(name)
    if file.content:
        found.files[free] = file.content
    else:
        found.faults[free] = f"{name} {file.trouble or 'cannot be read'}."


def _take_checkpoints(entries: tuple[Entry, ...], found: Contents) -> None:
    """Take what Jupyter has put aside, where that is all there is."""
    folders = [*(entry for entry in entries if isinstance(entry, Folder)), *found.unpacked]
    files = [file for folder in folders for file in folder.checkpoints(passed_over) if file.is_source]
    for file in files:
        _take(file.name, file, found)
    found.notes += checkpoint_notes([f"{CHECKPOINTS}/{file.name}" for file in files])


def _open(name: str, content: Path, found: Contents, store: ArchiveStore, room: Room) -> None:
    """Take the files in a zip."""
    found.zips += 1
    try:
        if found.zips > MOST_ZIPS:
            raise UnreadableZip(f"is left out, because a submission can have at most {MOST_ZIPS} zips")
        unpacked = unpack(content, Path(name), store, SUBMISSION_CAPS, room)
    except UnreadableZip as error:
        found.faults[found.free(name)] = f"{name} {error}."
        return
    found.notes += unpacked.notes[:NAMED]
    found.unpacked.append(unpacked.folder)
    for inner, file in _chosen(unpacked.folder):
        place = f"{name}/{inner}"
        if file.suffix == ZIP:
            found.faults[found.free(place)] = f"{place} is a zip inside a zip. Hand in the files, or one zip of them."
        else:
            _take(place, file, found)


def _leads_inside(file: File, root: Folder | None) -> bool:
    """Whether a link leads to an ordinary file of the same submission."""
    try:
        target = file.path.resolve()
        return root is not None and target.is_file() and target.is_relative_to(root.path.resolve())
    except (OSError, RuntimeError):
        return False


def _tell_of_others(entries: tuple[Entry, ...], found: Contents) -> None:
    """Say what there is instead of anything to grade; an archive that is no zip may well hold the work."""
    others = list(_others(entries))
    for file in others[:NAMED]:
        if file.is_archive and file.suffix != ZIP:
            sentence = f"{file.name} is not a zip, so it was not unpacked. Hand in the files, or a zip of them."
            found.faults[found.free(file.name)] = sentence
    inside = [file.name for folder in found.unpacked for _, file in folder.below(passed_over)]
    kept = [file.name for file in others if file.suffix == ZIP or not file.is_archive] + inside
    if not others:
        found.notes.append("There is no file in it.")
    elif kept:
        names = ", ".join(kept[:NAMED]) + (" and more" if len(kept) > NAMED else "")
        found.faults[found.free(kept[0])] = (
            f"There is no Python file or notebook in it, only {names}. Hand in your work as a .py or .ipynb file."
        )


def _others(entries: tuple[Entry, ...]) -> Iterator[File]:
    for entry in entries:
        if isinstance(entry, File):
            yield entry
        else:
            yield from (file for _, file in entry.below(passed_over))
