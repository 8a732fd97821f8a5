"""Find the Python files and notebooks of a submission, and read them as text, whatever their bytes are."""

import codecs
import io
import os
import tokenize
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from contextlib import suppress
from dataclasses import replace
from functools import partial
from pathlib import Path, PurePath

from grader.border import HEADER, Fault, Source, SourceFault
from grader.errors import NothingToGrade, PathNotFound
from grader.submission.imported import imported
from grader.submission.notebook import read_cells, read_notebook, something_else
from grader.submission.reading_budget import ReadingBudget
from grader.submission.submission import Submission, encodable, unreadable

SOURCE_CAP = 256 * 1024
FILES_CAP = 50
DEEPEST = 32
"""Folders in folders, below a submission."""
NOTEBOOK = ".ipynb"
CELLS = "notebook.ipynb"
"""What cells that come from no file are the cells of."""
PACKAGE = "__init__.py"
"""It makes a folder of helpers a package, and is mostly empty."""
CHECKPOINTS = ".ipynb_checkpoints"
SUFFIXES = (".py", NOTEBOOK)
OF_DOMAINS = ("idna", "punycode")
"""Encodings that nobody writes code in, and whose decoding takes a time that grows with the square of its length."""
ADDED = (".txt", ".json")
"""What browsers and mail programs put after a file's own suffix."""
NAMED = 5
"""Of files that are only told of, as many are."""
NOTEBOOK_SIGNS = (b"{", b'"cells"')
PASSED_OVER = {"__pycache__", "__MACOSX", "node_modules", "tests", "solutions", "grader", "build", "dist"}
NOT_SUBMISSIONS = {"conftest.py", "setup.py"}


def read_submission(path: Path, stubs: Iterable[Path] = ()) -> Submission:
    """The submission at a path: a file, or a folder with files in it.

    Args:
        path: what to read.
        stubs: folders, relative to `path`, that hold the files to fill in when `path` is a whole checkout.

    Raises:
        PathNotFound: there is nothing at that path.
        NothingToGrade: a folder with too many files, or something that is neither file nor folder.
    """
    files = find_files(path, stubs)
    links = {name for name, file in files.items() if path.is_dir() and _leads_out(file, path)}
    inside = {name: file for name, file in files.items() if name not in links}
    read = read_files(path, inside, [link_fault(name) for name in files if name in links])
    return replace(read, notes=checkpoint_notes(files))


def checkpoint_notes(names: Collection[str]) -> tuple[str, ...]:
    """What is said of a submission in which copies that Jupyter has put aside are all there is."""
    if not names or not all(CHECKPOINTS in PurePath(name).parts for name in names):
        return ()
    shown = ", ".join(sorted(PurePath(name).name for name in names)[:NAMED]) + (
        " and more" if len(names) > NAMED else ""
    )
    return (f"There is only a copy in {CHECKPOINTS} ({shown}), which may be an older state; it was graded.",)


def cells_submission(cells: Sequence[str], folder: Path) -> Submission:
    """The code cells that a kernel has run, as if they were a notebook in its folder, with the files there that they
    import.

    Args:
        cells: as they were typed, in the order in which they count.
        folder: where the kernel runs.
    """
    source = read_cells(cells, CELLS)
    helpers = _imported_beside("\n".join(cells).encode("utf-8", "replace"), folder)
    read = read_files(folder / CELLS, helpers, [source] if isinstance(source, SourceFault) else [])
    return replace(read, sources=(*read.sources, *([source] if isinstance(source, Source) else [])))


def script_submission(file: Path) -> Submission:
    """One file, with the files in its folder that it imports."""
    return read_files(file, _imported_beside(_data(file), file.parent) | {encodable(file.name): file})


def _imported_beside(data: bytes, folder: Path) -> dict[str, Path]:
    """The files and folders of a folder that something imports from, directly or by way of each other.

    They come before it: of two functions of a name, its own counts.
    """
    beside: dict[str, Callable[[], Sequence[Path | None]]] = {
        file.stem: partial(list[Path], [file]) for file in _python_files(folder) if suffix(file.name) == ".py"
    }
    beside |= {inner.name: partial(_python_below, inner) for inner in _folders_in(folder)}
    found = imported([None], beside, lambda file: _data(file) if file else data, FILES_CAP - 1)
    return {encodable(file.relative_to(folder).as_posix()): file for file in found if file}


