"""A class whose students answer for themselves, and ten of them whose work somebody else rewrote by hand.

PYTHONPATH=.:tests python -m helpers.alike_class
"""

import ast
import random
import re
import time
from collections import defaultdict
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cache

from grader.alike.pairs import LEAST, HandedIn, alike
from grader.alike.reading import Answers
from grader.sandbox.theirs.source.edit_places import EditScope
from grader.verify.mutants import broken, functions
from helpers.places import ROOT
from helpers.slips import corpus

SOLUTIONS = ("ex1_every_expression", "ex2_cross_entropy", "ex3_batch_norm")
PLAIN = 0.5
"""Half of all answers are the solution's, as they are where there is one good way to write a line."""
SLIPS, MUTANTS = 0.08, 0.06
"""Shares of answers with a slip as people make them, and with an edit of the answer itself."""
HEADER = """\
from functools import reduce

import numpy as np
import torch
import torch.nn.functional as F
from torch import einsum

EPSILON = 1e-5"""


@dataclass
class Written:
    """What one student wrote: the code of each stage, and which of them are wrong."""

    stages: dict[str, str] = field(default_factory=dict)
    wrong: set[str] = field(default_factory=set)
    helpers: dict[str, str] = field(default_factory=dict)

    @property
    def text(self) -> str:
        return "\n\n\n".join([HEADER, *self.helpers.values(), *self.stages.values()]) + "\n"


@dataclass(frozen=True)
class Style:
    """One file of alternatives: its stages, and what they use."""

    stages: Mapping[str, str]
    helpers: Mapping[str, str]


def style_of(*texts: str) -> Style:
    nodes = [(node, text) for text in texts for node in ast.parse(text).body]
    named = {node.name: ast.get_source_segment(text, node) for node, text in nodes if isinstance(node, ast.FunctionDef)}
    stages = {name: text for name, text in named.items() if name in stage_names()}
    return Style(stages, {name: text for name, text in named.items() if name not in stages})


@cache
def solution_text() -> str:
    return "\n".join((ROOT / f"solutions/nameweave/{name}.py").read_text(encoding="utf-8") for name in SOLUTIONS)


@cache
def stage_names() -> tuple[str, ...]:
    return tuple(each.name for each in functions(solution_text()))


@cache
def styles() -> tuple[Style, ...]:
    return tuple(
        style_of(path.read_text(encoding="utf-8")) for path in sorted((ROOT / "tests/alternatives").glob("*.py"))
    )


@cache
def slips() -> Mapping[str, Sequence[str]]:
    """Wrong answers as people make them, by stage."""
    found = defaultdict(list)
    for slip in corpus("nameweave"):
        if not slip.is_flat and len(slip.wrong) == 1 and slip.wrong[0] in stage_names():
            found[slip.wrong[0]].append(slip.code.strip())
    return found


@cache
def edits(text: str) -> Sequence[str]:
    (function,) = functions(text)
    names = tuple(each.arg for each in function.args.args)
    return [edited for _, edited in broken(function, EditScope(names, (), {}))]


def student(draw: random.Random, habit: float) -> Written:
    """What somebody writes who asks nobody.

    Args:
        draw: what decides.
        habit: how often the style is the student's own, and not any.
    """
    written, solution = Written(), style_of(solution_text())
    own = draw.choice([solution, *styles()])
    for name in stage_names():
        style = own if draw.random() < habit else solution if draw.random() < PLAIN else draw.choice(styles())
        if name not in style.stages:
            style = solution
        code, chance = style.stages[name], draw.random()
        if chance < SLIPS and slips().get(name):
            code = draw.choice(slips()[name])
            written.wrong.add(name)
        elif chance < SLIPS + MUTANTS and (others := edits(code)):
            code = draw.choice(others)
            written.wrong.add(name)
        used = {each.id for each in ast.walk(ast.parse(code)) if isinstance(each, ast.Name)}
        written.helpers |= {each: text for each, text in style.helpers.items() if each in used}
        written.stages[name] = code
    return written


