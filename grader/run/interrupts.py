"""Ctrl-C that is not lost, and the other signals that ask a process to end: whichever it is, it cleans up first."""

import _thread
import signal
import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from types import FrameType

from grader.sandbox.border.limits import ENDINGS

AGAIN = 2.0
"""Seconds until an interrupt is raised again that has not ended the block by then; to clean up takes less."""
SIGNALLED = 128
"""A shell adds this to the number of the signal that ended a command."""


class Ended(KeyboardInterrupt):
    """What Ctrl-C raises, for another signal."""

    def __init__(self, number: int) -> None:
        super().__init__()
        self.number = number


def heed_endings() -> None:
    """Let a signal that asks this process to end raise what Ctrl-C does, unless it is ignored, as below `nohup`."""
    for number in ENDINGS:
        if number != signal.SIGINT and signal.getsignal(number) is signal.SIG_DFL:
            signal.signal(number, _raise)


def interruption(error: BaseException | None) -> KeyboardInterrupt | None:
    """The interrupt behind an error: a library that is interrupted while it loads may raise one of its own."""
    while error is not None and not isinstance(error, KeyboardInterrupt):
        error = error.__cause__ or error.__context__
    return error


def exit_code(interrupt: KeyboardInterrupt | None) -> int:
    """What a shell says of a command that a signal has ended."""
    return SIGNALLED + (interrupt.number if isinstance(interrupt, Ended) else signal.SIGINT)


@contextmanager
def insistent_interrupts() -> Iterator[None]:
    """Until the block ends, raise KeyboardInterrupt over and over once Ctrl-C has been pressed, or its like sent.

    What leaves the block says which of them it was, also where a library has raised a KeyboardInterrupt of its own.
    """
    if threading.current_thread() is not threading.main_thread():
        yield
        return
    left, received = threading.Event(), list[int]()

    def pressed(number: int, frame: FrameType | None) -> None:
        if not left.is_set():
            received.append(number)
            timer = threading.Timer(AGAIN, _press_again, [left, number])
            timer.daemon = True
            timer.start()
            _raise(number, frame)

    usual = {number: signal.getsignal(number) for number in ENDINGS}
    for number in ENDINGS:
        if callable(usual[number]):  # SIGINT is ignored in a job that a script has in the background
            signal.signal(number, pressed)
    try:
        yield
    except KeyboardInterrupt:
        if received and received[0] != signal.SIGINT:
            raise Ended(received[0]) from None
        raise
    finally:
        left.set()
        for number, handler in usual.items():
            signal.signal(number, handler)


def _raise(number: int, _: FrameType | None) -> None:
    raise KeyboardInterrupt if number == signal.SIGINT else Ended(number)


def _press_again(left: threading.Event, number: int) -> None:
    if left.is_set():
        return
    if sys.platform != "win32":  # ends a system call that the main thread waits in, too
        signal.pthread_kill(threading.main_thread().ident or 0, number)
    else:
        _thread.interrupt_main(number)
