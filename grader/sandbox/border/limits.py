"""Limits of a run: what they are, and how a child puts them on itself."""

import os
import signal
import sys
from dataclasses import dataclass, replace
from pathlib import Path

if sys.platform != "win32":
    import resource

DESCRIPTORS = 256
ENVIRONMENT = {"LANG": "C.UTF-8", "OMP_NUM_THREADS": "1", "MKL_NUM_THREADS": "1", "OPENBLAS_NUM_THREADS": "1"}
"""All that student code finds in its environment where its process is forked."""
PARENT_DEATH_SIGNAL = 1
"""PR_SET_PDEATHSIG of Linux's prctl."""
DUMPABLE = 4
"""PR_SET_DUMPABLE."""


ENDINGS = [getattr(signal, name) for name in ("SIGINT", "SIGTERM", "SIGHUP") if hasattr(signal, name)]


@dataclass(frozen=True)
class Limits:
    """What one stage may use. Seconds, bytes."""

    cpu: float = 10.0
    wall: float = 60.0
    memory: int = 1 << 30
    output: int = 4 << 20

    @classmethod
    def of_stage(cls, seconds: float) -> "Limits":
        """The usual ones for a processor time of one's own choice."""
        return cls().scaled(seconds / cls.cpu)

    def scaled(self, factor: float) -> "Limits":
        """The same with other times."""
        return replace(self, cpu=self.cpu * factor, wall=self.wall * factor)


def limit_self(memory: int) -> None:
    """Put limits on this process that it cannot lift: memory beyond what it has now, no file growth, no core dump."""
    if sys.platform == "win32":
        return

    def limit(which: int, value: int) -> None:
        resource.setrlimit(which, (value, value))

    limit(resource.RLIMIT_CORE, 0)
    limit(resource.RLIMIT_FSIZE, 0)
    limit(resource.RLIMIT_NOFILE, DESCRIPTORS)
    if sys.platform == "linux":
        limit(resource.RLIMIT_AS, _address_space() + memory)


def ignore_endings() -> None:
    """Leave Ctrl-C, and other signals that ask to end, to the process that started this one: it ends it."""
    for number in ENDINGS:
        signal.signal(number, signal.SIG_IGN)


def end_with_parent() -> None:
    """Ask the kernel to end this process when its parent ends, where there is a way to ask."""
    if sys.platform == "linux":
        import ctypes

        ctypes.CDLL(None).prctl(PARENT_DEATH_SIGNAL, signal.SIGKILL)


def hide_memory() -> None:
    """Have the kernel keep this process's memory, environment and descriptors from its user's other processes."""
    if sys.platform == "linux":
        import ctypes

        ctypes.CDLL(None).prctl(DUMPABLE, 0, 0, 0, 0)


def forget_start() -> None:
    """Erase what this process was started with, its arguments and environment, from where a child could read them."""
    os.environ.clear()
    sys.argv[:] = sys.orig_argv[:] = ["grade"]
    if sys.platform == "linux":
        import ctypes
        import posix

        posix.environ.clear()
        fields = Path("/proc/self/stat").read_text(encoding="utf-8", errors="replace").rpartition(")")[2].split()
        first, last = int(fields[45]), int(fields[48])  # arg_start and env_end: one block at the end of the stack
        ctypes.memset(first, 0, last - first)
    os.environ.update(ENVIRONMENT)


def forget_callers() -> None:
    """Leave nothing to be found of what the functions hold that this process was forked amid; it never returns to any
    of them. What they hold stays as it is: it may do something when it is let go of, such as remove a folder."""
    import ctypes

    frame = sys._getframe(1).f_back
    while frame:
        held = frame.f_locals
        own = {*held} - {*frame.f_code.co_freevars}  # those of a function around it may be used by others
        for name in own:
            ctypes.pythonapi.Py_IncRef(ctypes.py_object(held[name]))
        if sys.version_info >= (3, 13):
            held.update(dict.fromkeys(own))
        else:
            for name in own:
                del held[name]
            ctypes.pythonapi.PyFrame_LocalsToFast(ctypes.py_object(frame), ctypes.c_int(1))
        frame = frame.f_back


def _address_space() -> int:
    return int(Path("/proc/self/statm").read_text(encoding="utf-8").split()[0]) * os.sysconf("SC_PAGE_SIZE")
