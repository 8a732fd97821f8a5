"""The warm process that student code is forked from: it has imported torch and holds nothing of ours.

It is forked off right after `import torch` (command line) or started afresh (library use), and then serves orders over
a socket: fork a child, end a child.
"""

import gc
import os
import signal
import socket
import sys
import traceback

from grader.sandbox.border.limits import end_with_parent, forget_start, hide_memory
from grader.sandbox.border.messages import Done, Order, Wanted
from grader.sandbox.border.wire import CHUNK, ClosedChannel, Descriptor, Inbox, send
from grader.sandbox.theirs import child
from grader.sandbox.theirs.confinement import Confinement
from grader.sandbox.theirs.huge_pages import take_huge_pages
from grader.sandbox.theirs.warm_up import rehearse, rehearse_reading

MANY = 8
"""After so many children it is a class that is graded, and what makes each fork cheaper pays."""


def serve(control: socket.socket) -> None:
    """Carry out orders until our side closes."""
    end_with_parent()
    hide_memory()
    warm_up()
    confinement = Confinement()
    pid, ended = 0, 0
    wanted: Wanted | None = None
    while True:
        try:
            order, descriptors = _order(control)
        except ClosedChannel:
            _end(pid)
            return
        if order.verb == "fork":
            pid = _fork(control, confinement, wanted, *descriptors)
            send(control, Done(pid=pid))
        elif order.verb == "expect" and order.wanted:
            wanted = order.wanted
            rehearse_reading(child.converse, wanted)
            _keep_what_there_is()
            send(control, Done())
        else:
            send(control, Done(exit_code=_end(pid)))
            pid, ended = 0, ended + 1
            if ended == MANY:
                take_huge_pages()


def warm_up() -> None:
    """Do once what children do, then hand what exists to them as it is.

    One thread, set before the first operation: a child forked beside a pool of threads hangs.
    """
    child.prepare()
    rehearse(child.converse)
    _keep_what_there_is()


def _keep_what_there_is() -> None:
    """Have no collection look at it any more: in a child, that would copy every page."""
    gc.collect()
    gc.freeze()


def _order(control: socket.socket) -> tuple[Order, list[int]]:
    inbox = Inbox()
    data, descriptors, _, _ = socket.recv_fds(control, CHUNK, 2)
    while True:
        inbox.feed(data)
        if frame := inbox.take(Order):
            return frame[0], list(descriptors)
        data = control.recv(CHUNK)


def _fork(control: socket.socket, confinement: Confinement, wanted: Wanted | None, channel: int, output: int) -> int:
    pid = os.fork()
    if pid == 0:
        try:
            control.close()
            _become_child(confinement, wanted, channel, output)
        except BaseException:
            traceback.print_exc()
        finally:
            os._exit(0)
    os.close(channel)
    os.close(output)
    return pid


def _become_child(confinement: Confinement, wanted: Wanted | None, channel: int, output: int) -> None:
    os.setsid()
    end_with_parent()
    child.connect_output(output)
    os.close(output)
    child.serve(Descriptor(channel, channel), confinement, wanted)


def _end(pid: int) -> int:
    """End a child and whatever it started in its session, and give its exit code."""
    if not pid:
        return 0
    for end in (os.killpg, os.kill):
        try:
            end(pid, signal.SIGKILL)
        except ProcessLookupError:
            pass
    return os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1])


if __name__ == "__main__":
    channel = socket.socket(fileno=int(sys.argv[1]))
    forget_start()
    serve(channel)
