"""Stages that fail for one cause: it is told at the first of them, and the others name that one."""

from collections.abc import Hashable, Sequence

from grader.report.verdicts import state_of
from grader.result import StageResult


def first_alike(stages: Sequence[StageResult]) -> dict[str, str]:
    """For each stage whose cause an earlier one has as well, the name of the first one."""
    first: dict[Hashable, str] = {}
    found = {}
    for stage in sorted(stages, key=lambda stage: stage.place):
        cause = _cause(stage)
        if cause is None:
            continue
        if cause in first:
            found[stage.name] = first[cause]
        else:
            first[cause] = stage.name
    return found


def _cause(stage: StageResult) -> Hashable:
    """What two stages have in common that one edit mends; None where nothing is known of that."""
    if state_of(stage) != "wrong":
        return None
    if stage.error:
        return stage.error.type, stage.error.message
    if stage.diagnosis and stage.diagnosis.line and stage.where:
        return stage.diagnosis.code, stage.diagnosis.line, stage.where.file
    return None


def stopped_by(problem: str, stages: Sequence[StageResult]) -> list[str]:
    """The names of the stages that fail for a problem of the files, and for nothing else."""
    return [stage.name for stage in stages if stage.error and stage.error.message == problem]
