"""Hand tasks to processes of ours, each with its own sandbox, and outlive the loss of any of them."""

import multiprocessing
from collections.abc import Callable, Iterator, Sequence
from multiprocessing.connection import Connection, wait
from typing import Any

from grader.sandbox import Sandbox

Work = Callable[[int, Sandbox], bytes]
"""Does the task of that number in a worker."""


def work_through(count: int, sandboxes: Sequence[Sandbox], work: Work) -> Iterator[tuple[int, bytes | None]]:
    """Do tasks 0 to count - 1, one at a time in each worker, and give each result as it comes.

    A task whose worker died gives None; another worker takes its place, with a sandbox of its own.
    """
    context = multiprocessing.get_context("fork")
    waiting = iter(range(count))
    busy: dict[Connection, int] = {}
    workers: dict[Connection, Any] = {}

    def hire(sandbox: Sandbox | None) -> None:
        ours, theirs = context.Pipe()
        worker = context.Process(target=_serve, args=(theirs, sandbox, work), daemon=True)
        worker.start()
        theirs.close()
        workers[ours] = worker
        assign(ours)

    def assign(connection: Connection) -> None:
        number = next(waiting, None)
        if number is None:
            connection.send(None)
            workers.pop(connection).join()
        else:
            busy[connection] = number
            connection.send(number)

    for sandbox in sandboxes[:count]:
        hire(sandbox)
    while busy:
        for connection in wait(list(busy)):
            assert isinstance(connection, Connection)
            number = busy.pop(connection)
            try:
                yield number, connection.recv_bytes()
                assign(connection)
            except (EOFError, OSError):
                connection.close()
                workers.pop(connection).join()
                yield number, None
                hire(None)


def _serve(connection: Connection, sandbox: Sandbox | None, work: Work) -> None:
    sandbox = sandbox or Sandbox()
    while True:
        try:
            number = connection.recv()
        except (EOFError, KeyboardInterrupt):
            return
        if number is None:
            return
        connection.send_bytes(work(number, sandbox))
