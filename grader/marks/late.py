"""What being late costs: a rule in one line, and what it takes from whom."""

import re
from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from fractions import Fraction
from typing import Literal

from grader.errors import UnusableMarks
from grader.marks.due import Due, extended, moment_of
from grader.marks.rounding import points
from grader.report.safe import one_line
from grader.result import Lateness

RATE = re.compile(
    r"(?P<amount>\d{1,4}(?:\.\d{1,4})?) \s* (?P<unit>%|points?|pts?) \s*"
    r"(?:(?:/|per\s) \s* (?P<each>day|d|hour|h))? \s* (?:of \s+ (?P<of>max|score))?",
    re.VERBOSE | re.IGNORECASE | re.ASCII,
)
MOST = re.compile(r"max\s+(\d{1,4})", re.IGNORECASE | re.ASCII)
THEN_ZERO = re.compile(r"then\s+0", re.IGNORECASE | re.ASCII)
FORM = "Write it like `10%/day`, `10%/day,max 3`, `10%/day,max 3,then 0` or `2 points/day`."
EXTENSION, SUBMITTED = "extension", "submitted"


@dataclass(frozen=True)
class LateRule:
    """So much for each day or hour begun, at most so often; later than that, the same or nothing at all."""

    text: str
    share: Fraction = Fraction(0)
    points: Fraction = Fraction(0)
    of: Literal["score", "max"] = "score"
    hourly: bool = False
    once: bool = False
    most: int | None = None
    then_zero: bool = False

    def __str__(self) -> str:
        whole = "the maximum" if self.of == "max" else "what was earned"
        much = f"{points(self.share * 100)} % of {whole}" if self.share else f"{points(self.points)} points"
        unit = "hour" if self.hourly else "day"
        if self.once:
            return f"{much}, however late"
        most = "" if self.most is None else f", for at most {self.most} {unit}{'s' if self.most != 1 else ''}"
        return f"{much} for each {unit} begun{most}{', and 0 after that' if self.then_zero else ''}"


NO_RULE = LateRule("")


def parse_rule(text: str, where: str = "--late") -> LateRule:
    """
    Raises:
        UnusableMarks: it is no rule.
    """
    rate, *others = [part.strip() for part in text.split(",")]
    found = RATE.fullmatch(rate)
    if found is None:
        raise UnusableMarks(where, f"{one_line(text, 80)!r} is no rule for late submissions. {FORM}")
    amount, percent = Fraction(found["amount"]), found["unit"] == "%"
    if percent and amount > 100:
        raise UnusableMarks(where, f"{one_line(rate, 80)!r} takes more than everything. {FORM}")
    if found["of"] and not percent:
        raise UnusableMarks(where, f"{one_line(rate, 80)!r} is a share of nothing: write `%` for points. {FORM}")
    rule = LateRule(
        text,
        share=amount / 100 if percent else Fraction(0),
        points=Fraction(0) if percent else amount,
        of="max" if (found["of"] or "").lower() == "max" else "score",
        hourly=(found["each"] or "").lower().startswith("h"),
        once=found["each"] is None,
    )
    for part in others:
        rule = _limited(rule, part, text, where)
    if rule.then_zero and rule.most is None:
        raise UnusableMarks(where, f"{one_line(text, 80)!r} does not say after how many days it is 0. {FORM}")
    return rule


def _limited(rule: LateRule, part: str, text: str, where: str) -> LateRule:
    if (most := MOST.fullmatch(part)) and rule.most is None and not rule.once:
        return replace(rule, most=int(most[1]))
    if THEN_ZERO.fullmatch(part) and not rule.then_zero:
        return replace(rule, then_zero=True)
    raise UnusableMarks(where, f"{one_line(part, 80)!r} in {one_line(text, 80)!r} is not understood. {FORM}")


@dataclass(frozen=True)
class DueDate:
    """What is asked of a class: by when, and what it costs to be later."""

    due: Due
    rule: LateRule = NO_RULE

    def judged(self, submitted: str, extension: str, flag: bool | None, where: str) -> Lateness:
        """How late somebody is.

        Args:
            submitted: when, with an offset; empty where nothing says so.
            extension: as the roster has it.
            flag: whether the course system calls it late, by its own due date; None where it says neither.
            where: in the roster, for the sentence.

        Raises:
            UnusableMarks: what the roster says is no date.
        """
        due = extended(self.due, extension, where) if extension else self.due
        facts = Lateness("unknown", str(due), self.rule.text, extended=bool(extension), submitted=submitted)
        if not submitted:
            if extension or flag is None:
                return facts
            return replace(facts, status="late" if flag else "in time")
        came = moment_of(submitted, where, self.due)
        facts = replace(facts, submitted=came.astimezone(due.moment.tzinfo).isoformat(timespec="seconds"))
        if came <= due.moment:
            return replace(facts, status="in time", periods=0)
        return _costs(replace(facts, status="late", periods=_periods(came, due, hourly=self.rule.hourly)), self.rule)


def _costs(facts: Lateness, rule: LateRule) -> Lateness:
    assert facts.periods is not None
    times = 1 if rule.once else facts.periods if rule.most is None else min(facts.periods, rule.most)
    share = min(rule.share * times, Fraction(1))
    if rule.then_zero and rule.most is not None and facts.periods > rule.most:
        share = Fraction(1)
    of: Literal["score", "max"] = "score" if share == 1 else rule.of
    return replace(facts, share=float(share), points=float(rule.points * times), of=of, hourly=rule.hourly)


def _periods(came: datetime, due: Due, *, hourly: bool) -> int:
    """The days or hours that have begun since."""
    if hourly:
        return _least(lambda count: came <= due.after(hours=count), int((came - due.moment) / timedelta(hours=1)))
    return _least(lambda count: came <= due.after(days=count), (came - due.moment).days - 1)


def _least(holds: Callable[[int], bool], start: int) -> int:
    count = max(1, start)
    while not holds(count):
        count += 1
    return count
