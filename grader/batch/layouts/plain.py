"""One file or one folder for each student, named after the student."""

from grader.batch.found import Findings, Found, Layout, passed_over_note
from grader.batch.tree import Entry, File, Folder


def recognises(folder: Folder) -> bool:
    return True


def find(folder: Folder) -> Findings:
    by_student: dict[str, list[Entry]] = {}
    entries: list[Entry] = [*folder.folders, *(file for file in folder.files if is_hand_in(file))]
    for entry in entries:
        by_student.setdefault(entry.stem if isinstance(entry, File) else entry.name, []).append(entry)
    others = [file.name for file in folder.files if not is_hand_in(file)]
    notes = [
        *passed_over_note(others, "they are neither a Python file, a notebook, a zip nor a folder"),
        *passed_over_note([link.name for link in folder.links], "they are links"),
    ]
    return Findings([_found(name, entries) for name, entries in by_student.items()], notes)


def is_hand_in(file: File) -> bool:
    """Whether a file may be all that a student handed in."""
    return file.is_source or file.is_archive


def _found(name: str, entries: list[Entry]) -> Found:
    if len(entries) == 1:
        return Found(name, tuple(entries))
    names = " and ".join(entry.name for entry in entries)
    return Found(name, tuple(entries), notes=(f"Handed in as {names}; all of it is read.",))


LAYOUT = Layout("plain", recognises, find)
