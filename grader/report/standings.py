"""Old and new: what two runs of a class say of the same students."""

import csv
import io
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field

from grader.marks.mark import counted_stage
from grader.marks.rounding import points
from grader.report.safe import cell
from grader.result import Result

HEADINGS = ("id", "name", "old", "new", "stages")
NOTHING = "-"


@dataclass(frozen=True)
class StagePoints:
    """What a stage was found to be, and what it counts."""

    verdict: str
    score: float | None


@dataclass(frozen=True)
class Standing:
    """Where a student stands after a run."""

    name: str
    score: float | None
    max_score: float
    stages: dict[str, StagePoints] = field(default_factory=dict)

    @property
    def told(self) -> str:
        return f"{points(self.score) or '-'} / {points(self.max_score)}"


@dataclass(frozen=True)
class StandingChange:
    """A student who stands otherwise than before. Who was not there before, or is not there now, has no standing."""

    id: str
    name: str
    before: Standing | None
    after: Standing | None

    @property
    def old(self) -> str:
        return self.before.told if self.before else NOTHING

    @property
    def new(self) -> str:
        return self.after.told if self.after else NOTHING

    @property
    def stages(self) -> list[str]:
        """What became of each stage that is another one now."""
        return list(_stages(self.before, self.after)) if self.before and self.after else []


def _stages(before: Standing, after: Standing) -> Iterator[str]:
    for name in dict.fromkeys([*before.stages, *after.stages]):
        old, new = before.stages.get(name), after.stages.get(name)
        if old == new:
            continue
        if old is None or new is None:
            yield f"{name} {'is new' if old is None else 'is gone'}"
        elif old.verdict != new.verdict:
            yield f"{name} {old.verdict} → {new.verdict}"
        else:
            yield f"{name} {points(old.score) or '-'} → {points(new.score) or '-'}"


def standings(results: Sequence[Result]) -> dict[str, Standing]:
    """Where everyone stands, by id."""
    return {
        result.submission.id: Standing(
            result.submission.identities.get("name", ""),
            result.final_score,
            result.final_max,
            {stage.name: StagePoints(stage.verdict, counted_stage(result, stage).score) for stage in result.stages},
        )
        for result in results
    }


def compared(before: Mapping[str, Standing], after: Mapping[str, Standing]) -> list[StandingChange]:
    """Everyone who stands otherwise, by id. A verdict that is another one for the same points is no change."""
    changes = []
    for id in sorted({*before, *after}):
        old, new = before.get(id), after.get(id)
        if old is None or new is None or _counts(old) != _counts(new):
            name = (new or old or Standing("", None, 0)).name
            changes.append(StandingChange(id, name, old, new))
    return changes


def _counts(standing: Standing) -> object:
    return standing.score, standing.max_score, {name: stage.score for name, stage in standing.stages.items()}


def changes_csv(changes: Sequence[StandingChange]) -> str:
    """The table of old and new, and no cell that a spreadsheet would run."""
    out = io.StringIO()
    writer = csv.writer(out, lineterminator="\n")
    writer.writerow(HEADINGS)
    for each in changes:
        writer.writerow(map(cell, (each.id, each.name, each.old, each.new, "; ".join(each.stages))))
    return out.getvalue()