def find_files(path: Path, stubs: Iterable[Path] = ()) -> dict[str, Path]:
    """The files of the submission at a path that count, by the names they are shown under.

    Args:
        path: a file, or a folder.
        stubs: folders, relative to `path`, that hold the files to fill in when `path` is a whole checkout.

    Raises:
        PathNotFound: there is nothing at that path.
        NothingToGrade: something that is neither file nor folder.
    """
    if not path.exists():
        raise PathNotFound(path)
    if path.is_file():
        return {encodable(path.name): path}
    if not path.is_dir():
        if not path.exists():  # taken away in the meantime
            raise PathNotFound(path)
        raise NothingToGrade(
            path, "{path} is neither a file nor a folder", "Give a Python file, a notebook, or a folder of them."
        )
    for place in (path, *(path / stub for stub in stubs)):
        if files := _python_files(place):
            files = [*files, *_imported(place, files)]
            break
    else:
        files = sorted(_below(path)) or sorted(_checkpoints(path))
    return {encodable(file.relative_to(path).as_posix()): file for file in files}


def read_files(path: Path, files: Mapping[str, Path], faults: Iterable[SourceFault] = ()) -> Submission:
    """The submission that is made of these files.

    Args:
        path: where it was handed in.
        files: what to read, by the names to show.
        faults: files that belong to it but cannot be read.

    Raises:
        NothingToGrade: there are too many.
    """
    if len(files) > FILES_CAP:
        raise NothingToGrade(
            path,
            f"{{path}} has {len(files)} Python files and notebooks, and a submission can have at most {FILES_CAP}",
            "Give the folder that has only your own answers; to grade a class, use `grade batch`.",
        )
    budget = ReadingBudget()
    read = [read_source(file, name, budget) for name, file in files.items()]
    broken = (*(fault for fault in read if isinstance(fault, SourceFault)), *faults)
    return Submission(
        id=encodable(path.resolve().stem),
        path=path,
        sources=tuple(source for source in read if isinstance(source, Source)),
        faults=broken,
        hints={fault.source: _head(files[fault.source]) if fault.source in files else "" for fault in broken},
    )


def counts(file: PurePath) -> bool:
    """Whether a file is one to read, by its name."""
    return bool(suffix(file.name)) and file.name not in NOT_SUBMISSIONS and not file.name.startswith("._")


def suffix(name: str) -> str:
    """The suffix that says what a file is, if it is one to read: that of `ex1.ipynb.txt` is `.ipynb`."""
    path = PurePath(name.lower())
    if path.suffix in ADDED:
        path = PurePath(path.stem)
    return path.suffix if path.suffix in SUFFIXES else ""


def passed_over(folder: str) -> bool:
    """Whether a folder inside a submission, by its name, holds what nobody hands in."""
    return folder in PASSED_OVER or folder.startswith(".")


def link_fault(name: str) -> SourceFault:
    """A file that is a link to somewhere else."""
    return unreadable(name, "Link", f"{name} is a link to a file outside your submission. Hand in the file itself.")


def submission_files(path: Path, stubs: Iterable[Path] = ()) -> list[Path]:
    """The files that `read_submission` reads at a path; none where there is nothing."""
    return list(find_files(path, stubs).values()) if path.is_dir() or path.is_file() else []


def submission_folders(path: Path, stubs: Iterable[Path] = ()) -> list[Path]:
    """The folders in which a file may turn up, or go, that belongs to the submission at a path."""
    if not path.is_dir():
        return []
    places = [path, *(folder for stub in stubs if (folder := path / stub).is_dir())]
    return places if any(map(_python_files, places)) else [*places, *_folders_below(path)]


def _folders_below(folder: Path) -> Iterator[Path]:
    """The folders inside a folder, those that lie deeper than anybody puts a file left out."""
    waiting = [(folder, 0)]
    while waiting:
        place, depth = waiting.pop()
        folders = _folders_in(place)
        yield from folders
        waiting += [(inner, depth + 1) for inner in folders if depth < DEEPEST]


def _folders_in(folder: Path) -> list[Path]:
    with suppress(OSError), os.scandir(folder) as entries:
        found = [Path(entry.path) for entry in entries if entry.is_dir(follow_symlinks=False)]
        return [inner for inner in found if not passed_over(inner.name)]
    return []


def _python_files(folder: Path) -> list[Path]:
    """The Python files and notebooks directly in a folder."""
    return sorted(file for file in folder.iterdir() if counts(file) and file.is_file()) if folder.is_dir() else []


