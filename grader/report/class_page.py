"""The page of a class: its numbers, whom to look at first, what is hard, and everyone in one table."""

import unicodedata
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property

from markupsafe import Markup

from grader.marks.rounding import points
from grader.report import class_facts, verdicts
from grader.report.class_facts import Bin, StageFacts
from grader.report.marks import MarkLine, mark_lines, mark_score
from grader.report.page import TEMPLATES, colours, policy_hash, sheet, template
from grader.report.standings import StandingChange
from grader.report.worklist import worklist
from grader.result import Result, StageResult

FLAGS = ("ungraded", "unread", "elsewhere", "forbidden", "review")
LETTERS = dict(zip(verdicts.GLYPHS, "eascownxtfmu", strict=True))
"""The class of a cell, by verdict: there may be forty thousand of them."""
PARTICLES = {
    "van",
    "von",
    "de",
    "der",
    "den",
    "da",
    "di",
    "del",
    "della",
    "dos",
    "du",
    "la",
    "le",
    "ter",
    "ten",
    "zu",
    "al",
    "bin",
}
"""Words that a last name may begin with, written small."""
MOST_PEOPLE = 40
HANDFUL = 8
"""Of a list, as many stand on the page; the rest is folded away."""


@dataclass(frozen=True)
class Row:
    """One student."""

    result: Result
    slug: str | None

    @property
    def id(self) -> str:
        return self.result.submission.id

    @property
    def name(self) -> str:
        """What the student is called, if that is known and not the id."""
        name = self.result.submission.identities.get("name", "")
        return name if name != self.id else ""

    @cached_property
    def flags(self) -> list[str]:
        """Why an instructor should look at it."""
        stages = self.result.stages
        held = {
            "ungraded": any(stage.verdict == "ungraded" for stage in stages),
            "unread": self.result.submission.unread,
            "elsewhere": bool(self.result.submission.elsewhere),
            "forbidden": any(stage.verdict == "forbidden" for stage in stages),
            "review": any(stage.integrity.status == "review" for stage in stages),
        }
        return [flag for flag in FLAGS if held[flag]]

    @cached_property
    def first(self) -> StageResult | None:
        """The first own error."""
        return verdicts.first_own_error(self.result)

    @property
    def is_adjusted(self) -> bool:
        return bool(self.result.mark and self.result.mark.adjustments)

    @cached_property
    def mark_lines(self) -> list[MarkLine]:
        """What makes the mark another number than what was judged."""
        return mark_lines(self.result)

    @property
    def remarks(self) -> list[str]:
        """The words it can be filtered by."""
        submission = self.result.submission
        more = {
            "late": self.result.is_late,
            "adjusted": self.is_adjusted,
            "notes": submission.notes,
            "problems": submission.problems,
        }
        return [*self.flags, *(word for word, there in more.items() if there)]


@dataclass(frozen=True)
class Placed:
    """A row with its place among all, by name and by the stage of its first own error, and the class and glyph of its
    cells."""

    row: Row
    by_name: int
    by_error: int
    cells: list[tuple[str, str]]


