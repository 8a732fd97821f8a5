"""Slips as people make them, and what the grader says of each: rightly, vaguely, not at all, or wrongly.

PYTHONPATH=.:tests python -m helpers.slips [ASSIGNMENT ...] [--only wrongly,not] [--match TEXT] [--brief]
    [--folder FOLDER]
"""

import argparse
import ast
import re
import textwrap
import tomllib
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import cached_property
from pathlib import Path
from typing import Any

from grader.assignment import Assignment, load_assignment
from grader.assignment.assignment import Exercise
from grader.assignment.authoring.answers import solution_texts
from grader.assignment.stage import Stage
from grader.border import Source
from grader.judge.why.slips import SAID
from grader.result import StageResult
from grader.run.exam import Examination, examine
from grader.run.grade import grade_submission
from grader.sandbox.ours import Limits, Sandbox
from grader.submission import Submission
from helpers.places import ROOT

FOLDER = ROOT / "tests" / "slips"
PRELUDE = "import torch\nimport torch.nn.functional as F\n\n\n"
TOGETHER = 8
"""So many slips are graded in one submission: the time for edits is that of one submission."""
NETWORKS = {"sequential"}
"""Exercises that use what was written for others."""
VAGUE = {"edit-another", "forward-first", "forward-wrong-too"}
"""What says where a slip is, and no more."""
KEYS = {"code", "wrong", "line", "rightly", "vaguely", "second", "passes"}
SECOND_KEYS = {"line", "rightly"}
VERDICTS = ("rightly", "vaguely", "not", "wrongly")


@dataclass(frozen=True)
class Reason:
    """What may be said: a code, a piece of the message, or both."""

    code: str
    words: str

    @classmethod
    def of(cls, text: str) -> "Reason":
        code, _, words = text.partition(":")
        return cls(code.strip(), words.strip())

    def is_in(self, code: str, message: str) -> bool:
        """Words that quote nothing are not looked for in what the message quotes."""
        said = message if "`" in self.words else re.sub(r"`[^`]+`", "``", message)
        return (not self.code or self.code in _codes(code, message)) and self.words.lower() in said.lower()


def _codes(code: str, message: str) -> set[str]:
    """The code, and those of the edits in a message that has two."""
    said = message if message.startswith("Two things.") else ""
    return {code} | {
        f"edit-{kind}"
        for kind, words in SAID.items()
        if words.replace("{text}", "") in re.sub(r"`[^`]+`|this line", "", said)
    }


@dataclass(frozen=True)
class Mistake:
    """One slip: the pieces of text where it may be said to be, and the reasons that are right."""

    line: tuple[str, ...]
    rightly: tuple[Reason, ...]

    @classmethod
    def of(cls, table: Mapping[str, Any]) -> "Mistake":
        return cls(tuple(table["line"]), tuple(map(Reason.of, table["rightly"])))

    def is_at(self, line: str, quoted: Sequence[str]) -> bool:
        """Whether it is in a line of the submission, and near what a message quotes of that line."""
        here = [span for piece in self.line for span in _spans(piece, line)]
        said = [span for piece in quoted for span in _spans(piece, line)]
        return bool(here) and (not said or any(_touch(one, other) for one in here for other in said))


@dataclass(frozen=True)
class Slip:
    """One entry of the corpus: code with a slip, or with two."""

    assignment: str
    place: int
    code: str
    wrong: tuple[str, ...]
    mistakes: tuple[Mistake, ...]
    vaguely: tuple[Reason, ...] = ()
    passes: bool = False
    """No probe is known yet on which it shows."""

    @property
    def name(self) -> str:
        return f"{self.assignment} {self.place:03} {self.wrong[0]}"

    def is_at(self, mistake: Mistake, line: str, message: str) -> bool:
        """Whether a message speaks of a place where a mistake is; what a file has beside the code is right."""
        own = {each.strip() for each in self.code.split("\n")}
        return line.strip() in own and mistake.is_at(line, _quoted(message))

    @property
    def is_flat(self) -> bool:
        """Whether it is lines at top level, as in a notebook."""
        return not any(isinstance(node, (ast.FunctionDef, ast.ClassDef)) for node in ast.parse(self.code).body)

    @property
    def is_double(self) -> bool:
        return len(self.mistakes) > 1


@dataclass(frozen=True)
class Outcome:
    """What the grader says of one slip."""

    slip: Slip
    verdict: str
    """One of VERDICTS; `passes` where nothing is found wrong, `spreads` where more is wrong than should be."""
    code: str
    message: str
    line: str
    seconds: float
    named: int = 0
    """How many of its slips are named."""


