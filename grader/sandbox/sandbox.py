"""Our side of the border: start the zygote, and open sessions in which a submission answers."""

import os
import signal
import socket
import subprocess
import sys
from collections.abc import Callable, Sequence
from functools import cached_property

from grader.answer import Source
from grader.errors import IsolationMissing, SandboxError
from grader.sandbox.canary import ATTACKS, UNAVAILABLE, fly, gaps
from grader.sandbox.limits import Limits, forget_start
from grader.sandbox.messages import Done, Order
from grader.sandbox.session import Channels, Session
from grader.sandbox.wire import ClosedChannel, MalformedFrame, pack, receive

REPLY_SECONDS = 60.0
ENVIRONMENT = {"LANG": "C.UTF-8", "OMP_NUM_THREADS": "1", "MKL_NUM_THREADS": "1"}
KEPT = ("PATH", "SYSTEMROOT", "TMPDIR", "VIRTUAL_ENV", "LD_LIBRARY_PATH", "PYTHONPATH", "PYTHONHOME")
"""What a started zygote needs of the environment to find the same Python and torch."""


class Sandbox:
    """A zygote, and the sessions it serves, one at a time. Use it in a `with` block."""

    def __init__(self, limits: Limits | None = None, *, fork: bool = False) -> None:
        """
        Args:
            limits: what a stage may use.
            fork: make the zygote by forking this process, which saves the second `import torch`. Only for a process
                that has one thread, has run no operation, and holds nothing a student must not see.
        """
        self.limits = limits or Limits()
        self._start: Callable[[], tuple[int, socket.socket]] = _forked if fork else _started
        self._pid, self._control = self._start()

    def open(self, sources: Sequence[Source], wanted: Sequence[str]) -> Session:
        """A session with one submission."""
        return Session(self, sources, wanted)

    @cached_property
    def isolation(self) -> dict[str, str]:
        """Which protections student code runs under here, found out by trying, once."""
        try:
            return fly(self, self.limits.memory)
        except SandboxError:
            return dict.fromkeys(ATTACKS, UNAVAILABLE)

    @property
    def gaps(self) -> list[str]:
        """The protections that do not hold here."""
        return gaps(self.isolation)

    def insist(self) -> None:
        """Go on only where every protection holds.

        Raises:
            IsolationMissing: one does not.
        """
        if self.gaps:
            raise IsolationMissing(self.gaps)

    def fork(self) -> Channels:
        """A new child, and the channels to it. A zygote that has died is replaced, once.

        Raises:
            SandboxError: there is no getting a child.
        """
        for _ in range(2):
            ours, theirs = socket.socketpair()
            reading, writing = os.pipe()
            try:
                done = self._order("fork", (theirs.fileno(), writing))
                return Channels(done.pid, ours, reading)
            except (OSError, ClosedChannel, MalformedFrame):
                ours.close()
                os.close(reading)
                self._restart()
            finally:
                theirs.close()
                os.close(writing)
        raise SandboxError("The process that runs student code cannot be started. `grade doctor` may tell why.")

    def end(self) -> int:
        """End the child there is; the status it ended with, as waitpid gives it."""
        try:
            return self._order("end").status
        except (OSError, ClosedChannel, MalformedFrame):
            self._restart()
            return signal.SIGKILL

    def close(self) -> None:
        """End the zygote; the kernel ends its child with it."""
        self._control.close()
        try:
            os.kill(self._pid, signal.SIGKILL)
            os.waitpid(self._pid, 0)
        except (ChildProcessError, ProcessLookupError):
            pass

    def __enter__(self) -> "Sandbox":
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def _order(self, verb: str, descriptors: Sequence[int] = ()) -> Done:
        socket.send_fds(self._control, [pack(Order(verb))], descriptors)
        return receive(self._control, Done)[0]

    def _restart(self) -> None:
        self.close()
        self._start = _started
        self._pid, self._control = self._start()


def _forked() -> tuple[int, socket.socket]:
    ours, theirs = socket.socketpair()
    from grader.sandbox import zygote

    pid = os.fork()
    if pid == 0:
        try:
            os.closerange(3, theirs.fileno())
            os.closerange(theirs.fileno() + 1, 1 << 16)
            forget_start()
            os.environ.update(ENVIRONMENT)
            signal.signal(signal.SIGINT, signal.SIG_IGN)
            zygote.serve(theirs)
        finally:
            os._exit(0)
    theirs.close()
    ours.settimeout(REPLY_SECONDS)
    return pid, ours


def _started() -> tuple[int, socket.socket]:
    ours, theirs = socket.socketpair()
    kept = {name: value for name in KEPT if (value := os.environ.get(name))}
    process = subprocess.Popen(
        [sys.executable, "-P", "-m", "grader.sandbox.zygote", str(theirs.fileno())],
        stdin=subprocess.DEVNULL,
        pass_fds=[theirs.fileno()],
        env=kept | ENVIRONMENT,
    )
    theirs.close()
    ours.settimeout(REPLY_SECONDS)
    process.returncode = 0  # reaped in close(), by its pid
    return process.pid, ours
