"""Results, read back from where they were written."""

import json
from dataclasses import dataclass, field
from pathlib import Path

import msgspec

from grader.errors import NoResults
from grader.report.json import from_json
from grader.result import Absent, Result

LINES, ONE, SUMMARY = "results.jsonl", "result.json", "summary.json"
"""What `grade batch` writes, a result a line; and what `grade --json` is mostly told to."""


@dataclass(frozen=True)
class SummaryFacts:
    """What is read of `summary.json`."""

    missing: list[Absent] = field(default_factory=list)


def results_file(path: Path) -> Path:
    """The file of results: what is at a path, or the one in that folder.

    Raises:
        NoResults: there is none.
    """
    if not path.is_dir():
        if not path.exists():
            raise NoResults(path, "does not exist")
        return path
    for name in (LINES, ONE):
        if (path / name).is_file():
            return path / name
    raise NoResults(path, f"it contains neither {LINES} nor {ONE}")


def read_absent(file: Path) -> list[Absent]:
    """Who handed in nothing, as `grade batch` wrote it beside its results; nobody where it did not.

    Raises:
        NoResults: there is such a file, and it is something else.
    """
    beside = file.with_name(SUMMARY)
    if file.name != LINES or not beside.is_file():
        return []
    try:
        return msgspec.json.decode(beside.read_bytes(), type=SummaryFacts).missing
    except OSError as error:
        raise NoResults(beside, f"cannot be read ({error.strerror})") from None
    except (msgspec.MsgspecError, UnicodeDecodeError) as error:
        raise NoResults(beside, f"this was not written by this version of the grader ({error})") from None


def not_yet(file: Path) -> tuple[int, int]:
    """How many submissions of a class are not graded yet, and how many there are, as the summary beside it says.

    Args:
        file: of results; of anything but a class, nothing is missing.
    """
    try:
        counts = json.loads((file.parent / SUMMARY).read_bytes())["counts"] if file.name == LINES else {}
        return int(counts.get("not_yet", 0)), int(counts.get("hand_ins", 0))
    except (OSError, ValueError, KeyError, TypeError, AttributeError):
        return 0, 0


def read_results(file: Path) -> list[Result]:
    """The results in a file, one or one a line, by the id of the submission.

    Where the same submission is there more than once, the last one counts: it was graded again.

    Raises:
        NoResults: the file cannot be read, holds none, or something else.
    """
    try:
        data = file.read_bytes()
    except OSError as error:
        raise NoResults(file, f"cannot be read ({error.strerror})") from None
    texts = data.splitlines() if file.suffix == ".jsonl" else [data]
    found: dict[tuple[str, str], Result] = {}
    for number, text in enumerate(texts, 1):
        if not text.strip():
            continue
        try:
            result = from_json(text)
        except (msgspec.MsgspecError, UnicodeDecodeError) as error:
            where = f"line {number}: " if len(texts) > 1 else ""
            raise NoResults(
                file, f"{where}this is not a result written by this version of the grader ({error})"
            ) from None
        found[result.submission.id, result.submission.path] = result
    if not found:
        raise NoResults(file, "it contains no results")
    return [found[key] for key in sorted(found)]
