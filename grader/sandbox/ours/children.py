"""Where students' processes come from: forked from a warm zygote, or started one by one where there is no fork."""

import os
import selectors
import signal
import socket
import subprocess
import sys
from collections.abc import Callable, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from threading import Thread
from typing import IO, Any, Protocol

from grader.errors import SandboxError
from grader.sandbox.border.limits import ENVIRONMENT, forget_callers, forget_start, ignore_endings
from grader.sandbox.border.messages import Done, Order, Wanted
from grader.sandbox.border.wire import CHUNK, ClosedChannel, Inbox, MalformedFrame, pack, receive, send

REPLY_SECONDS = 60.0
KILLED = -9
CARRYING = 0.05
"""Seconds that a thread may take to carry what was printed."""
KEPT = ("PATH", "TMPDIR", "VIRTUAL_ENV", "LD_LIBRARY_PATH", "DYLD_LIBRARY_PATH", "PYTHONPATH", "PYTHONHOME")
KEPT_ON_WINDOWS = ("SYSTEMROOT", "SYSTEMDRIVE", "WINDIR", "PROGRAMFILES", "TEMP", "TMP")
"""What a started process needs of the environment to find the same Python and torch."""


@dataclass(frozen=True)
class Channels:
    """What connects us to a child: frames both ways, and what it prints."""

    pid: int
    frames: socket.socket
    output: socket.socket
    lag: float = 0.0
    """Seconds by which what it prints may come after a frame it sends later."""
    knows_wanted: bool = False
    """It was forked from a process that has been told what is looked for."""
    inbox: Inbox = field(default_factory=Inbox)
    _selector: selectors.BaseSelector = field(default_factory=selectors.DefaultSelector)

    def __post_init__(self) -> None:
        self.output.settimeout(self.lag)
        for each in (self.frames, self.output):
            self._selector.register(each, selectors.EVENT_READ)

    def wait(self, seconds: float) -> list[Any]:
        """Which of the two can be read, or nothing by that time."""
        return [key.fileobj for key, _ in self._selector.select(seconds)]

    def speaks(self) -> bool:
        """Whether there are frames to be read, or the end of them."""
        return bool(self.inbox) or self.frames in self.wait(0)

    def ignore_output(self) -> None:
        self._selector.unregister(self.output)

    def close(self) -> None:
        self._selector.close()
        self.frames.close()
        self.output.close()


class Children(Protocol):
    """Makes one child at a time."""

    def start(self, wanted: Wanted) -> Channels:
        """A new child, and the channels to it.

        Args:
            wanted: what will be looked for in the sources that it is given.

        Raises:
            SandboxError: there is no getting one.
        """
        ...

    def prepare(self) -> None:
        """Make the next start quick, where that takes something."""
        ...

    def end(self) -> int:
        """End the child there is; its exit code, or less the number of the signal that ended it.

        Raises:
            SandboxError: it was lost with the process it came from.
        """
        ...

    def close(self) -> None:
        """End everything that was started."""
        ...


class Forked:
    """Children of a zygote: a copy of a warm process takes milliseconds."""

    def __init__(self, *, from_here: bool) -> None:
        """
        Args:
            from_here: make the zygote by forking this process, which saves the second `import torch`. Only for a
                process that has one thread, has run no operation, and holds nothing a student must not see.
        """
        self._start: Callable[[], tuple[int, socket.socket]] = _forked_zygote if from_here else _started_zygote
        self._pid, self._control = self._start()
        self._told: Wanted | None = None
        """What the zygote knows will be looked for."""

    def start(self, wanted: Wanted) -> Channels:
        """See `Children`. A zygote that has died or is silent is replaced, once."""
        for _ in range(2):
            frames, theirs = socket.socketpair()
            output, writing = socket.socketpair()
            try:
                self._tell(wanted)
                done = self._order(Order("fork"), (theirs.fileno(), writing.fileno()))
                return Channels(done.pid, frames, output, knows_wanted=True)
            except (OSError, ClosedChannel, MalformedFrame):
                frames.close()
                output.close()
                self._restart()
            finally:
                theirs.close()
                writing.close()
        raise SandboxError("The process that runs student code cannot be started. Run `grade doctor` to find out why.")

    def prepare(self) -> None:
        """A fork is quick as it is."""

    def end(self) -> int:
        try:
            return self._order(Order("end")).exit_code
        except (OSError, ClosedChannel, MalformedFrame):
            self._restart()
            raise SandboxError("The process that starts student code has died.") from None

    def close(self) -> None:
        """See `Children`. The kernel ends a child with its zygote."""
        self._control.close()
        try:
            os.kill(self._pid, signal.SIGKILL)
            os.waitpid(self._pid, 0)
        except (ChildProcessError, ProcessLookupError):
            pass

    def _tell(self, wanted: Wanted) -> None:
        if wanted is not self._told:
            self._order(Order("expect", wanted))
            self._told = wanted

    def _order(self, order: Order, descriptors: Sequence[int] = ()) -> Done:
        if descriptors:
            socket.send_fds(self._control, [pack(order)], descriptors)
        else:
            send(self._control, order)
        return receive(self._control, Done)[0]

    def _restart(self) -> None:
        self.close()
        self._start, self._told = _started_zygote, None
        self._pid, self._control = self._start()


