"""Grade a class: what is finished is kept, what is missing or changed is graded, and the books are written of all."""

from collections.abc import Callable, Iterator, Sequence
from contextlib import suppress
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Protocol

from grader.alike.pairs import AlikeClass
from grader.batch.anonymous import Pseudonyms, anonymous_books, key_csv, new_secret
from grader.batch.marking import Marking
from grader.batch.outputs import (
    About,
    OutputRow,
    best_of,
    books_of,
    decoded_standings,
    digest_of,
    digest_of_mark,
    encoded_standings,
    other_assignment,
    prepare,
    results_of,
)
from grader.batch.settings import Terms
from grader.batch.store import GRADED, Judged, Store
from grader.classroom.class_submission import ClassSubmission, fingerprint
from grader.classroom.own_output import (
    ALIKE,
    ALIKE_TABLE,
    ANONYMOUS,
    BOOKS,
    CHANGES,
    KEY,
    PRIVATE,
    REPORTS,
)
from grader.classroom.roster import Student
from grader.errors import NotWritable
from grader.report.standings import StandingChange, compared, standings
from grader.result import Absent, Result
from grader.writing import reason_of, write_file

OPTION, STANDINGS, PSEUDONYMS = "-o", "standings", "pseudonyms"


ANONYMOUS_BOOKS = ("gradebook.csv", "index.html", ALIKE)


class Workers(Protocol):
    """Whoever grades: the processes of this machine, or a cluster."""

    def judge(
        self, submissions: Sequence[ClassSubmission], terms: Terms, *, reports: bool
    ) -> Iterator[tuple[int, Judged]]:
        """The result of each submission with its number, as it comes."""
        ...


@dataclass(frozen=True)
class Entry:
    """A submission, what it is asked, and the key that its result is kept under."""

    submission: ClassSubmission
    terms: Terms
    key: str


