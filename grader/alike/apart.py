"""Submissions are read by processes of their own: one that kills its process, or keeps it busy, is left out."""

import json
import subprocess
import sys
from collections.abc import Collection, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import astuple
from math import ceil

from grader.alike.reading import AnswerPart, Answers

AT_ONCE = 2
"""So many processes read; not by what a machine has, since what is left out is to be the same everywhere."""
MOST_LOST = 8
"""After so many submissions that one of them could not read, those that are left to it are not tried."""
SECONDS, SECONDS_EACH = 60.0, 0.2
"""Of waiting, for a class and for each submission in it."""
COMMAND = (sys.executable, "-P", "-m", "grader.alike.reading")
"""Without the current folder, in which a hand-in may lie that is called like a module."""


def read_apart(submissions: Sequence[Sequence[Answers]], kept: Collection[str]) -> list[list[AnswerPart]]:
    """What counts of each submission; nothing of one that cannot be read.

    Args:
        submissions: the files of each.
        kept: names of what is asked for.
    """
    each = max(1, ceil(len(submissions) / AT_ONCE))
    shares = [submissions[start : start + each] for start in range(0, len(submissions), each)]
    with ThreadPoolExecutor(AT_ONCE) as readers:
        return [parts for read in readers.map(lambda share: _share(share, kept), shares) for parts in read]


def _share(submissions: Sequence[Sequence[Answers]], kept: Collection[str]) -> list[list[AnswerPart]]:
    """What one process after the other says of a share."""
    found: list[list[AnswerPart]] = []
    for _ in range(MOST_LOST):
        found += _read(submissions[len(found) :], kept)
        if len(found) == len(submissions):
            break
        found.append([])
    return found + [[] for _ in submissions[len(found) :]]


def _read(submissions: Sequence[Sequence[Answers]], kept: Collection[str]) -> list[list[AnswerPart]]:
    """Those up to the first that cannot be read."""
    lines = [sorted(kept), *([astuple(file) for file in files] for files in submissions)]
    orders = "".join(f"{json.dumps(line)}\n" for line in lines).encode()
    try:
        said = _answer(orders, SECONDS + SECONDS_EACH * len(submissions))
    except OSError:  # there is no starting it, and the books of a class do not depend on that
        said = b""
    whole = said.split(b"\n")[:-1]
    return [[AnswerPart(*row) for row in json.loads(line)] for line in whole]


def _answer(orders: bytes, seconds: float) -> bytes:
    """What the process says, up to where it ends or is ended."""
    with subprocess.Popen(COMMAND, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL) as process:
        try:
            return process.communicate(orders, seconds)[0]
        except subprocess.TimeoutExpired:
            process.kill()
            return process.communicate()[0]
