"""What may be spent on reading the files of one submission, all together: no limit of a stage counts any of it."""

import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass

NOTEBOOK_CAP = 512 << 20
TEXT_LEFT = 8 << 20
MAGIC_WORK = 1_000_000


@dataclass
class ReadingBudget:
    """What is left of it."""

    bytes: int = NOTEBOOK_CAP
    """Of notebooks, outputs included."""
    text: int = TEXT_LEFT
    """Characters of what is kept of all files."""
    work: int = MAGIC_WORK
    """Characters that IPython is asked to read, all passes counted; what is beyond that is left out unread."""
    seconds: float = 3.0
    """Of processor time that it may take for them: a second for all that it is asked to read, if nobody means harm."""

    def takes(self, work: int) -> bool:
        """Whether there is so much work left; if so, it is spent."""
        if work > self.work:
            return False
        self.work -= work
        return True

    @property
    def has_time(self) -> bool:
        return self.seconds > 0

    @contextmanager
    def timed(self) -> Iterator[None]:
        """For something that takes of its seconds; it is not stopped, but nothing comes after it once they are over."""
        start = time.thread_time()
        try:
            yield
        finally:
            self.seconds -= time.thread_time() - start
