"""When something is due: a date and a time of day in a time zone, whose clocks may change on the way.

A day is from one time of day to the same one on the next date, be that 23 hours or 25.
"""

import re
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta, timezone, tzinfo

from grader.errors import UnusableMarks
from grader.report.safe import one_line

WRITTEN = re.compile(
    r"(?P<day>\d{4}-\d\d-\d\d)(?:[T ]+(?P<clock>\d\d?:\d\d(?::\d\d(?:\.\d{1,6})?)?))?"
    r"\s*(?P<zone>Z|UTC|[+-]\d\d:?\d\d|\+?\[?[A-Za-z][A-Za-z0-9_+-]*(?:/[A-Za-z0-9_+-]+)*\]?)?",
    re.ASCII,
)
LONGER = re.compile(r"\+?\s*(\d{1,3}(?:[.,]\d)?)\s*(d|days?|h|hours?|)", re.IGNORECASE | re.ASCII)
FORM = "Write it like 2026-11-30T23:59, with a time zone behind it if need be: +01:00 or Europe/Berlin."
YEARS = range(1970, 2200)
WHOLE_MINUTE = timedelta(seconds=60) - timedelta(microseconds=1)
"""What is due at 23:59 may come until the clock says 24:00."""


@dataclass(frozen=True)
class Due:
    """A time by the clocks of a zone; without a zone, by those of this machine. The last moment that is in time.

    Where the clocks' change makes two moments of it, it is the later one.
    """

    wall: datetime
    zone: tzinfo | None

    def after(self, days: int = 0, hours: int = 0) -> datetime:
        """The same time of day so many dates later, and so many hours after that."""
        wall = self.wall + timedelta(days=days)
        return max(_moment(wall.replace(fold=fold), self.zone) for fold in (0, 1)) + timedelta(hours=hours)

    @property
    def moment(self) -> datetime:
        return self.after()

    def __str__(self) -> str:
        """With the offset that is in force then."""
        return self.moment.isoformat(timespec="minutes")


def _moment(wall: datetime, zone: tzinfo | None) -> datetime:
    """In UTC offsets of its own, so that hours added to it are hours."""
    aware = wall.replace(tzinfo=zone) if zone else wall.astimezone()
    offset = aware.utcoffset()
    assert offset is not None
    return aware.astimezone(UTC).astimezone(_fixed(offset))


def _fixed(offset: timedelta) -> tzinfo:
    return timezone(offset)


def parse_due(text: str, where: str, base: Due | None = None) -> Due:
    """What is written as a due date.

    Args:
        text: a date, with a time of day and a zone if they are not those of `base`.
        where: it is written, for the sentence.
        base: the class's due date.

    Raises:
        UnusableMarks: it is no date, there is no such zone, or by its clocks that time comes twice or never.
    """
    found = WRITTEN.fullmatch(text.strip())
    if found is None or (base is None and found["clock"] is None):
        raise UnusableMarks(where, f"{one_line(text, 80)!r} is no date with a time. {FORM}")
    zone = _zone(found["zone"], where) if found["zone"] else base.zone if base else None
    try:
        day = date.fromisoformat(found["day"])
        clock = _clock(found["clock"]) if found["clock"] else base.wall.time() if base else time()
        if day.year not in YEARS:
            raise ValueError
    except ValueError:
        raise UnusableMarks(where, f"there is no {one_line(text, 80)!r} in the calendar. {FORM}") from None
    due = Due(datetime.combine(day, clock), zone)
    _refuse_unclear(due, text, where)
    return due


def moment_of(text: str, where: str, base: Due) -> datetime:
    """When something was handed in, as it is written; without a zone, by that of `base`.

    Raises:
        UnusableMarks: it is no date with a time.
    """
    if ":" not in text:
        raise UnusableMarks(where, f"{one_line(text, 80)!r} is no date with a time. {FORM}")
    try:
        moment = datetime.fromisoformat(text.strip())
    except ValueError:
        return parse_due(text, where, base).moment
    if moment.tzinfo is None:
        return _moment(moment, base.zone)
    return moment


def _clock(text: str) -> time:
    """A time without seconds lasts as long as the clock says so."""
    clock = time.fromisoformat(text.zfill(5) if text.count(":") == 1 else text)
    return (datetime.combine(date.min, clock) + WHOLE_MINUTE).time() if text.count(":") == 1 else clock


def _zone(text: str, where: str) -> tzinfo:
    if text in ("Z", "UTC"):
        return UTC
    if re.fullmatch(r"[+-]\d\d:?\d\d", text):
        sign, digits = text[0], text[1:].replace(":", "")
        offset = timedelta(hours=int(digits[:2]), minutes=int(digits[2:]))
        if offset < timedelta(hours=24):
            return _fixed(-offset if sign == "-" else offset)
    name = text.lstrip("+").strip("[]")
    from zoneinfo import ZoneInfo  # which asks the machine for its zones when it is imported

    try:
        return ZoneInfo(name)
    except (KeyError, ValueError, OSError):  # the first of these where it is not known, the last for a folder of zones
        raise UnusableMarks(
            where,
            f"this machine knows no time zone {one_line(name, 60)!r}. Write an offset, such as +01:00, "
            "or a name such as Europe/Berlin (on Windows, names need `pip install tzdata`).",
        ) from None


def _refuse_unclear(due: Due, text: str, where: str) -> None:
    """Where clocks are put back, an hour comes twice; where they are put forward, one never does."""
    first, second = (_moment(due.wall.replace(fold=fold), due.zone) for fold in (0, 1))
    if first.utcoffset() == second.utcoffset():
        return
    comes = "comes twice" if first < second else "does not exist"
    raise UnusableMarks(
        where,
        f"{one_line(text, 80)!r} {comes} there, because the clocks change that night. "
        f"Write the offset that you mean, {first:%z} or {second:%z}.",
    )


def extended(base: Due, text: str, where: str) -> Due:
    """A student's own due date.

    Args:
        base: the class's.
        text: a date, or how much longer: `+2`, `2 days`, `36h`.
        where: it is written, for the sentence.

    Raises:
        UnusableMarks: it is neither.
    """
    longer = LONGER.fullmatch(text.strip())
    if longer is None:
        return parse_due(text, where, base)
    amount = float(longer[1].replace(",", "."))
    if longer[2].lower().startswith("h"):
        moment = base.moment + timedelta(hours=amount)
        wall = moment.astimezone(base.zone) if base.zone else moment.astimezone()
        return Due(wall.replace(tzinfo=None), base.zone)
    if amount != int(amount):
        raise UnusableMarks(where, f"{one_line(text, 80)!r} is no whole number of days. Write hours, such as 36h.")
    return Due(base.wall + timedelta(days=int(amount)), base.zone)