def render_class(
    results: Sequence[Result],
    slugs: Sequence[str | None],
    *,
    missing: Sequence[tuple[str, str]] = (),
    notes: Sequence[str] = (),
    changes: Sequence[StandingChange] = (),
    pending: Sequence[str] = (),
    alike: int | None = None,
    title: str = "",
) -> str:
    """The page.

    Args:
        results: of everyone who handed in.
        slugs: the names of their reports, `reports/SLUG.html`, or None where there is none.
        missing: id and name of those who should have handed in and have not.
        notes: what there is to say of the class, a sentence each.
        changes: who stands otherwise than after the run before.
        pending: the ids of those who are not graded yet.
        alike: how many pairs are on the page of those whose answers are alike; None where there is no such page.
        title: of the page; by default, how many submissions there are.
    """
    rows = [Row(result, slug) for result, slug in zip(results, slugs, strict=True)]
    by_id = {row.id: row for row in rows}
    work = worklist(results)
    facts = class_facts.stages(results)
    glance = class_facts.glance(results)
    bins = class_facts.distribution(glance.scores, max(glance.max_score, *glance.scores, 0))
    groups = list(Counter(each.exercise for each in facts).values())
    script = (TEMPLATES / "class.js").read_text(encoding="utf-8")
    sheets = [colours(), *map(sheet, ("verdicts.css", "page.css", "class.css"))]
    style = "\n".join(["", *sheets, *_measures(bins, facts, groups), ""])
    return template("class.html.j2").render(
        title=title or f"{len(results):,} submission{'s' if len(results) != 1 else ''}",
        rows=rows,
        placed=_placed(rows, facts),
        changed=[(by_id.get(each.id), each) for each in changes],
        marked=[row for row in sorted(rows, key=_alphabet) if row.mark_lines],
        mark_score=mark_score,
        points=points,
        work=work,
        workers=len({each.number for item in work for cause in item.causes for each in cause.students}),
        glance=glance,
        bins=bins,
        steps=bins[1].low if len(bins) > 1 else 1,
        stages=facts,
        groups=groups,
        hardest=class_facts.hardest(facts),
        slips=class_facts.slips(results),
        missing=missing,
        notes=notes,
        pending=pending,
        alike=alike,
        any=results[0] if results else None,
        seeds={result.grader.seed for result in results if result.grader.seed},
        words=verdicts,
        letters=LETTERS,
        handful=HANDFUL,
        most=MOST_PEOPLE,
        style=Markup(style),
        style_hash=policy_hash(style),
        script=Markup(script),
        script_hash=policy_hash(script),
    )


def _measures(bins: Sequence[Bin], stages: Sequence[StageFacts], groups: Sequence[int]) -> Iterator[str]:
    """How long bars are and how wide columns, as rules: the page's policy lets no element have a style of its own."""
    yield f".spread {{ --most: {max((bin.count for bin in bins), default=1)} }}"
    yield from (f".n{count} {{ --n: {count} }}" for count in sorted({bin.count for bin in bins}))
    shares = {int(100 * stage.share) for stage in stages if stage.share is not None}
    yield from (f".p{share} {{ --share: {share / 100} }}" for share in sorted(shares))
    columns = " ".join(
        ("calc(1.32em + .5em)" if place else "1.32em") + (f" repeat({size - 1}, 1.32em)" if size > 1 else "")
        for place, size in enumerate(groups)
    )
    yield f".heat {{ --stages: {len(stages)}; --groups: {len(groups)}; --columns: var(--who) 5em {columns} 15em 1fr }}"


def _placed(rows: Sequence[Row], stages: Sequence[StageFacts]) -> list[Placed]:
    """The rows, those to look at first on top, then by name."""
    by_name = {id(row): place for place, row in enumerate(sorted(rows, key=_alphabet))}
    by_stage = {each.name: place for place, each in enumerate(stages)}
    return [
        Placed(row, by_name[id(row)], by_stage[row.first.name] if row.first else len(stages), _cells(row, stages))
        for row in sorted(rows, key=_urgency)
    ]


def _cells(row: Row, stages: Sequence[StageFacts]) -> list[tuple[str, str]]:
    """For each stage the letter of its verdict, and a `b` where another exercise begins; and its glyph."""
    by_stage = {stage.name: stage.verdict for stage in row.result.stages}
    cells, exercise = [], ""
    for each in stages:
        verdict = by_stage.get(each.name)
        begins = " b" if exercise and each.exercise != exercise else ""
        cells.append((LETTERS[verdict] + begins, verdicts.GLYPHS[verdict]) if verdict else ("z" + begins, ""))
        exercise = each.exercise
    return cells


def last_name_first(name: str) -> str:
    """A name to sort by: the last name with what belongs to it, then the others; umlauts stand with their vowels."""
    last, comma, first = name.partition(",")
    words = name.split()
    if not comma and len(words) > 1:
        start = next((place for place, word in enumerate(words) if place and word in PARTICLES), len(words) - 1)
        last, first = " ".join(words[start:]), " ".join(words[:start])
    bare = unicodedata.normalize("NFKD", f"{last.strip()}, {first.strip()}".casefold())
    return "".join(letter for letter in bare if not unicodedata.combining(letter))


def _alphabet(row: Row) -> tuple[str, str]:
    return last_name_first(row.name or row.id), row.id


def _urgency(row: Row) -> tuple[int, tuple[str, str]]:
    """Ungraded first, then the other flags in their order, then everyone, each by name."""
    return min([FLAGS.index(flag) for flag in row.flags], default=len(FLAGS)), _alphabet(row)
