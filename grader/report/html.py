"""The report of one submission: one HTML file that needs nothing else, no network and no script."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from jinja2 import Environment, FileSystemLoader, StrictUndefined, Template
from markupsafe import Markup

from grader.assignment.assignment import Assignment, Exercise
from grader.report import words
from grader.report.code import code_style, highlighted
from grader.report.curve import draw_curves
from grader.report.drawing import draw
from grader.report.heatmap import data_uri
from grader.result import ErrorMap, Result, StageResult

Losses = Sequence[float | None]
OWN, AUTOGRAD = "your gradients", "loss.backward()"
LOSS_CURVES = "Loss over the steps of the run"
TEMPLATES = Path(__file__).parent / "templates"


@dataclass(frozen=True)
class StageView:
    """A stage as the page shows it: the judgement, and what belongs beside it."""

    judged: StageResult
    forward: list[str]
    hint: str
    code: Markup | None
    heatmap: str | None
    map_shape: tuple[int, ...] | None
    largest: float | None
    curve: Markup | None


def render(
    result: Result,
    assignment: Assignment,
    sources: Mapping[str, str],
    maps: Mapping[str, ErrorMap],
    executed: str | None = None,
) -> str:
    """The page.

    Args:
        result: what was judged.
        assignment: its forward lines and hints.
        sources: the text of each file of the submission, by name.
        maps: where a stage is off, by its name.
        executed: the file beside it that shows the notebook executed.
    """
    exercises = [
        {
            "judged": judged,
            "drawing": draw(assignment.exercise(judged.name), judged.stages),
            "stages": [_view(stage, assignment.exercise(judged.name), sources, maps) for stage in judged.stages],
        }
        for judged in result.exercises
    ]
    return template("report.html.j2").render(
        result=result,
        exercises=exercises,
        first=words.first_own_error(result.stages),
        words=words,
        executed=executed,
        code_style=Markup(code_style()),
    )


def _view(
    stage: StageResult, exercise: Exercise, sources: Mapping[str, str], maps: Mapping[str, ErrorMap]
) -> StageView:
    shown = maps.get(stage.name)
    asked = next(each for each in exercise.everything if each.name == stage.name)
    return StageView(
        judged=stage,
        forward=[line.source for line in exercise.script.lines_using(stage.tensor, exercise.cuts)],
        hint=asked.hint,
        code=highlighted(stage.where, sources) if stage.where else None,
        heatmap=data_uri(shown) if shown else None,
        map_shape=shown.shape if shown else None,
        largest=shown.largest if shown else None,
        curve=Markup(loss_curves(stage.curve.own, stage.curve.reference, stage.curve.steps)) if stage.curve else None,
    )


def loss_curves(own: Losses, autograd: Losses, steps: int, *, alone: bool = False) -> str:
    """Two loss curves as SVG, to put into a page or to stand alone; empty if there is nothing to draw."""
    curves = draw_curves({OWN: own, AUTOGRAD: autograd}, steps)
    return template("curve.svg.j2").render(curves=curves, title=LOSS_CURVES, alone=alone) if curves else ""


@cache
def template(name: str) -> Template:
    """A template of ours, with escaping on."""
    environment = Environment(
        loader=FileSystemLoader(TEMPLATES),
        autoescape=True,
        trim_blocks=True,
        lstrip_blocks=True,
        undefined=StrictUndefined,
    )
    environment.filters["printable"] = lambda text: words.printable(str(text))
    return environment.get_template(name)
