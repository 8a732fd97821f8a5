"""The class without its names: page and tables with pseudonyms, and the key to them."""

import base64
import csv
import hashlib
import hmac
import io
import secrets
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from pathlib import PurePath

from grader.batch.outputs import About
from grader.report.standings import StandingChange
from grader.result import Absent, Arrival, Diagnosis, Integrity, Mark, Result, StageResult

TOKEN = 10
"""Characters of a pseudonym, of five bits each: of a thousand students, two share one once in a billion classes."""
PROBLEM = "Something in a file could not be read or run; the class page with names says what."
NOT_SHOWN = "The class page with names says what was found."
LEAST, LONG = 3, 5
"""Letters: shorter parts of a name are nobody's alone, and longer ones are told inside other words, too."""
KEY = ("pseudonym", "id", "name", "email", "login")


def new_secret() -> str:
    """What pseudonyms are made with; whoever does not know it cannot make them from names."""
    return secrets.token_hex(32)


@dataclass(frozen=True)
class Pseudonyms:
    """What everyone is called instead, the same for the same secret."""

    secret: str

    def student(self, id: str) -> str:
        return f"student-{self._token('student', id)}"

    def group(self, name: str) -> str:
        return f"group-{self._token('group', name)}"

    def place(self, path: str) -> str:
        return self._token("place", path)

    def _token(self, kind: str, text: str) -> str:
        said = f"{kind}\0{text}".encode("utf-8", "surrogatepass")
        digest = hmac.digest(bytes.fromhex(self.secret), said, hashlib.sha256)
        return base64.b32encode(digest).decode("ascii").lower()[:TOKEN]


def anonymous_books(
    results: Sequence[Result], about: About, pseudonyms: Pseudonyms
) -> Iterator[tuple[str, Iterable[bytes]]]:
    """The names of the books of an anonymous class, and what is in each.

    Args:
        results: with their marks.
        about: what else is known of the class.
        pseudonyms: what everyone is called there.
    """
    from grader.batch.marking import unknown_notes
    from grader.report.alike_page import alike_csv, render_alike
    from grader.report.class_page import render_class
    from grader.report.export.gradebook import gradebook
    from grader.report.standings import changes_csv

    # Sorted by the pseudonym: the order of the class is that of its names.
    all_nameless = [without_names(each, pseudonyms) for each in results]
    nameless = sorted(all_nameless, key=lambda each: each.submission.id)
    absent = sorted((_absent(each, pseudonyms) for each in about.absent), key=lambda each: each.id)
    pending = sorted(map(pseudonyms.student, about.pending))
    changes = sorted((_change(each, pseudonyms) for each in about.changes), key=lambda each: each.id)
    yield "gradebook.csv", [gradebook(nameless, absent, about.missing_as, pending).encode()]
    if changes:
        yield "changes.csv", [changes_csv(changes).encode()]
    if about.alike:
        without_texts = replace(about.alike, sources=())
        yield "alike.html", [render_alike(all_nameless, [None] * len(nameless), without_texts).encode()]
        if about.alike.pairs:
            yield "alike.csv", [alike_csv(all_nameless, without_texts).encode()]
    page = render_class(
        nameless,
        [None] * len(nameless),
        missing=[(each.id, "") for each in absent],
        notes=[*about.unfinished, *unknown_notes(nameless)],
        changes=changes,
        pending=pending,
        alike=len(about.alike.pairs) if about.alike else None,
    )
    yield "index.html", [page.encode()]


def key_csv(results: Sequence[Result], about: About, pseudonyms: Pseudonyms) -> str:
    """Who is who, and no cell that a spreadsheet would run."""
    from grader.report.safe import cell

    known = {id: dict[str, str]() for id in about.pending}
    known |= {each.id: {"name": each.name, **each.identities} for each in about.absent}
    known |= {each.submission.id: each.submission.identities for each in results}
    out = io.StringIO()
    writer = csv.writer(out, lineterminator="\n")
    writer.writerow(KEY)
    for id in sorted(known):
        row = (pseudonyms.student(id), id, *(known[id].get(column, "") for column in KEY[2:]))
        writer.writerow([cell(each) for each in row])
    return out.getvalue()


