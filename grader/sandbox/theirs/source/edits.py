"""A stage's lines with one edit each: those that take a slip back, or those that make one.

In the student's process, they find out which edit would put a stage right. An edit tells where it is, never what it
puts there: what a student is told is the place.
"""

import ast
import re
from collections import Counter
from collections.abc import Callable, Generator, Iterator, Sequence
from contextlib import closing
from dataclasses import replace
from itertools import islice
from typing import Any

from grader.border import AS_IT_IS, Edit, EditKind
from grader.sandbox.theirs.source.edit_places import EditChange, EditScope, Place, is_in_range, places
from grader.sandbox.theirs.source.edit_rules import RULES, Fits, Rule, Way, ordered

FROM_THE_END: tuple[EditKind, ...] = ("factor", "addend")
"""What is missing may be put in at many lines that lead to the result: the last of these is told."""
MOST_TWINS = 4
"""Of more places where the same is written, none is changed with the others."""


def edits(statements: list[ast.stmt], scope: EditScope, after: Sequence[int] = ()) -> Generator[Edit, None, None]:
    """No edit, and then each there is, the simplest first. While one is given out, the statements are as it has them.

    Args:
        statements: of the stage.
        scope: what a name may be replaced with.
        after: numbers of edits that are made before, each one of what the others leave.
    """
    if after:
        first, *others = after
        with closing(edits(statements, scope)) as made:
            for _ in islice(made, first, first + 1):
                yield from edits(statements, scope, others)
        return
    yield Edit(0, AS_IT_IS, 0, 0, 0)
    for number, (kind, change) in enumerate(
        variants(statements, scope, lambda rule: rule.repairs, twins=True), start=1
    ):
        yield _edit(number, kind, change)


def variants(
    statements: list[ast.stmt], scope: EditScope, way: Callable[[Rule], Way], *, twins: bool = False
) -> Iterator[tuple[EditKind, EditChange]]:
    """One edit after the other, by its kind and what it changes. While one is given out, the statements are so.

    Args:
        statements: of the stage.
        scope: what a name may be replaced with.
        way: the side of each rule that is wanted.
        twins: whether one edit may be made at several places that are written alike.
    """
    found = list(places(ast.Module(statements, [])))
    known = replace(scope, uses=_uses(found), made=_made(found), counters=_counters(found))
    alike = _alike(found) if twins else []
    from_the_end = _last_lines_first(found)
    for kind, fits, again in ordered():
        made, lines = _with(way(RULES[kind]), known), from_the_end if kind in FROM_THE_END else found
        for change in _at_twins(alike, made) if again else _one_by_one(lines, made, fits):
            for each, node in change.puts:
                each.put(_located(node, each.node))
            try:
                yield kind, change
            finally:
                for each, _ in change.puts:
                    each.put(each.node)


def _last_lines_first(found: Sequence[Place]) -> list[Place]:
    """The places of the last statement first, of each in their order."""
    statements: list[list[Place]] = []
    for place in found:
        if isinstance(place.parent, ast.Module):
            statements.append([])
        statements[-1].append(place)
    return [place for statement in reversed(statements) for place in statement]


def _with(way: Way, scope: EditScope) -> "Made":
    return lambda place: way(place, scope)


Made = Callable[[Place], Iterator[ast.AST | EditChange]]


def _one_by_one(found: Sequence[Place], made: Made, fits: Fits) -> Iterator[EditChange]:
    for place in found:
        for new in (each for each in made(place) if fits(place, each)):
            yield new if isinstance(new, EditChange) else EditChange(((place, new),), place)


def _at_twins(alike: Sequence[Sequence[Place]], made: Made) -> Iterator[EditChange]:
    """The same edit wherever something is written alike."""
    for twins in alike:
        each = [[new for new in made(_alone(place)) if not isinstance(new, EditChange)] for place in twins]
        if len({len(news) for news in each}) == 1:
            yield from (
                EditChange(tuple(zip(twins, news, strict=True)), twins[0], twins=True)
                for news in zip(*each, strict=True)
            )


def _alone(place: Place) -> Place:
    """As if it were all that is returned: what stands around twins need not be alike."""
    assert isinstance(place.node, ast.expr)
    return Place(place.node, ast.Return(place.node), "value", None)


def _alike(found: Sequence[Place]) -> list[list[Place]]:
    """Places where the same is written but for the names in it, none within another."""
    groups: dict[str, list[Place]] = {}
    for place in found:
        if isinstance(place.node, (ast.BinOp, ast.Call)):
            groups.setdefault(_without_names(place.node), []).append(place)
    return [places for places in groups.values() if 2 <= len(places) <= MOST_TWINS]


def _without_names(node: ast.AST) -> str:
    return re.sub(r"Name\(id='\w+'", "Name(", ast.dump(node))


def _uses(found: Sequence[Place]) -> dict[str, list[Place]]:
    """Where each name is read."""
    uses: dict[str, list[Place]] = {}
    for place in found:
        if isinstance(place.node, ast.Name) and isinstance(place.node.ctx, ast.Load):
            uses.setdefault(place.node.id, []).append(place)
    return uses


def _counters(found: Sequence[Place]) -> tuple[str, ...]:
    targets = [each for place in found if isinstance(place.node, ast.For) for each in ast.walk(place.node.target)]
    return tuple(dict.fromkeys(each.id for each in targets if isinstance(each, ast.Name)))


def _made(found: Sequence[Place]) -> dict[str, ast.expr]:
    """What each name is given, if it is given one thing alone."""
    stored = Counter(p.node.id for p in found if isinstance(p.node, ast.Name) and isinstance(p.node.ctx, ast.Store))
    assigned = [place.node for place in found if isinstance(place.node, ast.Assign)]
    return {
        target.id: node.value
        for node in assigned
        for target in node.targets
        if isinstance(target, ast.Name) and stored[target.id] == 1
    }


def scope_of(statements: Sequence[ast.stmt], given: dict[str, Any], kept: Sequence[str] = ()) -> EditScope:
    """What is given that the statements name, or is a number; and what they compute.

    Args:
        statements: of the stage.
        given: what the stage may ask for, by name: numbers, and tensors.
        kept: what an object keeps, for its method: `self.x`.
    """
    named = {node.id for each in statements for node in ast.walk(each) if isinstance(node, ast.Name)}
    computed = {
        n.id for s in statements for n in ast.walk(s) if isinstance(n, ast.Name) and isinstance(n.ctx, ast.Store)
    }
    numbers = tuple(sorted(name for name, value in given.items() if isinstance(value, int)))
    tensors = [name for name, value in given.items() if not isinstance(value, (int, float, str))]
    return EditScope(
        (*sorted(tensors, key=lambda name: (name not in named, name)), *sorted(computed - given.keys()), *kept), numbers
    )


def _located(new: ast.AST, old: ast.AST) -> ast.AST:
    """A node with its place in the source: its own, if it is from there."""
    return ast.fix_missing_locations(new if hasattr(new, "lineno") else ast.copy_location(new, old))


def _edit(number: int, kind: EditKind, change: EditChange) -> Edit:
    """A number is told with what it stands in."""
    place = change.told
    alone = isinstance(place.node, ast.Constant) and isinstance(place.parent, (ast.expr, ast.keyword))
    node = place.parent if alone else place.node
    line, last = getattr(node, "lineno", 0), getattr(node, "end_lineno", 0)
    columns = (getattr(node, "col_offset", 0), getattr(node, "end_col_offset", 0)) if line == last else (0, 0)
    return Edit(number, kind, line, *columns, loop=is_in_range(place), twins=change.twins)