def a_class(size: int, habit: float = 0.0, seed: int = 0) -> list[Written]:
    draw = random.Random(seed)
    return [student(draw, habit) for _ in range(size)]


FOLDER = ROOT / "tests" / "submissions" / "rewritten"
DISGUISES = {
    1: "names of locals",
    2: "and the order of operands",
    3: "and layout, comments, keywords, functions for methods",
    4: "and lines split and merged",
    5: "and helpers of one's own, and the order of the functions",
    6: "a flat list of variables instead of functions",
    7: "a third of what is special written anew",
    8: "half of it written anew, with loops for vectors",
    9: "all of it written anew, but the wrong answers",
    10: "every formula another one",
}
"""What was done to each of the ten, by hand, before it was handed in once more."""


def handed_in(text: str, wrong: Collection[str] = ()) -> HandedIn:
    """A file of answers, of which some are wrong."""
    spans = [(0, node.lineno, node.end_lineno) for node in ast.parse(text).body if _answers(node) in wrong]
    return HandedIn([Answers(text, (), 1, text.count("\n") + 1)], spans)


def _answers(node: ast.stmt) -> str:
    return getattr(node, "name", ast.unparse(node.targets[0]) if isinstance(node, ast.Assign) else "")


def rewritten_pairs() -> list[HandedIn]:
    """Each original, and after it what somebody made of it."""
    found = []
    for number in DISGUISES:
        texts = [(FOLDER / f"{number:02}_{kind}.py").read_text(encoding="utf-8") for kind in ("original", "rewritten")]
        wrong = re.search(r"^# wrong: (.*)$", texts[0], re.MULTILINE)[1].split()
        found += [handed_in(text, wrong) for text in texts]
    return found


def solution() -> list[Answers]:
    return [Answers(solution_text())]


@dataclass(frozen=True)
class Measured:
    """Of one class: the figure of each rewritten pair and its rank, and those of the innocent that are most alike."""

    rewritten: Mapping[int, tuple[float, int]]
    innocent: Sequence[float]
    seconds: float


def measure(size: int, habit: float, seed: int = 0) -> Measured:
    """A class of that size, with the ten pairs in it."""
    pairs = rewritten_pairs()
    students = [handed_in(each.text, each.wrong) for each in a_class(size - len(pairs), habit, seed)]
    start = time.perf_counter()
    found = alike([*pairs, *students], solution(), stage_names(), least=-1000).pairs
    seconds = time.perf_counter() - start
    ranks = {(each.first, each.second): (each.figure, rank) for rank, each in enumerate(found, 1)}
    ours = {(2 * number - 2, 2 * number - 1): number for number in DISGUISES}
    rewritten = {number: ranks.get(pair, (0.0, len(ranks))) for pair, number in ours.items()}
    innocent = [each.figure for each in found if (each.first, each.second) not in ours]
    return Measured(rewritten, innocent, seconds)


def innocent(size: int, habit: float, classes: int) -> list[int]:
    """How many pairs are listed of classes in which everybody answers alone."""
    return [
        len(alike([handed_in(each.text, each.wrong) for each in students], solution(), stage_names()).pairs)
        for students in (a_class(size, habit, seed) for seed in range(100, 100 + classes))
    ]


def main() -> None:
    for size in (300, 100, 30):
        for habit in (0.0, 0.5):
            found = measure(size, habit)
            listed = sum(each >= LEAST for each in found.innocent)
            print(f"class of {size}, habit {habit}: innocent pairs listed {listed}, ", end="")
            print(f"the most alike {found.innocent[:3]}, {found.seconds:.1f} s")
            for number, (figure, rank) in found.rewritten.items():
                is_listed = "listed" if figure >= LEAST else ""
                print(f"    {number:2} {figure:6.1f} {is_listed:6} rank {rank:4}  {DISGUISES[number]}")
    for habit in (0.0, 0.3, 0.5, 0.8):
        for size, classes in ((300, 4), (100, 10), (30, 20)):
            print(
                f"innocent, habit {habit}, {classes} classes of {size}: {sum(innocent(size, habit, classes))}",
                flush=True,
            )


if __name__ == "__main__":
    main()
