"""Find the Python files and notebooks of a hand-in, and read them as text, whatever their bytes are."""

import codecs
import io
import os
import tokenize
from collections.abc import Iterable, Iterator
from pathlib import Path

from grader.answer import Fault, Source, SourceFault
from grader.errors import NothingToGrade, PathNotFound
from grader.submission.notebook import read_notebook
from grader.submission.recognise import HEADER
from grader.submission.submission import Submission, unreadable

SOURCE_CAP = 256 * 1024
FILES_CAP = 50
NOTEBOOK = ".ipynb"
SUFFIXES = (".py", NOTEBOOK)
PASSED_OVER = {"__pycache__", "__MACOSX", "node_modules", "tests", "solutions", "grader", "build", "dist"}
NOT_HAND_INS = {"conftest.py", "setup.py"}


def read_submission(path: Path, stubs: Iterable[Path] = ()) -> Submission:
    """The submission at a path: a file, or a folder with files in it.

    Args:
        path: what to read.
        stubs: folders, relative to `path`, that hold the files to fill in when `path` is a whole checkout.

    Raises:
        PathNotFound: there is nothing at that path.
        NothingToGrade: a folder with too many files, or something that is neither file nor folder.
    """
    if not path.exists():
        raise PathNotFound(path)
    if path.is_file():
        return _submission(path, path.parent, [path])
    if not path.is_dir():
        raise NothingToGrade(
            path, "neither a file nor a folder", "Give a Python file, a notebook, or a folder of them."
        )
    files = _files(path, stubs)
    if len(files) > FILES_CAP:
        raise NothingToGrade(
            path,
            f"holds {len(files)} Python files and notebooks, more than a hand-in can have ({FILES_CAP})",
            "Give the folder with your own answers only; for a class there is `grade batch`.",
        )
    return _submission(path, path, files)


def hand_in_files(path: Path, stubs: Iterable[Path] = ()) -> list[Path]:
    """The files that `read_submission` reads at a path; none where there is nothing."""
    return _files(path, stubs) if path.is_dir() else [path] if path.is_file() else []


def hand_in_folders(path: Path, stubs: Iterable[Path] = ()) -> list[Path]:
    """The folders in which a file may turn up, or go, that belongs to the submission at a path."""
    if not path.is_dir():
        return []
    places = [path, *(folder for stub in stubs if (folder := path / stub).is_dir())]
    return places if any(map(_python_files, places)) else [*places, *_folders_below(path)]


def _folders_below(folder: Path) -> Iterator[Path]:
    for where, folders, _ in os.walk(folder):
        folders[:] = _worth_a_look(folders)
        yield from (Path(where) / name for name in folders)


def _files(folder: Path, stubs: Iterable[Path]) -> list[Path]:
    for place in (folder, *(folder / stub for stub in stubs)):
        if files := _python_files(place):
            return files
    return sorted(_below(folder))


def _python_files(folder: Path) -> list[Path]:
    """The Python files and notebooks directly in a folder."""
    if not folder.is_dir():
        return []
    return sorted(p for p in folder.iterdir() if p.suffix in SUFFIXES and p.is_file() and p.name not in NOT_HAND_INS)


def _leads_out(file: Path, folder: Path) -> bool:
    """Whether it is a link to somewhere else: it would show a file of whoever grades."""
    return not file.resolve().is_relative_to(folder.resolve())


def _below(folder: Path) -> Iterable[Path]:
    for where, folders, names in os.walk(folder):
        folders[:] = _worth_a_look(folders)
        for name in names:
            file = Path(where) / name
            if name.endswith(SUFFIXES) and name not in NOT_HAND_INS and not _is_special(file):
                yield file


def _worth_a_look(folders: Iterable[str]) -> list[str]:
    return [name for name in folders if name not in PASSED_OVER and not name.startswith(".")]


def _is_special(file: Path) -> bool:
    """Whether it is a pipe, a device or a folder: a pipe would be waited for."""
    return file.exists() and not file.is_file()


def _submission(path: Path, root: Path, files: list[Path]) -> Submission:
    names = {file.relative_to(root).as_posix(): file for file in files}
    read = {
        name: _inside(file, name, root) if path.is_dir() else read_source(file, name) for name, file in names.items()
    }
    return Submission(
        id=path.resolve().stem,
        path=path,
        sources=tuple(source for source in read.values() if isinstance(source, Source)),
        faults=tuple(fault for fault in read.values() if isinstance(fault, SourceFault)),
        hints={
            fault.source: "" if fault.fault.type == "Link" else _head(root / fault.source)
            for fault in read.values()
            if isinstance(fault, SourceFault)
        },
    )


def _inside(file: Path, name: str, root: Path) -> Source | SourceFault:
    if _leads_out(file, root):
        return unreadable(name, "Link", f"{name} is a link to a file outside of the hand-in. Hand in the file itself.")
    return read_source(file, name)


def read_source(file: Path, name: str) -> Source | SourceFault:
    """The text of one file, or why it cannot be had."""
    if file.suffix == NOTEBOOK:
        return read_notebook(file, name)
    try:
        with file.open("rb") as stream:
            data = stream.read(SOURCE_CAP + 1)
    except OSError as error:
        return unreadable(name, "UnreadableFile", f"{name} cannot be read ({error.strerror}).")
    if len(data) > SOURCE_CAP:
        size = file.stat().st_size
        message = f"{name} is {size / 1024:,.0f} kB; the limit is {SOURCE_CAP // 1024} kB. Hand in your own code only."
        return unreadable(name, "SourceTooLarge", message)
    if not data.removeprefix(codecs.BOM_UTF8).strip():
        return SourceFault(name, Fault("missing", "EmptyFile", f"{name} is empty. Was it saved?"))
    try:
        encoding, _ = tokenize.detect_encoding(io.BytesIO(data).readline)
        text = data.decode(encoding)
        text.encode("utf-8")
    except (SyntaxError, UnicodeError, LookupError):
        return unreadable(name, "NotUtf8", f"{name} is not UTF-8 text. Open it in your editor and save it as UTF-8.")
    if "\0" in text:
        return unreadable(name, "NotText", f"{name} holds null bytes, so it is not a text file. Save it as UTF-8 text.")
    return Source(name, text.replace("\r\n", "\n").replace("\r", "\n"))


def _head(file: Path) -> str:
    """The header line of a file that is not a source, if its bytes show one."""
    try:
        with file.open("rb") as stream:
            match = HEADER.search(stream.read(4096).replace(b"\0", b"").decode("utf-8", errors="replace"))
    except OSError:
        return ""
    return match.group() if match else ""
