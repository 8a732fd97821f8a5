"""What a layout finds in the folder of a class, and what a layout is."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace

from grader.classroom.unpack.tree import Entry, Folder

Identities = Mapping[str, str]


@dataclass(frozen=True)
class FoundSubmission:
    """What one student handed in, by where it lies: files, or one folder. Nothing of it has been opened yet."""

    id: str
    entries: tuple[Entry, ...]
    late: bool = False
    notes: tuple[str, ...] = ()
    identities: Identities = field(default_factory=dict)
    assignment: str = ""
    """The assignment it is for, where a layout keeps several side by side."""
    submitted: str = ""
    """When, in ISO 8601 with an offset, where the layout says so."""
    earlier: tuple["FoundSubmission", ...] = ()
    """Of the same student, the newest first."""
    attempt: tuple[int, int] = (0, 0)
    """Which one it is, and of how many; zeros where that is not known."""


def attempt_notes(number: int, count: int, place: str) -> tuple[str, ...]:
    """Which of several attempts counts, and what it is called; nothing of a single one."""
    which = "the newest" if number == count else f"attempt {number}"
    return (f"Submitted {count} times; {which} counts ({place}).",) if count > 1 else ()


def with_earlier(attempts: Sequence[FoundSubmission]) -> FoundSubmission:
    """The newest of a student's attempts, which comes first, with the others."""
    newest, *earlier = attempts
    return replace(newest, earlier=tuple(earlier))


@dataclass(frozen=True)
class Findings:
    """All submissions of a class, and what is to be said of the class as a whole, a sentence each."""

    found: list[FoundSubmission]
    notes: list[str] = field(default_factory=list)


@dataclass(frozen=True)
class Layout:
    """A way in which submissions lie in a folder: its name, how it shows, and how students are told apart in it."""

    name: str
    recognises: Callable[[Folder], bool]
    find: Callable[[Folder], Findings]


def passed_over_note(names: list[str], why: str) -> list[str]:
    """One sentence on what does not belong to the class, however much it is."""
    if not names:
        return []
    more = f" and {len(names) - 5} more" if len(names) > 5 else ""
    return [f"Ignored, because {why}: {', '.join(names[:5])}{more}."]
