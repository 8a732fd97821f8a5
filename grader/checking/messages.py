"""What the kernel of a notebook asks the process that judges, and what it is told: a line of JSON each."""

import msgspec


class CheckOrder(msgspec.Struct, frozen=True):
    """Which stages to check, and of what."""

    wanted: list[list[str]]
    """For each thing that was asked for, the names that it goes by; nothing where it is all there is."""
    folder: str
    cells: list[str] | None = None
    """The cells that have run, each at the number that the notebook shows; the first one has number 1."""
    file: str | None = None
    """The file to check, where it is not cells."""
    assignment: str | None = None
    """Its name or folder, where it is not to be found out."""


class CheckReply(msgspec.Struct, frozen=True):
    """The same twice: for a notebook, and for everything else."""

    html: str
    text: str
    passed: bool = False
    """Whether all that was asked for is right."""
