"""Which exercise each statement of a source belongs to: by headings, and where there is none by order of appearance."""

import ast
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import cached_property

from grader.border import Source
from grader.sandbox.border.messages import Wanted, WantedStage
from grader.sandbox.theirs.dataflow.slices import Offered, Scope, last_binding, trace
from grader.sandbox.theirs.dataflow.statement import Statement
from grader.sandbox.theirs.source.headings import ELSEWHERE, Heading, headings


def parts(source: Source, module: Scope, body: Sequence[ast.stmt], wanted: Wanted) -> list[int]:
    """The exercise of each statement of a module; -1 for something else.

    A variable that several exercises have belongs to the one whose gradients it is made from. Without a heading of its
    own, an exercise begins where such a variable is bound for it, or one that only this exercise has.
    """
    return _Parts(headings(source, body, wanted), module, wanted).exercises()


@dataclass(frozen=True)
class _Parts:
    headings: Sequence[Heading]
    module: Scope
    wanted: Wanted

    def exercises(self) -> list[int]:
        statements, owners = self.module.statements, self._owners
        by_heading = [self._headed(s) for s in statements]
        headed = {heading.exercise for heading in self.headings}
        found: list[int] = []
        current, under = 0, 0
        used: set[str] = set()
        latest: dict[str, int] = {}
        for s, heading in zip(statements, by_heading, strict=True):
            if heading is not None and heading != under:
                current = under = heading
                latest = {}
            here = next((latest[name] for name in sorted(s.changes & latest.keys())), current)
            for name in sorted(s.binds & owners.keys()):
                if s.is_nothing:
                    continue
                free = [k for k in owners[name] if k not in headed or self._is_empty(k, name, by_heading)]
                here = self._moved(name, s, current, free, used, is_headed=heading is not None)
                latest[name] = here
                current = here if here not in headed else current
            if s.binds & owners.keys():
                used |= s.reads
            found.append(here)
        return found

    @cached_property
    def _owners(self) -> dict[str, list[int]]:
        """The exercises in which a variable of that name is a stage."""
        owners: dict[str, list[int]] = {}
        for stage in self._variables:
            for name in (stage.name, *stage.also):
                owners.setdefault(name, []).append(stage.exercise)
        return owners

    @cached_property
    def _variables(self) -> list[WantedStage]:
        return [stage for stage in self.wanted.stages if not stage.only_function]

    def _headed(self, s: Statement) -> int | None:
        """The exercise under whose heading a statement stands; None before the first one."""
        above = [heading.exercise for heading in self.headings if heading.line <= s.node.lineno]
        return above[-1] if above else None

    def _is_empty(self, exercise: int, name: str, by_heading: Sequence[int | None]) -> bool:
        """Whether nothing of that name is bound under the heading of an exercise."""
        statements = zip(self.module.statements, by_heading, strict=True)
        return not any(name in s.binds and not s.is_nothing and part == exercise for s, part in statements)

    def _moved(
        self, name: str, s: Statement, current: int, free: Iterable[int], used: set[str], *, is_headed: bool
    ) -> int:
        """Where a statement that binds a stage's variable belongs, having come to the current exercise."""
        if current == ELSEWHERE:
            return current
        owners, later = self._owners[name], [k for k in free if k > current]
        if len(owners) == 1:
            (only,) = owners
            return only if only in later or not is_headed else current
        fitting = [k for k in owners if self._fits(name, s, k)]
        seen_before = any(name in other.binds and not other.is_nothing for other in self._before(s))
        if current in fitting or (is_headed and not seen_before):
            return current
        moved = [k for k in fitting if k in later]
        if moved:
            return moved[0]
        return max(current, *later) if later and not fitting and name in used else current

    def _before(self, s: Statement) -> list[Statement]:
        return [other for other in self.module.statements if other.number < s.number]

    def _fits(self, name: str, s: Statement, exercise: int) -> bool:
        """Whether what a statement binds, with all that changes it after that, is made from an exercise's gradients."""
        following = [other for other in self.module.statements if other.number >= s.number]
        again = [other.number for other in following[1:] if name in other.binds]
        until = again[0] if again else len(self.module.statements)
        main = last_binding([other for other in following if other.number < until], {name})
        gradients = {each: each for stage in self._variables for each in stage.gradients}
        stage = next(
            stage for stage in self._variables if stage.exercise == exercise and name in (stage.name, *stage.also)
        )
        others = {each: each for each in self.wanted.known}
        read = set(trace(self.module, (name,), main, Offered(others | gradients, {})).given) & gradients.keys()
        read -= {name}
        wanted = set(stage.gradients)
        return bool(read & wanted) if wanted else not read
