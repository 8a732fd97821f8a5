"""An assignment in other names: the tables of the one it is derived from, renamed key by key. Needs no torch."""

from collections.abc import Iterator, Mapping
from difflib import get_close_matches
from keyword import iskeyword
from typing import Annotated, Any, get_args, get_origin

from msgspec.structs import replace

from grader.assignment.assignment import LOSS, Assignment, gradient_name
from grader.assignment.read_table import Unfit
from grader.assignment.rename import NameTaken, Renaming
from grader.assignment.schema import (
    AssignmentTable,
    CalledTable,
    DerivedTable,
    ExerciseTable,
    Hints,
    Holds,
    Table,
    TaskTable,
    TrainingTable,
    keys_of,
)

GIVEN = {LOSS, "torch", "F", "generator", "parameters", "gradients", "learning_rate"}
"""Names that scripts or solutions have from the grader."""


def is_derived(table: dict[str, Any]) -> bool:
    """Whether a file describes an assignment that is another one in other names."""
    return not table.keys().isdisjoint({"derived_from", "rename"})


def renaming_of(table: DerivedTable, base: Assignment) -> Renaming:
    """The names of sizes, tensors, data, stages and functions, and those of the gradients.

    Raises:
        Unfit: a name is not there, or two things would be called the same.
    """
    pattern = table.gradient or base.gradient_pattern
    new = {name: table.rename.get(name, name) for name in _names_of(base)}
    gradients = {base.gradient_name(name): gradient_name(pattern, new[name]) for name in _tensors_of(base)}
    names = gradients | new
    for complaint in _complaints(table, base, names):
        raise Unfit(complaint)
    return Renaming(names)


def _tensors_of(assignment: Assignment) -> set[str]:
    scripts = [assignment.inputs, *(exercise.script for exercise in assignment.exercises)]
    scripts += [task.script for exercise in assignment.exercises for task in exercise.tasks]
    return {target for script in scripts for target in script.targets} - {LOSS}


def _names_of(assignment: Assignment) -> set[str]:
    """What its author has named, as opposed to what follows from the pattern of the gradients."""
    names = {*assignment.sizes, *_tensors_of(assignment)}
    if assignment.dataset:
        names |= {assignment.dataset.inputs, assignment.dataset.outputs}
    for exercise in assignment.exercises:
        names |= {*exercise.training.split, exercise.training.vocabulary} if exercise.training else set()
        names |= {*exercise.functions}
    return names - {assignment.gradient_name(name) for name in _tensors_of(assignment)}


def derive(table: DerivedTable, base: AssignmentTable, renaming: Renaming) -> AssignmentTable:
    """The tables of an assignment in other names.

    Raises:
        Unfit: in a line of a slip, two things would be called the same.
    """
    renamed: AssignmentTable = _in_other_names(base, AssignmentTable, renaming)
    pattern = table.gradient or base.gradient
    exercises = [_exercise(each, table) for each in renamed.exercises]
    return replace(renamed, name=table.name, title=table.title, gradient=pattern, exercises=exercises)


def taken(error: NameTaken, renaming: Renaming, where: object) -> str:
    """What an author is told of two things that would be called the same in a text."""
    old = next(old for old, new in renaming.names.items() if new == error.name)
    return f"rename.{old} = {error.name!r}: {where} has a `{error.name}` of its own; choose another name."


def _complaints(table: DerivedTable, base: Assignment, names: Mapping[str, str]) -> Iterator[str]:
    """`names`: what everything would be called."""
    for old, new in table.rename.items():
        where = f"rename.{old} = {new!r}"
        if old == LOSS:
            yield f"{where}: the loss is called `{LOSS}` in every assignment; leave this line out."
        if old not in _names_of(base):
            yield f"{where}: {_unknown(old, base, names)}"
        if not new.isidentifier() or iskeyword(new):
            yield f"{where} must be a name as Python has them, of letters, digits and `_`."
        if new in GIVEN:
            yield f"{where}: every script is given something called `{new}`; choose another name."
        for other in (other for other, called in names.items() if called == new and other != old):
            yield f"{where}: `{other}` is called that here as well; choose another name for one of them."
    if len(set(names.values())) < len(names):
        yield f"gradient = {table.gradient!r} must have `{{tensor}}` or `{{Tensor}}` in it, and make new names."
    yield from _complaints_of_sizes(table, base, names)
    yield from _complaints_of_called(table.called or CalledTable(), base, names)


