"""Hand tasks to processes of ours, each with its own sandbox, and outlive the loss of any of them."""

import multiprocessing
from collections.abc import Callable, Iterator, Sequence
from multiprocessing.connection import Connection, wait
from typing import Any

from grader.sandbox import HAS_ZYGOTE, Limits, Sandbox

Work = Callable[[int, Sandbox], bytes]
"""Does the task of that number in a worker. Where there is no fork, it has to be something that can be pickled."""


def work_through(count: int, sandboxes: Sequence[Sandbox], work: Work) -> Iterator[tuple[int, bytes | None]]:
    """Do tasks 0 to count - 1, one at a time in each worker, and give each result as it comes.

    A task whose worker died gives None; another worker takes its place, with a sandbox of its own.
    """
    context: Any = multiprocessing.get_context("fork" if HAS_ZYGOTE else "spawn")
    waiting = iter(range(count))
    busy: dict[Any, int] = {}
    workers: dict[Any, Any] = {}

    def hire(limits: Limits, sandbox: Sandbox | None = None) -> None:
        ours, theirs = context.Pipe()
        worker = context.Process(target=_serve, args=(theirs, limits, sandbox, work), daemon=True)
        worker.start()
        theirs.close()
        workers[ours] = worker
        assign(ours)

    def assign(connection: Any) -> None:
        number = next(waiting, None)
        if number is None:
            connection.send(None)
            workers.pop(connection).join()
        else:
            busy[connection] = number
            connection.send(number)

    for sandbox in sandboxes[:count]:
        hire(sandbox.limits, sandbox if HAS_ZYGOTE else None)
    while busy:
        for ready in wait(list(busy)):
            connection: Any = ready
            number = busy.pop(connection)
            try:
                yield number, connection.recv_bytes()
                assign(connection)
            except (EOFError, OSError):
                connection.close()
                workers.pop(connection).join()
                yield number, None
                hire(sandboxes[0].limits)


def _serve(connection: Connection, limits: Limits, sandbox: Sandbox | None, work: Work) -> None:
    import torch

    torch.set_num_threads(1)  # as in our first process, which is not copied where there is no fork
    sandbox = sandbox or Sandbox(limits)
    while True:
        try:
            number = connection.recv()
        except (EOFError, KeyboardInterrupt):
            return
        if number is None:
            return
        connection.send_bytes(work(number, sandbox))
