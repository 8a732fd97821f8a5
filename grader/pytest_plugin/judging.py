"""Judges the files of one run of pytest the way `grade` does: one sandbox, one seed, and each file once."""

import re
import secrets
import warnings
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from grader.assignment import Assignment
from grader.border import Source
from grader.errors import GraderError
from grader.result import StageResult
from grader.submission import Submission, read_submission
from grader.submission.read import FILES_CAP, read_source
from grader.submission.submission import unreadable

if TYPE_CHECKING:
    from grader.run.exam import Examination
    from grader.sandbox.ours import Sandbox

IMPORT = re.compile(r"^[ \t]*(?:from|import)[ \t]+(.*)", re.MULTILINE)


@dataclass(frozen=True)
class JudgedFile:
    """A file: its stages by name, and what of it could not be read or run."""

    stages: dict[str, StageResult]
    problems: list[str]


class Judge:
    """Starts nothing before it is asked. To be closed at the end."""

    def __init__(self, selected: Mapping[Path, frozenset[str]]) -> None:
        """
        Args:
            selected: the names of the stages to judge, by file.
        """
        self._selected = selected
        self._seed = secrets.token_hex(16)
        self._sandbox: Sandbox | None = None
        self._examinations: dict[tuple[str, frozenset[str]], Examination] = {}
        self._files: dict[Path, JudgedFile | Exception] = {}

    def judged(self, path: Path, assignment: Assignment) -> JudgedFile:
        """The selected stages of a file, judged at the first call.

        Args:
            path: of the file.
            assignment: what it is for.

        Raises:
            Exception: what kept the grader from judging, also when it is asked once more.
        """
        if path not in self._files:
            try:
                with _leaving_no_trace():
                    self._files[path] = self._grade(path, assignment)
            except Exception as error:
                self._files[path] = error
        found = self._files[path]
        if isinstance(found, GraderError):
            pytest.fail(str(found), pytrace=False)
        if isinstance(found, Exception):
            raise found
        return found

    def _grade(self, path: Path, assignment: Assignment) -> JudgedFile:
        from grader.run.exam import examine
        from grader.run.grade import grade_submission
        from grader.sandbox.ours import Sandbox

        self._sandbox = self._sandbox or Sandbox()
        key = assignment.name, self._selected[path]
        if key not in self._examinations:
            self._examinations[key] = examine(assignment, key[1], seed=self._seed)
        result = grade_submission(submission_of(path), self._examinations[key], self._sandbox).result
        return JudgedFile({stage.name: stage for stage in result.stages}, result.submission.problems)

    def close(self) -> None:
        if self._sandbox:
            self._sandbox.close()


@contextmanager
def _leaving_no_trace() -> Iterator[None]:
    """Other tests of this run find torch, and what becomes of warnings, as they were."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        import torch

        threads = torch.get_num_threads()
        torch.set_num_threads(1)
        try:
            yield
        finally:
            torch.set_num_threads(threads)


def submission_of(path: Path) -> Submission:
    """A file, and the files beside it that it imports: they go first, so that its own functions count."""
    if _leads_out(path):
        message = f"{path.name} is a link to a file outside its folder. Put the file itself there."
        return Submission(path.stem, path, (), (unreadable(path.name, "Link", message),), {path.name: ""})
    submission = read_submission(path)
    found: dict[Path, Source] = {}
    waiting, most = list(submission.sources), FILES_CAP - len(submission.sources)
    while waiting and len(found) < most:
        for other in _imported(waiting.pop().text, path):
            new = other not in found and len(found) < most
            if new and isinstance(read := read_source(other, other.name), Source):
                found[other] = read
                waiting.append(read)
    return replace(submission, sources=(*found.values(), *submission.sources))


def _imported(text: str, path: Path) -> list[Path]:
    """The Python files beside a file that its text imports, if they really are there."""
    names = {word for line in IMPORT.findall(text) for word in re.findall(r"\w+", line)}
    beside = sorted(other for other in path.parent.glob("*.py") if other.stem in names)
    return [other for other in beside if other != path and other.is_file() and not _leads_out(other)]


def _leads_out(path: Path) -> bool:
    """Whether it is a link to somewhere else: it would show a file of whoever grades."""
    try:
        return path.resolve().parent != path.parent.resolve()
    except (OSError, RuntimeError):  # it leads in a circle
        return True
