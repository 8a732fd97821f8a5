"""What is said of a mark: each adjustment beside what was judged, and what lateness took."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime

from grader.marks.adjust import LATE, TOTAL
from grader.marks.rounding import points
from grader.report.page import template
from grader.result import AdjustedStage, Adjustment, Lateness, Mark, Result

OPEN, CLOSE = "<!--mark-->", "<!--/mark-->"
"""Where a report has room for the mark. What students write is escaped, so nothing of theirs can look like it."""
TITLE, AFTER_SCORE = "<title>", " · "


@dataclass(frozen=True)
class MarkLine:
    """A sentence on a mark, and the stage that it is about, if it is about one."""

    stage: str
    sentence: str

    @property
    def whole(self) -> str:
        return f"{self.stage}: {self.sentence}" if self.stage else self.sentence


def mark_lines(result: Result) -> list[MarkLine]:
    """All that makes the mark another number than what was judged."""
    return list(_lines(result.mark)) if result.mark else []


def _lines(mark: Mark) -> Iterator[MarkLine]:
    yield from (MarkLine(stage.name, _stage(stage)) for stage in mark.stages)
    if mark.lateness and mark.lateness.status == "late":
        waived = [each for each in mark.adjustments if each.stage == LATE]
        yield MarkLine("", _late(mark, mark.lateness, waived))
    yield from (MarkLine("", _total(each)) for each in mark.adjustments if each.stage == TOTAL)


def _stage(stage: AdjustedStage) -> str:
    judged = "not judged" if stage.judged is None else f"judged {points(stage.judged)}"
    if stage.excused:
        return _because(f"{judged}, excused, so it does not count", stage.reasons)
    if stage.score is None:
        return _because(f"{judged}, so there is nothing to add points to", stage.reasons)
    return _because(f"{judged}, adjusted to {points(stage.score)}", stage.reasons)


def _because(said: str, reasons: list[str]) -> str:
    because = "; ".join(filter(None, reasons))
    return f"{said}: {because}" if because else f"{said}."


def how_late(lateness: Lateness) -> str:
    """`2 days late`."""
    if lateness.periods is None:
        return "late, but nothing says how late"
    unit = "hour" if lateness.hourly else "day"
    return f"{lateness.periods} {unit}{'s' if lateness.periods != 1 else ''} late"


def _late(mark: Mark, lateness: Lateness, waived: list[Adjustment]) -> str:
    late = how_late(lateness).capitalize()
    if waived:
        return _because(f"{late}, which is excused", [each.reason for each in waived])
    if not mark.deducted:
        return f"{late}; nothing was deducted."
    came = f", handed in {_time(lateness.submitted)}" if lateness.submitted else ""
    taken = f"{points(mark.deducted)} of {points(mark.earned)} points deducted"
    return f"{late} (due {_time(lateness.due)}{came}): {taken} ({lateness.rule})."


def _time(moment: str) -> str:
    """For people, to the minute."""
    return datetime.fromisoformat(moment).isoformat(" ", "minutes")


def _total(adjustment: Adjustment) -> str:
    if adjustment.action == "excuse":
        return _because("Excused, so there is no mark", [adjustment.reason])
    if adjustment.action == "set":
        return _because(f"Total set to {points(adjustment.points)}", [adjustment.reason])
    verb = "added to" if adjustment.points >= 0 else "taken off"
    amount = abs(adjustment.points)
    return _because(f"{points(amount)} point{'s' if amount != 1 else ''} {verb} the total", [adjustment.reason])


def mark_score(result: Result) -> str:
    """`26.5 / 28`, of what counts."""
    if result.is_excused:
        return "excused"
    return f"{points(result.final_score) or '-'} / {points(result.final_max)}"


def with_mark(page: str, result: Result) -> str:
    """A report with the mark of this result in it, and with nothing else changed; without a mark, with none."""
    before, opened, rest = page.partition(OPEN)
    _, closed, after = rest.partition(CLOSE)
    if not (opened and closed):
        return page
    start, titled, title = before.partition(TITLE)
    before = f"{start}{titled}{mark_score(result)}{AFTER_SCORE}{title.partition(AFTER_SCORE)[2]}" if titled else before
    lines = mark_lines(result)
    shown = template("mark.html.j2").render(score=mark_score(result), lines=lines) if lines else ""
    return f"{before}{OPEN}{shown}{CLOSE}{after}"
