"""Sampling in a submission without a function for it: the text that is drawn, character by character."""

import ast
from collections.abc import Iterator
from dataclasses import dataclass, replace
from functools import cached_property

from grader.sandbox.border.messages import WantedTask
from grader.sandbox.theirs.dataflow.equalities import assignments
from grader.sandbox.theirs.dataflow.flow import FUNCTIONS
from grader.sandbox.theirs.dataflow.inner_scopes import gives, loops_in, numbered, of_loop, unwrapped
from grader.sandbox.theirs.dataflow.slices import Scope, Slice, scope_of, trace
from grader.sandbox.theirs.dataflow.statement import LOOPS, Statement
from grader.sandbox.theirs.dataflow.tree import walk
from grader.sandbox.theirs.source.after_training import VALUE, AfterTraining

DRAWS = frozenset({"Categorical", "multinomial", "choice", "choices"})
Drawn = tuple[Scope, ast.expr, Statement]
"""A scope in which one text is drawn, what the text is there, and the statement that has it."""


@dataclass(frozen=True)
class Sampling:
    """What draws texts in one source."""

    after: AfterTraining

    def slices(self) -> dict[str, Slice]:
        """By the name of the task."""
        tasks = self.after.loop.training.tasks
        cuts = {task.name: self._cut(task) for task in tasks if task.kind == "samples"}
        return {name: cut for name, cut in cuts.items() if cut}

    def _cut(self, task: WantedTask) -> Slice | None:
        """A text that is drawn: what is printed, returned or kept at the end of the scope in which characters are."""
        for scope, text, last in self._drawn(task):
            vocabulary = self.after.loop.training.vocabulary[0][0]
            firm = self.after.known_by_now(task) | {vocabulary: vocabulary, "generator": "generator"}
            firm |= dict.fromkeys(_generators(scope), "generator")
            offered = replace(self.after.offered(task, firm), made=self._characters(text, scope))
            cut = trace(scope, (VALUE,), [self.after.bound(text, last)], offered, "text")
            return replace(cut, given=tuple(sorted({*cut.given, vocabulary})))
        return None

    def _characters(self, text: ast.expr, scope: Scope) -> dict[str, Statement]:
        """What makes, from the vocabulary that is given, what the submission looks characters up in."""
        (vocabulary, *by_number), by_character = self.after.loop.training.vocabulary
        numbered, lettered = _looked_up(text, scope)
        texts = {name: f"{name} = dict(enumerate({vocabulary}))" for name in (*by_number, *numbered)}
        texts |= {n: f"{n} = {{c: i for i, c in enumerate({vocabulary})}}" for n in (*by_character, *lettered)}
        line = scope.statements[0].node.lineno
        nodes = [ast.increment_lineno(ast.parse(text).body[0], line - 1) for text in texts.values()]
        return dict(zip(texts, scope_of(nodes, self.after.loop.facts).statements, strict=True))

    def _drawn(self, task: WantedTask) -> Iterator[Drawn]:
        for s in (*self.after.functions(task), *reversed(self.after.statements)):
            if self._draws(s.node) and (found := self._text_of(s, self.after.loop.quiet)):
                yield found

    def _text_of(self, s: Statement, scope: Scope) -> Drawn | None:
        """The text that a statement draws, in its own scope or one inside it."""
        node, quiet = unwrapped(s.node), self.after.loop.quiet
        if isinstance(node, FUNCTIONS):
            inside = self.after.body(node, scope, s.number)
            if self._is_one_text(inside) and gives(node) and scope is quiet:
                return quiet, *self.after.call(s)
        elif isinstance(node, LOOPS) and any(self._draws(each) for each in loops_in(node)):
            inside = of_loop(node, self.after.loop.facts, scope, s.number)
        else:
            value = _text(scope, s)
            return (scope, *value) if value else None
        drawing = [each for each in inside.statements if self._draws(each.node)]
        return self._text_of(drawing[-1], inside) if drawing else None

    def _is_one_text(self, scope: Scope) -> bool:
        """Whether the characters of one text are drawn in a scope, and not text after text."""
        loops = [unwrapped(s.node) for s in scope.statements if self._draws(s.node)]
        return not any(self._draws(inner) for loop in loops for inner in loops_in(loop))

    def _draws(self, node: ast.AST) -> bool:
        """Whether something is drawn at random in it, or by a function that it calls."""
        return any(
            (isinstance(each, ast.Attribute) and each.attr in DRAWS)
            or (isinstance(each, ast.Name) and each.id in DRAWS)
            or (isinstance(each, ast.Call) and isinstance(each.func, ast.Name) and each.func.id in self._drawers)
            for each in walk(node)
        )

    @cached_property
    def _drawers(self) -> frozenset[str]:
        """The functions that draw one thing, without a loop."""
        return frozenset(
            s.node.name
            for s in self.after.loop.module.statements
            if isinstance(s.node, FUNCTIONS) and not [*loops_in(s.node)] and _has_draw(s.node)
        )


