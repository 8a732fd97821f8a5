"""The time one submission may take in all: what each thing that is asked of it may take depends on what is left."""

from grader.border import Fault
from grader.sandbox.border.limits import Limits
from grader.sandbox.ours.clock import Clock

IN_VAIN = 4
"""Time that led to nothing counts so many times."""
AMPLE, ALL = 12, 24
"""In limits of a stage: beyond the first the limits are tight, beyond the second nothing is asked any more."""
TIGHT = 0.1
"""The share of the usual limits that a thing gets then: for honest code that is still plenty."""


class Allowance:
    """What a submission has used up of its time.

    Honest code is far from the end of it: a stage takes milliseconds. One that never ends costs its limit, three of
    them make the limits of the others tight.
    """

    def __init__(self, limits: Limits) -> None:
        self._usual = limits
        self._used = 0.0
        self._clocks: list[Clock] = []

    @property
    def limits(self) -> Limits:
        """What the next thing that is asked may take."""
        return self._usual.scaled(TIGHT) if self.is_tight else self._usual

    @property
    def is_tight(self) -> bool:
        return self._used > AMPLE * self._usual.cpu

    @property
    def end(self) -> Fault | None:
        """Why nothing more is asked, if that is so."""
        if self._used <= ALL * self._usual.cpu:
            return None
        text = "This was not asked any more: other parts of the submission took too long. Mend those first."
        return Fault("timeout", "SubmissionLimit", text)

    def clock(self, pid: int, limits: Limits | None = None) -> Clock:
        """A clock over a child, whose time counts; with the limits there are now, if there are no others."""
        clock = Clock(pid, limits or self.limits)
        self._clocks.append(clock)
        return clock

    def lose(self, seconds: float) -> None:
        """Count time that led to nothing and that no clock has seen."""
        self._used += IN_VAIN * seconds

    def settle(self, *, in_vain: bool) -> None:
        """Count what the clocks have seen since the last time."""
        clocks, self._clocks = self._clocks, []
        self._used += (IN_VAIN if in_vain else 1) * sum(clock.spent for clock in clocks)
