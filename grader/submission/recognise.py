"""Which assignment and exercise a file is for: its header line says, else the names of the stages found in it."""

import re
from collections.abc import Mapping, Sequence

from grader.errors import ForAnotherAssignment, NothingToGrade
from grader.submission.submission import Submission

BOUND = re.compile(r"^(?:def\s+|class\s+)?(\w+)\s*[(=:]", re.MULTILINE)
MANY_MORE = 4
"""It takes so many times as many names for one assignment to say that work is not for another."""
HEADER = re.compile(r"^#[ \t]*grade:[ \t]*([\w.-]{1,100})/([\w.-]{1,100})", re.MULTILINE)


def recognise(submission: Submission, stage_names: Mapping[str, Sequence[str]], default: str) -> str:
    """The name of the assignment a submission is for.

    Args:
        submission: what was handed in.
        stage_names: of every known assignment.
        default: the assignment of a submission that cannot be read at all.

    Raises:
        ForAnotherAssignment: its header names one that is not known.
        NothingToGrade: it is for none of them.
    """
    texts = _texts(submission)
    headed = _headed(texts)
    for name in headed:
        if name in stage_names:
            return name
    if headed:
        raise ForAnotherAssignment(submission.path, headed[0])
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
    return [match[1] for text in texts if (match := HEADER.search(text))]


def _counts(texts: Sequence[str], stage_names: Mapping[str, Sequence[str]]) -> dict[str, int]:
    """How many of the names that each assignment asks for are bound."""
    defined = {name for text in texts for name in BOUND.findall(text)}
    return {name: len(defined.intersection(stages)) for name, stages in stage_names.items()}


def header_exercise(text: str) -> str | None:
    """The exercise that the header line of a text names."""
    match = HEADER.search(text)
    return match[2] if match else None


def concerns(head: str, exercise: str) -> bool:
    """Whether a file that cannot be read was meant for an exercise: its header line says so, or it shows none."""
    return header_exercise(head) in (None, exercise)
