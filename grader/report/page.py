"""The report of one submission: one HTML file that needs nothing else, no network and no script."""

import base64
import hashlib
import sys
from collections.abc import Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime
from functools import cache
from importlib.util import cache_from_source
from itertools import pairwise
from pathlib import Path

import jinja2
from jinja2 import Environment, FileSystemBytecodeCache, FileSystemLoader, StrictUndefined, Template
from jinja2.bccache import Bucket
from markupsafe import Markup

from grader.assignment.assignment import Assignment, Exercise
from grader.report import safe, verdicts
from grader.report.carried import Carried, follow
from grader.report.code import Code, codes, glimpse
from grader.report.curve import draw_curves
from grader.report.drawing import Drawing, draw
from grader.report.heatmap import Heatmap, heatmap
from grader.report.safe.html import prose
from grader.report.same_cause import first_alike, stopped_by
from grader.result import ErrorMap, ExerciseResult, Result, StageResult
from grader.version import __version__ as VERSION

Losses = Sequence[float | None]
OWN, AUTOGRAD = "your gradients", "loss.backward()"
LOSS_CURVES = "Loss over the steps of the run"
TEMPLATES = Path(__file__).parent / "templates"
LARGEST = 390_000
"""Bytes of a page that mails and course systems take without ado."""


@dataclass(frozen=True)
class Detail:
    """How much a page shows: characters of a student's text in one place, characters of code in all, heatmaps."""

    text: int
    code: int
    heatmaps: bool


GROUPS = {"right": "passed", "carried": "passed", "wrong": "wrong", "ungraded": "wrong", "untried": "missing"}
"""What stages are filtered by."""
DETAILS = (
    Detail(4_000, 60_000, True),
    Detail(1_000, 20_000, True),
    Detail(300, 20_000, True),
    Detail(200, 8_000, False),
    Detail(60, 0, False),
)
"""The first with which a page is small enough is taken."""


@dataclass(frozen=True)
class StageView:
    """A stage as the page shows it: the judgement, and what belongs beside it."""

    judged: StageResult
    forward: list[str]
    hint: str
    code: Code | None
    heatmap: Heatmap | None
    curve: Markup | None
    state: str
    origins: list[str]
    """Of an error that is carried here, the stages whose it is."""
    like: str
    """The stage where its cause is told."""
    alike: list[str]
    """The stages whose cause is told here."""

    @property
    def group(self) -> str:
        """What it is to the one who filters stages."""
        return GROUPS[self.state]

    @property
    def is_open(self) -> bool:
        return self.group == "wrong" and not self.like


@dataclass(frozen=True)
class Trouble:
    """What went wrong with a file, and the stages that nothing else keeps from being judged."""

    problem: str
    stops: list[str]


@dataclass(frozen=True)
class ExerciseView:
    """An exercise as the page shows it."""

    judged: ExerciseResult
    drawing: Drawing
    stages: list[StageView]

    @property
    def begun(self) -> bool:
        return any(view.state != "untried" for view in self.stages)


def render(
    result: Result,
    assignment: Assignment,
    sources: Mapping[str, str],
    maps: Mapping[str, ErrorMap],
    executed: str | None = None,
    when: datetime | None = None,
) -> str:
    """The page.

    Args:
        result: what was judged.
        assignment: its forward lines and hints.
        sources: the text of each file of the submission, by name.
        maps: where a stage is off, by its name.
        executed: the file beside it that shows the notebook executed.
        when: it was graded; now, by default.
    """
    html, when = "", when or datetime.now().astimezone()
    for detail in DETAILS:
        html = _render(result, assignment, sources, maps if detail.heatmaps else {}, executed, detail, when)
        if len(html.encode("utf-8")) <= LARGEST:
            break
    return html


def _render(
    result: Result,
    assignment: Assignment,
    sources: Mapping[str, str],
    maps: Mapping[str, ErrorMap],
    executed: str | None,
    detail: Detail,
    when: datetime,
) -> str:
    flat = result.submission.style == "flat"
    code = codes(result.stages, sources, flat=flat, most=detail.code)
    exercises = [_exercise(judged, assignment.exercise(judged.name), code, maps) for judged in result.exercises]
    views = [view for each in exercises for view in each.stages]
    troubles = _troubles(result)
    stopped = {name for trouble in troubles for name in trouble.stops}
    first = verdicts.first_own_error(result, but=stopped)
    first = first or (None if stopped else verdicts.first_untried(result))
    return page(
        "report.html.j2",
        ["verdicts.css", "page.css", "code.css", "lines.css", "heatmap.css", "report.css"],
        result=result,
        exercises=exercises,
        troubles=troubles,
        groups={group: count for group in GROUPS.values() if (count := sum(view.group == group for view in views))},
        first=next((view for view in views if view.judged is first), None),
        onward=_onward(views),
        glimpse=glimpse(first, sources, flat=flat) if first and detail.code else None,
        executed=executed,
        most=detail.text,
        when=when,
    )


