"""Talking to a child: frames there and back, what it prints meanwhile, and its end, whoever brings that about."""

import signal
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from typing import Any

from grader.border import Fault
from grader.errors import SandboxError
from grader.sandbox.border.messages import Wanted
from grader.sandbox.border.wire import CHUNK, ClosedChannel, MalformedFrame, send
from grader.sandbox.ours.children import Channels, Children
from grader.sandbox.ours.clock import TICK, WALL, Clock
from grader.sandbox.ours.untrusted import Implausible

PRINTED_CAP = 4_000
ANSWER_CAP = 1 << 25
SEND_SECONDS = 10.0
MALFORMED = "MalformedReply"
LOWEST_CRASH = 0xC0000000
"""On Windows, exit codes from here on are those of processes that the system ended."""

Heed = Callable[[], None]
"""Called over and over while a child is waited for; what it raises ends the session and goes through to who asked."""


def careless() -> None:
    """Wait for whatever time it takes."""


class Stopped(Exception):
    """The child is no use any more, for the fault given."""

    def __init__(self, fault: Fault) -> None:
        super().__init__(fault.message)
        self.fault = fault


class Talk:
    """With one child at a time. Whatever makes it useless ends it, and raises `Stopped`."""

    def __init__(self, children: Children, heed: Heed) -> None:
        self._children = children
        self._heed = heed
        self._child: Channels | None = None
        self._output = bytearray()

    @property
    def pid(self) -> int | None:
        """Of the child, where there is one."""
        return self._child.pid if self._child else None

    @property
    def printed(self) -> str:
        """What was printed since it was last forgotten, as far as it is kept."""
        return self._output[:PRINTED_CAP].decode(errors="replace")

    @property
    def last_printed(self) -> str:
        """The end of it."""
        return self._output[-PRINTED_CAP:].decode(errors="replace")

    def forget_printed(self) -> None:
        self._output.clear()

    def start(self, wanted: Wanted) -> Channels:
        """A new child."""
        self._child = self._children.start(wanted)
        self._child.frames.settimeout(SEND_SECONDS)
        return self._child

    def renew(self) -> bool:
        """Give up a child that has something to say unasked, or is gone; whether there is none now."""
        if self._child is not None and self._child.speaks():
            self._stop(None)
        return self._child is None

    def close(self) -> None:
        if self._child:
            with suppress(SandboxError):
                self._children.end()
            self._child.close()
            self._child = None

    @contextmanager
    def believing(self) -> Iterator[None]:
        """End the child where what it said cannot be meant."""
        try:
            yield
        except Implausible as error:
            raise self._stop(Fault("error", MALFORMED, str(error))) from None

    def send(self, header: Any, body: bytes = b"") -> None:
        assert self._child
        try:
            send(self._child.frames, header, body)
        except TimeoutError:
            raise self._stop(Fault("timeout", WALL, "The code's process stopped listening.")) from None
        except OSError:
            raise self._stop(None) from None

    def frame(self, clock: Clock, kind: type[Any]) -> tuple[Any, bytes]:
        """The next frame of the child, as long as it stays within its limits."""
        assert self._child
        while not (frame := self._arrived(kind)):
            for spoken in self._child.wait(TICK):
                if spoken is self._child.frames:
                    self._hear()
                elif not self._listen():
                    self._child.ignore_output()
            self._heed()
            if fault := clock.overrun(len(self._output)):
                raise self._stop(fault)
        return frame

    def drain(self) -> None:
        """Hear what was printed before the last answer."""
        with suppress(BlockingIOError, TimeoutError):
            while len(self._output) < PRINTED_CAP and self._listen():
                pass

    def _arrived(self, kind: type[Any]) -> tuple[Any, bytes] | None:
        assert self._child
        try:
            return self._child.inbox.take(kind, ANSWER_CAP)
        except MalformedFrame as error:
            raise self._stop(Fault("error", MALFORMED, f"The code's reply cannot be read: {error}.")) from None

    def _hear(self) -> None:
        assert self._child
        try:
            self._child.inbox.feed(self._child.frames.recv(CHUNK))
        except (ClosedChannel, OSError):
            raise self._stop(None) from None

    def _listen(self) -> bool:
        assert self._child
        try:
            data = self._child.output.recv(CHUNK)
        except ConnectionError:  # how the end of a process may look on Windows
            data = b""
        self._output += data
        return bool(data)

    def _stop(self, fault: Fault | None) -> Stopped:
        """End the child; without a fault of its own, the fault is the way it ended."""
        try:
            exit_code = self._children.end()
        finally:
            if self._child:
                self._child.close()
                self._child = None
        return Stopped(fault or death(exit_code))


def death(exit_code: int) -> Fault:
    """What an exit code amounts to that nobody asked for."""
    if exit_code >= LOWEST_CRASH:
        return Fault("error", "Crash", f"The code crashed Python (0x{exit_code:X}).")
    if exit_code >= 0:
        text = f"The code ended Python (exit status {exit_code}) instead of returning a value."
        return Fault("error", "Crash", text)
    try:
        name = signal.Signals(-exit_code).name
    except ValueError:
        name = f"signal {-exit_code}"
    return Fault("error", "Crash", f"The code crashed Python ({name}).")
