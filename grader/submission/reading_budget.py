"""What may be spent on reading the files of one submission, all together: no limit of a stage counts any of it."""

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
    """Characters times magics that IPython is asked to read; what is beyond that is left out unread."""

    def takes(self, work: int) -> bool:
        """Whether there is so much work left; if so, it is spent."""
        if work > self.work:
            return False
        self.work -= work
        return True
