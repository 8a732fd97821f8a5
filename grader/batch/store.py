"""What a class run has finished, on disk: a SQLite file that outlives a kill at any moment.

A row is one result, under the key of everything that decides it. `seeds` has what draws the hidden probes of each
submission, by its fingerprint: drawn when it was first seen, so that nothing in it can rest on a report. `pages` says
whose report a file in `reports/` is: a student's earlier submission, or another student who was called the same, may
have left one there.
"""

import secrets
import sqlite3
import zlib
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path

from grader.errors import CommittedStore, GraderError, NotWritable, StoreInUse, UnusableStore
from grader.writing import OWNER_ALONE

APPLICATION = 0x62706772
"""Marks the file as ours, in SQLite's header."""
VERSION = 2
TABLES = """
CREATE TABLE IF NOT EXISTS facts (name TEXT PRIMARY KEY, value TEXT NOT NULL) WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS seeds (submission TEXT PRIMARY KEY, seed TEXT NOT NULL) WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS results (key TEXT PRIMARY KEY, status TEXT NOT NULL, line BLOB NOT NULL);
CREATE TABLE IF NOT EXISTS pages (slug TEXT PRIMARY KEY, key TEXT NOT NULL) WITHOUT ROWID;
"""
GRADED = "graded"
REPOSITORY = ".git"
BUSY = ("SQLITE_BUSY", "SQLITE_LOCKED")


@dataclass(frozen=True)
class Judged:
    """A result as a line of JSON, and the report, if one was wanted: what a worker gives back."""

    status: str
    line: bytes
    page: bytes | None = None


def check_not_committed(path: Path) -> None:
    """
    Raises:
        CommittedStore: there is a store already, and it lies in a repository.
    """
    if path.exists() and any((folder / REPOSITORY).exists() for folder in path.resolve().parents):
        raise CommittedStore(path)


class Store:
    """The store of one folder, for one process at a time. Use it in a `with` block."""

    def __init__(self, path: Path) -> None:
        """
        Raises:
            StoreInUse: another run has it.
            UnusableStore: the file is something else, or damaged.
            NotWritable: the folder cannot be written to.
        """
        self._path = path
        if path.is_symlink():
            raise UnusableStore(path, "it is a link")
        with self._speaking():
            path.parent.mkdir(parents=True, exist_ok=True)
            self._database = sqlite3.connect(path, timeout=0.0, isolation_level=None)
        try:
            with self._speaking():
                self._prepare()
        except GraderError:
            self._database.close()
            raise

    def _prepare(self) -> None:
        """The lock is SQLite's own, so that the system lets go of it however this process ends."""
        run = self._database.execute
        run("PRAGMA locking_mode = EXCLUSIVE")
        (tables,) = run("SELECT count(*) FROM sqlite_master").fetchone()
        (application,), (version,) = (run(f"PRAGMA {name}").fetchone() for name in ("application_id", "user_version"))
        if tables and application != APPLICATION:
            raise UnusableStore(self._path, "it is a database that something else made")
        if tables and version != VERSION:
            raise UnusableStore(self._path, "another version of the grader made it")
        for place in (self._path, *(self._path.with_name(f"{self._path.name}-{end}") for end in ("wal", "shm"))):
            with suppress(OSError):  # what is not there, and what is another user's
                place.chmod(OWNER_ALONE)
        run("PRAGMA journal_mode = WAL")
        run("PRAGMA synchronous = NORMAL")
        run(f"PRAGMA application_id = {APPLICATION}")
        run(f"PRAGMA user_version = {VERSION}")
        self._database.executescript(f"BEGIN IMMEDIATE; {TABLES} COMMIT;")

    def seeds(self, submissions: Sequence[str], wanted: str | None) -> list[str]:
        """What draws the hidden probes of each submission: the seed that is wanted, else its own.

        A submission that was not here before gets a fresh one, the same for all that are new at a time: whoever has
        read a report of an earlier run knows nothing of it.

        Args:
            submissions: their fingerprints.
            wanted: one seed for everyone, in place of what was drawn.
        """
        with self._speaking(), self._database:
            self._database.execute("BEGIN IMMEDIATE")
            known = {} if wanted is not None else dict(self._database.execute("SELECT submission, seed FROM seeds"))
            drawn = wanted if wanted is not None else secrets.token_hex(16)
            rows = [(each, drawn) for each in submissions if each not in known]
            self._database.executemany("INSERT OR REPLACE INTO seeds VALUES (?, ?)", rows)
        return [known.get(each, drawn) for each in submissions]

    def fact(self, name: str) -> str:
        """What was noted under a name; empty if nothing was."""
        row = self._one("SELECT value FROM facts WHERE name = ?", name)
        return str(row[0]) if row else ""

    def note(self, name: str, value: str) -> None:
        self._run("INSERT OR REPLACE INTO facts VALUES (?, ?)", name, value)

    def status(self, key: str) -> str | None:
        """`graded`, `partly` or `ungraded`; None if there is no such row."""
        row = self._one("SELECT status FROM results WHERE key = ?", key)
        return str(row[0]) if row else None

    def line(self, key: str) -> bytes:
        """The result as a line of JSON."""
        row = self._one("SELECT line FROM results WHERE key = ?", key)
        assert row, key
        try:
            return zlib.decompress(row[0])
        except zlib.error:
            raise UnusableStore(self._path, "a result in it is damaged") from None

    def shown(self, slug: str) -> str:
        """The key of the result that the report of that name shows; empty if there is none."""
        row = self._one("SELECT key FROM pages WHERE slug = ?", slug)
        return str(row[0]) if row else ""

    def pages(self) -> dict[str, str]:
        """The names of all reports, each with the key of the result that it shows."""
        with self._speaking():
            return dict(self._database.execute("SELECT slug, key FROM pages"))

    def forget_page(self, slug: str) -> None:
        """To be called before a report is written over: it may be half of this, half of that run that is left."""
        if self.shown(slug):
            self._run("DELETE FROM pages WHERE slug = ?", slug)

    def keep(self, key: str, judged: Judged, slug: str) -> None:
        """Keep a result, and that the report of that name shows it, if there is a report; both or none."""
        row = (key, judged.status, zlib.compress(judged.line, 1))
        with self._speaking(), self._database:
            self._database.execute("BEGIN IMMEDIATE")
            self._database.execute("INSERT OR REPLACE INTO results VALUES (?, ?, ?)", row)
            if judged.page is not None:
                self._database.execute("INSERT OR REPLACE INTO pages VALUES (?, ?)", (slug, key))

    def close(self) -> None:
        self._database.close()

    def __enter__(self) -> "Store":
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def _one(self, statement: str, *values: str) -> tuple[bytes] | None:
        with self._speaking():
            row: tuple[bytes] | None = self._database.execute(statement, values).fetchone()
            return row

    def _run(self, statement: str, *values: str) -> None:
        with self._speaking():
            self._database.execute(statement, values)

    @contextmanager
    def _speaking(self) -> Iterator[None]:
        """Say what SQLite says in a sentence of ours."""
        try:
            yield
        except sqlite3.OperationalError as error:
            if getattr(error, "sqlite_errorname", "").startswith(BUSY):
                raise StoreInUse(self._path.parent) from None
            raise NotWritable(self._path, str(error), "-o") from None
        except sqlite3.ProgrammingError:
            raise
        except sqlite3.DatabaseError as error:
            raise UnusableStore(self._path, str(error)) from None
        except OSError as error:
            raise NotWritable(error.filename or self._path, error.strerror or str(error), "-o") from None
