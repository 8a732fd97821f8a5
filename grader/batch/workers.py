"""Processes of ours that grade submissions, each with its own sandbox; the loss of any of them is outlived."""

import multiprocessing
import os
import signal
import socket
import sys
import traceback
from collections import Counter, deque
from collections.abc import Iterator, Sequence
from contextlib import suppress
from multiprocessing.connection import Connection, wait
from typing import Any, Literal, Protocol

from grader.batch.settings import Terms
from grader.batch.store import Judged
from grader.classroom.class_submission import ClassSubmission
from grader.errors import GraderError, UntrustedCode, WorkersFailed
from grader.garbage import without_collecting

Start = Literal["fork", "zygote", "spawn"]
HAS_FORK = sys.platform == "linux"
ATTEMPTS = 2
"""So many workers may be lost at a submission before it is given up."""
SILENT = "The processes that grade could not be started. Run `grade doctor` to find out why."

DYING = "The processes that grade keep dying, which is a fault of the grader. Please report it."


class Crew:
    """Workers on this machine. Use it in a `with` block."""

    def __init__(self, count: int, start: Start = "zygote", *, trust: bool = False) -> None:
        """
        Args:
            count: how many at a time.
            start: where workers and sandboxes come from. `fork`: from a copy of this process that is made here and
                now, and imports torch once for all of them; only for one that has a single thread, has run no
                operation, and holds nothing a student must not see. `zygote`: the same copy, but a new process for
                each sandbox. `spawn`: new processes for everything, the only way outside of Linux.
            trust: run the code even where it cannot be confined.
        """
        self._count, self._trust = count, trust
        self._source: _Source = _Spawned() if start == "spawn" or not HAS_FORK else _Forked(start)
        self._busy: dict[Any, int | None] = {}
        """By connection, the number of the submission; None while a worker is getting ready."""

    def judge(
        self, submissions: Sequence[ClassSubmission], terms: Terms, *, reports: bool
    ) -> Iterator[tuple[int, Judged]]:
        """The result of each submission with its number, as it comes. One that its worker dies at is tried once more.

        Workers are started at once, and get ready while nobody asks for a result yet.

        Raises:
            UntrustedCode: it cannot be confined here, and is not trusted.
            WorkersFailed: none can be started.
        """
        for _ in range(min(self._count, len(submissions))):
            self._hire(terms, reports)
        return self._results(submissions, terms, reports)

    def _results(
        self, submissions: Sequence[ClassSubmission], terms: Terms, reports: bool
    ) -> Iterator[tuple[int, Judged]]:
        queue = _Queue(len(submissions))
        while self._busy:
            for connection in wait(list(self._busy)):
                number = self._busy[connection]
                try:
                    told = _heard(connection, ready=number is None)
                except (EOFError, OSError):
                    self._drop(connection)
                    queue.lose(number)
                    self._hire(terms, reports)
                    continue
                if number is None:
                    self._check(told)
                self._assign(connection, queue, submissions)
                if number is not None:
                    yield number, told

    def close(self) -> None:
        """End every worker, whatever it is doing."""
        self._source.close()
        for connection in list(self._busy):
            self._drop(connection)

    def __enter__(self) -> "Crew":
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def _hire(self, terms: Terms, reports: bool) -> None:
        connection = self._source.hire()
        self._busy[connection] = None
        self._send(connection, (terms, reports))

    def _assign(self, connection: Any, queue: "_Queue", submissions: Sequence[ClassSubmission]) -> None:
        number = queue.take()
        if number is None:
            self._send(connection, None)
            self._drop(connection)
        else:
            self._busy[connection] = number
            self._send(connection, (submissions[number], queue.given_up(number)))

    def _check(self, ready: "_Ready") -> None:
        gaps, sentence, exit_code = ready
        if sentence:
            raise WorkersFailed(sentence, exit_code)
        if gaps and not self._trust:
            raise UntrustedCode(gaps)

    def _send(self, connection: Any, message: object) -> None:
        with suppress(OSError):  # one that is gone is noticed when it should answer
            connection.send(message)

    def _drop(self, connection: Any) -> None:
        del self._busy[connection]
        connection.close()