def _imported(folder: Path, files: Sequence[Path]) -> list[Path]:
    """The files in the folders below that these import from."""
    folders = {inner.name: partial(_python_below, inner) for inner in _folders_in(folder)}
    return imported(files, folders, _data, FILES_CAP - len(files))


def _python_below(folder: Path) -> list[Path]:
    return sorted(file for file in _below(folder) if suffix(file.name) == ".py")


def _data(file: Path) -> bytes:
    try:
        with file.open("rb") as stream:
            return stream.read(SOURCE_CAP)
    except OSError:
        return b""


def _below(folder: Path) -> Iterable[Path]:
    for place in (folder, *_folders_below(folder)):
        with suppress(OSError):
            yield from [file for file in place.iterdir() if counts(file) and not _is_special(file)]


def _checkpoints(folder: Path) -> Iterator[Path]:
    """What Jupyter has put aside by itself."""
    for place in (folder, *_folders_below(folder)):
        yield from _python_files(place / CHECKPOINTS)


def _is_special(file: Path) -> bool:
    """Whether it is a pipe, a device or a folder: a pipe would be waited for."""
    return file.exists() and not file.is_file()


def _leads_out(file: Path, folder: Path) -> bool:
    """Whether it is a link to somewhere else: it would show a file of whoever grades."""
    try:
        return not file.resolve().is_relative_to(folder.resolve())
    except (OSError, RuntimeError):  # it leads in a circle
        return True


def read_source(file: Path, name: str, budget: ReadingBudget | None = None) -> Source | SourceFault:
    """The text of one file, or why it cannot be read. Never raises, whatever is in it.

    Args:
        file: where it is.
        name: what it is called.
        budget: what may be spent on notebooks; by default, as much as on a submission.
    """
    budget = budget or ReadingBudget()
    try:
        read = _read(file, name, budget)
    except OSError as error:
        return unreadable(name, "UnreadableFile", f"{name} cannot be read ({error.strerror}).")
    except Exception as error:
        kind = type(error).__name__
        return unreadable(name, "UnreadableFile", f"{name} cannot be read ({kind}). Hand in only your own code.")
    if isinstance(read, Source):
        budget.text -= len(read.text)
        if budget.text < 0:
            message = f"With the files before it, {name} is more text than is read. Hand in only your own code."
            return unreadable(name, "SourceTooLarge", message)
    return read


def _read(file: Path, name: str, budget: ReadingBudget) -> Source | SourceFault:
    if NOTEBOOK in (suffix(name), suffix(file.name)):
        return read_notebook(file, name, budget)
    with file.open("rb") as stream:
        data = stream.read(SOURCE_CAP + 1)
    begin, sign = NOTEBOOK_SIGNS
    if not suffix(name) and data.lstrip().startswith(begin) and sign in data:
        return read_notebook(file, name, budget)
    if complaint := something_else(name, data):
        return complaint
    if len(data) > SOURCE_CAP:
        size = file.stat().st_size
        message = f"{name} is {size / 1024:,.0f} kB; the limit is {SOURCE_CAP // 1024} kB. Hand in only your own code."
        return unreadable(name, "SourceTooLarge", message)
    if not data.removeprefix(codecs.BOM_UTF8).strip() and PurePath(name).name != PACKAGE:
        return SourceFault(name, Fault("missing", "EmptyFile", f"{name} is empty. Did you save it?"))
    try:
        encoding, _ = tokenize.detect_encoding(io.BytesIO(data).readline)
        if codecs.lookup(encoding).name in OF_DOMAINS:
            raise LookupError(encoding)
        text = data.decode(encoding)
        text.encode("utf-8")
    except (SyntaxError, UnicodeError, LookupError):
        return unreadable(name, "NotUtf8", f"{name} is not UTF-8 text. Open it in your editor and save it as UTF-8.")
    if "\0" in text:
        return unreadable(
            name, "NotText", f"{name} contains null bytes, so it is not a text file. Save it as UTF-8 text."
        )
    return Source(name, text.replace("\r\n", "\n").replace("\r", "\n"))


def _head(file: Path) -> str:
    """The header lines of a file that is not a source, if its bytes show any."""
    text = _data(file).replace(b"\0", b"").decode("utf-8", errors="replace")
    return "\n".join(match.group() for match in HEADER.finditer(text))
