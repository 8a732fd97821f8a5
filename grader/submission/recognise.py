"""Which assignment and exercise a file is for: its header line says, else the names of the stages found in it."""

import re
from collections.abc import Collection, Iterator, Mapping, Sequence

from grader.border import HEADER, headers_of
from grader.errors import ForAnotherAssignment, NothingToGrade, NumbersOfAnother, did_you_mean
from grader.submission.submission import Submission

NUMBERS_OF = re.compile(r"""\bcourse_(?:batch|data)\(\s*["'](\w[\w.-]{0,99})["']""")
"""Where a notebook gets the numbers of its course, which says what it is for as well."""
BOUND = re.compile(r"^(?:def\s+|class\s+)?(\w+)\s*[(=:]", re.MULTILINE)
MANY_MORE = 4
"""It takes so many times as many names for one assignment to say that work is not for another."""


def recognise(submission: Submission, stage_names: Mapping[str, Sequence[str]], default: str) -> str:
    """The name of the assignment a submission is for.

    Args:
        submission: what was handed in.
        stage_names: of every known assignment.
        default: the assignment of a submission that cannot be read at all.

    Raises:
        ForAnotherAssignment: a header names one that is not known: in a file that is for a known one as well, or where
            there is no such file.
        NumbersOfAnother: it has no header, and takes its numbers from one that is not known.
        NothingToGrade: it is for none of them.
    """
    texts = _texts(submission)
    headed = _headed(texts)
    unknown = _unknown_parts(texts, stage_names)
    for name in [] if unknown else headed:
        if name in stage_names:
            return name
    if headed:
        raise ForAnotherAssignment(submission.path, [*unknown, *headed][0])
    numbers = [name for text in texts for name in NUMBERS_OF.findall(text)]
    if numbers and stage_names.keys().isdisjoint(numbers):
        raise NumbersOfAnother(submission.path, numbers[0])
    counts = _counts(texts, stage_names)
    best = max(counts, key=lambda name: counts[name])
    if counts[best]:
        return best
    if submission.faults and not submission.sources:
        return default
    raise NothingToGrade(
        submission.path, "Nothing in {path} is a stage of any assignment, or the header line of a stub (`# grade: …`)"
    )


def recognise_other(submission: Submission, stage_names: Mapping[str, Sequence[str]], own: str) -> str:
    """The assignment that a submission is for, where it is graded as another; nothing where it may be for that.

    Args:
        submission: what was handed in.
        stage_names: of every known assignment, `own` among them.
        own: the assignment it is graded as.
    """
    texts = _texts(submission)
    headed = _headed(texts)
    counts = _counts(texts, stage_names)
    best = max(counts, key=lambda name: counts[name])
    if own in headed or counts[own] * MANY_MORE > counts[best]:
        return ""
    named = next((name for name in headed if not counts[own] or counts.get(name, 0) > counts[own]), "")
    return named or (best if counts[best] else "")


def is_for_none(submission: Submission, stage_names: Mapping[str, Sequence[str]]) -> bool:
    """Whether what could be read of it is for no known assignment."""
    texts = _texts(submission)
    return bool(submission.sources) and not _headed(texts) and not any(_counts(texts, stage_names).values())


def _texts(submission: Submission) -> list[str]:
    return [source.text for source in submission.sources] + list(submission.hints.values())


def _headed(texts: Sequence[str]) -> list[str]:
    """The assignments that header lines name."""
    return list(dict.fromkeys(assignment for text in texts for assignment, _ in HEADER.findall(text)))


def _unknown_parts(texts: Sequence[str], stage_names: Mapping[str, Sequence[str]]) -> list[str]:
    """The assignments that are not known and that a part of a file is for, where another part is for a known one."""
    found = [{assignment: assignment in stage_names for assignment, _ in HEADER.findall(text)} for text in texts]
    return [name for known in found if any(known.values()) for name in known if not known[name]]


def _counts(texts: Sequence[str], stage_names: Mapping[str, Sequence[str]]) -> dict[str, int]:
    """How many of the names that each assignment asks for are bound."""
    defined = {name for text in texts for name in BOUND.findall(text)}
    return {name: len(defined.intersection(stages)) for name, stages in stage_names.items()}


def header_exercise(text: str) -> str | None:
    """The exercise that the first header line of a text names."""
    match = HEADER.search(text)
    return match[2] if match else None


def header_exercises(text: str) -> set[str]:
    """The exercises that the header lines of a text name."""
    return {exercise for _, exercise in HEADER.findall(text)}


def misspelt_exercises(submission: Submission, assignment: str, exercises: Collection[str]) -> Iterator[str]:
    """What to tell of header lines that name an exercise the assignment does not have; they say nothing."""
    for source in submission.sources:
        for number, named, exercise in headers_of(source.text):
            if named == assignment and exercise not in exercises:
                guess = did_you_mean(exercise, exercises) or f" It has {', '.join(exercises)}."
                yield (
                    f"{source.name}, {source.where(number)}: {assignment} has no exercise {exercise!r}.{guess} "
                    "What is below was found by its names."
                )


def exercise_at(text: str, line: int) -> str | None:
    """The exercise that a line of a text is for: that of the last header above it; above all of them, of the first."""
    found = headers_of(text)
    above = [exercise for number, _, exercise in found if number <= line]
    return above[-1] if above else next((exercise for _, _, exercise in found), None)


def concerns(head: str, exercise: str) -> bool:
    """Whether a file that cannot be read was meant for an exercise: a header line says so, or it shows none."""
    named = header_exercises(head)
    return not named or exercise in named
