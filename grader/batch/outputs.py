"""The books of a class, made of the results in its store: one after the other, however many there are."""

import hashlib
import json
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, field


@dataclass(frozen=True)
class OutputRow:
    """The key of a result, and the name of its report, if there is one."""

    key: str
    slug: str | None


@dataclass(frozen=True)
class About:
    """What is known of a class besides its results: id and name of who handed in nothing, how many did, and who of them
    is not graded yet."""

    missing: list[tuple[str, str]] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)
    expected: int = 0
    pending: list[str] = field(default_factory=list)

    @property
    def unfinished(self) -> list[str]:
        """That a run was stopped, in a sentence, if one was."""
        if not self.pending:
            return []
        told = f"{len(self.pending)} of {self.expected} not graded yet"
        return [f"{told}: the run was stopped, or is still going on. Run the same command again to finish it."]


def digest_of(rows: Sequence[OutputRow], about: About) -> str:
    """Of everything that the books depend on: where it is the same, so are they."""
    known = [[(row.key, row.slug) for row in rows], about.missing, about.notes, about.expected, about.pending]
    return hashlib.sha256(json.dumps(known).encode()).hexdigest()


def other_assignment(line: bytes) -> str:
    """The assignment that a submission is for, where it was graded as another."""
    import msgspec

    return msgspec.json.decode(line, type=_ResultLine).submission.elsewhere


@dataclass(frozen=True)
class _WhatFor:
    elsewhere: str = ""


@dataclass(frozen=True)
class _ResultLine:
    """Of a result, what is read here."""

    submission: _WhatFor


def prepare() -> None:
    """Get ready to write books: there is time for it while workers start."""
    import msgspec  # noqa: F401

    from grader.batch import shorten, summary  # noqa: F401
    from grader.report.export import gradebook  # noqa: F401


def books_of(
    rows: Sequence[OutputRow], line: Callable[[str], bytes], about: About
) -> Iterator[tuple[str, Iterable[bytes]]]:
    """The names of the books, and what is in each.

    Args:
        rows: of the submissions that are finished.
        line: gives the result under a key.
        about: what else is known of the class.
    """
    import msgspec

    from grader.batch.shorten import Shortener
    from grader.batch.summary import summary
    from grader.report.class_page import render_class
    from grader.report.export.gradebook import gradebook

    yield "results.jsonl", (line(row.key) for row in rows)
    shorten = Shortener()
    results = [shorten(line(row.key)) for row in rows]
    yield "gradebook.csv", [gradebook(results, about.pending).encode()]
    yield (
        "summary.json",
        [
            msgspec.json.format(msgspec.json.encode(summary(results, about.missing, about.expected, about.pending)))
            + b"\n"
        ],
    )
    yield (
        "index.html",
        [
            render_class(
                results,
                [row.slug for row in rows],
                missing=about.missing,
                notes=[*about.unfinished, *about.notes],
                pending=about.pending,
            ).encode()
        ],
    )
