"""What can go wrong outside a student's code, each with its own sentence.

GraderError
├── UsageError               the request cannot be carried out as it stands (exit code 2)
│   ├── PathNotFound
│   ├── NothingToGrade
│   ├── UnknownAssignment
│   ├── UnknownName
│   ├── UnreadableNames
│   ├── NothingToTrain
│   └── NotWritable
├── AssignmentError          an author's file is not what it should be (exit code 2)
└── SandboxError             the grader's own process failed (exit code 3)
    ├── IsolationMissing
    └── UntrustedCode
"""

from collections.abc import Iterable
from difflib import get_close_matches


class GraderError(Exception):
    """Base of every error the grader raises; `str(error)` is a sentence for people."""

    exit_code = 2


class UsageError(GraderError):
    """The request cannot be carried out as it stands."""


class PathNotFound(UsageError):
    def __init__(
        self,
        path: object,
        advice: str = "Give the file or folder to grade, or run `grade init` to get one to work on.",
    ) -> None:
        super().__init__(f"{path} does not exist. {advice}")


class NothingToGrade(UsageError):
    def __init__(
        self,
        path: object,
        reason: str,
        advice: str = "Run `grade init` to get the files to fill in, or name the assignment with --assignment.",
    ) -> None:
        super().__init__(f"{path}: {reason}. {advice}")


class UnknownAssignment(UsageError):
    def __init__(self, name: str, known: Iterable[str]) -> None:
        super().__init__(
            f"There is no assignment {name!r}. Known: {', '.join(known)}; "
            "or give the folder of one, the folder that holds assignment.toml."
        )


class UnknownName(UsageError):
    """A stage or an exercise that the assignment does not have."""

    def __init__(self, kind: str, name: str, known: Iterable[str]) -> None:
        known = list(known)
        close = get_close_matches(name, known, n=1, cutoff=0.5)
        guess = f" Did you mean {close[0]}?" if close else ""
        super().__init__(f"There is no {kind} {name!r}.{guess} The names are: {', '.join(known)}.")


class UnreadableNames(UsageError):
    def __init__(self, path: object, reason: str) -> None:
        super().__init__(f"{path}: {reason}. A file of names has one name a line, as plain UTF-8 text.")


class NotWritable(UsageError):
    def __init__(self, path: object, reason: str, option: str) -> None:
        super().__init__(f"Cannot write {path}: {reason}. Choose another place with {option}.")


class AssignmentError(GraderError):
    """An assignment's own files contradict the rules for authors."""

    def __init__(self, where: object, what: str) -> None:
        super().__init__(f"{where}: {what}")


class SandboxError(GraderError):
    """The process that runs student code could not do its work; no fault of the student."""

    exit_code = 3


class IsolationMissing(SandboxError):
    """A protection that was insisted on does not hold on this machine."""

    def __init__(self, missing: Iterable[str]) -> None:
        super().__init__(
            f"Not in force on this machine: {', '.join(missing)}. Nothing was run. "
            "`grade doctor` shows all protections; without --require-isolation the code would run all the same."
        )


class NothingToTrain(UsageError):
    """There is no training exercise, or what it takes is not written yet."""

    def __init__(self, where: object, reason: str) -> None:
        super().__init__(f"{where} cannot be trained: {reason}")


class UntrustedNotebook(UsageError):
    """A notebook would be executed in a kernel that nothing confines."""

    def __init__(self, path: object) -> None:
        super().__init__(
            f"{path} may be someone else's: a kernel is not confined, so it could do whatever you can. "
            "If you trust who wrote it, add --trust."
        )


class UntrustedCode(SandboxError):
    """Strangers' code, on a machine that cannot confine it."""

    def __init__(self, missing: Iterable[str]) -> None:
        super().__init__(
            f"This machine does not confine other people's code (missing: {', '.join(missing)}); none of it was run. "
            "Grade on Linux with Landlock (5.13 or later), or say --trust if you trust everyone who handed in."
        )
