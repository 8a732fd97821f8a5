"""A class on many machines: submissions go to the workers of a dask scheduler, and results come back as bytes.

Everything is shipped by content, so no disk is shared. Messages between scheduler, workers and us are dask's own and
hold pickles: these machines trust each other. A student's code runs inside the sandboxes of the workers only.
"""

import itertools
import logging
import time
import warnings
from collections.abc import Iterator, Sequence
from concurrent.futures import CancelledError
from contextlib import contextmanager, suppress
from queue import Empty, Queue
from typing import Any

from distributed import Client, KilledWorker

from grader.batch.cluster_worker import Kit, WorkerReply, judge
from grader.batch.settings import Terms, this_grader
from grader.batch.store import Judged
from grader.classroom.class_submission import ClassSubmission, read_class_submission
from grader.errors import ClusterFailed, UntrustedCode

CONNECT_SECONDS, WORKER_SECONDS = 15, 60
AHEAD, FEWEST, LOOK = 2, 16, 50
"""Submissions under way for each thread of the cluster, and in all; and how often the threads are counted."""
TICK = 1.0
NO_WORKERS = "has no workers. Start some with `dask worker {}`, and run the same command again."
LOST = "was lost. What is finished is kept; run the same command again to continue."


class Cluster:
    """The workers of a dask scheduler."""

    def __init__(self, address: str, *, trust: bool = False) -> None:
        self._address, self._trust = address, trust

    def judge(
        self, submissions: Sequence[ClassSubmission], terms: Terms, *, reports: bool
    ) -> Iterator[tuple[int, Judged]]:
        """The result of each submission with its number, as it comes. One that brings down several workers is ungraded.

        Raises:
            ClusterFailed: it cannot be reached, is lost, or one of its machines has another grader.
            UntrustedCode: a machine cannot confine the code, and it is not trusted.
        """
        with self._connected() as client:
            kit = Kit(terms, reports=reports, trust=self._trust)
            client.register_plugin(kit, name=kit.name)
            try:
                yield from self._graded(client, kit, submissions)
            finally:
                with suppress(Exception):  # where the scheduler is lost, there is nothing to take back
                    client.unregister_worker_plugin(kit.name)

    def _graded(self, client: Any, kit: Kit, submissions: Sequence[ClassSubmission]) -> Iterator[tuple[int, Judged]]:
        waiting = iter(range(len(submissions)))
        finished: Queue[Any] = Queue()
        under_way: dict[Any, int] = {}

        def submit(number: int, *, lost: bool = False) -> None:
            work = submissions[number] if lost else read_class_submission(submissions[number])
            future = client.submit(judge, kit.name, this_grader(), work, pure=False)
            under_way[future] = number
            future.add_done_callback(finished.put)

        def fill(most: int) -> None:
            while len(under_way) < most and (number := next(waiting, None)) is not None:
                submit(number)

        fill(most := _window(client))
        for count in itertools.count(1):
            if not under_way:
                return
            future = self._next(client, finished)
            number = under_way.pop(future)
            if future.status == "error" and isinstance(future.exception(), KilledWorker):
                submit(number, lost=True)
                continue
            told = self._told(future)
            future.release()
            fill(most := most if count % LOOK else _window(client))
            yield number, told

    def _next(self, client: Any, finished: "Queue[Any]") -> Any:
        """The next one that is done, whichever way."""
        since = time.monotonic()
        while True:
            try:
                return finished.get(timeout=TICK)
            except Empty:
                if client.status != "running":
                    raise ClusterFailed(self._address, LOST) from None
                if client.scheduler_info()["workers"]:
                    since = time.monotonic()
                elif time.monotonic() - since > WORKER_SECONDS:
                    raise ClusterFailed(self._address, NO_WORKERS.format(self._address)) from None

    def _told(self, future: Any) -> Judged:
        try:
            told: WorkerReply = future.result(timeout=CONNECT_SECONDS)
        except (CancelledError, OSError, TimeoutError):
            raise ClusterFailed(self._address, LOST) from None
        except Exception as error:
            raise ClusterFailed(self._address, f"failed: {type(error).__name__}: {error}") from None
        if told.complaint:
            raise ClusterFailed(self._address, told.complaint)
        if told.gaps:
            raise UntrustedCode(told.gaps)
        assert told.judged
        return told.judged

    @contextmanager
    def _connected(self) -> Iterator[Any]:
        for name in [name for name in logging.root.manager.loggerDict if name.startswith("distributed")]:
            logging.getLogger(name).setLevel(logging.CRITICAL)  # what it has to say, we say in a sentence
        try:
            client = Client(self._address, timeout=CONNECT_SECONDS, set_as_default=False)
        except (OSError, TimeoutError, ValueError) as error:
            reason = f"cannot be reached ({type(error).__name__}). Is `dask scheduler` running there?"
            raise ClusterFailed(self._address, reason) from None
        with client, warnings.catch_warnings():
            warnings.filterwarnings("ignore", "Sending large graph")  # a submission may have megabytes
            try:
                client.wait_for_workers(1, timeout=WORKER_SECONDS)
            except TimeoutError:
                raise ClusterFailed(self._address, NO_WORKERS.format(self._address)) from None
            yield client


def _window(client: Any) -> int:
    threads: dict[str, int] = client.nthreads()
    return max(FEWEST, AHEAD * sum(threads.values()))