def without_names(result: Result, pseudonyms: Pseudonyms) -> Result:
    """The result with nothing in it that a class page or a gradebook shows and that tells whose it is."""
    submission = result.submission
    telling = _telling(result)
    return replace(
        result,
        submission=replace(
            submission,
            id=pseudonyms.student(submission.id),
            path=pseudonyms.place(submission.path),
            files=[f"file {number}" for number, _ in enumerate(submission.files, 1)],
            problems=[PROBLEM] if submission.problems else [],
            notes=[],
            identities={},
        ),
        grader=replace(result.grader, seed=""),
        exercises=[
            replace(exercise, stages=[_stage(stage, telling) for stage in exercise.stages])
            for exercise in result.exercises
        ],
        arrival=result.arrival and _arrival(result.arrival, pseudonyms),
        mark=result.mark and _mark(result.mark),
    )


def _telling(result: Result) -> set[str]:
    """Words that tell whose a result is: parts of names and addresses, and what files and folders are called."""
    submission, arrival = result.submission, result.arrival
    texts = [submission.id, *submission.identities.values(), *(arrival.groups if arrival else [])]
    places = [*submission.files, submission.path, *(arrival.names if arrival else [])]
    words = {word for text in texts for word in _words(text)} | {PurePath(place).stem.casefold() for place in places}
    return {word for word in words if len(word) >= LEAST}


def _words(text: str) -> list[str]:
    return "".join(letter if letter.isalnum() else " " for letter in text.casefold()).split()


def _tells(said: str, telling: set[str]) -> bool:
    """Whether one of the words is in a text: a short one by itself, since Max is no part of a softmax."""
    apart = set(_words(said))
    return any(word in apart or (len(word) >= LONG and word in said.casefold()) for word in telling)


def _stage(stage: StageResult, telling: set[str]) -> StageResult:
    """What is said of it may quote the code: only what is named as a slip stays, and no name in it."""
    integrity = stage.integrity
    message = NOT_SHOWN if integrity.status in ("review", "forbidden") else ""
    return replace(
        stage,
        message="",
        diagnosis=stage.diagnosis and _diagnosis(stage.diagnosis, telling),
        pattern="",
        warnings=[],
        integrity=Integrity(integrity.status, integrity.lines, message),
        anywhere="",
        printed="",
        error=None,
        where=None,
        names=[],
        evidence=[],
    )


def _diagnosis(diagnosis: Diagnosis, telling: set[str]) -> Diagnosis | None:
    said = diagnosis.general or diagnosis.message
    if _tells(said, telling):
        return None
    return replace(diagnosis, message=said, general=said, other="")


def _arrival(arrival: Arrival, pseudonyms: Pseudonyms) -> Arrival:
    groups = sorted(map(pseudonyms.group, arrival.groups))
    return Arrival(says_late=arrival.says_late, attempt=arrival.attempt, attempts=arrival.attempts, groups=groups)


def _mark(mark: Mark) -> Mark:
    """Reasons are an instructor's own words, and may name somebody."""
    return replace(
        mark,
        adjustments=[replace(each, reason="") for each in mark.adjustments],
        stages=[replace(each, reasons=[]) for each in mark.stages],
        lateness=mark.lateness and replace(mark.lateness, submitted=""),
    )


def _absent(absent: Absent, pseudonyms: Pseudonyms) -> Absent:
    return Absent(pseudonyms.student(absent.id), groups=sorted(map(pseudonyms.group, absent.groups)))


def _change(change: StandingChange, pseudonyms: Pseudonyms) -> StandingChange:
    return replace(change, id=pseudonyms.student(change.id), name="")
