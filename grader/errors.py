"""What can go wrong outside a student's code, each with its own sentence.

GraderError
├── UsageError               what was asked for cannot be done as it stands (exit code 2)
│   ├── PathNotFound
│   ├── NothingToGrade
│   ├── ForAnotherAssignment
│   │   └── NumbersOfAnother
│   ├── DescribedThere
│   ├── UnknownAssignment
│   ├── UnknownName
│   ├── UnknownStage
│   ├── NoSuchStage
│   ├── NoSourceHere
│   ├── UnreadableNames
│   ├── UnreadableClass
│   ├── UnreadableRoster
│   ├── UnusableMarks
│   ├── NothingToTrain
│   ├── NoResults
│   ├── CannotExport
│   ├── CannotFill
│   ├── NotForCI
│   ├── NotInstalled
│   ├── UnusableStore
│   ├── StoreInUse
│   └── NotWritable
├── AssignmentError          an author's file is not what it should be (exit code 2)
└── SandboxError             the grader's own process failed (exit code 3)
    ├── IsolationMissing
    ├── UntrustedCode
    ├── WorkersFailed
    └── ClusterFailed
"""

from collections.abc import Iterable, Mapping
from difflib import get_close_matches


class GraderError(Exception):
    """Base of every error the grader raises; `str(error)` is a sentence for people.

    `reason` is what is the matter, without what to do about it.
    """

    exit_code = 2

    @property
    def reason(self) -> str:
        return str(self)


class UsageError(GraderError):
    """What was asked for cannot be done as it stands."""


class PathNotFound(UsageError):
    def __init__(
        self,
        path: object,
        advice: str = "Give the file or folder to grade, or run `grade init` to get one to work on.",
    ) -> None:
        super().__init__(f"{path} does not exist. {advice}")


HERE = "this folder"


def shown(path: object) -> str:
    """A path as it is said to people: that of the working directory is `.`, which says nothing."""
    return HERE if str(path) == "." else str(path)


def _of_a_place(template: str, path: object) -> str:
    """A sentence with a path in the place of `{path}`."""
    where = shown(path)
    begins = where == HERE and template.startswith("{path}")
    return template.replace("{path}", where.capitalize() if begins else where, 1)


class NothingToGrade(UsageError):
    """There is nothing at a path that could be graded.

    Args:
        path: where that is.
        reason: with `{path}` where the path is to stand.
        advice: what to do next.
    """

    def __init__(
        self,
        path: object,
        reason: str,
        advice: str = "Run `grade init` to get the files to fill in, or name the assignment with --assignment.",
    ) -> None:
        self._reason = _of_a_place(reason, path)
        super().__init__(f"{self._reason}. {advice}")

    @property
    def reason(self) -> str:
        return self._reason


class UnknownAssignment(UsageError):
    def __init__(self, name: str, known: Iterable[str]) -> None:
        super().__init__(
            f"There is no assignment {name!r}. Choose one of {', '.join(known)}, "
            "or give the path of a folder that holds an assignment.toml."
        )


class ForAnotherAssignment(UsageError):
    """The header of a stub names an assignment that is not installed."""

    def __init__(self, path: object, name: str) -> None:
        super().__init__(
            _of_a_place(f"{{path}} is for {name!r}, which is not installed. Give its folder with --assignment.", path)
        )
        self.path, self.name = path, name


class NumbersOfAnother(ForAnotherAssignment):
    """A notebook without a header gets its numbers from an assignment that is not installed."""


class DescribedThere(UsageError):
    """The same, where the folder of what is to be graded describes an assignment, and nobody has agreed to that."""

    def __init__(self, path: object, name: str, folder: object) -> None:
        named = f'"{folder}"' if " " in str(folder) else folder
        super().__init__(
            f"{_of_a_place('{path}', path)} is for {name!r}, which is not installed. If your course gave you "
            f"{shown(folder)} to work in, add `--assignment {named}` this once, and again whenever your course changes "
            "it. To grade other people's work, give your own copy of the assignment with --assignment."
        )


