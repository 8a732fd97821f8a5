"""Functions and classes of a submission whose names are almost that of a stage."""

import re
from collections.abc import Collection

from grader.errors import nearest
from grader.submission import Submission

DEFINED = re.compile(r"^(?:def|class)[ \t]+(\w+)", re.MULTILINE)
ALMOST = 0.85


def almost_named(submission: Submission, asked: Collection[str]) -> dict[str, str]:
    """By the name that is asked for, what is there in its place: nothing else asked for is spelled more like it."""
    defined = {name for source in submission.sources for name in DEFINED.findall(source.text)}
    found = {}
    for name in sorted(defined - set(asked), reverse=True):
        if near := nearest(name, asked, cutoff=ALMOST):
            found[near[0]] = name
    return found
