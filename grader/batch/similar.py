"""The submissions of a class beside each other: whose answers are alike. Nothing of it goes into a mark or a report."""

from collections import defaultdict
from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import combinations

import msgspec

from grader.alike.pairs import FEWEST, MOST, AlikeClass, HandedIn, alike
from grader.alike.reading import Answers
from grader.assignment.assignment import Assignment
from grader.assignment.authoring.answers import solution_texts
from grader.batch.outputs import OutputRow
from grader.border import Source
from grader.classroom.class_submission import ClassSubmission, read_class_submission
from grader.errors import AssignmentError
from grader.result import PASSED
from grader.submission import Submission
from grader.submission.recognise import BOUND

WHOLE = 1 << 30
"""A line after every line."""


@dataclass(frozen=True)
class _Place:
    file: str
    first_line: int
    last_line: int


@dataclass(frozen=True)
class _Answered:
    verdict: str
    begun: bool = True
    where: _Place | None = None


@dataclass(frozen=True)
class _ExerciseLine:
    stages: list[_Answered]


@dataclass(frozen=True)
class _TextFacts:
    sha256: str


@dataclass(frozen=True)
class _AnsweredLine:
    """Of a result, what is read here."""

    submission: _TextFacts
    exercises: list[_ExerciseLine] = field(default_factory=list)

    @property
    def written(self) -> list[tuple[_Answered, _Place]]:
        """The stages that somebody wrote, and where."""
        stages = [stage for exercise in self.exercises for stage in exercise.stages]
        return [(stage, stage.where) for stage in stages if stage.begun and stage.where]


def alike_class(
    rows: Sequence[OutputRow],
    submissions: Mapping[str, ClassSubmission],
    line: Callable[[str], bytes],
    assignment: Assignment,
) -> AlikeClass:
    """What there is to say of a class.

    Args:
        rows: of the submissions that are finished.
        submissions: by the key of the result.
        line: gives the result under a key.
        assignment: which tells what everyone was given.
    """
    decoder = msgspec.json.Decoder(_AnsweredLine)
    results = [decoder.decode(line(row.key)) for row in rows]
    by_text: dict[str, list[int]] = defaultdict(list)
    for number, result in enumerate(results):
        if result.written:
            by_text[result.submission.sha256].append(number)
    asked = _asked(assignment)
    if not FEWEST <= len(by_text) <= MOST:
        return AlikeClass([*by_text.values()], [], [], asked)
    texts = {sha: read_class_submission(submissions[rows[own[0]].key]) for sha, own in by_text.items()}
    known = [sha for sha, text in texts.items() if text.sha256 == sha]  # what was graded is still there
    people = [by_text[sha] for sha in known]
    handed_in = [_handed_in(texts[sha], results[by_text[sha][0]]) for sha in known]
    apart = _groups([{group for number in own for group in rows[number].arrival.groups} for own in people])
    compared = alike(handed_in, _forced(assignment), asked, apart)
    sources = [[*_answering(texts[sha], results[by_text[sha][0]]).values()] for sha in known]
    return AlikeClass(people, compared.pairs, sources, asked, compared.unread)


def _asked(assignment: Assignment) -> frozenset[str]:
    """The names of functions, classes and variables that an assignment speaks of."""
    names = {*assignment.asked_names, *assignment.stage_names}
    names |= {name for _, stage in assignment.stages for name in stage.also}
    return frozenset(names.union(*(BOUND.findall(text) for text in _stubs(assignment))))


def _stubs(assignment: Assignment) -> list[str]:
    files = [assignment.folder / exercise.stub for exercise in assignment.exercises]
    return [file.read_text(encoding="utf-8") for file in files if file.is_file()]


def _forced(assignment: Assignment) -> list[Answers]:
    """What an exercise comes with: its stubs, its forward pass, and its solution, if that is here."""
    texts = _stubs(assignment)
    texts += [assignment.inputs.text, *(exercise.script.text for exercise in assignment.exercises)]
    try:
        texts += solution_texts(assignment).values()
    except AssignmentError:
        pass
    return [Answers(text, (), 1, WHOLE) for text in texts]


def _answering(submission: Submission, result: _AnsweredLine) -> dict[str, Source]:
    """The files with answers in them."""
    names = {place.file for _, place in result.written}
    return {name: source for name, source in submission.by_name.items() if name in names}


def _handed_in(submission: Submission, result: _AnsweredLine) -> HandedIn:
    files = _answering(submission, result)
    numbers = {name: number for number, name in enumerate(files)}
    places = [(stage, place) for stage, place in result.written if place.file in files]
    spans: dict[str, list[int]] = defaultdict(list)
    for _, place in places:
        spans[place.file] += [place.first_line, place.last_line]
    answers = [Answers(each.text, each.cells, min(spans[name]), max(spans[name])) for name, each in files.items()]
    wrong = {
        (numbers[place.file], place.first_line, place.last_line) for stage, place in places if _is_wrong(stage.verdict)
    }
    return HandedIn(answers, sorted(wrong))


def _is_wrong(verdict: str) -> bool:
    return verdict not in PASSED and verdict not in ("missing", "ungraded")


def _groups(groups: Sequence[Collection[str]]) -> set[tuple[int, int]]:
    """The pairs that are in one group."""
    members: dict[str, list[int]] = defaultdict(list)
    for number, own in enumerate(groups):
        for group in own:
            members[group].append(number)
    return {pair for numbers in members.values() for pair in combinations(numbers, 2)}
