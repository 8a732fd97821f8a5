"""What `check` shows in a notebook: a piece of HTML that brings its own styles, and the same as text.

Its styles hold inside it alone, and follow the notebook's theme: the editors that people use say which theme they have
at the root of the page, and where none does, the system's counts.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cache, cached_property

from markupsafe import Markup

from grader.assignment.assignment import Assignment
from grader.report import verdicts
from grader.report.code import Code, glimpse
from grader.report.heatmap import Heatmap, heatmap
from grader.report.page import sheet, template
from grader.report.safe import on_its_line, printable, shortened, unobeyed
from grader.result import ErrorMap, ExerciseResult, Result, StageResult

SCOPE = ".backprop-check"
SHEETS = ("verdicts.css", "code.css", "lines.css", "heatmap.css", "check.css")
DARK_THEMES = ('[data-jp-theme-light="false"]', ".vscode-dark", ".vscode-high-contrast", 'html[theme="dark"]')
LIGHT_THEMES = ('[data-jp-theme-light="true"]', ".vscode-light", ".vscode-high-contrast-light", 'html[theme="light"]')
"""How JupyterLab, VS Code and Colab say it."""
MOST_TEXT = 2_000
"""Characters of a student's text in one place."""
MOST_PROBLEMS, MOST_MAPS, MOST_PRINTED = 3, 3, 3
LOST = ("missing", "error", "timeout")
"""Verdicts for which other cells may be the reason."""
ENFORCED, UNCONFINED = "enforced", "Nothing confines the code here"
TITLES = {"missing": "not written yet"}
"""What a verdict is called where no table explains it."""


@dataclass(frozen=True)
class CheckedStage:
    """A stage as it is shown."""

    judged: StageResult
    title: str
    why: str
    place: str
    code: Code | None
    line: str
    """The first of the lines to look at."""
    heatmap: Heatmap | None
    hint: str


@dataclass(frozen=True)
class CheckedWork:
    """A result with what is shown beside it."""

    result: Result
    assignment: Assignment
    sources: Mapping[str, str]
    maps: Mapping[str, ErrorMap]
    is_all: bool
    """Whether it is everything there is, of which only the first error is shown in full."""
    numbered: bool
    """Whether its cells have the numbers that the notebook shows."""

    @property
    def passed(self) -> bool:
        return self.result.exit_code == 0

    @cached_property
    def html(self) -> str:
        """For a notebook."""
        return template("check.html.j2").render(
            words=verdicts,
            style=_style(),
            groups=self._groups,
            shown=self._shown,
            untouched=self._untouched,
            printed=self._printed,
            is_all=self.is_all,
            score=verdicts.score(self.result.score, self.result.max_score),
            summary=verdicts.summary(self.result),
            notes=self._notes,
            most=MOST_TEXT,
        )

    @cached_property
    def text(self) -> str:
        """For a terminal."""
        return unobeyed("\n".join(line.rstrip() for line in self._lines()))

    @cached_property
    def _stages(self) -> list[CheckedStage]:
        return [self._view(exercise, stage) for exercise in self.result.exercises for stage in exercise.stages]

    @cached_property
    def _in_full(self) -> list[str]:
        """The stages that are shown in full: what was asked for and is not right, or the first error."""
        if self.is_all:
            first = verdicts.first_own_error(self.result)
            return [first.name] if first else []
        return [stage.name for stage in self.result.stages if not stage.passed and not _is_untouched(stage)]

    @property
    def _shown(self) -> list[CheckedStage]:
        return [stage for stage in self._stages if stage.judged.name in self._in_full]

    @property
    def _groups(self) -> list[tuple[str, list[CheckedStage]]]:
        """The rows, below the titles of their exercises: of all there is, what is written; else what is right."""
        groups = []
        for exercise in self.result.exercises:
            names = {stage.name for stage in exercise.stages if not _is_untouched(stage)}
            names -= set() if self.is_all else {*self._in_full}
            rows = [stage for stage in self._stages if stage.judged.name in names]
            groups += [(exercise.title if self.is_all else "", rows)] if rows else []
        return groups

    @property
    def _printed(self) -> list[str]:
        """What was printed by what was asked for; once where a function answers several stages."""
        texts = dict.fromkeys(stage.printed for stage in self.result.stages if stage.printed.strip())
        return [] if self.is_all else [*texts][:MOST_PRINTED]

    @property
    def _untouched(self) -> list[str]:
        return [verdicts.title_of(stage) for stage in self.result.stages if _is_untouched(stage)]

    @cached_property
    def _notes(self) -> list[str]:
        """What there is to know beside the stages: cells that could not be run, and what is not protected here."""
        is_lost = any(stage.judged.verdict in LOST for stage in self._shown)
        problems = self.result.submission.problems[:MOST_PROBLEMS] if is_lost else []
        return [*(on_its_line(shortened(each, MOST_TEXT)) for each in problems), *self._exposed()]

    def _exposed(self) -> Iterator[str]:
        isolation = self.result.grader.isolation
        missing = verdicts.exposed(isolation)
        if missing:
            what = f"Not protected here: {', '.join(missing)}" if ENFORCED in isolation.values() else UNCONFINED
            yield f"{what}. Your code can do there what it can do in any cell."

    def _view(self, exercise: ExerciseResult, stage: StageResult) -> CheckedStage:
        asked = next(e for e in self.assignment.exercise(exercise.name).everything if e.name == stage.name)
        mapped = self._in_full[:MOST_MAPS]
        is_flat = self.result.submission.style == "flat"
        return CheckedStage(
            stage,
            TITLES.get(stage.verdict, stage.verdict) if not stage.begun else stage.verdict,
            verdicts.sentences([*verdicts.causes(stage), *self._warnings(stage)]),
            self._place(stage),
            None if stage.passed else glimpse(stage, self.sources, flat=is_flat),
            self._line(stage),
            heatmap(self.maps[stage.name]) if stage.name in self.maps and stage.name in mapped else None,
            asked.hint,
        )

    def _line(self, stage: StageResult) -> str:
        lines = verdicts.lines_to_look_at(stage)
        if not lines or stage.where is None or stage.where.file not in self.sources:
            return ""
        return self.sources[stage.where.file].split("\n")[lines[0] - 1].strip()

    def _warnings(self, stage: StageResult) -> list[str]:
        """In a notebook, everything is defined more than once."""
        return [each.message for each in stage.warnings if not (self.numbered and each.code == "duplicate")]

    def _place(self, stage: StageResult) -> str:
        if stage.where is None or stage.passed:
            return ""
        lines = verdicts.lines_to_look_at(stage)
        where = verdicts.place_in_cell(stage.where, *lines[:1]) if self.numbered else None
        if where is None:
            return verdicts.place_of(stage.where, *lines[:1])
        return f"In [{where[0]}], line {where[1]}" if lines else f"In [{where[0]}]"

    def _lines(self) -> Iterator[str]:
        for title, rows in self._groups:
            if title:
                yield printable(title)
            width = max(len(verdicts.title_of(row.judged)) for row in rows)
            for row in rows:
                yield f"{_mark(row):<14} {verdicts.title_of(row.judged):<{width}}  {on_its_line(row.why)}"
        for stage in self._shown:
            yield from _told_in_full(stage, announced=self.is_all)
        for text in self._printed:
            yield "printed:"
            yield from (f"    {line}" for line in printable(shortened(text, MOST_TEXT)).rstrip().split("\n"))
        if self.is_all:
            yield f"Score {verdicts.score(self.result.score, self.result.max_score)}  {verdicts.summary(self.result)}"
        elif self._untouched:
            yield f"{verdicts.GLYPHS['missing']} {TITLES['missing']}: {', '.join(self._untouched)}"
        yield from self._notes