def folded(name: str) -> str:
    """A name without what people vary: capitals, and all that is no letter or digit."""
    return "".join(sign for sign in name.casefold() if sign.isalnum())


def nearest(name: str, known: Iterable[str], most: int = 1, cutoff: float = 0.6) -> list[str]:
    """The names that are most like one, whatever their capitals; the nearest first."""
    by_key: dict[str, str] = {}
    for each in known:
        by_key.setdefault(folded(each), each)
    return [by_key[key] for key in get_close_matches(folded(name), by_key, n=most, cutoff=cutoff)]


def did_you_mean(name: str, known: Iterable[str], most: int = 1, cutoff: float = 0.6) -> str:
    """A question after the nearest of some names, to stand behind a sentence; empty where none is near."""
    close = nearest(name, known, most, cutoff)
    *others, last = close or [""]
    return f" Did you mean {', '.join(others)}{' or ' if others else ''}{last}?" if close else ""


class UnknownName(UsageError):
    """A stage or an exercise that the assignment does not have: those that are near, or else all there are."""

    def __init__(self, kind: str, name: str, known: Iterable[str]) -> None:
        known = list(known)
        guess = did_you_mean(name, known, most=3, cutoff=0.5) or f" The names are: {', '.join(known)}."
        super().__init__(f"There is no {kind} {name!r}.{guess}")


class UnknownStage(UsageError):
    """A stage that no assignment has.

    Args:
        name: what was asked for.
        known: by name of a stage or function, the assignment that has it.
    """

    def __init__(self, name: str, known: Mapping[str, str]) -> None:
        close = [f"{each} ({known[each]})" for each in nearest(name, known, most=3)]
        guess = f" Did you mean {' or '.join(close)}?" if close else ""
        super().__init__(
            f"There is no stage {name!r} in any assignment.{guess} "
            "`--assignment NAME` looks in one, and lists its stages."
        )


class NoSuchStage(UsageError):
    """Something that is to be checked in a notebook, and is no stage.

    Args:
        name: what it is called; None where it has no name.
        assignment: whose stages there are.
        known: what can be checked.
    """

    def __init__(self, name: str | None, assignment: str, known: Iterable[str]) -> None:
        if name is None:
            super().__init__('Give the function itself, or the name of a stage in quotes: check("dCounts").')
        else:
            guess = did_you_mean(name, known, cutoff=0.5)
            super().__init__(f"{assignment} has no stage called {name}.{guess}")


class NoSourceHere(UsageError):
    """What is to be checked was typed at a prompt, so that there is no text of it."""

    def __init__(self) -> None:
        super().__init__("There is no text of your code here: call check in a notebook, or in a file that you run.")


class UnreadableNames(UsageError):
    def __init__(self, path: object, reason: str) -> None:
        super().__init__(f"{path} {reason}. A file of names is plain UTF-8 text with one name per line.")


class UnreadableClass(UsageError):
    """The submissions of a class cannot be told apart, or cannot be read at all."""

    def __init__(self, path: object, reason: str) -> None:
        super().__init__(_of_a_place(f"{{path}} {reason}.", path))


class UnreadableRoster(UsageError):
    def __init__(self, path: object, reason: str) -> None:
        super().__init__(
            f"{path} {reason}. A roster is a CSV file whose first line names its columns, such as id, name, email."
        )


class UnusableMarks(UsageError):
    """A rule, a date or a line of a file that says how marks are to be adjusted."""

    def __init__(self, where: object, reason: str) -> None:
        super().__init__(f"{where}: {reason}")


class NotWritable(UsageError):
    def __init__(self, path: object, reason: str, option: str) -> None:
        super().__init__(f"Cannot write {path}: {reason}. Choose another place with {option}.")


class NoResults(UsageError):
    def __init__(self, path: object, reason: str) -> None:
        super().__init__(
            f"{path}: {reason}. Give the folder that `grade batch -o` wrote, or a file that `grade --json` wrote."
        )