def _troubles(result: Result) -> list[Trouble]:
    """What went wrong with the files, each once."""
    problems = dict.fromkeys(result.submission.problems)
    return [Trouble(problem, stopped_by(problem, result.stages)) for problem in problems]


def _onward(views: Sequence[StageView]) -> dict[str, str]:
    """From each stage that is wrong to the next one that is, in the order of the page."""
    wrong = [view.judged.name for view in views if view.is_open]
    return dict(pairwise(wrong))


def _exercise(
    judged: ExerciseResult, exercise: Exercise, code: Mapping[str, Code], maps: Mapping[str, ErrorMap]
) -> ExerciseView:
    carried, like = follow(exercise, judged.stages), first_alike(judged.stages)
    views = [_view(stage, exercise, code, maps, carried, like) for stage in judged.stages]
    return ExerciseView(judged, draw(exercise, judged.stages, carried), views)


def _view(
    stage: StageResult,
    exercise: Exercise,
    code: Mapping[str, Code],
    maps: Mapping[str, ErrorMap],
    carried: Carried,
    like: Mapping[str, str],
) -> StageView:
    asked = next(each for each in exercise.everything if each.name == stage.name)
    sizes = next((probe.sizes for probe in stage.probes if probe.kind == "course"), {})
    return StageView(
        judged=stage,
        forward=[*exercise.script.sources_using(stage.tensor, exercise.cuts)],
        hint=asked.hint,
        code=code.get(stage.name),
        heatmap=heatmap(maps[stage.name], sizes) if stage.name in maps else None,
        curve=Markup(loss_curves(stage.curve.own, stage.curve.reference, stage.curve.steps)) if stage.curve else None,
        state=carried.state(stage),
        origins=carried.origins.get(stage.name, []),
        like=like.get(stage.name, ""),
        alike=[name for name, first in like.items() if first == stage.name],
    )


def loss_curves(own: Losses, autograd: Losses, steps: int, *, alone: bool = False) -> str:
    """Two loss curves as SVG, to put into a page or to stand alone; empty if there is nothing to draw."""
    curves = draw_curves({OWN: own, AUTOGRAD: autograd}, steps)
    return template("curve.svg.j2").render(curves=curves, title=LOSS_CURVES, alone=alone) if curves else ""


def page(name: str, sheets: Sequence[str], **content: object) -> str:
    """A page with its style sheets in it, and a policy that lets nothing else style it, and nothing run.

    Args:
        name: of a template that extends `page.html.j2`.
        sheets: names of style sheets among the templates.
        content: what the template shows.
    """
    style, style_hash = _style(*sheets)
    return template(name).render(words=verdicts, style=style, style_hash=style_hash, **content)


@cache
def _style(*sheets: str) -> tuple[Markup, str]:
    """The text of style sheets with our colours, and how a policy names it."""
    style = f"\n{colours()}{''.join(map(sheet, sheets))}"
    return Markup(style), policy_hash(style)


def colours() -> str:
    """The colours by name, as a page has them: light or dark."""
    dark = f"@media screen and (prefers-color-scheme: dark) {{ :root {{\n{sheet('dark.css')}}} }}\n"
    return f":root {{\n{sheet('light.css')}}}\n{dark}"


@cache
def sheet(name: str) -> str:
    """A style sheet of ours."""
    return (TEMPLATES / name).read_text(encoding="utf-8")


def policy_hash(text: str) -> str:
    """How a page's policy names the one script or style sheet that it may have."""
    return f"sha256-{base64.b64encode(hashlib.sha256(text.encode()).digest()).decode()}"


class _Compiled(FileSystemBytecodeCache):
    """Compiled templates, kept as Python keeps compiled modules: beside them, where that can be written."""

    def __init__(self) -> None:
        folder = Path(cache_from_source(str(TEMPLATES / "template.py"))).parent
        super().__init__(str(folder), f"%s.jinja2-{jinja2.__version__}.grader-{VERSION}")

    def dump_bytecode(self, bucket: Bucket) -> None:
        if not sys.dont_write_bytecode:
            with suppress(OSError):
                Path(self.directory).mkdir(exist_ok=True)
                super().dump_bytecode(bucket)


@cache
def template(name: str) -> Template:
    """A template of ours, with escaping on."""
    environment = Environment(
        loader=FileSystemLoader(TEMPLATES),
        bytecode_cache=_Compiled(),
        autoescape=True,
        trim_blocks=True,
        lstrip_blocks=True,
        undefined=StrictUndefined,
    )
    environment.filters["printable"] = lambda text: safe.printable(str(text))
    environment.filters["shortened"] = lambda text, most: safe.printable(safe.shortened(str(text), most))
    environment.filters["prose"] = prose
    environment.filters |= {"number": verdicts.number, "out_of": verdicts.score, "sizes": verdicts.sizes}
    return environment.get_template(name)