@dataclass
class Batch:
    """Slips that are graded together: no two of them in the same function."""

    slips: list[Slip] = field(default_factory=list)
    taken: set[str] = field(default_factory=set)

    alone: bool = False

    def has_room_for(self, functions: set[str]) -> bool:
        return not self.alone and len(self.slips) < TOGETHER and not functions & self.taken


def corpus(name: str, folder: Path = FOLDER) -> list[Slip]:
    """The slips of one assignment."""
    table = tomllib.loads((folder / f"{name}.toml").read_text(encoding="utf-8"))
    return [_slip(name, place, entry) for place, entry in enumerate(table["slip"], 1)]


def assignments(folder: Path = FOLDER) -> list[str]:
    return sorted(path.stem for path in folder.glob("*.toml"))


def _slip(assignment: str, place: int, entry: Mapping[str, Any]) -> Slip:
    unknown = entry.keys() - KEYS | entry.get("second", {}).keys() - SECOND_KEYS
    assert not unknown, f"{assignment}, slip {place}: {unknown}"
    code = textwrap.dedent(entry["code"]).strip("\n") + "\n"
    wrong = entry.get("wrong") or [_answered(code)]
    tables = [entry, entry["second"]] if "second" in entry else [entry]
    vaguely = tuple(map(Reason.of, entry.get("vaguely", ())))
    return Slip(
        assignment, place, code, tuple(wrong), tuple(map(Mistake.of, tables)), vaguely, entry.get("passes", False)
    )


def _answered(code: str) -> str:
    """The stage that code answers: the first function, or else what its last line makes."""
    nodes = ast.parse(code).body
    functions = [node.name for node in nodes if isinstance(node, ast.FunctionDef)]
    return functions[0] if functions else ast.unparse(nodes[-1]).split(" = ")[0]


class Measure:
    """One assignment, and what the grader says of slips in it."""

    def __init__(self, name: str, sandbox: Sandbox) -> None:
        self.assignment: Assignment = load_assignment(name)
        self.sandbox = sandbox
        self._solutions = solution_texts(self.assignment)

    @cached_property
    def examination(self) -> Examination:
        return examine(self.assignment, frozenset(self.assignment.stage_names), seed="slips")

    def stages(self, slip: Slip) -> list[tuple[Exercise, Stage]]:
        """The stages that a slip is wrong in."""
        found = [self.assignment.named(name)[0] for name in slip.wrong]
        return [(exercise, stage) for exercise, stage in found if isinstance(stage, Stage)]

    def outcomes(self, slips: Iterable[Slip]) -> Iterator[Outcome]:
        for batch in self._batches(slips):
            yield from self._graded(batch)

    def _functions(self, slip: Slip) -> set[str]:
        return {e.name if e.calls else stage.asked for e, stage in self.stages(slip)}

    def _is_alone(self, slip: Slip) -> bool:
        """Flat lines answer every stage there is; a network is made of the classes of other exercises."""
        return slip.is_flat or any(exercise.name in NETWORKS for exercise, _ in self.stages(slip))

    def _batches(self, slips: Iterable[Slip]) -> list[Batch]:
        batches: list[Batch] = []
        for slip in slips:
            functions, alone = self._functions(slip), self._is_alone(slip)
            batch = next((each for each in batches if not alone and each.has_room_for(functions)), None)
            if batch is None:
                batches.append(batch := Batch(alone=alone))
            batch.slips.append(slip)
            batch.taken |= functions
        return batches

    def _asked(self, slip: Slip) -> set[str]:
        """All stages that the functions of a slip answer."""
        if slip.is_flat:
            return set(slip.wrong)
        asked: set[str] = set()
        for exercise, stage in self.stages(slip):
            together = exercise.stages if exercise.calls else exercise.together(stage.asked)
            asked |= {each.name for each in together}
        return asked

    def source(self, slip: Slip) -> Source:
        """A slip as a file: in a call script, within the solution of its exercise."""
        exercise, _ = self.stages(slip)[0]
        solution, name = self._solutions[exercise.stub], f"slip_{slip.place}.py"
        if exercise.calls:
            return Source(name, merged(solution, slip.code))
        return Source(name, PRELUDE + (flat(solution, slip) if slip.is_flat else slip.code))

    def _graded(self, batch: Batch) -> Iterator[Outcome]:
        asked = set().union(*map(self._asked, batch.slips))
        names = {exercise.name for slip in batch.slips for exercise, _ in self.stages(slip)}
        probes = {name: self.examination.probes[name] for name in names}
        only = replace(self.examination, selected=frozenset(asked), probes=probes, trials={})
        sources = {slip: self.source(slip) for slip in batch.slips}
        beside = [Source(stub, text) for stub, text in self._solutions.items()] if names & NETWORKS else []
        beside = [source for source in beside if source.name not in {self.assignment.exercise(n).stub for n in names}]
        submission = Submission("slips", Path("slips"), (*sources.values(), *beside), (), {})
        result = grade_submission(submission, only, self.sandbox).result
        assert not result.submission.problems, result.submission.problems
        stages = {stage.name: stage for stage in result.stages}
        for slip, source in sources.items():
            own = {name: stages[name] for name in self._asked(slip)}
            yield outcome_of(slip, own, source.text, result.seconds / len(batch.slips))


