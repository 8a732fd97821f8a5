"""Hints lead to an answer and do not give it: what is between their backticks is held against the solutions."""

import ast
import builtins
import re
from collections.abc import Callable, Iterable, Iterator, Mapping, Set
from dataclasses import dataclass
from functools import cached_property
from itertools import zip_longest

import numpy as np
import torch
import torch.nn.functional as F

from grader.assignment.assignment import Assignment, Exercise
from grader.assignment.rename import IDENTIFIER, QUOTED
from grader.assignment.stage import Stage, Task
from grader.errors import nearest
from grader.result import PASSED, StageResult
from grader.verify.normal_form import computes, in_it, normal_form, parsed, size

PART = 5
"""Names, numbers and operations from which on a part of a solution is most of the answer, as in `1 - h ** 2`."""
LIBRARY = (builtins, torch, torch.Tensor, F, np, np.ndarray)
IMPORTED = {"torch", "F", "np", "numpy"}
Grade = Callable[[Mapping[str, str]], Iterable[StageResult]]
"""Grades a submission, given the texts of its files by their names."""
HEAD = "import numpy\nimport numpy as np\nimport torch\nimport torch.nn.functional as F\n\n\n"


@dataclass(frozen=True)
class Hint:
    """One of a stage's hints, counted from 1."""

    exercise: Exercise
    stage: Stage | Task
    number: int
    text: str

    @property
    def place(self) -> str:
        return f"{self.stage.name}, hint {self.number}"

    @property
    def codes(self) -> list[str]:
        """What is between its backticks."""
        return [quoted[1:-1] for quoted in QUOTED.findall(self.text)]

    @cached_property
    def forms(self) -> dict[str, str]:
        """What is computed there, with the code that it is in."""
        trees = {code: parsed(code) for code in self.codes}
        return {normal_form(node): code for code, tree in trees.items() if tree for node in in_it(tree)}


@dataclass(frozen=True)
class Secret:
    """What a function of the solutions returns, or a large part of it."""

    function: str
    node: ast.expr
    whole: bool

    @cached_property
    def form(self) -> str:
        return normal_form(self.node)

    @cached_property
    def code(self) -> str:
        return ast.unparse(self.node)

    @cached_property
    def written(self) -> re.Pattern[str]:
        """Its text, with spaces or without."""
        tokens = [re.escape(token) for token in re.findall(r"\w+|[^\w\s]", self.code)]
        return re.compile(rf"(?<![\w.]){'[ ]*'.join(tokens)}(?!\w)")

    @property
    def described(self) -> str:
        return f"{'what the solution returns' if self.whole else 'a part of the solution'} in `{self.function}`"


@dataclass(frozen=True)
class Tried:
    """What is computed between the backticks of a hint, to be tried in the place of the answer."""

    hint: Hint
    code: str
    expression: ast.expr

    @property
    def function(self) -> str:
        """The answer it would be."""
        arguments = ", ".join(sorted(_names(self.expression) - IMPORTED))
        return f"def {self.hint.stage.asked}({arguments}):\n    return {ast.unparse(self.expression)}\n"


def hints_of(assignment: Assignment) -> Iterator[Hint]:
    for exercise, stage in assignment.stages:
        for number, text in enumerate(stage.hints, start=1):
            yield Hint(exercise, stage, number, text)


def missing(assignment: Assignment) -> Iterator[str]:
    """The stages without a hint, and the hints that say nothing, or nothing new."""
    for _, stage in assignment.stages:
        if not any(text.strip() for text in stage.hints):
            yield f"{stage.name} has no hint"
    for each in hints_of(assignment):
        said = [" ".join(text.split()).lower() for text in each.stage.hints]
        before = said.index(said[each.number - 1]) + 1
        if any(said) and not said[each.number - 1]:
            yield f"{each.place}: it is empty; write it, or take it out"
        elif before < each.number:
            yield f"{each.place}: it says what hint {before} says; let it give more"


def giving_away(assignment: Assignment, solutions: Mapping[str, str]) -> Iterator[str]:
    """The hints that have an answer of their exercise in them, or most of one.

    Args:
        assignment: whose hints.
        solutions: the text of each, by the name of the stub.
    """
    answers = {exercise.name: _answers(exercise, solutions[exercise.stub]) for exercise in assignment.exercises}
    for each in hints_of(assignment):
        found = (_in_code(each, answer) or _in_words(each.text, answer) for answer in answers[each.exercise.name])
        if told := next((told for told in found if told), None):
            yield f"{each.place}: {told}; say the rule in words instead"


def _in_code(hint: Hint, answer: Secret) -> str | None:
    code = hint.forms.get(answer.form)
    return f"`{code}` has {answer.described} in it" if code else None


def _in_words(text: str, answer: Secret) -> str | None:
    """Code without backticks is code all the same."""
    found = answer.written.search(text)
    return f"it has `{answer.code}`, {answer.described}" if found else None