class Spawned:
    """Children that are a new Python process each: it costs the import of torch, and asks nothing of the system.

    That import can be over when a child is wanted: one that is prepared has nothing left to do but wait.
    """

    def __init__(self, *, carried: bool = sys.platform == "win32") -> None:
        """
        Args:
            carried: by threads, from pipes to us, where a process cannot be given a socket to read and write.
        """
        self._carried = carried
        self._current: Started | None = None
        self._spare: Started | None = None

    def prepare(self) -> None:
        if self._spare is None:
            with suppress(OSError):
                self._spare = self._started()

    def start(self, wanted: Wanted) -> Channels:
        if self._spare and self._spare.process.poll() is not None:
            self._drop_spare()
        spare, self._spare = self._spare, None
        try:
            self._current = spare or self._started()
        except OSError as error:
            raise SandboxError(f"The process that runs student code cannot be started ({error}).") from error
        return self._current.channels

    def end(self) -> int:
        current, self._current = self._current, None
        return current.end() if current else KILLED

    def close(self) -> None:
        self.end()
        self._drop_spare()

    def _drop_spare(self) -> None:
        spare, self._spare = self._spare, None
        if spare:
            spare.end()
            spare.channels.close()

    def _started(self) -> "Started":
        frames, theirs = socket.socketpair()
        output, writing = socket.socketpair()
        try:
            process = _carried(theirs, writing) if self._carried else _connected(theirs, writing)
        except OSError:
            for each in (frames, theirs, output, writing):
                each.close()
            raise
        return Started(process, Channels(process.pid, frames, output, CARRYING if self._carried else 0.0))


@dataclass(frozen=True)
class Started:
    """A process of its own, and the channels to it."""

    process: "subprocess.Popen[bytes]"
    channels: Channels

    def end(self) -> int:
        self.process.kill()
        return self.process.wait()


def _connected(frames: socket.socket, output: socket.socket) -> "subprocess.Popen[bytes]":
    """A process that reads frames from a socket, writes them to it, and prints to another."""
    with frames, output:
        return _new_process(frames, frames, output)


def _carried(frames: socket.socket, output: socket.socket) -> "subprocess.Popen[bytes]":
    """The same with a pipe for each way, and a thread for each pipe."""
    process = _new_process(subprocess.PIPE, subprocess.PIPE, subprocess.PIPE)
    assert process.stdin and process.stdout and process.stderr
    pumps: tuple[tuple[Callable[..., None], IO[bytes], socket.socket], ...] = (
        (_pump_in, process.stdin, frames.dup()),
        (_pump_out, process.stdout, frames),
        (_pump_out, process.stderr, output),
    )
    for pump, pipe, end in pumps:
        Thread(target=pump, args=(pipe, end), daemon=True).start()
    return process


def _new_process(reads: Any, writes: Any, prints: Any) -> "subprocess.Popen[bytes]":
    return subprocess.Popen(
        [_python(), "-P", "-m", "grader.sandbox.theirs.spawned"],
        stdin=reads,
        stdout=writes,
        stderr=prints,
        env=_environment(),
        bufsize=0,
    )


def _python() -> str:
    """The interpreter itself: what a virtual environment of Windows has in its place only starts it, and would be what
    is timed and ended."""
    return getattr(sys, "_base_executable", sys.executable) if os.name == "nt" else sys.executable


def _pump_in(pipe: IO[bytes], end: socket.socket) -> None:
    """Carry what we send to the child until either closes."""
    with pipe, end:
        try:
            while data := end.recv(CHUNK):
                view = memoryview(data)
                while view:
                    view = view[pipe.write(view) or 0 :]
        except OSError:
            pass


def _pump_out(pipe: IO[bytes], end: socket.socket) -> None:
    """Carry what the child says to us until either closes."""
    with pipe, end:
        try:
            while data := pipe.read(CHUNK):
                end.sendall(data)
            end.shutdown(socket.SHUT_RDWR)
        except OSError:
            pass


def _environment() -> dict[str, str]:
    kept = KEPT + KEPT_ON_WINDOWS if os.name == "nt" else KEPT
    base = {"__PYVENV_LAUNCHER__": sys.executable} if os.name == "nt" else {}  # tells it the virtual environment
    return {name: value for name in kept if (value := os.environ.get(name))} | base | ENVIRONMENT


def _forked_zygote() -> tuple[int, socket.socket]:
    ours, theirs = socket.socketpair()
    from grader.sandbox.theirs import zygote

    pid = os.fork()
    if pid == 0:
        try:
            os.closerange(3, theirs.fileno())
            os.closerange(theirs.fileno() + 1, 1 << 16)
            forget_callers()
            forget_start()
            ignore_endings()
            zygote.serve(theirs)
        finally:
            os._exit(0)
    theirs.close()
    ours.settimeout(REPLY_SECONDS)
    return pid, ours


def _started_zygote() -> tuple[int, socket.socket]:
    ours, theirs = socket.socketpair()
    process = subprocess.Popen(
        [sys.executable, "-P", "-m", "grader.sandbox.theirs.zygote", str(theirs.fileno())],
        stdin=subprocess.DEVNULL,
        pass_fds=[theirs.fileno()],
        env=_environment(),
    )
    theirs.close()
    ours.settimeout(REPLY_SECONDS)
    process.returncode = 0  # reaped in close(), by its pid
    return process.pid, ours