def notice_html(message: str) -> str:
    """A sentence in the place of an answer."""
    return template("check_notice.html.j2").render(style=_style(), message=message, most=MOST_TEXT)


def notice_text(message: str) -> str:
    """The same as text."""
    return unobeyed(on_its_line(shortened(message, MOST_TEXT)))


def _is_untouched(stage: StageResult) -> bool:
    return stage.verdict == "missing" and not stage.begun


def _told_in_full(stage: CheckedStage, *, announced: bool) -> Iterator[str]:
    """The reason below the stage, with the line and the element that is furthest off."""
    judged, place = stage.judged, f"  ({on_its_line(stage.place)})" if stage.place else ""
    yield f"{'Look first at: ' if announced else ''}{_mark(stage)}  {verdicts.title_of(judged)}{place}"
    yield f"    {on_its_line(stage.why or verdicts.why(judged))}"
    if stage.line:
        yield f"    > {on_its_line(stage.line)}"
    if stage.heatmap:
        yield from (f"    at {at}: {got} instead of {expected}" for at, got, expected, _ in stage.heatmap.worst[:1])
    if judged.error and judged.error.traceback:
        yield from (f"    {line}" for line in printable(judged.error.traceback).split("\n"))


def _mark(stage: CheckedStage) -> str:
    return f"{verdicts.GLYPHS[stage.judged.verdict]} {stage.title}"


@cache
def _style() -> Markup:
    """The report's own colours and marks, for what is inside the scope alone."""
    light, dark = sheet("light.css"), sheet("dark.css")
    themed = ", ".join(f"{theme} &" for theme in DARK_THEMES)
    otherwise = f"&:not({', '.join(f'{theme} *' for theme in LIGHT_THEMES)})"
    by_system = f"@media screen and (prefers-color-scheme: dark) {{ {otherwise} {{ {dark} }} }}"
    rules = "".join(map(sheet, SHEETS))
    return Markup(f"{SCOPE} {{\n{light}{by_system}\n{themed} {{ {dark} }}\n{rules}}}\n")
