"""The graph of a forward pass as an arc diagram: one tensor a row, from the inputs down to the loss.

A line down is a use in the next row; an arc on the left skips over rows. It reads like the code, and fits a phone.
"""

from dataclasses import dataclass

from grader.assignment.assignment import Exercise
from grader.report.words import GLYPHS
from grader.result import StageResult

ROW = 26
SPINE = 56
TOP = 16
WIDTH = 380


@dataclass(frozen=True)
class Node:
    """One tensor of the drawing. `verdict` is None where no gradient is asked of it."""

    tensor: str
    y: int
    parameter: bool
    stage: str | None
    verdict: str | None
    glyph: str


@dataclass(frozen=True)
class Drawing:
    """What the template draws."""

    nodes: list[Node]
    arcs: list[str]
    spine: int
    width: int
    height: int


def draw(exercise: Exercise, stages: list[StageResult]) -> Drawing:
    """The drawing of one exercise, coloured by the verdicts of its stages."""
    judged = {stage.tensor: stage for stage in stages}
    order = rows(exercise)
    place = {tensor: TOP + ROW * position for position, tensor in enumerate(order)}
    nodes = [_node(tensor, place[tensor], exercise, judged.get(tensor)) for tensor in order]
    arcs = [_arc(place[tensor], place[user]) for tensor in order for user in exercise.consumers(tensor)]
    return Drawing(nodes, arcs, SPINE, WIDTH, TOP * 2 + ROW * (len(order) - 1))


def rows(exercise: Exercise) -> list[str]:
    """The tensors of the graph in the order of the script; a parameter stands right before its first use."""
    order: list[str] = [name for name in exercise.script.targets if name in exercise.cuts]
    for parameter in [stage.tensor for stage in exercise.stages if stage.tensor not in order]:
        order.insert(order.index(exercise.consumers(parameter)[0]), parameter)
    return order


def _node(tensor: str, y: int, exercise: Exercise, stage: StageResult | None) -> Node:
    verdict = stage.verdict if stage else None
    glyph = GLYPHS[stage.verdict] if stage else ""
    return Node(tensor, y, tensor not in exercise.script.targets, stage.name if stage else None, verdict, glyph)


def _arc(start: int, end: int) -> str:
    if end - start == ROW:
        return f"M{SPINE} {start}V{end}"
    reach = SPINE - min(SPINE - 8, 16 + (end - start) // 3)
    return f"M{SPINE} {start}C{reach} {start} {reach} {end} {SPINE} {end}"
