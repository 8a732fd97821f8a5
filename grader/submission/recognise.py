"""Which assignment and exercise a file is for: its header line says, else the names of the stages found in it."""

import re
from collections.abc import Mapping, Sequence

from grader.errors import ForAnotherAssignment, NothingToGrade
from grader.submission.submission import Submission

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
    texts = [source.text for source in submission.sources] + list(submission.hints.values())
    headed = [match[1] for text in texts if (match := HEADER.search(text))]
    for name in headed:
        if name in stage_names:
            return name
    if headed:
        raise ForAnotherAssignment(submission.path, headed[0])
    defined = {name for text in texts for name in re.findall(r"^(?:def\s+|class\s+)?(\w+)\s*[(=:]", text, re.MULTILINE)}
    counts = {name: len(defined.intersection(stages)) for name, stages in stage_names.items()}
    best = max(counts, key=lambda name: counts[name])
    if counts[best]:
        return best
    if submission.faults and not submission.sources:
        return default
    raise NothingToGrade(
        submission.path, "no file here has a stage of any assignment, or the header line of a stub (`# grade: …`)"
    )


def header_exercise(text: str) -> str | None:
    """The exercise that the header line of a text names."""
    match = HEADER.search(text)
    return match[2] if match else None


def concerns(head: str, exercise: str) -> bool:
    """Whether a file that cannot be read was meant for an exercise: its header line says so, or it shows none."""
    return header_exercise(head) in (None, exercise)
