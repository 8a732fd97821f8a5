"""What a red dot says: our sentences on one stage, with nothing in them that a terminal or a CI service would obey."""

from collections.abc import Iterator, Sequence

from grader.report import verdicts
from grader.report.safe import logged
from grader.result import StageResult


def failure_text(stage: StageResult, problems: Sequence[str] = ()) -> str:
    """Why a stage is not passed; the first line has the verdict and the cause.

    Args:
        stage: what was judged.
        problems: what could not be read or run of its file.
    """
    return logged("\n".join(_lines(stage, problems)))


def _lines(stage: StageResult, problems: Sequence[str]) -> Iterator[str]:
    cause, *more = _causes(stage)
    yield f"{stage.verdict}: {cause}"
    yield from more
    yield from (problem for problem in problems if problem != cause)
    if stage.shape is not None:
        yield verdicts.compare_line(stage)
    if stage.where:
        yield f"Where: {verdicts.place_of(stage.where)}"
    if stage.error and stage.error.traceback:
        yield stage.error.traceback
    if stage.verdict != "ungraded":
        yield f"For a hint: grade hint {stage.name}"


def _causes(stage: StageResult) -> list[str]:
    """The named slip comes first, where there is one; the message has the element that is furthest off."""
    named = stage.diagnosis.message if stage.diagnosis else ""
    texts = dict.fromkeys([named, *verdicts.causes(stage), stage.message])
    return [text for text in texts if text] or [verdicts.why(stage)]


def warnings_text(stage: StageResult) -> str:
    """What costs no marks, a line each."""
    return logged("\n".join(warning.message for warning in stage.warnings))
