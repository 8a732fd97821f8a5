"""The mark: a judged result, adjustments and lateness in; what counts, and everything it is made of, out.

Stages are adjusted first, then added up; then lateness takes its part; what is said of the total has the last word.
No mark goes below 0.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from fractions import Fraction

from grader.marks.adjust import LATE, TOTAL
from grader.marks.rounding import added, exact, number
from grader.result import AdjustedStage, Adjustment, ExerciseResult, Lateness, Mark, Result, StageResult

NOTHING = Fraction(0)


@dataclass
class _Counted:
    """A stage on its way: what was judged, what counts, and why."""

    stage: StageResult
    score: Fraction | None
    excused: bool = False
    reasons: list[str] = field(default_factory=list)
    touched: bool = False

    def adjust(self, adjustment: Adjustment) -> None:
        self.touched = True
        self.excused = adjustment.action == "excuse"
        self.score = _adjusted(self.score, adjustment)
        if adjustment.reason:
            self.reasons.append(adjustment.reason)

    @property
    def told(self) -> AdjustedStage:
        score = None if self.excused or self.score is None else float(self.score)
        return AdjustedStage(
            self.stage.name, self.stage.score, score, self.stage.max_score, self.excused, list(self.reasons)
        )


def marked(result: Result, adjustments: Sequence[Adjustment], lateness: Lateness | None) -> Result:
    """The result with its mark beside what was judged; without one, if nothing is said of it."""
    if not adjustments and lateness is None:
        return replace(result, mark=None)
    return replace(result, mark=mark_of(result, adjustments, lateness))


def mark_of(result: Result, adjustments: Sequence[Adjustment], lateness: Lateness | None) -> Mark:
    """What counts of a result.

    Args:
        result: as judged.
        adjustments: in the order in which they are applied; those of stages it does not have are left out.
        lateness: of the submission, if a due date was given.
    """
    counted = {
        stage.name: _Counted(stage, None if stage.score is None else exact(stage.score)) for stage in result.stages
    }
    for each in adjustments:
        if each.stage in counted:
            counted[each.stage].adjust(each)
    asked = [each.stage for each in counted.values() if not (each.excused or each.stage.bonus)]
    most = sum((exact(stage.max_score) for stage in asked), NOTHING)
    earned = _sum([each.score for each in counted.values() if not each.excused])
    waived = any(each.stage == LATE for each in adjustments)
    deducted = NOTHING if earned is None or lateness is None or waived else _deducted(earned, most, lateness)
    score = None if earned is None else earned - deducted
    on_total = [each for each in adjustments if each.stage == TOTAL]
    for each in on_total:
        score = _adjusted(score, each)
    excused = bool(on_total) and on_total[-1].action == "excuse"
    return Mark(
        score=None if score is None or excused else float(score),
        max_score=number(most),
        adjustments=list(adjustments),
        stages=[each.told for each in counted.values() if each.touched],
        earned=None if earned is None else float(earned),
        deducted=float(deducted),
        lateness=lateness,
        excused=excused,
    )


def _adjusted(score: Fraction | None, adjustment: Adjustment) -> Fraction | None:
    """Points that are not known cannot be added to."""
    if adjustment.action == "set":
        return exact(adjustment.points)
    if adjustment.action == "add" and score is not None:
        return max(NOTHING, score + exact(adjustment.points))
    return score


def _sum(scores: Sequence[Fraction | None]) -> Fraction | None:
    known = [score for score in scores if score is not None]
    return sum(known, NOTHING) if len(known) == len(scores) else None


def _deducted(earned: Fraction, most: Fraction, lateness: Lateness) -> Fraction:
    whole = most if lateness.of == "max" else earned
    return min(earned, whole * exact(lateness.share) + exact(lateness.points))


def counted_stage(result: Result, stage: StageResult) -> AdjustedStage:
    """The points of a stage as they count."""
    adjusted = {each.name: each for each in result.mark.stages} if result.mark else {}
    return adjusted.get(stage.name) or AdjustedStage(stage.name, stage.score, stage.score, stage.max_score)


def counted_exercise(result: Result, exercise: ExerciseResult) -> tuple[float | None, float]:
    """What the stages of an exercise add up to as they count, and what they are worth; lateness is not in it."""
    counted = [each for stage in exercise.stages if not (each := counted_stage(result, stage)).excused]
    scores = [each.score for each in counted if each.score is not None]
    bonus = {stage.name for stage in exercise.stages if stage.bonus}
    most = added(each.max_score for each in counted if each.name not in bonus)
    return added(scores) if len(scores) == len(counted) else None, most
