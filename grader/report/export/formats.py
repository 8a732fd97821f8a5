"""The formats there are."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Literal

from grader.report.export.canvas import canvas
from grader.report.export.classroom50 import classroom50
from grader.report.export.export import Export, Given, ungraded
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
    goes: Literal["out", "beside", "runner"] = "out"
    """To the terminal; beside the teacher's file, which it fills in; or where GitHub's runner looks."""


def _csv(results: Sequence[Result], given: Given) -> Export:
    return Export({"gradebook.csv": gradebook(results).encode()}, ungraded(results))


FORMATS = {
    "gradescope": Format(gradescope),
    "junit": Format(junit),
    "github": Format(github, "runner"),
    "classroom50": Format(classroom50),
    "canvas": Format(canvas, "beside"),
    "moodle": Format(moodle, "beside"),
    "csv": Format(_csv),
}
