"""Ctrl-C that is not lost: a library may swallow a KeyboardInterrupt while it loads, or in a callback of its own."""

import _thread
import signal
import threading
from collections.abc import Iterator
from contextlib import contextmanager

AGAIN = 2.0
"""Seconds until an interrupt is raised again that has not ended the block by then; to clean up takes less."""


@contextmanager
def insistent_interrupts() -> Iterator[None]:
    """Until the block ends, raise KeyboardInterrupt over and over once Ctrl-C has been pressed."""
    ignored = signal.getsignal(signal.SIGINT) is signal.SIG_IGN  # as of a job that a script has in the background
    if ignored or threading.current_thread() is not threading.main_thread():
        yield
        return
    left = threading.Event()

    def pressed(*_: object) -> None:
        if not left.is_set():
            timer = threading.Timer(AGAIN, _press_again, [left])
            timer.daemon = True
            timer.start()
            raise KeyboardInterrupt

    usual = signal.signal(signal.SIGINT, pressed)
    try:
        yield
    finally:
        left.set()
        signal.signal(signal.SIGINT, usual)


def _press_again(left: threading.Event) -> None:
    if left.is_set():
        return
    if hasattr(signal, "pthread_kill"):  # ends a system call that the main thread waits in, too
        signal.pthread_kill(threading.main_thread().ident or 0, signal.SIGINT)
    else:
        _thread.interrupt_main()
