"""One file or one folder for each student, named after the student."""

from collections import Counter

from grader.classroom.unpack.found import Findings, FoundSubmission, Layout, passed_over_note
from grader.classroom.unpack.tree import Entry, File, Folder


def recognises(folder: Folder) -> bool:
    return True


def find(folder: Folder) -> Findings:
    by_student: dict[tuple[str, int], list[Entry]] = {}
    alike: Counter[str] = Counter()
    entries: list[Entry] = [*folder.folders, *(file for file in folder.files if is_submission(file))]
    for entry in entries:
        name = entry.stem if isinstance(entry, File) else entry.name
        by_student.setdefault((name, alike[entry.name]), []).append(entry)  # names that only look the same are of two
        alike[entry.name] += 1
    others = [file.name for file in folder.files if not is_submission(file)]
    notes = [
        *passed_over_note(others, "they are not Python files, notebooks, zips or folders"),
        *passed_over_note([link.name for link in folder.links], "they are links"),
    ]
    return Findings([_found(name, entries) for (name, _), entries in by_student.items()], notes)


def is_submission(file: File) -> bool:
    """Whether a file may be all that a student handed in."""
    return file.is_source or file.is_archive


def _found(name: str, entries: list[Entry]) -> FoundSubmission:
    if len(entries) == 1:
        return FoundSubmission(name, tuple(entries))
    names = " and ".join(entry.name for entry in entries)
    return FoundSubmission(name, tuple(entries), notes=(f"Submitted as {names}; all of them were read.",))


LAYOUT = Layout("plain", recognises, find)