class ClassRun:
    """One class in one folder. The store in it decides what is finished; everything else can be made again."""

    def __init__(
        self,
        submissions: Sequence[ClassSubmission],
        terms: Terms,
        store: Store,
        out: Path,
        *,
        reports: bool = True,
        missing: Sequence[Student] = (),
        notes: Sequence[str] = (),
        marking: Marking | None = None,
        missing_as: float | None = None,
        only: Sequence[str] = (),
        anonymous: bool = False,
    ) -> None:
        """
        Args:
            submissions: of the class.
            terms: what everyone is asked; without a seed, each submission has the one that was drawn for it.
            store: of the folder.
            out: the folder.
            reports: whether there is to be a page for each student. A result that was made without one is made anew.
            missing: who has handed in nothing.
            notes: what there is to say of the class as a whole.
            only: the ids of those to grade, if not everyone; of the others, what there is from before is kept.
            missing_as: the points of whoever handed in nothing, if they are to have any.
            marking: what marks are made of, beside what is judged.
            anonymous: whether there is to be a class page with pseudonyms, too.
        """
        self._store, self._out, self._assignment = store, out, terms.assignment
        self._only, self.anonymous = frozenset(only), anonymous
        self._reports, self._marking = reports, marking or Marking()
        self._about = About(
            [(each.id, each.name) for each in missing],
            list(notes),
            len({each.id for each in submissions}),
            [_absent(each) for each in missing],
            missing_as=missing_as,
        )
        self.entries = self._entered(submissions, terms)

    def _entered(self, submissions: Sequence[ClassSubmission], terms: Terms) -> list[Entry]:
        prints = [fingerprint(submission) for submission in submissions]
        seeds = self._store.seeds(prints, terms.seed)
        asked = {seed: replace(terms, seed=seed) for seed in seeds}
        return [
            Entry(submission, asked[seed], asked[seed].key(digest))
            for submission, digest, seed in zip(submissions, prints, seeds, strict=True)
        ]

    @property
    def unfinished(self) -> list[Entry]:
        """What has to be graded: new or changed, or not judged through a fault of the grader."""
        return [entry for entry in self.entries if self._is_wanted(entry) and not self._is_finished(entry)]

    def grade(self, workers: Workers, tick: Callable[[], None] = lambda: None) -> None:
        """Grade what is unfinished, and keep each result as it comes.

        Raises:
            GraderError: it cannot be gone on with; what has come is kept.
        """
        entries = self.unfinished
        if not entries:
            return
        self._store.note("books", "")
        begun = False
        for seed, terms in {entry.terms.seed: entry.terms for entry in entries}.items():
            alike = [entry for entry in entries if entry.terms.seed == seed]
            results = workers.judge([entry.submission for entry in alike], terms, reports=self._reports)
            prepare()
            for number, judged in results:
                self._keep(alike[number], judged)
                if not begun:  # a run that is killed from now on has left books that say how far it is
                    self.write_books()
                    self._store.note("books", "")
                    begun = True
                tick()

    def counts(self) -> dict[str, int]:
        """How many are `graded`, `partly` or `ungraded`."""
        keys = [self._known_key(entry) for entry in self.entries]
        statuses = [self._store.status(key) for key in keys if key is not None]
        return {status: statuses.count(status) for status in (GRADED, "partly", "ungraded")}

    @property
    def elsewhere(self) -> dict[str, str]:
        """The submissions that are for another assignment, and for which."""
        finished = [entry for entry in self.entries if self._store.status(entry.key) is not None]
        told = {entry.submission.id: other_assignment(self._store.line(entry.key)) for entry in finished}
        return {id: name for id, name in told.items() if name}

    def write_books(self) -> None:
        """Write the books of what is finished, if anything is, unless they are there already; remove old reports.

        Raises:
            NotWritable: the folder cannot be written to.
        """
        self._remove_old_pages()
        rows = [row for entry in self.entries if (row := self._row(entry))]
        pending = [entry.submission.id for entry in self.entries if self._known_key(entry) is None]
        about = replace(self._about, pending=pending)
        digest = digest_of(rows, about, self._marking) + (f" {ANONYMOUS}" if self.anonymous else "")
        if not rows:
            return
        if digest == self._store.fact("books") and all((self._out / name).is_file() for name in self._books(about)):
            return
        self._store.note("books", "")
        rows, results = best_of(rows, results_of(rows, self._store.line, self._marking))
        about = replace(about, changes=self._changes(results), alike=None if pending else self._alike(rows))
        for row, result in zip(rows, results, strict=True):
            self._show_mark(row.slug, result)
        for name, pieces in books_of(rows, results, self._store.line, about):
            write_file(self._out / name, pieces, OPTION, inside=self._out, private=name in PRIVATE)
        self._write_anonymous(results, about)
        for name in self._not_there(about):
            (self._out / name).unlink(missing_ok=True)
        if not about.pending:
            self._store.note(STANDINGS, encoded_standings(results))
        self._store.note("books", digest)

    def _books(self, about: About) -> list[str]:
        """What has to be there, as seen from the folder."""
        anonymous = [name for name in ANONYMOUS_BOOKS if name != ALIKE or not about.pending]
        more = [KEY, *(f"{ANONYMOUS}/{name}" for name in anonymous)] if self.anonymous else []
        return [*BOOKS, *more, *([] if about.pending else [ALIKE])]

    @staticmethod
    def _not_there(about: About) -> list[str]:
        """What an earlier run may have left, and what this one has no use for."""
        names = {CHANGES: about.changes, ALIKE: about.alike, ALIKE_TABLE: about.alike and about.alike.pairs}
        return [name for name, wanted in names.items() if not wanted]

    def _alike(self, rows: Sequence[OutputRow]) -> AlikeClass:
        """Whose answers are alike, of all who are graded."""
        from grader.batch.similar import alike_class

        submissions = {key: entry.submission for entry in self.entries if (key := self._known_key(entry)) is not None}
        return alike_class(rows, submissions, self._store.line, self._assignment)

    def _write_anonymous(self, results: Sequence[Result], about: About) -> None:
        """The class with pseudonyms, and the key to them; if that is not wanted any more, neither stays."""
        secret = self._store.fact(PSEUDONYMS)
        folder = self._out / ANONYMOUS
        if self.anonymous:
            if not secret:
                secret = new_secret()
                self._store.note(PSEUDONYMS, secret)
            pseudonyms = Pseudonyms(secret)
            for name, pieces in anonymous_books(results, about, pseudonyms):
                write_file(folder / name, pieces, OPTION, inside=self._out, private=name in (ALIKE, ALIKE_TABLE))
            key = key_csv(results, about, pseudonyms).encode()
            write_file(self._out / KEY, [key], OPTION, inside=self._out, private=True)
            for name in self._not_there(about):
                (folder / name).unlink(missing_ok=True)
        elif secret and not folder.is_symlink():
            for path in (self._out / KEY, *(folder / name for name in (*ANONYMOUS_BOOKS, CHANGES, ALIKE_TABLE))):
                path.unlink(missing_ok=True)
            with suppress(OSError):  # somebody else's files may be in it
                folder.rmdir()

    def _changes(self, results: Sequence[Result]) -> list[StandingChange]:
        """Who of them stands otherwise than after the last run that was finished."""
        before = decoded_standings(self._store.fact(STANDINGS))
        return [each for each in compared(before, standings(results)) if each.before and each.after]

    def _show_mark(self, slug: str | None, result: Result) -> None:
        """Put the mark into the report of that name, unless the report shows it already."""
        digest = digest_of_mark(result)
        if slug is None or self._store.fact(_mark_fact(slug)) == digest:
            return
        from grader.report.marks import with_mark

        file = self._report_file(slug)
        page = with_mark(file.read_text(encoding="utf-8"), result)
        write_file(file, [page.encode()], OPTION, inside=self._out)
        self._store.note(_mark_fact(slug), digest)

    def _remove_old_pages(self) -> None:
        """Nobody finds a report of somebody else under a name, or one of a submission that is gone."""
        folder = self._out / REPORTS
        if folder.is_symlink():
            return
        current = {(entry.submission.slug, self._known_key(entry)) for entry in self.entries}
        for slug, key in self._store.pages().items():
            if (slug, key) not in current:
                self._store.forget_page(slug)
                page = folder / f"{slug}.html"
                try:
                    page.unlink(missing_ok=True)
                except OSError as error:
                    raise NotWritable(page, reason_of(error), OPTION) from None

    def _row(self, entry: Entry) -> OutputRow | None:
        key = self._known_key(entry)
        if key is None:
            return None
        shown = self._reports and self._store.shown(entry.submission.slug) == key and self._page(entry).is_file()
        slug = entry.submission.slug if shown else None
        report = f"{REPORTS}/{slug}.html" if slug else ""
        arrival = replace(entry.submission.arrival, report=report)
        return OutputRow(key, slug, arrival, entry.submission.roster_line)

    def _known_key(self, entry: Entry) -> str | None:
        """What a result is kept under; of whoever is not to be graded now, also one from before."""
        keys = [entry.key, *([] if self._is_wanted(entry) else [self._store.fact(_last_fact(entry.submission.slug))])]
        return next((key for key in keys if self._store.status(key) is not None), None)

    def _is_wanted(self, entry: Entry) -> bool:
        return not self._only or entry.submission.id in self._only

    def _is_finished(self, entry: Entry) -> bool:
        return self._store.status(entry.key) == GRADED and (not self._reports or self._has_page(entry))

    def _has_page(self, entry: Entry) -> bool:
        return self._store.shown(entry.submission.slug) == entry.key and self._page(entry).is_file()

    def _page(self, entry: Entry) -> Path:
        return self._report_file(entry.submission.slug)

    def _report_file(self, slug: str) -> Path:
        return self._out / REPORTS / f"{slug}.html"

    def _keep(self, entry: Entry, judged: Judged) -> None:
        """The report first, so that a row in the store means that its report is there. Judged once: a second result
        for the same submission, from a worker that was thought lost, changes nothing."""
        if self._is_finished(entry):
            return
        if judged.page is not None:
            self._store.forget_page(entry.submission.slug)
            self._store.note(_mark_fact(entry.submission.slug), "")
            write_file(self._page(entry), [judged.page], OPTION, inside=self._out)
        self._store.keep(entry.key, judged, entry.submission.slug)
        self._store.note(_last_fact(entry.submission.slug), entry.key)


def _absent(student: Student) -> Absent:
    known, section = dict(student.identities), student.beside.get("section", "")
    return Absent(student.id, student.name, known, section, list(student.groups))


def _last_fact(slug: str) -> str:
    """What the store notes the key under that somebody was last graded with."""
    return f"last {slug}"


def _mark_fact(slug: str) -> str:
    """What the store notes the mark under that a report shows."""
    return f"mark {slug}"
