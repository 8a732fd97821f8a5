"""What someone asks to have graded, made out before torch is needed: so that a slip of the keyboard is told at once."""

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from grader.assignment.assignment import Assignment
from grader.assignment.catalog import DEFAULT_ASSIGNMENT, assignment_names, load_assignment
from grader.errors import DescribedThere, ForAnotherAssignment, NothingToGrade
from grader.result import Result, StageResult
from grader.run.own_folder import agree, agreed_in, folder_of, is_described
from grader.submission import Submission, is_for_none, read_submission, recognise, recognise_other


@dataclass(frozen=True)
class Request:
    """A submission, the assignment it is for, and the names of the stages to grade."""

    submission: Submission
    assignment: Assignment
    selected: frozenset[str]
    stubs: tuple[Path, ...] = ()
    """The folders, below the path, that hold the files to fill in when it is a whole checkout."""


def make_request(
    path: Path,
    assignment: str | Path | None = None,
    exercise: str | None = None,
    stage: str | None = None,
    *,
    at_work: bool = False,
) -> Request:
    """Read what is at a path and find out what it is for.

    Args:
        path: a Python file, or a folder of them.
        assignment: the name or folder of the assignment; by default it is recognised.
        exercise: grade only this exercise.
        stage: grade only this stage.
        at_work: whether whoever asks may be at work there. Then it may be for an assignment that its folder describes,
            if they have agreed to that; to name that folder is to agree.

    Raises:
        UsageError: the path, or one of the names, leads nowhere; or what is there is for no known assignment.
    """
    stubs = tuple(Path("exercises") / name for name in assignment_names())
    submission, folder = read_submission(path, stubs), folder_of(path)
    own = agreed_in(folder) if at_work else None
    known = _Known(own)
    if assignment is None:
        if not submission.files:
            raise NothingToGrade(path, "There is no Python file or notebook in {path}")
        default = own.name if own else DEFAULT_ASSIGNMENT
        chosen = known.assignment(_recognised(submission, known, default, folder))
    else:
        chosen = known.assignment(str(assignment)) if str(assignment) in known else load_assignment(assignment)
        if at_work:
            agree(folder, chosen)
    return Request(submission, chosen, select(chosen, exercise, stage), stubs)


class _Known(Mapping[str, Sequence[str]]):
    """What each assignment asks for, those that come with the grader and perhaps another. One is loaded where that is
    wanted: a header line, which names it, is enough in most cases."""

    def __init__(self, own: Assignment | None = None) -> None:
        self._loaded = {own.name: own} if own else {}
        self._names = tuple(dict.fromkeys([*self._loaded, *assignment_names()]))

    def assignment(self, name: str) -> Assignment:
        if name not in self._loaded:
            self._loaded[name] = load_assignment(name)
        return self._loaded[name]

    def __getitem__(self, name: str) -> Sequence[str]:
        return self.assignment(name).asked_names

    def __contains__(self, name: object) -> bool:
        return name in self._names

    def __iter__(self) -> Iterator[str]:
        return iter(self._names)

    def __len__(self) -> int:
        return len(self._names)


def _recognised(submission: Submission, known: Mapping[str, Sequence[str]], default: str, folder: Path) -> str:
    """As `recognise` says, with the way to an assignment that the folder describes."""
    try:
        return recognise(submission, known, default)
    except ForAnotherAssignment as error:
        raise (DescribedThere(error.path, error.name, folder) if is_described(folder) else error) from None


NAMED = 5
AS_WELL = 1
"""So many stages may be right by chance in work for another assignment."""


class Recognition:
    """What is said of submissions that are graded as one assignment, and are for another, or for none."""

    def __init__(self, assignment: Assignment) -> None:
        self._own = assignment
        self._known = _Known(assignment)

    def told(self, submission: Submission, result: Result) -> Result:
        """A result, with what its report is to say first."""
        if sum(stage.passed for stage in result.stages) > AS_WELL or result.status != "graded":
            return result
        own = self._own.name
        other = recognise_other(submission, self._known, own)
        if other:
            problem = f"This is work for {other}, and it was graded as {own}. Hand in your work for {own}."
        elif is_for_none(submission, self._known):
            files = ", ".join(submission.files[:NAMED])
            problem = f"No stage of {own}, or of any other assignment, is in {files}."
        else:
            return result
        facts = replace(
            result.submission,
            elsewhere=other,
            problems=[problem, *result.submission.problems],
            unread=all(stage.where is None and stage.verdict == "missing" for stage in result.stages),
        )
        exercises = [
            replace(exercise, stages=[_not_there(stage, problem) for stage in exercise.stages])
            for exercise in result.exercises
        ]
        return replace(result, submission=facts, exercises=exercises)


def _not_there(stage: StageResult, why: str) -> StageResult:
    """A stage that was not found, with why nothing of it can be there."""
    return replace(stage, message=why) if stage.verdict == "missing" and stage.where is None else stage


def recognise_class(submissions: Iterable[Submission]) -> Assignment:
    """The assignment that most of some submissions are for; the default where nothing says so.

    Raises:
        ForAnotherAssignment: it is one that is not installed.
    """
    known = _Known()
    votes, elsewhere = Counter[str](), list[ForAnotherAssignment]()
    for submission in submissions:
        try:
            votes[recognise(submission, known, "")] += 1
        except ForAnotherAssignment as error:
            elsewhere.append(error)
        except NothingToGrade:
            continue
    del votes[""]  # of what could not be read
    if elsewhere and not votes:
        raise elsewhere[0]
    return known.assignment(votes.most_common(1)[0][0] if votes else DEFAULT_ASSIGNMENT)


def select(assignment: Assignment, exercise: str | None = None, stage: str | None = None) -> frozenset[str]:
    """The names of the stages to grade: one, those of one exercise, or all.

    Raises:
        UnknownName: there is no such exercise or stage.
    """
    parts = assignment.exercises if exercise is None else (assignment.exercise(exercise),)
    if stage is not None:
        return frozenset(found.name for _, found in assignment.named(stage))
    return frozenset(stage.name for part in parts for stage in part.everything)
