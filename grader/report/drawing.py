"""The graph of a forward pass as an arc diagram: one tensor a row, from the inputs down to the loss.

A line down is a use in the next row; an arc on the left skips over rows. It reads like the code, and fits a phone.
"""

from dataclasses import dataclass

from grader.assignment.assignment import Exercise
from grader.report.carried import Carried
from grader.report.verdicts import GLYPHS, STATES
from grader.result import StageResult

ROW = 23
SPINE = 48
TOP = 14
CHARACTER = 7.9
"""The width of one, in the type of the names."""
TALL = 36
"""Rows of a drawing that is higher than a screen, however small it is drawn."""
NO_STAGE = "plain"
"""The state of a tensor whose gradient is not asked for."""


@dataclass(frozen=True)
class Node:
    """One tensor of the drawing. `stage` is None where no gradient is asked of it."""

    tensor: str
    y: int
    parameter: bool
    stage: StageResult | None
    state: str
    users: tuple[str, ...]
    start: bool
    """Whether the way back begins there."""
    origins: list[str]

    @property
    def glyph(self) -> str:
        return GLYPHS[self.stage.verdict] if self.stage else ""

    @property
    def says(self) -> str:
        """All that the drawing tells of it, in words."""
        if not self.stage:
            return f"{self.tensor}: no gradient asked for"
        text = f"{self.stage.name}: {self.stage.verdict}"
        if self.state == "carried":
            text += f", but an error from {' and '.join(self.origins) or 'an earlier stage'} arrives here"
        return text


@dataclass(frozen=True)
class Drawing:
    """What the template draws. An arc is its path, and whether an error comes back along it."""

    nodes: list[Node]
    arcs: list[tuple[str, bool]]
    states: list[str]
    """Those that occur in it."""
    spine: int
    width: int
    height: int

    @property
    def is_tall(self) -> bool:
        return len(self.nodes) > TALL


def draw(exercise: Exercise, stages: list[StageResult], carried: Carried) -> Drawing:
    """The drawing of one exercise.

    Args:
        exercise: with the graph.
        stages: its stages as they were judged.
        carried: how their errors go.
    """
    judged = {stage.tensor: stage for stage in stages}
    order = rows(exercise)
    place = {tensor: TOP + ROW * position for position, tensor in enumerate(order)}
    nodes = [_node(tensor, place[tensor], exercise, judged.get(tensor), carried) for tensor in order]
    arcs = [
        (_arc(place[tensor], place[user]), tensor in judged and user in judged and judged[user].name in carried.off)
        for tensor in order
        for user in _users(exercise, tensor)
    ]
    width = SPINE + 26 + round(CHARACTER * max(len(tensor) for tensor in order))
    states = [state for state in STATES if any(node.state == state for node in nodes)]
    return Drawing(nodes, arcs, states, SPINE, width, TOP * 2 + ROW * (len(order) - 1))


def rows(exercise: Exercise) -> list[str]:
    """The tensors of the graph in the order of the script; a parameter stands right before its first use."""
    drawn = _drawn(exercise)
    order: list[str] = [name for name in exercise.script.targets if name in drawn]
    for parameter in [stage.tensor for stage in exercise.stages if stage.tensor not in order]:
        order.insert(order.index(_users(exercise, parameter)[0]), parameter)
    return order


def _drawn(exercise: Exercise) -> frozenset[str]:
    """The tensors of the graph, and the values that are asked for."""
    return exercise.cuts | {stage.tensor for stage in exercise.stages}


def _users(exercise: Exercise, tensor: str) -> tuple[str, ...]:
    """What a tensor feeds into, of what is drawn."""
    return exercise.script.consumers(tensor, _drawn(exercise))


def _node(tensor: str, y: int, exercise: Exercise, stage: StageResult | None, carried: Carried) -> Node:
    return Node(
        tensor,
        y,
        tensor not in exercise.script.targets,
        stage,
        carried.state(stage) if stage else NO_STAGE,
        _users(exercise, tensor),
        tensor in exercise.outputs,
        carried.origins.get(stage.name, []) if stage else [],
    )


def _arc(start: int, end: int) -> str:
    if end - start == ROW:
        return f"M{SPINE} {start}V{end}"
    reach = SPINE - min(SPINE - 8, 16 + (end - start) // 3)
    return f"M{SPINE} {start}C{reach} {start} {reach} {end} {SPINE} {end}"