class NotFinished(UsageError):
    """Results of a class of which some are not graded yet."""

    def __init__(self, missing: int, expected: int) -> None:
        super().__init__(
            f"{missing} of {expected} not graded yet, so nothing was exported. "
            "Run `grade batch` again to finish, or add --partial to export those who are graded."
        )


class CannotExport(UsageError):
    """A format cannot say what there is to say."""

    def __init__(self, format: str, reason: str) -> None:
        super().__init__(f"Cannot write {format}: {reason}")


class CannotFill(UsageError):
    """A teacher's file that scores cannot be put into."""

    def __init__(self, file: str, reason: str) -> None:
        super().__init__(f"{file} {reason}.")


class MarksThere(UsageError):
    """A teacher's file has marks that would be replaced."""

    def __init__(self, file: str, marks: str, scores: int, column: str) -> None:
        super().__init__(
            f"{file} has {marks} in the column {column} where {scores} scores would go, so nothing was written. "
            "Add --only-empty to leave them, or --replace to write over them."
        )


class NotForCI(UsageError):
    """An assignment that CI would not find."""

    def __init__(self, assignment: str, reason: str) -> None:
        super().__init__(
            f"The assignment {assignment} {reason}. Move its folder there, or "
            "name an assignment that comes with the grader."
        )


class NotInstalled(UsageError):
    def __init__(self, distribution: str) -> None:
        super().__init__(
            f"{distribution} is not installed; only its source files are here. Install it with: pip install -e ."
        )


class CommittedStore(UsageError):
    """Results in a repository, in CI: whoever may push to it may have made them."""

    def __init__(self, path: object) -> None:
        super().__init__(
            f"{path} was there before this run, and anyone may have committed it to the repository, so it is not used. "
            "Write to an empty folder outside of the repository (-o)."
        )


class UnusableStore(UsageError):
    """The file that should hold what a class run has finished does not."""

    def __init__(self, path: object, reason: str) -> None:
        super().__init__(
            f"{path} cannot be used to continue an earlier run: {reason}. "
            "Move it away to grade everyone again, or choose another folder with -o."
        )


class StoreInUse(UsageError):
    def __init__(self, folder: object) -> None:
        super().__init__(
            f"Another `grade batch` is writing to {folder}. Wait until it has "
            "finished, or choose another folder with -o."
        )


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
            f"This machine lacks {', '.join(missing)}, so nothing was run. "
            "`grade doctor` lists all protections; leave out --require-isolation to run the code without them."
        )


class NothingToTrain(UsageError):
    """There is no training exercise, or what it takes is not written yet."""

    def __init__(self, where: object, reason: str) -> None:
        super().__init__(f"{where} cannot be trained: {reason}")


class UntrustedNotebook(UsageError):
    """A notebook would be executed in a kernel that nothing confines, and nobody has said that it may."""

    def __init__(self, path: object) -> None:
        super().__init__(
            f"{path} was not executed: all of its code would run unconfined, and can do whatever you can. "
            "If you wrote it, or trust whoever did, add --trust."
        )


class UntrustedCode(SandboxError):
    """Strangers' code, on a machine that cannot confine it."""

    def __init__(self, missing: Iterable[str]) -> None:
        super().__init__(
            f"This machine cannot confine other people's code (missing: {', '.join(missing)}), so none of it was run. "
            "Grade on Linux with Landlock (5.13 or later), or add --trust if you trust everyone who submitted."
        )


class WorkersFailed(SandboxError):
    """The processes that grade a class could not do it; `exit_code` is that of the cause, where it is known."""

    def __init__(self, reason: str, exit_code: int = SandboxError.exit_code) -> None:
        super().__init__(reason)
        self.exit_code = exit_code


class ClusterFailed(SandboxError):
    """The machines of a cluster could not do it, or could not be reached."""

    def __init__(self, address: str, reason: str) -> None:
        super().__init__(f"The cluster at {address} {reason}")