def outcome_of(slip: Slip, stages: Mapping[str, StageResult], text: str, seconds: float) -> Outcome:
    """What is said of a slip, from what is said of each stage that its functions answer."""
    right = [name for name in slip.wrong if stages[name].passed]
    spoilt = [name for name, stage in stages.items() if not stage.passed and name not in slip.wrong]
    if right or spoilt:
        verdict = "passes" if right else "spreads"
        return Outcome(slip, verdict, "", f"right: {right}, also wrong: {spoilt}", "", seconds)
    outcomes = [_said_of(slip, stages[name], text, seconds) for name in slip.wrong]
    order = ("wrongly", "rightly", "vaguely", "not")
    best = min(outcomes, key=lambda outcome: order.index(outcome.verdict))
    return replace(best, named=len(set().union(*(_named(slip, stages[name], text) for name in slip.wrong))))


def _said_of(slip: Slip, stage: StageResult, text: str, seconds: float) -> Outcome:
    code, message, line = _told(stage, text)
    if stage.diagnosis is None:
        vague = any(reason.is_in(code, message) for reason in slip.vaguely)
        return Outcome(slip, "vaguely" if vague else "not", code, message, line, seconds)
    if _named(slip, stage, text):
        verdict = "rightly"
    else:
        near = not line or any(slip.is_at(mistake, line, message) for mistake in slip.mistakes)
        vague = near and (code in VAGUE or any(reason.is_in(code, message) for reason in slip.vaguely))
        verdict = "vaguely" if vague else "wrongly"
    return Outcome(slip, verdict, code, message, line, seconds)


def _named(slip: Slip, stage: StageResult, text: str) -> set[int]:
    """Which of its slips a diagnosis names rightly."""
    code, message, line = _told(stage, text)
    if stage.diagnosis is None:
        return set()
    return {
        place
        for place, mistake in enumerate(slip.mistakes)
        if (not line or slip.is_at(mistake, line, message))
        and any(reason.is_in(code, message) for reason in mistake.rightly)
    }


def _told(stage: StageResult, text: str) -> tuple[str, str, str]:
    """The code, the message, and the line of the submission it speaks of."""
    if told := stage.diagnosis:
        return told.code, told.message, f"{text}\n".split("\n")[told.line - 1] if told.line else ""
    raised = f"{stage.error.type}: {stage.error.message}" if stage.error else ""
    return stage.verdict, " ".join(filter(None, (raised, stage.pattern, stage.message))), ""


def untrue_of(outcome: Outcome, measure: "Measure") -> list[str]:
    """What a message quotes that stands neither in the code it speaks of nor in the forward pass of its exercise."""
    slip = outcome.slip
    known = {
        name for exercise, stage in measure.stages(slip) for name in _names_of(exercise, stage, measure.assignment)
    }
    code = re.sub(r"\s+", "", measure.source(slip).text)
    return [
        text
        for text in _quoted(outcome.message)
        if re.sub(r"\s+", "", text) not in code and not known.issuperset(re.findall(r"[A-Za-z_]\w*", text))
    ]


def _names_of(exercise: Exercise, stage: Stage, assignment: Assignment) -> Iterator[str]:
    for line in exercise.script.lines:
        yield from (line.target, assignment.gradient_name(line.target))
        yield from (each for name in line.reads for each in (name, assignment.gradient_name(name)))
    yield from (*assignment.sizes, stage.gradient, *(each.gradient for each in exercise.stages))


def _quoted(message: str) -> list[str]:
    return re.findall(r"`([^`]+)`", message)


def _spans(piece: str, line: str) -> list[tuple[int, int]]:
    return [match.span() for match in re.finditer(re.escape(piece), line)]


def _touch(one: tuple[int, int], other: tuple[int, int]) -> bool:
    return one[0] <= other[1] and other[0] <= one[1]


def merged(solution: str, code: str) -> str:
    """A solution in which functions, or methods of its classes, are replaced by those of the same name."""
    tree, lines = ast.parse(solution), solution.split("\n")
    cuts = [cut for node in ast.parse(code).body for cut in _cuts(node, tree, code)]
    for start, end, text in sorted(cuts, reverse=True):
        lines[start:end] = text.split("\n")
    return "\n".join(lines)


