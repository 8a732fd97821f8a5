"""What is different between two judgements of the same stages, as far as a person would call it different."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace

from grader.report.verdicts import remark
from grader.result import StageResult, Verdict


@dataclass(frozen=True)
class LastTold:
    """What was last told of a stage, but for the places in it; `words` are None where they are yet to come."""

    verdict: Verdict
    words: str | None


@dataclass(frozen=True)
class Change:
    """Stages that went the same way: the same verdict before, the same verdict and words now."""

    before: Verdict | None
    """None where nothing was told before, or where it is the words that are new."""
    stages: tuple[StageResult, ...]
    words: str
    """As they are to be shown; without them where they are yet to come."""


def changes(
    before: Mapping[str, LastTold], stages: Iterable[StageResult], unexplained: Iterable[str] = ()
) -> tuple[list[Change], dict[str, LastTold]]:
    """What is new in some stages, and what will have been told of them then.

    Args:
        before: what was told of each stage, by its name.
        stages: as they are judged now.
        unexplained: of which of them the words may be others in a moment, so that only the verdict is told.
    """
    found: dict[tuple[Verdict | None, Verdict, str], Change] = {}
    after = dict(before)
    waiting = frozenset(unexplained)
    for stage in stages:
        last = before.get(stage.name)
        new = LastTold(stage.verdict, None if stage.name in waiting else remark(_unplaced(stage)))
        same_verdict = last is not None and last.verdict == stage.verdict
        if same_verdict and last is not None and new.words in (None, last.words or ""):
            continue
        after[stage.name] = new
        words = "" if stage.name in waiting else remark(stage)
        change = Change(None if same_verdict or last is None else last.verdict, (), words)
        alike = (change.before, stage.verdict, new.words or "")
        change = found.setdefault(alike, change)
        found[alike] = replace(change, stages=(*change.stages, stage))
    return list(found.values()), after


def _unplaced(stage: StageResult) -> StageResult:
    """The stage without the places in what is said of it: they change where a line is written above."""
    diagnosis = stage.diagnosis
    if diagnosis and diagnosis.anywhere:
        diagnosis = replace(diagnosis, message=diagnosis.anywhere)
    return replace(stage, message=stage.anywhere or stage.message, diagnosis=diagnosis)