def _answers(exercise: Exercise, solution: str) -> list[Secret]:
    """What is returned, then the parts, the largest first. What students can read anyway is no secret."""
    given = set() if exercise.calls else {normal_form(node) for node in in_it(ast.parse(exercise.script.text))}
    functions = [*_written(ast.parse(solution), {"__init__", *exercise.given})]
    wholes = [Secret(each.name, node, whole=True) for each in functions for node in _returned(each) if computes(node)]
    parts = [Secret(each.name, node, whole=False) for each in functions for node in in_it(each) if size(node) >= PART]
    parts.sort(key=lambda part: -size(part.node))
    return [*wholes, *(part for part in parts if part.form not in given)]


def _written(tree: ast.Module | ast.ClassDef, given: Set[str], within: str = "") -> Iterator[ast.FunctionDef]:
    """The functions and methods that students write; the stub has the others as they are."""
    for node in tree.body:
        if isinstance(node, ast.ClassDef) and node.name not in given:
            yield from _written(node, given, f"{node.name}.")
        elif isinstance(node, ast.FunctionDef) and given.isdisjoint({node.name, within + node.name}):
            yield node


def _returned(function: ast.FunctionDef) -> Iterator[ast.expr]:
    """What it returns, or adds to what is there; of a name, what was assigned to it."""
    assigned: dict[str, list[ast.expr]] = {}
    for node in ast.walk(function):
        if isinstance(node, ast.Assign):
            for target in node.targets:
                assigned.setdefault(ast.unparse(target), []).append(node.value)
    for node in ast.walk(function):
        if isinstance(node, (ast.Return, ast.AugAssign)) and node.value:
            for part in _elements(node.value):
                yield part
                for value in assigned.get(ast.unparse(part), ()):
                    yield from _elements(value)


def _elements(node: ast.expr) -> list[ast.expr]:
    if isinstance(node, ast.Dict):
        return node.values
    return node.elts if isinstance(node, (ast.Tuple, ast.List)) else [node]


def right_answers(assignment: Assignment, grade: Grade) -> Iterator[str]:
    """The expressions of hints that are right in the place of the answer, whatever the solution looks like."""
    for tried in _turns(assignment):
        for stage in grade({"hints.py": HEAD + "\n\n".join(each.function for each in tried.values())}):
            if stage.name in tried and stage.verdict in PASSED:
                each = tried[stage.name]
                yield f"{each.hint.place}: `{each.code}` is a right answer; say the rule in words instead"


def _turns(assignment: Assignment) -> Iterator[dict[str, Tried]]:
    """By the name of the stage, one expression of each; then the next of those that have more."""
    by_stage: dict[str, list[Tried]] = {}
    for each in hints_of(assignment):
        alone = not each.exercise.calls and len(each.exercise.together(each.stage.asked)) == 1
        for code in each.codes if alone else ():
            expression = _expression(code)
            if expression and computes(expression):
                by_stage.setdefault(each.stage.name, []).append(Tried(each, code, expression))
    for turn in zip_longest(*by_stage.values()):
        yield {name: tried for name, tried in zip(by_stage, turn, strict=True) if tried}


def unknown_names(assignment: Assignment, solutions: Mapping[str, str]) -> Iterator[str]:
    """The names between backticks that nothing has."""
    for each in hints_of(assignment):
        known = _known(assignment, each.exercise, solutions[each.exercise.stub])
        for code in each.codes:
            expression = _expression(code) if code not in assignment.stage_names else None
            for name in sorted(_names(expression) if expression else ()):
                if name not in known and not any(hasattr(where, name) for where in LIBRARY):
                    close = nearest(name, sorted(known))
                    advice = f"did you mean `{close[0]}`?" if close else "take a name that students can see"
                    yield f"{each.place}: nothing in this exercise is called `{name}`; {advice}"


def _expression(code: str) -> ast.expr | None:
    tree = parsed(code)
    only = tree.body[0] if tree and len(tree.body) == 1 else None
    return only.value if isinstance(only, ast.Expr) else None


def _names(tree: ast.AST) -> set[str]:
    return {node.id for node in ast.walk(tree) if isinstance(node, ast.Name)}


def _known(assignment: Assignment, exercise: Exercise, solution: str) -> set[str]:
    scripts = [assignment.inputs, exercise.script, *(task.script for task in exercise.tasks)]
    texts = [solution, *(script.text for script in scripts), exercise.calls.text if exercise.calls else ""]
    tensors = [*assignment.inputs.targets, *(target for script in scripts for target in script.targets)]
    names = {name for text in texts for name in IDENTIFIER.findall(text)} | IMPORTED
    names |= {assignment.gradient_name(tensor) for tensor in tensors}
    names |= {*assignment.sizes, *assignment.asked_names, *assignment.stage_names}
    return names | {*exercise.training.split, exercise.training.vocabulary} if exercise.training else names
