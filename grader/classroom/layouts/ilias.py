"""ILIAS, *Download all submissions*: a folder `Lee_Ann_annl_301` for each student: names, login, number."""

import re
from collections.abc import Sequence
from dataclasses import replace

from grader.classroom.unpack.found import Findings, FoundSubmission, Layout, passed_over_note
from grader.classroom.unpack.tree import File, Folder

NAMED = re.compile(r"(?P<name>[^_\d]+(?:_[^_\d]+)+)_(?P<login>[^_]+)_(?P<number>\d+)")
STAMPED = re.compile(r"(?P<time>\d{14})_(?P<original>.+)", re.ASCII)
"""A file as ILIAS keeps it, with the time when it came."""
MARKS = 2
"""A class of one cannot show that logins and numbers differ."""


def recognises(folder: Folder) -> bool:
    named = [match for each in folder.folders if (match := NAMED.fullmatch(each.name))]
    logins, numbers = {match["login"] for match in named}, {match["number"] for match in named}
    apart = len(logins) == len(numbers) == len(named) >= MARKS
    others = [file for file in folder.files if file.is_source or file.is_archive]
    return apart and 2 * len(named) > len(folder.folders) + len(others)


def find(folder: Folder) -> Findings:
    found = [_found(each, match) for each in folder.folders if (match := NAMED.fullmatch(each.name))]
    strange = [each.name for each in folder.everything if NAMED.fullmatch(each.name) is None]
    return Findings(found, passed_over_note(strange, "ILIAS does not name folders like that"))


def _found(folder: Folder, match: re.Match[str]) -> FoundSubmission:
    last, *first = match["name"].split("_")
    name = " ".join([*first, last])
    files, notes = _newest(folder.files)
    stamped = bool(files) and not folder.folders and not folder.links
    return FoundSubmission(
        id=name,
        entries=tuple(files) if stamped else (folder,),
        notes=tuple(notes) if stamped else (),
        identities={"name": name, "login": match["login"]},
    )


def _newest(files: Sequence[File]) -> tuple[list[File], list[str]]:
    """The newest of each file by its own name, where all have times; else none."""
    matches = [(file, STAMPED.fullmatch(file.name)) for file in files]
    by_name: dict[str, list[tuple[str, File]]] = {}
    for file, match in matches:
        if match is None:
            return [], []
        by_name.setdefault(match["original"], []).append((match["time"], file))
    newest = {name: max(same, key=lambda each: each[0])[1] for name, same in by_name.items()}
    again = [
        f"{name} was submitted {len(same)} times; the newest counts." for name, same in by_name.items() if same[1:]
    ]
    return [replace(file, name=name) for name, file in newest.items()], again


LAYOUT = Layout("ilias", recognises, find)
