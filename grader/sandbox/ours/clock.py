"""How long a child has been at it: processor time, and the time it sat there doing nothing."""

import sys
import time
from pathlib import Path

from grader.border import Fault
from grader.sandbox.border.limits import Limits

TICK = 0.05
WALL = "WallClockLimit"
PATIENCE = 3
"""A child that waits for the processor gets this many times the wall-clock limit."""
SEES_IDLENESS = sys.platform == "linux"
IDLENESS = 1 / 3 if SEES_IDLENESS else 1
"""A child that is known to do nothing gets this share of it."""


class Clock:
    """Watches one child from the moment it is asked something.

    Neither a busy machine nor a stopped grader uses up a limit: the wall clock stands still while the child is ready
    to run and is not let, and no two looks count for more than two ticks.
    """

    def __init__(self, pid: int, limits: Limits) -> None:
        self._pid = pid
        self._limits = limits
        self._looked = time.monotonic()
        self._waited = self._idle = self._computed = 0.0
        self._cpu = cpu_seconds(pid)

    @property
    def spent(self) -> float:
        """Seconds the child has computed or done nothing, to a few ticks; those it was not let run are nobody's."""
        return self._computed + self._idle if SEES_IDLENESS else self._idle

    def overrun(self, printed: int) -> Fault | None:
        """The fault, if the child has gone beyond a limit, having printed this many bytes."""
        limits = self._limits
        if printed > limits.output:
            return Fault(
                "timeout",
                "OutputLimit",
                f"The code printed more than {limits.output >> 20} MiB. Take out the print calls.",
            )
        passed = time.monotonic() - self._looked
        if passed < TICK:
            return None
        self._looked += passed
        self._waited += min(passed, 2 * TICK)
        self._idle += 0.0 if is_runnable(self._pid) else min(passed, 2 * TICK)
        self._computed = max(self._computed, cpu_seconds(self._pid) - self._cpu)
        if self._computed > limits.cpu:
            text = (
                f"The code was still computing after {limits.cpu:g} s of processor "
                "time. Is there a loop that never ends?"
            )
            return Fault("timeout", "CpuLimit", text)
        if self._idle > IDLENESS * limits.wall or self._waited > PATIENCE * limits.wall:
            seconds = IDLENESS * limits.wall
            return Fault("timeout", WALL, f"The code gave no answer within {seconds:g} s. Is it waiting for something?")
        return None


def cpu_seconds(pid: int) -> float:
    """Processor time a process has used so far; 0 once it has ended."""
    if sys.platform != "linux":
        return _told_by_the_system(pid)
    try:
        return time.clock_gettime(~pid << 3 | 2)  # CPUCLOCK_SCHED of a whole process, as clock_getcpuclockid makes it
    except OSError:
        return 0.0


def _told_by_the_system(pid: int) -> float:
    import psutil

    try:
        used = psutil.Process(pid).cpu_times()
    except psutil.Error:
        return 0.0
    return float(used.user + used.system)


def is_runnable(pid: int) -> bool:
    """Whether a process would go on if it were let: it runs, waits for a processor, or waits for a disk."""
    try:
        text = Path(f"/proc/{pid}/stat").read_text(encoding="utf-8", errors="replace")
    except OSError:
        return False
    return text.rpartition(")")[2].split()[0] in "RD"
