"""What decides the result of a submission, and the key that the result is kept under. Needs no torch."""

import hashlib
import json
import sys
from dataclasses import dataclass
from functools import cache, cached_property
from importlib import metadata
from pathlib import Path

from grader.assignment.assignment import Assignment
from grader.errors import UnreadableNames
from grader.version import __version__

PACKAGE = Path(__file__).resolve().parent.parent
CODE = (".py", ".j2")
PASSED_OVER = {"cli", "exercises", "Datasets", "__pycache__"}
"""Folders of the package that no result comes from; assignment and names are looked at by themselves."""


@dataclass(frozen=True)
class Grader:
    """Which grader it is. The digest tells two working copies of one version apart."""

    version: str
    torch: str
    python: str
    digest: str


@cache
def this_grader() -> Grader:
    """The grader that is running."""
    digest = hashlib.sha256()
    for path in sorted(_code(PACKAGE)):
        digest.update(f"{path.relative_to(PACKAGE).as_posix()}\0".encode() + path.read_bytes() + b"\0")
    python = ".".join(map(str, sys.version_info[:2]))
    return Grader(__version__, metadata.version("torch"), python, digest.hexdigest())


def _code(folder: Path) -> list[Path]:
    found = []
    for path in folder.iterdir():
        if path.suffix in CODE:
            found.append(path)
        elif path.name not in PASSED_OVER and path.is_dir():
            found += _code(path)
    return found


@dataclass(frozen=True)
class Terms:
    """What everyone in a class is asked, and how. `timeout` is in processor seconds for a stage."""

    assignment: Assignment
    selected: frozenset[str]
    seed: str | None = None
    """What draws the hidden probes; None where every submission has its own."""
    names: Path | None = None
    """A file of names to use in place of the assignment's data set."""
    timeout: float = 10.0

    @property
    def names_file(self) -> Path | None:
        return self.names or (self.assignment.dataset.file if self.assignment.dataset else None)

    @cached_property
    def names_text(self) -> bytes:
        """The file of names that counts; empty for an assignment without one.

        Raises:
            UnreadableNames: it cannot be read.
        """
        try:
            return self.names_file.read_bytes() if self.names_file else b""
        except OSError as error:
            raise UnreadableNames(self.names_file, f"cannot be read ({error.strerror})") from None

    @cached_property
    def digest(self) -> str:
        grader = this_grader()
        return _digest(
            [grader.version, grader.torch, grader.python, grader.digest],
            [self.assignment.sha256, hashlib.sha256(self.names_text).hexdigest()],
            [self.seed, self.timeout, sorted(self.selected)],
        )

    def key(self, fingerprint: str) -> str:
        """What the result of a submission is kept under: where anything that decides it is different, so is the key."""
        return _digest(self.digest, fingerprint)


def _digest(*parts: object) -> str:
    return hashlib.sha256(json.dumps(parts).encode()).hexdigest()
