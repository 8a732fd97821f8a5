"""The books of a class, made of the results in its store: one after the other, however many there are."""

import hashlib
import json
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import asdict, dataclass, field

from grader.alike.pairs import AlikeClass
from grader.batch.marking import Marking, unknown_notes, with_facts
from grader.classroom.own_output import ALIKE, ALIKE_TABLE, CHANGES
from grader.report.standings import Standing, StandingChange
from grader.result import Absent, Arrival, Result


@dataclass(frozen=True)
class OutputRow:
    """The key of a result, and the name of its report, if there is one."""

    key: str
    slug: str | None
    arrival: Arrival = field(default_factory=Arrival)
    roster_line: str = ""


@dataclass(frozen=True)
class About:
    """What is known of a class besides its results: id and name of who handed in nothing, how many did, and who of them
    is not graded yet."""

    missing: list[tuple[str, str]] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)
    expected: int = 0
    absent: list[Absent] = field(default_factory=list)
    """Those of `missing`, with all that the roster says of them."""
    changes: list[StandingChange] = field(default_factory=list)
    """Who stands otherwise than after the run before."""
    missing_as: float | None = None
    """The points of whoever handed in nothing, where they are to have any."""
    pending: list[str] = field(default_factory=list)
    alike: AlikeClass | None = None
    """Whose answers are alike, once everyone is graded."""

    @property
    def unfinished(self) -> list[str]:
        """That a run was stopped, in a sentence, if one was."""
        if not self.pending:
            return []
        told = f"{len(self.pending)} of {self.expected} not graded yet"
        return [f"{told}: the run was stopped, or is still going on. Run the same command again to finish it."]


def digest_of(rows: Sequence[OutputRow], about: About, marking: Marking) -> str:
    """Of everything that the books depend on: where it is the same, so are they."""
    known = [
        [(row.key, row.slug, asdict(row.arrival)) for row in rows],
        [asdict(each) for each in about.absent],
        about.missing_as,
        about.notes,
        about.expected,
        about.pending,
        marking.facts(),
    ]
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


def digest_of_mark(result: Result) -> str:
    """Of all that a report says of a mark; empty where there is none."""
    if result.mark is None:
        return ""
    return hashlib.sha256(json.dumps(asdict(result.mark)).encode()).hexdigest()


def encoded_standings(results: Sequence[Result]) -> str:
    """Where everyone stands, to be kept for the next run."""
    import msgspec

    from grader.report.standings import standings

    return msgspec.json.encode(standings(results)).decode()


def decoded_standings(text: str) -> dict[str, Standing]:
    """What was kept so; nobody where nothing was."""
    import msgspec

    return msgspec.json.decode(text or "{}", type=dict[str, Standing])


def prepare() -> None:
    """Get ready to write books: there is time for it while workers start."""
    import msgspec  # noqa: F401

    from grader.batch import shorten, summary  # noqa: F401
    from grader.report.export import gradebook  # noqa: F401


def results_of(rows: Sequence[OutputRow], line: Callable[[str], bytes], marking: Marking) -> list[Result]:
    """What there is to say of the submissions that are finished, with their marks.

    Args:
        rows: of the submissions that are finished.
        line: gives the result under a key.
        marking: what their marks are made of.
    """
    from grader.batch.shorten import Shortener

    shorten = Shortener()
    return [marking.of(shorten(line(row.key)), row.arrival, row.roster_line) for row in rows]


def best_of(rows: Sequence[OutputRow], results: Sequence[Result]) -> tuple[list[OutputRow], list[Result]]:
    """Of several attempts of a student, the one that earns most; of those that earn as much, the newest."""
    best: dict[str, int] = {}
    for number, result in enumerate(results):
        if (other := best.get(result.submission.id)) is None or _earns(result) > _earns(results[other]):
            best[result.submission.id] = number
    return [rows[number] for number in best.values()], [results[number] for number in best.values()]


def _earns(result: Result) -> tuple[float, int]:
    score = result.final_score
    return -1 if score is None else score, result.arrival.attempt if result.arrival else 0


def books_of(
    rows: Sequence[OutputRow], results: Sequence[Result], line: Callable[[str], bytes], about: About
) -> Iterator[tuple[str, Iterable[bytes]]]:
    """The names of the books, and what is in each.

    Args:
        rows: of the submissions that are finished.
        results: theirs, with their marks.
        line: gives the result under a key.
        about: what else is known of the class.
    """
    import msgspec

    from grader.batch.summary import summary
    from grader.report.alike_page import alike_csv, render_alike
    from grader.report.class_page import render_class
    from grader.report.export.gradebook import gradebook
    from grader.report.standings import changes_csv

    yield "results.jsonl", (with_facts(line(row.key), result) for row, result in zip(rows, results, strict=True))
    yield "gradebook.csv", [gradebook(results, about.absent, about.missing_as, about.pending).encode()]
    yield (
        "summary.json",
        [
            msgspec.json.format(msgspec.json.encode(summary(results, about.absent, about.expected, about.pending)))
            + b"\n"
        ],
    )
    if about.changes:
        yield CHANGES, [changes_csv(about.changes).encode()]
    if about.alike:
        yield ALIKE, [render_alike(results, [row.slug for row in rows], about.alike).encode()]
        if about.alike.pairs:
            yield ALIKE_TABLE, [alike_csv(results, about.alike).encode()]
    notes = [*about.unfinished, *about.notes, *unknown_notes(results)]
    page = render_class(
        results,
        [row.slug for row in rows],
        missing=about.missing,
        notes=notes,
        changes=about.changes,
        pending=about.pending,
        alike=len(about.alike.pairs) if about.alike else None,
    )
    yield "index.html", [page.encode()]