class _Queue:
    """The numbers of the submissions that wait, and how many workers each has cost; None is for those without one."""

    def __init__(self, count: int) -> None:
        self._waiting = deque(range(count))
        self._losses = Counter[int | None]()

    def take(self) -> int | None:
        return self._waiting.popleft() if self._waiting else None

    def given_up(self, number: int) -> bool:
        return self._losses[number] >= ATTEMPTS

    def lose(self, number: int | None) -> None:
        """
        Raises:
            WorkersFailed: it goes on and on.
        """
        self._losses[number] += 1
        if self._losses[number] > ATTEMPTS:
            raise WorkersFailed(SILENT if number is None else DYING)
        if number is not None:
            self._waiting.appendleft(number)


_Ready = tuple[list[str], str, int]
"""What a worker says first: the protections that are missing, or a sentence on what went wrong, with its exit code."""


class _Source(Protocol):
    """Where workers come from."""

    def hire(self) -> Any:
        """The connection to a new one."""
        ...

    def close(self) -> None: ...


class _Forked:
    """Workers are forked from a copy of this process as it was before it read anything, once it has imported torch."""

    def __init__(self, start: Start) -> None:
        self._control, theirs = socket.socketpair()
        self._pid = os.fork()
        if self._pid == 0:
            try:
                self._control.close()
                _fork_workers(theirs, start)
            except BaseException:
                traceback.print_exc()
            finally:
                os._exit(0)
        theirs.close()

    def hire(self) -> Any:
        ours, theirs = multiprocessing.Pipe()
        with theirs:
            try:
                socket.send_fds(self._control, [b"+"], [theirs.fileno()])
            except OSError:
                raise WorkersFailed(SILENT) from None
        return ours

    def close(self) -> None:
        """The kernel ends the workers with the process they were forked from."""
        self._control.close()
        with suppress(ProcessLookupError, ChildProcessError):
            os.kill(self._pid, signal.SIGKILL)
            os.waitpid(self._pid, 0)


class _Spawned:
    """Workers are new Python processes."""

    def __init__(self) -> None:
        self._processes: list[Any] = []

    def hire(self) -> Any:
        context = multiprocessing.get_context("spawn")
        ours, theirs = context.Pipe()
        process = context.Process(target=_work, args=(theirs, "spawn"), daemon=True)
        process.start()
        theirs.close()
        self._processes.append(process)
        return ours

    def close(self) -> None:
        for process in self._processes:
            process.kill()
            process.join()


def _fork_workers(control: socket.socket, start: Start) -> None:
    """Fork a worker for each connection that comes in. Ctrl-C is for the process that asks, here as in workers."""
    from grader.sandbox.border.limits import end_with_parent, ignore_endings

    ignore_endings()
    with without_collecting():
        import grader.sandbox.ours
        import grader.sandbox.theirs.zygote  # noqa: F401, torch above all, which all workers share

    while True:
        word, descriptors, _, _ = socket.recv_fds(control, 1, 1)
        if not word:
            return
        end_with_parent()
        signal.signal(signal.SIGCHLD, signal.SIG_IGN)  # nobody asks how a worker ended
        if os.fork() == 0:
            signal.signal(signal.SIGCHLD, signal.SIG_DFL)
            control.close()
            end_with_parent()
            _work(Connection(descriptors[0]), start)
            return
        os.close(descriptors[0])


def _work(connection: Any, start: Start) -> None:
    """Be a worker. The sandbox comes first: forked while this process knows nothing of the class."""
    from grader.sandbox.border.limits import ignore_endings

    ignore_endings()
    from grader.sandbox.ours import Sandbox

    with Sandbox(start=start) as sandbox, suppress(EOFError, OSError):
        terms, reports = connection.recv()
        from grader.batch.grade_one import Examiner

        try:
            examiner = Examiner(terms, sandbox, reports=reports)
            connection.send((sandbox.gaps, "", 0))
        except GraderError as error:
            connection.send(([], str(error), error.exit_code))
            return
        while (task := connection.recv()) is not None:
            submission, lost = task
            judged = examiner.lost(submission) if lost else examiner.judge(submission)
            for part in (judged.status.encode(), judged.line, judged.page or b""):
                connection.send_bytes(part)


def _heard(connection: Any, *, ready: bool) -> Any:
    if ready:
        return connection.recv()
    status, line, page = (connection.recv_bytes() for _ in range(3))
    return Judged(status.decode(), line, page or None)
