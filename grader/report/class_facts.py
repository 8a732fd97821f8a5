"""What a class's results say together: how the scores are spread, which stages are hard, which slips are common."""

import math
import statistics
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

from grader.marks.rounding import points
from grader.result import Result, StageResult, Verdict

MOST_BINS = 20


@dataclass(frozen=True)
class Glance:
    """The numbers of a class. Mean and the like are of those with a score: an ungraded submission has none."""

    submissions: int
    max_score: float
    scores: list[float]
    passed_all: int
    late: int

    @property
    def mean(self) -> float | None:
        return statistics.fmean(self.scores) if self.scores else None

    @property
    def quartiles(self) -> tuple[float, float, float] | None:
        """A quarter, a half and three quarters of the class have at most so much."""
        if not self.scores:
            return None
        if len(self.scores) == 1:
            return (self.scores[0],) * 3
        low, middle, high = statistics.quantiles(self.scores, n=4, method="inclusive")
        return low, middle, high


@dataclass(frozen=True)
class Bin:
    """How many scores lie from `low` to below the next bin's `low`; in the last one, up to `high`."""

    low: int
    high: float
    count: int
    label: str = ""


@dataclass(frozen=True)
class StageFacts:
    """How a class did in one stage. `others` are the verdicts of those who tried and did not pass, by frequency."""

    name: str
    exercise: str
    bonus: bool
    passed: int
    missing: int
    ungraded: int
    others: list[tuple[Verdict, int]]

    @property
    def tried(self) -> int:
        return self.passed + sum(count for _, count in self.others)

    @property
    def share(self) -> float | None:
        """Of those who tried, who passed."""
        return self.passed / self.tried if self.tried else None


@dataclass(frozen=True)
class SlipFacts:
    """One slip in one stage, and who made it: the positions of their results."""

    stage: str
    code: str
    message: str
    students: list[int]


def glance(results: Sequence[Result]) -> Glance:
    """The numbers of a class."""
    return Glance(
        submissions=len(results),
        max_score=max((result.final_max for result in results), default=0),
        scores=[result.final_score for result in results if result.final_score is not None],
        passed_all=sum(result.exit_code == 0 for result in results),
        late=sum(result.is_late for result in results),
    )


def distribution(scores: Sequence[float], max_score: float) -> list[Bin]:
    """The scores in bins of equal width, a whole number of points; what is beyond the maximum is in the last one."""
    most = math.floor(max_score)
    width = max(1, math.ceil((most + 1) / MOST_BINS))
    lows = range(0, most + 1, width)
    counts = Counter(min(int(score // width), len(lows) - 1) for score in scores)
    whole = all(value == int(value) for value in (*scores, max_score))
    bins = [Bin(low, low + width - 1, counts[number]) for number, low in enumerate(lows)]
    bins[-1] = replace(bins[-1], high=max_score)
    return [replace(each, label=_label(each, whole=whole, last=each is bins[-1])) for each in bins]


def _label(bin: Bin, *, whole: bool, last: bool) -> str:
    """`38` to `39`; where scores are no whole numbers, to `<40`: what lies between two bins is in the lower one."""
    if whole or last:
        return str(bin.low) if bin.low == bin.high else f"{bin.low}\u2013{points(bin.high)}"
    return f"{bin.low}\u2013<{points(bin.high + 1)}"


def stages(results: Sequence[Result]) -> list[StageFacts]:
    """Every stage, in the order of the assignment."""
    titles = {
        stage.name: exercise.title for result in results for exercise in result.exercises for stage in exercise.stages
    }
    bonus = {stage.name for stage in _all(results) if stage.bonus}
    verdicts: dict[str, Counter[Verdict]] = {name: Counter() for name in titles}
    passed: Counter[str] = Counter()
    for stage in _all(results):
        verdicts[stage.name][stage.verdict] += not stage.passed
        passed[stage.name] += stage.passed
    return [
        StageFacts(
            name,
            title,
            name in bonus,
            passed[name],
            verdicts[name]["missing"],
            verdicts[name]["ungraded"],
            [
                (verdict, count)
                for verdict, count in verdicts[name].most_common()
                if count and verdict not in ("missing", "ungraded")
            ],
        )
        for name, title in titles.items()
    ]


def hardest(facts: Sequence[StageFacts]) -> list[StageFacts]:
    """The stages by the share of those who tried that passed; those that nobody tried are left out."""
    return sorted((each for each in facts if each.share is not None), key=lambda each: (each.share, -each.tried))


def slips(results: Sequence[Result]) -> list[SlipFacts]:
    """The slips that were named, the most frequent first; what is the same in other stages stands with it."""
    made: dict[tuple[str, str, str], list[int]] = {}
    for number, result in enumerate(results):
        for stage in result.stages:
            if stage.diagnosis:
                said = stage.diagnosis.general or stage.diagnosis.message
                made.setdefault((stage.name, stage.diagnosis.code, said), []).append(number)
    found = [SlipFacts(*slip, students) for slip, students in made.items()]
    most: Counter[tuple[str, str]] = Counter()
    for slip in found:
        most[slip.code, slip.message] = max(most[slip.code, slip.message], len(slip.students))

    def order(slip: SlipFacts) -> tuple[int, str, str, int]:
        return -most[slip.code, slip.message], slip.code, slip.message, -len(slip.students)

    return sorted(found, key=order)


def _all(results: Sequence[Result]) -> Iterator[StageResult]:
    return (stage for result in results for stage in result.stages)