def _unknown(name: str, base: Assignment, names: Mapping[str, str]) -> str:
    if name in names:
        return "what a gradient is called follows from `gradient`; rename its tensor."
    close = get_close_matches(name, sorted(_names_of(base)), n=1)
    advice = f"Did you mean `{close[0]}`?" if close else "Name a size, tensor, stage or function as it is called there."
    return f"there is no `{name}` in {base.name}. {advice}"


def _complaints_of_sizes(table: DerivedTable, base: Assignment, names: Mapping[str, str]) -> Iterator[str]:
    exercises, sizes = [exercise.name for exercise in base.exercises], [names[size] for size in base.sizes]
    for exercise, own in table.sizes.items():
        if exercise not in exercises:
            yield f"sizes.{exercise}: there is no such exercise. The exercises are: {', '.join(exercises)}."
        for size in own:
            if size not in sizes:
                yield f"sizes.{exercise}.{size}: there is no such size. The sizes are: {', '.join(sizes)}."


def _complaints_of_called(called: CalledTable, base: Assignment, names: Mapping[str, str]) -> Iterator[str]:
    tasks = [task for exercise in base.exercises for task in exercise.tasks]
    known = {
        "variables": [names[name] for task in tasks if task.kind == "values" for name in task.returns],
        "functions": [names[task.name] for task in tasks],
    }
    for key, those in known.items():
        for name in getattr(called, key):
            if name not in those:
                yield f"called.{key}.{name}: no task has that. Give one of: {', '.join(those) or 'none'}."


def _in_other_names(value: Any, kind: Any, renaming: Renaming) -> Any:
    """A table, or a value in one; `kind` is its type in the schema, which says what a text in it holds."""
    if isinstance(value, Table):
        parts = {each.name: (getattr(value, each.name), each.type) for each in keys_of(type(value))}
        return replace(value, **{key: _in_other_names(*part, renaming) for key, part in parts.items()})
    kind = _one_or_many(value, kind)
    holds = next((each for each in getattr(kind, "__metadata__", ()) if isinstance(each, Holds)), None)
    inside = get_args(get_args(kind)[0] if get_origin(kind) is Annotated else kind)
    if isinstance(value, dict):
        pairs = (
            [_in_other_names(*part, renaming) for part in zip(pair, inside, strict=True)] for pair in value.items()
        )
        return dict(pairs)
    if isinstance(value, (list, tuple)):
        return type(value)(_in_other_names(each, inside[0], renaming) for each in value)
    return _text_in_other_names(value, holds, renaming) if holds else value


def _one_or_many(value: Any, kind: Any) -> Any:
    """Of a type that is a text or a list of them, what the value is."""
    if get_origin(kind) is not Annotated or get_args(kind)[0] != Hints:
        return kind
    one, many = get_args(Hints)
    return many if isinstance(value, list) else one


def _text_in_other_names(text: str, holds: Holds, renaming: Renaming) -> str:
    if holds is Holds.NAME:
        return renaming.name(text)
    if holds is Holds.PROSE:
        return renaming.prose(text)
    try:
        return renaming.code(text)
    except NameTaken as error:
        raise Unfit(taken(error, renaming, f"the expression {text!r}, in a slip there,")) from None
    except SyntaxError as error:
        raise Unfit(f"derived_from: the expression {text!r}, in a slip there, is not Python: {error.msg}.") from None


def _exercise(exercise: ExerciseTable, table: DerivedTable) -> ExerciseTable:
    """With what the derived assignment has of its own."""
    called = table.called or CalledTable()
    training = exercise.training and _training_as_called(exercise.training, called)
    tasks = [_task_as_called(task, called) for task in exercise.tasks]
    sizes = exercise.sizes | table.sizes.get(exercise.name, {})
    return replace(exercise, sizes=sizes, training=training, tasks=tasks)


def _training_as_called(training: TrainingTable, called: CalledTable) -> TrainingTable:
    own = {key: getattr(called, key) for key in ("splits", "by_number", "by_character")}
    return replace(training, **{key: value for key, value in own.items() if value is not None})


def _task_as_called(task: TaskTable, called: CalledTable) -> TaskTable:
    variables = {name: called.variables[name] for name in task.returns if name in called.variables}
    functions = called.functions.get(task.name, task.functions)
    return replace(task, variables=task.variables | variables, functions=functions)
