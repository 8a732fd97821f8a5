"""See through what a class is wrapped in: a folder, or a zip, that everything lies in."""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field

from grader.classroom.unpack.archive import CLASS_CAPS, ArchiveStore, unpack
from grader.classroom.unpack.contents import ZIP
from grader.classroom.unpack.tree import File, Folder
from grader.classroom.unpack.zip_entries import UnreadableZip

DEEPEST = 4
COPY = re.compile(r"[\s_-]*\(?\d*\)?$")
"""What is added to the name of a second download."""


@dataclass(frozen=True)
class Level:
    """A folder that may be the one of the class, and what was passed over on the way to it."""

    folder: Folder
    notes: list[str] = field(default_factory=list)
    zipped: bool = False
    """It is in a zip of its own, which may just as well be the submission of the only student."""


def levels(root: Folder, store: ArchiveStore) -> Iterator[Level]:
    """The folder given, and what it holds as long as that is one folder and nothing else; at last, one zip."""
    level = Level(root)
    for _ in range(DEEPEST):
        yield level
        folder = level.folder
        files = [file for file in folder.files if file.is_source or file.is_archive]
        if len(folder.folders) == 1 and not files:
            level = Level(folder.folders[0], level.notes, level.zipped)
        elif len(files) == 1 and not folder.folders and not level.zipped and (inner := _unzipped(files[0], store)):
            level = inner
        else:
            return


def _unzipped(file: File, store: ArchiveStore) -> Level | None:
    if file.suffix != ZIP or not file.content:
        return None
    try:
        unpacked = unpack(file.content, file.path, store, CLASS_CAPS, store.room)
    except UnreadableZip:
        return None
    return Level(unpacked.folder, unpacked.notes, zipped=True)


def plain_level(deeper: Sequence[Level]) -> tuple[Level, list[str]]:
    """Which folder is that of the class, where names tell nothing; and a sentence if that is not the one given.

    One folder with files in it may be the class or its only student; one with folders or zips in it is the class.
    """
    last = deeper[-1]
    above = deeper[-2] if len(deeper) > 1 else None
    sources = [file for file in last.folder.files if file.is_source]
    if above is None or not (sources or last.folder.folders or any(file.is_archive for file in last.folder.files)):
        return above or last, []
    given = deeper[0].folder.name
    if sources and not _same_name(last.folder.name, given) and not _same_exercise_twice(sources):
        more = f"{last.folder.name} was taken for the only student. If it is the class, give that folder itself."
        return above, [more] if len(sources) > 1 else []
    return last, [f"Everything is in the folder {last.folder.name}, which was taken for the class."]


def _same_name(name: str, given: str) -> bool:
    """Whether a folder is named as what it lies in: so they are when a zip of it was unpacked."""
    return COPY.sub("", name).casefold() == COPY.sub("", given).casefold()


def _same_exercise_twice(sources: Sequence[File]) -> bool:
    """Whether two files are for the same exercise, as those of two students are."""
    exercises = [exercise for file in sources if (exercise := file.exercise)]
    return len(set(exercises)) < len(exercises)
