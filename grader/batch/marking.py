"""The marks of a class: what adjustments and the due date make of everyone's result."""

from collections.abc import Sequence
from dataclasses import asdict, dataclass, field, replace

from grader.marks.adjust import Adjustments
from grader.marks.late import DueDate
from grader.marks.mark import marked
from grader.report.safe import escaped_json
from grader.result import Arrival, Lateness, Result

BARE = b'"arrival":null,"mark":null}\n'
"""What a result ends with as it is kept."""


@dataclass(frozen=True)
class Marking:
    """What is asked of a class beside its answers."""

    adjustments: Adjustments = field(default_factory=Adjustments)
    due: DueDate | None = None

    def lateness(self, arrival: Arrival, late: bool, where: str) -> Lateness | None:
        """
        Args:
            arrival: of a submission.
            late: whether its layout calls it late.
            where: the roster has the student.

        Raises:
            UnusableMarks: what the roster says is no date.
        """
        if self.due is None:
            return None
        flag = late if late or arrival.says_late else None
        return self.due.judged(arrival.submitted, arrival.extension, flag, where)

    def of(self, result: Result, arrival: Arrival, where: str = "") -> Result:
        """The result with how it came, and its mark if it has one of its own."""
        lateness = self.lateness(arrival, result.submission.late, where)
        return marked(replace(result, arrival=arrival), self.adjustments.of(result.submission.id), lateness)

    def facts(self) -> object:
        """All of it, as plain data."""
        everyone = [asdict(each) for each in self.adjustments.everyone]
        students = {id: [asdict(each) for each in own] for id, own in self.adjustments.by_id.items()}
        return [everyone, students, self.due and [str(self.due.due), self.due.rule.text]]


def with_facts(line: bytes, result: Result) -> bytes:
    """A kept result as a line, with the arrival and the mark that this one has."""
    import msgspec

    whole = line.removesuffix(BARE) if line.endswith(BARE) else line.rstrip().removesuffix(b"}") + b","
    facts = escaped_json(msgspec.json.encode({"arrival": result.arrival, "mark": result.mark}))
    return whole + facts.removeprefix(b"{") + b"\n"


def unknown_notes(results: Sequence[Result]) -> list[str]:
    """What is not known of who is late, a sentence each."""
    known = [(result, result.mark.lateness) for result in results if result.mark and result.mark.lateness]
    unknown = [result for result, lateness in known if lateness.status == "unknown"]
    vague = [result for result, lateness in known if lateness.status == "late" and lateness.periods is None]
    notes = []
    cure = "A roster column `submitted` can say when."
    if unknown:
        who = "everyone" if len(unknown) == len(results) else _named(unknown)
        notes.append(f"Nothing says when this was handed in, so nothing was deducted for being late: {who}. {cure}")
    if vague:
        notes.append(f"Late, but nothing says how late, so nothing was deducted: {_named(vague)}. {cure}")
    return notes


def _named(results: Sequence[Result], most: int = 10) -> str:
    names = [result.submission.identities.get("name") or result.submission.id for result in results]
    return ", ".join(names[:most]) + (f" and {len(names) - most} more" if len(names) > most else "")
