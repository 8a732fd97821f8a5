"""Our side of the border: a source of children, and sessions in which a submission answers."""

import sys
from collections.abc import Sequence
from functools import cached_property
from typing import Literal

from grader.border import Source
from grader.errors import IsolationMissing, SandboxError
from grader.sandbox.border.landlock import landlock_abi
from grader.sandbox.border.limits import Limits, hide_memory
from grader.sandbox.border.messages import Wanted
from grader.sandbox.ours.canary import PROTECTIONS, UNAVAILABLE, fly, gaps
from grader.sandbox.ours.children import Children, Forked, Spawned
from grader.sandbox.ours.session import Session
from grader.sandbox.ours.talk import Heed, careless

Start = Literal["zygote", "fork", "spawn"]
HAS_ZYGOTE = sys.platform == "linux"


class Sandbox:
    """Where student code runs, one submission at a time. Use it in a `with` block."""

    def __init__(self, limits: Limits | None = None, start: Start = "zygote") -> None:
        """
        Args:
            limits: what a stage may use.
            start: how children come about. `zygote`: forked from a warm process. `fork`: the same, and this process
                is forked to be it; only for one that has a single thread, has run no operation, and holds nothing a
                student must not see. `spawn`: a new Python process each, which is the only way outside of Linux.
        """
        if not landlock_abi():
            hide_memory()
        self.limits = limits or Limits()
        self.heed: Heed = careless
        """What sessions that are opened from now on call while they wait."""
        spawn = start == "spawn" or not HAS_ZYGOTE
        self._children: Children = Spawned() if spawn else Forked(from_here=start == "fork")

    def open(self, sources: Sequence[Source], wanted: Wanted) -> Session:
        """A session with one submission."""
        return Session(self._children, self.limits, sources, wanted, self.heed)

    def prepare(self) -> None:
        """Have what the next session needs at hand, where that takes time."""
        self._children.prepare()

    @cached_property
    def isolation(self) -> dict[str, str]:
        """Which protections student code runs under here, found out by trying, once."""
        try:
            return fly(self, self.limits.memory)
        except SandboxError:
            return dict.fromkeys(PROTECTIONS, UNAVAILABLE)

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

    def close(self) -> None:
        """End every process there is."""
        self._children.close()

    def __enter__(self) -> "Sandbox":
        return self

    def __exit__(self, *_: object) -> None:
        self.close()
