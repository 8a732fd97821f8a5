"""Where in a student's own lines the first NaN or infinity of an answer arose. It decides nothing."""

from grader.assignment.stage import Stage
from grader.border import Arising
from grader.errors import SandboxError
from grader.judge.gradient import decide
from grader.run.locate_slip import Workshop


def arising_in(workshop: Workshop, stage: Stage) -> Arising | None:
    """Where it arose on the probe that the verdict of a stage rests on.

    None where that does not rest on NaN or infinity, or where nobody saw them arise.

    Args:
        workshop: what answers the stage.
        stage: one that has answers.
    """
    _, trial = decide(workshop.findings[stage.name].trials)
    if trial.comparison is None or trial.comparison.verdict != "nonfinite":
        return None
    place = workshop.stages.index(stage)
    try:
        return workshop.session.trace(workshop.asking(stage, trial.probe), place)
    except SandboxError:
        return None
