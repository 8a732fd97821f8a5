"""On a worker of a cluster: one warm sandbox for as long as a class runs, and a submission at a time.

A dask worker has threads, so its sandbox is a new process and no fork of it.
"""

import tempfile
from dataclasses import dataclass, replace
from pathlib import Path
from threading import Lock
from typing import Any

from distributed import WorkerPlugin, get_worker

from grader.batch.settings import Grader, Terms, this_grader
from grader.batch.store import Judged
from grader.classroom.class_submission import ClassSubmission
from grader.errors import GraderError
from grader.submission import Submission
from grader.writing import write_file


@dataclass(frozen=True)
class WorkerReply:
    """What a worker gives back: a result; or the protections that are missing there, or what is wrong, in words."""

    judged: Judged | None = None
    gaps: tuple[str, ...] = ()
    complaint: str = ""


class Kit(WorkerPlugin):  # type: ignore[misc]
    """What a worker needs for a class. It is shipped once, with the text of the assignment and the names."""

    def __init__(self, terms: Terms, *, reports: bool, trust: bool) -> None:
        self.name = f"backprop-grader-{terms.digest}"  # made here, so that what it is made of is shipped as well
        self._terms, self._reports, self._trust = terms, reports, trust
        self._lock: Any = None
        self._sandbox: Any = None
        self._examiner: Any = None

    def setup(self, worker: Any) -> None:
        """The sandbox is started by the main thread: the kernel would end it with any other."""
        from grader.sandbox.ours import Sandbox

        self._lock, self._sandbox = Lock(), Sandbox()

    def teardown(self, worker: Any) -> None:
        if self._sandbox is not None:
            self._sandbox.close()

    def judge(self, work: Submission | ClassSubmission) -> WorkerReply:
        """The result of a submission; a mere place in the class stands for one that workers were lost at."""
        with self._lock:
            if not self._trust and self._sandbox.gaps:
                return WorkerReply(gaps=tuple(self._sandbox.gaps))
            if self._examiner is None:
                self._examiner = self._make_examiner()
            if isinstance(work, ClassSubmission):
                return WorkerReply(self._examiner.lost(work))
            return WorkerReply(self._examiner.judge_submission(work))

    def _make_examiner(self) -> Any:
        from grader.batch.grade_one import Examiner

        with tempfile.TemporaryDirectory() as folder:
            names = Path(folder) / "names.txt"
            write_file(names, [self._terms.names_text], "--names")
            return Examiner(replace(self._terms, names=names), self._sandbox, reports=self._reports)


def judge(name: str, grader: Grader, work: Submission | ClassSubmission) -> WorkerReply:
    """Judge with the kit of that name; refused by a worker that has another grader.

    What goes wrong is told in words: an exception that cannot be pickled would never arrive.
    """
    worker, mine = get_worker(), this_grader()
    if mine != grader:
        return WorkerReply(complaint=_difference(worker.address, mine, grader))
    try:
        told: WorkerReply = worker.plugins[name].judge(work)
    except GraderError as error:
        return WorkerReply(complaint=f"has a worker at {worker.address} that cannot grade: {error}")
    except Exception as error:
        return WorkerReply(
            complaint=f"has a worker at {worker.address} that failed ({type(error).__name__}); see its log."
        )
    return told


def _difference(address: str, mine: Grader, grader: Grader) -> str:
    told = (f"backprop-grader {each.version}, torch {each.torch}, Python {each.python}" for each in (mine, grader))
    there, here = told
    if there == here:
        return (
            f"has a worker at {address} whose grader has different source code from "
            "the one here. Install the same version on both."
        )
    return f"has a worker at {address} with {there}, but this machine has {here}. Install the same versions on both."
