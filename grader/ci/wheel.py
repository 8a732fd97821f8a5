"""This grader as a wheel, made of what is installed here: what an instructor has tried is what the students get."""

import base64
import hashlib
from collections.abc import Mapping
from importlib.metadata import Distribution, PackageNotFoundError, distribution
from pathlib import Path

from grader.assignment.authoring.release import files_to_fill_in, grading_files
from grader.assignment.catalog import assignment_names, load_assignment, shipped
from grader.ci.archive import packed
from grader.errors import NotInstalled

DISTRIBUTION, PACKAGE = "backprop-grader", Path(__file__).resolve().parent.parent
SHIPPED = ("exercises", "Datasets")
"""Folders that are inside the package once it is installed, and beside it in a checkout."""
WHEEL = "Wheel-Version: 1.0\nGenerator: backprop-grader\nRoot-Is-Purelib: true\nTag: py3-none-any\n"


def wheel() -> tuple[str, bytes]:
    """Its file name, and what is in it.

    Raises:
        NotInstalled: nothing says what it depends on.
    """
    try:
        installed = distribution(DISTRIBUTION)
    except PackageNotFoundError:
        raise NotInstalled(DISTRIBUTION) from None
    stem = f"{DISTRIBUTION.replace('-', '_')}-{installed.version}"
    files = _package() | _assignments() | _names() | _facts(installed, f"{stem}.dist-info")
    record = f"{stem}.dist-info/RECORD"
    files[record] = _record(files, record)
    return f"{stem}-py3-none-any.whl", packed(files)


def _package() -> dict[str, bytes]:
    files = sorted(path for path in PACKAGE.rglob("*") if path.is_file())
    names = {path.relative_to(PACKAGE): path for path in files}
    return {
        (Path("grader") / name).as_posix(): path.read_bytes()
        for name, path in names.items()
        if name.parts[0] not in SHIPPED and not any(part.startswith((".", "__pycache__")) for part in name.parts)
    }


def _assignments() -> dict[str, bytes]:
    """Of each assignment only what belongs to it, whatever else lies in its folder."""
    loaded = [load_assignment(name) for name in assignment_names()]
    texts = {each.name: {name: text.encode() for name, text in files_to_fill_in(each).items()} for each in loaded}
    return {
        f"grader/exercises/{each.folder.name}/{name}": data
        for each in loaded
        for name, data in (texts[each.name] | grading_files(each)).items()
    }


def _names() -> dict[str, bytes]:
    """The data sets, with their licences."""
    paths = sorted(shipped("Datasets").glob("*.txt")) + sorted(shipped("Datasets").glob("*.md"))
    return {f"grader/Datasets/{path.name}": path.read_bytes() for path in paths}


def _facts(installed: Distribution, folder: str) -> dict[str, bytes]:
    needs = [need for need in installed.requires or () if "extra ==" not in need]
    metadata = [
        "Metadata-Version: 2.1",
        f"Name: {DISTRIBUTION}",
        f"Version: {installed.version}",
        f"Requires-Python: {installed.metadata['Requires-Python']}",
        *(f"Requires-Dist: {need}" for need in needs),
    ]
    texts = {
        "METADATA": "\n".join(metadata) + "\n",
        "WHEEL": WHEEL,
        "entry_points.txt": installed.read_text("entry_points.txt") or "",
        "licenses/LICENSE": installed.read_text("licenses/LICENSE") or "",
    }
    return {f"{folder}/{name}": text.encode() for name, text in texts.items() if text}


def _record(files: Mapping[str, bytes], record: str) -> bytes:
    lines = []
    for name, data in files.items():
        digest = base64.urlsafe_b64encode(hashlib.sha256(data).digest()).rstrip(b"=").decode()
        lines.append(f"{name},sha256={digest},{len(data)}\n")
    return "".join([*lines, f"{record},,\n"]).encode()