def flat(solution: str, slip: Slip) -> str:
    """A solution without functions, up to the lines of a slip."""
    lines: list[ast.stmt] = []
    for node in ast.parse(solution).body:
        if isinstance(node, ast.FunctionDef):
            if node.name in slip.wrong:
                break
            *before, last = node.body
            assert isinstance(last, ast.Return) and last.value
            lines += [*before, ast.Assign([ast.Name(node.name, ast.Store())], last.value, lineno=0)]
    return ast.unparse(ast.Module(lines, [])) + "\n" + slip.code


def _cuts(node: ast.stmt, within: ast.Module | ast.ClassDef, code: str) -> Iterator[tuple[int, int, str]]:
    """The lines of a solution that make room for a definition; what is new goes to the end."""
    named = {each.name: each for each in within.body if isinstance(each, (ast.FunctionDef, ast.ClassDef))}
    old = named.get(getattr(node, "name", ""))
    if isinstance(node, ast.ClassDef) and isinstance(old, ast.ClassDef):
        for each in node.body:
            yield from _cuts(each, old, code)
        return
    text = "\n".join(code.split("\n")[node.lineno - 1 : node.end_lineno])
    last = within.body[-1].end_lineno or 0
    yield (old.lineno - 1, old.end_lineno or 0, text) if old else (last, last, f"\n{text}")


def figures(outcomes: Sequence[Outcome]) -> dict[str, float]:
    """The share of each verdict among the slips that show."""
    counts = Counter(outcome.verdict for outcome in outcomes)
    shown = len(outcomes) - counts["passes"]
    return {verdict: counts[verdict] / max(1, shown) for verdict in VERDICTS}


def table(outcomes: Sequence[Outcome]) -> str:
    """The figures of each assignment, of single and of double slips."""
    rows = [f"{'':24}{'slips':>7}" + "".join(f"{verdict:>9}" for verdict in VERDICTS) + "   both"]
    for double in (False, True):
        of_kind = [outcome for outcome in outcomes if outcome.slip.is_double == double]
        names = dict.fromkeys(outcome.slip.assignment for outcome in of_kind)
        for name in (*names, "all"):
            some = [outcome for outcome in of_kind if name in ("all", outcome.slip.assignment)]
            shares = figures(some)
            both = sum(outcome.named > 1 for outcome in some)
            title = f"{name}, {'two slips' if double else 'one slip'}"
            rows.append(f"{title:24}{len(some):>7}" + "".join(f"{shares[v]:>9.1%}" for v in VERDICTS) + f"{both:>7}")
    return "\n".join(rows)


def described(outcome: Outcome) -> str:
    """An outcome as a paragraph: the slip, what is said of it, and what would be right."""
    slip = outcome.slip
    lines = [f"{outcome.verdict.upper():8} {slip.name}  [{outcome.code or '-'}]  {outcome.seconds:.2f} s"]
    lines += [f"    slip   {' | '.join(mistake.line)}" for mistake in slip.mistakes]
    lines += [f"    told   {outcome.message}"] if outcome.message else []
    if outcome.verdict not in ("rightly", "passes", "spreads"):
        reasons = [reason for mistake in slip.mistakes for reason in mistake.rightly]
        lines += [f"    right  {', '.join(f'{r.code}: {r.words}'.strip(': ') for r in reasons)}"]
    return "\n".join(lines)


def in_one_line(outcome: Outcome) -> str:
    slip = outcome.slip
    places = " << ".join(mistake.line[0] for mistake in slip.mistakes)
    head = f"{outcome.verdict:8} {slip.name} [{outcome.code or '-'}] {outcome.seconds:.2f} s"
    return f"{head} << {places} >> {outcome.message}"


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m helpers.slips", description=__doc__.split("\n")[0])
    parser.add_argument("assignments", nargs="*", help="all that the folder has, if none is named")
    parser.add_argument("--only", default="", help="verdicts to list, with commas between them; the others are counted")
    parser.add_argument("--match", default="", help="only slips whose code or stage has this text")
    parser.add_argument("--brief", action="store_true", help="a line for each slip")
    parser.add_argument("--folder", type=Path, default=FOLDER, help="where the slips are")
    options = parser.parse_args()
    describe = in_one_line if options.brief else described
    found: list[Outcome] = []
    with Sandbox(Limits()) as sandbox:
        for name in options.assignments or assignments(options.folder):
            slips = [slip for slip in corpus(name, options.folder) if options.match in slip.name + slip.code]
            for outcome in Measure(name, sandbox).outcomes(slips):
                found.append(outcome)
                if not options.only or outcome.verdict in options.only.split(","):
                    print(describe(outcome), flush=True)
    print(table(found))


if __name__ == "__main__":
    main()
