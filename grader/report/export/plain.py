"""What is told of a stage, as plain text for other tools."""

from grader.report.safe import LINE, TEXT, one_line, plain
from grader.report.verdicts import MEANINGS, place_of, said_of
from grader.result import StageResult


def why(stage: StageResult, most: int = LINE) -> str:
    """What is said of a stage, in one line: the causes, then the warnings."""
    return one_line(said_of(stage), most)


def details(stage: StageResult, most: int = TEXT) -> str:
    """What is said of a stage, in some lines: the verdict and what it means, why, where, and the traceback."""
    lines = [f"{stage.verdict}: {MEANINGS[stage.verdict]}", why(stage, most)]
    if stage.where:
        lines.append(one_line(place_of(stage.where)))
    if stage.error and stage.error.traceback:
        lines.append(plain(stage.error.traceback, most))
    return plain("\n".join(filter(None, lines)), most)
