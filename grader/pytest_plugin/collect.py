"""The stages of a file as test items. They are collected without running the file, and judged all at once."""

import re
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

import pytest

from grader.assignment.assignment import Exercise
from grader.assignment.stage import Stage, Task
from grader.border import Source
from grader.errors import UsageError
from grader.pytest_plugin.header import Header, header_in, is_spare, text_of
from grader.pytest_plugin.judging import Judge
from grader.pytest_plugin.message import failure_text, warnings_text
from grader.pytest_plugin.settings import UNWRITTEN_FAILS
from grader.report.safe import logged
from grader.result import StageResult

JUDGE = pytest.StashKey[Judge]()


def collected(path: Path, head: bytes, parent: pytest.Collector, others: Sequence[Any]) -> list[Any]:
    """What is collected of a file: its stages if it is ours, and never a module, for that would be imported.

    Args:
        path: of the file.
        head: its first bytes.
        parent: the folder.
        others: what pytest and other plugins collect of it.
    """
    header = header_in(path, head, parent.config.getini("python_files"))
    if header is None:
        return list(others)
    kept = [each for each in others if not isinstance(each, pytest.Module)]
    if not parent.session.isinitpath(path) and is_spare(path, header):
        return kept
    return [_stage_file(path, header, parent), *kept]


def _stage_file(path: Path, header: Header, parent: pytest.Collector) -> "StageFile":
    while isinstance(parent, pytest.Package) and parent.parent:
        parent = parent.parent  # to set up a package, pytest would import it
    file = StageFile.of(path, header, parent)
    shown = logged(file.nodeid).replace("::", ": :")
    return file if shown == file.nodeid else StageFile.of(path, header, parent, nodeid=shown)


class StageFile(pytest.File):
    """A file of a student, with the stages of the exercises it is for."""

    header: Header

    @classmethod
    def of(cls, path: Path, header: Header, parent: pytest.Collector, **more: Any) -> "StageFile":
        file: StageFile = cls.from_parent(parent, path=path, **more)
        file.header = header
        return file

    def collect(self) -> Iterator["StageItem"]:
        read = text_of(self.path)
        text = read.text if isinstance(read, Source) else ""
        try:
            exercises = self.header.exercises(text)
        except UsageError as error:
            raise self.CollectError(logged(f"{self.name}: {error}")) from None
        for exercise in exercises:
            for stage in exercise.everything:
                line = _line(stage.asked, text) if isinstance(read, Source) and not read.cells else None
                yield StageItem.of(stage, exercise, line, self)


def _line(name: str, text: str) -> int | None:
    """The line where a function, or variable, of that name begins last, counted from 0."""
    places = list(
        re.finditer(rf"^(?:(?:async[ \t]+)?def[ \t]+|class[ \t]+)?{re.escape(name)}[ \t]*[(=:]", text, re.MULTILINE)
    )
    return text.count("\n", 0, places[-1].start()) if places else None


class NotPassed(Exception):
    """A stage that is not passed; its text is the whole message."""


class StageItem(pytest.Item):
    """One stage of one file."""

    line: int | None
    judged: StageResult
    problems: list[str]

    @classmethod
    def of(cls, stage: Stage | Task, exercise: Exercise, line: int | None, file: StageFile) -> "StageItem":
        item: StageItem = cls.from_parent(file, name=stage.name)
        item.line = line
        item.extra_keyword_matches |= {stage.asked, exercise.name}
        return item

    @property
    def file(self) -> StageFile:
        assert isinstance(self.parent, StageFile)
        return self.parent

    def setup(self) -> None:
        """Have the file judged, if it is not yet. What goes wrong here is no fault of the student's, and an error."""
        found = _judge(self.session).judged(self.path, self.file.header.assignment)
        self.judged, self.problems = found.stages[self.name], found.problems
        facts = {"score": self.judged.score, "max_score": self.judged.max_score, "verdict": self.judged.verdict}
        self.user_properties += [(name, value) for name, value in facts.items() if value is not None]
        if self.judged.verdict == "ungraded":
            pytest.fail(failure_text(self.judged, self.problems), pytrace=False)
        if self.judged.is_left_out:
            pytest.skip("a bonus that is not written")
        is_stub = self.judged.where is not None and not self.judged.begun
        if is_stub and not self.config.getini(UNWRITTEN_FAILS):
            pytest.skip("not written yet")

    def runtest(self) -> None:
        if self.judged.warnings:
            self.add_report_section("call", "warnings", warnings_text(self.judged))
        if self.judged.printed:
            self.add_report_section("call", "stdout", logged(self.judged.printed))
        if not self.judged.passed:
            raise NotPassed(failure_text(self.judged, self.problems))

    def repr_failure(self, excinfo: pytest.ExceptionInfo[BaseException], *arguments: Any, **keywords: Any) -> Any:
        """Our message in place of a traceback, and the student's line in place of ours."""
        if not isinstance(excinfo.value, NotPassed):
            return super().repr_failure(excinfo, *arguments, **keywords)
        shown = excinfo.getrepr(style="value")
        if shown.reprcrash:
            shown.reprcrash.path, shown.reprcrash.lineno = logged(str(self.path)), (self.line or 0) + 1
            shown.reprcrash.message = str(excinfo.value).partition("\n")[0]
        return shown

    def reportinfo(self) -> tuple[str, int | None, str]:
        return logged(str(self.path)), self.line, self.name


def _judge(session: pytest.Session) -> Judge:
    """The one of this run of pytest. Of each file it judges the stages that are left to run: not those deselected."""
    config = session.config
    if JUDGE not in config.stash:
        selected: dict[Path, set[str]] = {}
        for item in session.items:
            if isinstance(item, StageItem):
                selected.setdefault(item.path, set()).add(item.name)
        judge = config.stash[JUDGE] = Judge({path: frozenset(names) for path, names in selected.items()})
        config.add_cleanup(judge.close)
    return config.stash[JUDGE]
