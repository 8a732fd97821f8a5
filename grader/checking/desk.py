"""Answers to what a notebook asks, one after the other, in one sandbox and with the same probes."""

import os
import re
import warnings
from ast import PyCF_ALLOW_TOP_LEVEL_AWAIT, PyCF_ONLY_AST
from collections.abc import Iterator, Sequence
from contextlib import suppress
from functools import cached_property, lru_cache
from pathlib import Path

import msgspec

from grader.assignment.assignment import Assignment
from grader.assignment.catalog import DEFAULT_ASSIGNMENT, assignment_names, load_assignment
from grader.checking.messages import CheckOrder, CheckReply
from grader.errors import GraderError, NoSuchStage, NothingToGrade, NumbersOfAnother, UnknownAssignment, UnknownName
from grader.report.checked import CheckedWork, notice_html, notice_text
from grader.run.exam import Examination, examine
from grader.run.grade import grade_submission
from grader.run.own_folder import assignment_called, described_in
from grader.run.request import select
from grader.sandbox.ours import Sandbox
from grader.submission import Submission, cells_submission, recognise, script_submission
from grader.submission.notebook import as_python
from grader.submission.notebook_table import MOST_CELLS

COURSE = re.compile(r"""\bcourse_(?:batch|data)\(\s*["']([^"'\n]{1,300})["']""")
"""In a cell, what says which assignment its numbers are of."""


class Desk:
    """What is kept from one answer to the next."""

    def __init__(self, sandbox: Sandbox) -> None:
        self._sandbox = sandbox
        self._examinations: dict[tuple[Path, str], Examination] = {}

    def reply(self, line: bytes) -> bytes:
        """The answer to an order; whatever goes wrong, there is one."""
        try:
            order = msgspec.json.decode(line, type=CheckOrder)
            with suppress(OSError):
                os.chdir(order.folder)
            answer = self.answer(order)
        except Exception as error:
            kind = type(error).__name__
            answer = _notice(f"The grader itself failed ({kind}: {error}). That is not your fault; run the cell again.")
        return msgspec.json.encode(answer)

    def answer(self, order: CheckOrder) -> CheckReply:
        """What `grade` says of the stages that are asked for."""
        try:
            return self._checked(order)
        except GraderError as error:
            return _notice(str(error))

    def _checked(self, order: CheckOrder) -> CheckReply:
        submission = _submission(order)
        assignment = self._assignment(order, submission)
        selected = _selected(assignment, order.wanted)
        graded = grade_submission(submission, self._examination(assignment).narrowed(selected), self._sandbox)
        self._sandbox.prepare()
        work = CheckedWork(
            graded.result,
            assignment,
            submission.texts,
            graded.error_maps,
            is_all=not order.wanted,
            numbered=order.cells is not None,
        )
        return CheckReply(work.html, work.text, work.passed)

    def _examination(self, assignment: Assignment) -> Examination:
        key = assignment.folder, assignment.sha256
        if key not in self._examinations:
            self._examinations[key] = examine(assignment, select(assignment))
        return self._examinations[key]

    def _assignment(self, order: CheckOrder, submission: Submission) -> Assignment:
        """As `grade` finds it; before that, what the cells themselves take their numbers from."""
        folder = Path(order.file).parent if order.file else Path(order.folder)
        if order.assignment is not None:
            return assignment_called(order.assignment, folder)
        if named := next(_named(order.cells or (), folder), None):
            return named
        own = [each for each in [described_in(folder)] if each]
        known = {each.name: each for each in (*own, *self._known)}
        try:
            return known[recognise(submission, {name: each.asked_names for name, each in known.items()}, "")]
        except (NothingToGrade, NumbersOfAnother, KeyError):
            return self._holder(order.wanted, own)

    def _holder(self, wanted: Sequence[Sequence[str]], own: Sequence[Assignment]) -> Assignment:
        """Where there is nothing yet, the assignment that has a stage of such a name: the folder's own, if it has."""
        default = load_assignment(DEFAULT_ASSIGNMENT)
        asked = {name for names in wanted for name in names}
        return next((each for each in (*own, default, *self._known) if asked & _names(each)), default)

    @cached_property
    def _known(self) -> list[Assignment]:
        return [load_assignment(name) for name in assignment_names()]


def _submission(order: CheckOrder) -> Submission:
    if order.cells is None:
        return script_submission(Path(order.file or ""))
    return cells_submission([cell if _has_run(cell) else "" for cell in order.cells], Path(order.folder))


@lru_cache(maxsize=MOST_CELLS)
def _has_run(cell: str) -> bool:
    """Whether a cell is Python: one that is not has not run, and the kernel has said so."""
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            compile(as_python(cell), "cell", "exec", PyCF_ALLOW_TOP_LEVEL_AWAIT | PyCF_ONLY_AST, dont_inherit=True)
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        return False
    return True


def _named(cells: Sequence[str], folder: Path) -> Iterator[Assignment]:
    """The assignments that cells take their numbers from, the last one first."""
    for name in reversed([name for cell in cells for name in COURSE.findall(cell)]):
        try:
            yield assignment_called(name, folder)
        except UnknownAssignment:
            continue


def _names(assignment: Assignment) -> set[str]:
    """What can be asked for: stages, the functions and classes that answer them, exercises."""
    exercises = {exercise.name for exercise in assignment.exercises}
    return {*assignment.stage_names, *assignment.asked_names, *exercises}


def _selected(assignment: Assignment, wanted: Sequence[Sequence[str]]) -> frozenset[str]:
    """The stages that are meant, by name.

    Raises:
        NoSuchStage: something that is asked for is none.
    """
    if not wanted:
        return select(assignment)
    found, known = frozenset[str](), _names(assignment)
    for names in wanted:
        likely = [*(name for name in names if name in known), *names]
        meant = next((stages for name in likely if (stages := _meant(assignment, name))), None)
        if meant is None:
            raise NoSuchStage(names[0] if names else None, assignment.name, sorted(known))
        found |= meant
    return found


def _meant(assignment: Assignment, name: str) -> frozenset[str] | None:
    """The stages that a name stands for, if any.

    Of a function or class they are those where that is to be written; others only use it.
    """
    with suppress(UnknownName):
        stages = assignment.named(name)
        return frozenset(stage.name for exercise, stage in stages if exercise is stages[0][0])
    with suppress(UnknownName):
        return select(assignment, exercise=name)
    return None


def _notice(message: str) -> CheckReply:
    return CheckReply(notice_html(message), notice_text(message))