def _generators(scope: Scope) -> Iterator[str]:
    """The names of generators in a scope and those around it."""
    where: Scope | None = scope
    while where is not None:
        for s in where.statements:
            for name, value in assignments(s.node):
                if any(isinstance(each, ast.Attribute) and each.attr == "Generator" for each in walk(value)):
                    yield name
        where = where.parent


def _has_draw(node: ast.AST) -> bool:
    return any(isinstance(each, ast.Attribute) and each.attr in DRAWS for each in walk(node))


def _text(scope: Scope, drawing: Statement) -> tuple[ast.expr, Statement] | None:
    """What a scope prints, returns or keeps after it has drawn characters; failing that, what it collects them in."""
    for s in (s for s in scope.statements if s.number > drawing.number):
        node = unwrapped(s.node)
        if isinstance(node, ast.Return) and node.value is not None:
            return node.value, s
        call = node.value if isinstance(node, ast.Expr) and isinstance(node.value, ast.Call) else None
        function = call.func if call else None
        if call and call.args and isinstance(function, ast.Name) and function.id == "print":
            return next((a for a in reversed(call.args) if not isinstance(a, ast.Constant)), call.args[-1]), s
        if call and call.args and isinstance(function, ast.Attribute) and function.attr == "append":
            return call.args[0], s
    return _kept(drawing.node, drawing)


def _looked_up(text: ast.expr, scope: Scope) -> tuple[list[str], list[str]]:
    """The names bound elsewhere in which the text looks up characters, and those in which characters are looked up."""
    own = {name for s in scope.statements for name in s.binds | s.rebinds}
    indexed = [
        (node.value.id, node.slice)
        for place in (text, *(s.node for s in scope.statements))
        for node in walk(place)
        if isinstance(node, ast.Subscript) and isinstance(node.value, ast.Name) and node.value.id not in own
    ]
    in_text = {id(node.slice) for node in walk(text) if isinstance(node, ast.Subscript)}
    by_character = [name for name, index in indexed if isinstance(index, ast.Constant) and isinstance(index.value, str)]
    by_number = [name for name, index in indexed if id(index) in in_text and isinstance(index, (ast.Name, ast.Call))]
    return [name for name in by_number if name not in by_character], by_character


def _kept(node: ast.stmt, s: Statement) -> tuple[ast.expr, Statement] | None:
    """The list to which the loop adds what it draws, or the text."""
    for each in walk(node):
        if isinstance(each, ast.Call) and isinstance(each.func, ast.Attribute) and each.func.attr == "append":
            if isinstance(each.func.value, ast.Name):
                return ast.Name(each.func.value.id, ast.Load()), numbered(s, s.number + 1)
        if isinstance(each, ast.AugAssign) and isinstance(each.target, ast.Name) and isinstance(each.op, ast.Add):
            return ast.Name(each.target.id, ast.Load()), numbered(s, s.number + 1)
    return None
