"""A forward script, read as text: which line makes which tensor, and who uses it. Needs no torch."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from functools import cached_property, lru_cache
from pathlib import Path

from grader.assignment.script_lines import VERSION, Definition, Line, ScriptText, Unreadable, read_script
from grader.errors import AssignmentError


@dataclass(frozen=True)
class Script:
    """A forward script: statements as in a notebook cell, of which the names they bind are the tensors of the graph."""

    path: Path
    text: str

    @property
    def lines(self) -> tuple[Line, ...]:
        """For each statement in order, a line for each name that it makes.

        Raises:
            AssignmentError: it is not Python, or a statement does not belong there.
        """
        return _read(self).lines

    @property
    def definitions(self) -> tuple[Definition, ...]:
        """Its imports and functions."""
        return _read(self).definitions

    @cached_property
    def targets(self) -> tuple[str, ...]:
        """The names it leaves behind, in the order in which they get their last value."""
        return tuple(line.target for line in self.lines if line.is_last)

    def line_of(self, target: str) -> Line:
        """The line that gives a name its last value."""
        return next(line for line in self.lines if line.target == target)

    def altered(self, lines: Mapping[str, str]) -> "Script":
        """The script with other expressions for some of its targets."""
        statements = {line.place: line.source for line in self.lines}
        for target, expression in lines.items():
            if target not in self.targets:
                continue
            line, new = self.line_of(target), f"{target} = {expression}"
            statements[line.place] = new if line.expression else f"{statements[line.place]}\n{new}"
        whole = statements | {each.place: each.source for each in self.definitions}
        return Script(self.path, "\n".join(whole[place] for place in sorted(whole)))

    def lines_using(self, tensor: str, cuts: Collection[str]) -> tuple[Line, ...]:
        """The lines that use a tensor, directly or through temporaries, up to the next cut."""
        return _lines_using(self, tensor, frozenset(cuts))

    def consumers(self, tensor: str, cuts: Collection[str]) -> tuple[str, ...]:
        """The tensors of the graph that a tensor feeds into: their gradients are its upstream."""
        return tuple(line.target for line in self.lines_using(tensor, cuts) if line.target in cuts)

    def sources_using(self, tensor: str, cuts: Collection[str]) -> tuple[str, ...]:
        """The statements that use a tensor, as the author wrote them, with what they build on and cannot be asked for:
        values that a name does not keep, and functions.
        """
        using = [*self.lines_using(tensor, cuts)]
        passing = {name for line in using for name in line.reads if VERSION in name}
        for line in reversed(self.lines):
            if line.target in passing:
                using.append(line)
                passing.update(name for name in line.reads if VERSION in name)
        called = {name for line in using for name in line.calls}
        sources = {each.place: each.source for each in self.definitions if called.intersection(each.binds)}
        sources |= {line.place: line.source for line in using}
        return tuple(sources[place] for place in sorted(sources))

    @property
    def sources(self) -> tuple[str, ...]:
        """Its statements, as the author wrote them, imports and functions included."""
        sources = {each.place: each.source for each in self.definitions}
        sources |= {line.place: line.source for line in self.lines}
        return tuple(sources[place] for place in sorted(sources))


@lru_cache(maxsize=1024)
def _lines_using(script: Script, tensor: str, cuts: frozenset[str]) -> tuple[Line, ...]:
    """Every report asks for the same."""
    through, using = {tensor}, []
    for line in script.lines:
        if through.intersection(line.reads):
            using.append(line)
            if line.target not in cuts:
                through.add(line.target)
    return tuple(using)


@lru_cache(maxsize=1024)
def _read(script: Script) -> ScriptText:
    """Of a text that is asked about again, as slips are on every probe, the lines are read once."""
    try:
        return read_script(script.text)
    except Unreadable as error:
        raise AssignmentError(f"{script.path}:{error.line}", str(error)) from None
