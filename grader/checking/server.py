"""The process that judges for a notebook: it reads orders and writes answers until there is nobody to read them.

What students wrote runs in processes of its sandbox, as for `grade`; here are the references.
"""

import os
import threading
from collections.abc import Iterator
from queue import SimpleQueue
from typing import BinaryIO

from grader.sandbox.ours import Sandbox


def main() -> None:
    """The sandbox comes first: it is forked from here while there is one thread, and nothing that nobody may see."""
    orders, replies = _own_channels()
    with Sandbox(start="fork") as sandbox:
        sandbox.prepare()
        from grader.checking.desk import Desk

        desk = Desk(sandbox)
        for line in _lines(orders, sandbox):
            replies.write(desk.reply(line) + b"\n")
            replies.flush()


def _own_channels() -> tuple[BinaryIO, BinaryIO]:
    """Where orders come from and answers go. Nothing that is started here has them, or writes to them by printing."""
    orders, replies = os.dup(0), os.dup(1)
    nowhere = os.open(os.devnull, os.O_RDWR)
    for descriptor in (0, 1, 2):
        os.dup2(nowhere, descriptor)
    os.close(nowhere)
    return os.fdopen(orders, "rb"), os.fdopen(replies, "wb")


def _lines(orders: BinaryIO, sandbox: Sandbox) -> Iterator[bytes]:
    """The orders, one after the other. Where there will be none, this ends at once, whatever is being judged."""
    waiting: SimpleQueue[bytes] = SimpleQueue()

    def read() -> None:
        for line in orders:
            waiting.put(line)
        sandbox.close()
        os._exit(0)

    threading.Thread(target=read, daemon=True).start()
    while True:
        yield waiting.get()


if __name__ == "__main__":
    main()
