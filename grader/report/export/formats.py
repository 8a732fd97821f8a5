"""The formats there are."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Literal

from grader.report.export.canvas import canvas
from grader.report.export.classroom50 import classroom50
from grader.report.export.export import Export, Given, ungraded
from grader.report.export.feedback import canvas_feedback, moodle_feedback
from grader.report.export.github import github
from grader.report.export.gradebook import gradebook
from grader.report.export.gradescope import gradescope
from grader.report.export.junit import junit
from grader.report.export.moodle import moodle
from grader.result import Result


@dataclass(frozen=True)
class Format:
    """How results are rendered, and where that goes if nobody says."""

    render: Callable[[Sequence[Result], Given], Export]
    goes: Literal["out", "beside", "runner", "named"] = "out"
    """To the terminal; beside the teacher's file, which it fills in; where GitHub's runner looks; or into the file that
    is named with it."""


def _csv(results: Sequence[Result], given: Given) -> Export:
    return Export({"gradebook.csv": gradebook(results, given.absent, given.missing_as).encode()}, ungraded(results))


FORMATS = {
    "gradescope": Format(gradescope),
    "junit": Format(junit),
    "github": Format(github, "runner"),
    "classroom50": Format(classroom50),
    "canvas": Format(canvas, "beside"),
    "moodle": Format(moodle, "beside"),
    "canvas-feedback": Format(canvas_feedback, "named"),
    "moodle-feedback": Format(moodle_feedback, "named"),
    "csv": Format(_csv),
}
