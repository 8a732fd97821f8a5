"""The page of a class: everyone in one table, those an instructor has to look at first."""

from collections.abc import Sequence
from dataclasses import dataclass

from grader.report import words
from grader.report.html import template
from grader.result import Result, StageResult

FLAGS = ("ungraded", "forbidden", "review")


@dataclass(frozen=True)
class Row:
    """One student."""

    result: Result
    slug: str | None
    flags: list[str]
    review: list[StageResult]
    first: StageResult | None

    @property
    def order(self) -> tuple[int, str]:
        """Ungraded first, then forbidden, then review, then everyone, each by name."""
        return min([FLAGS.index(flag) for flag in self.flags], default=len(FLAGS)), self.result.submission.id.lower()


def render_class(results: Sequence[Result], slugs: Sequence[str | None]) -> str:
    """The page; `slugs` are the names of the reports, one for each result, or None where there is none."""
    rows = sorted((_row(result, slug) for result, slug in zip(results, slugs, strict=True)), key=lambda row: row.order)
    scores = [result.score for result in results if result.score is not None]
    mean = sum(scores) / len(scores) if scores else None
    return template("class.html.j2").render(rows=rows, results=results, mean=mean, words=words)


def _row(result: Result, slug: str | None) -> Row:
    stages = result.stages
    held = {
        "ungraded": any(stage.verdict == "ungraded" for stage in stages),
        "forbidden": any(stage.verdict == "forbidden" for stage in stages),
        "review": any(stage.integrity.status == "review" for stage in stages),
    }
    review = [stage for stage in stages if stage.integrity.status in ("review", "forbidden")]
    return Row(result, slug, [flag for flag in FLAGS if held[flag]], review, words.first_own_error(stages))
