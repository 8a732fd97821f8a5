"""From `assignment.toml` to an Assignment, and where assignments are found. Needs no torch."""

import re
import tomllib
from collections.abc import Iterator, Sequence
from pathlib import Path

from grader.assignment.assignment import (
    Assignment,
    DatasetUse,
    Exercise,
    ProbeRecipe,
    Size,
    Slip,
    Stage,
    Task,
    Training,
    gradient_name,
)
from grader.assignment.read_table import Unfit, read_table
from grader.assignment.schema import (
    AssignmentTable,
    DatasetTable,
    ExerciseTable,
    ProbeTable,
    SizeTable,
    SlipTable,
    StageTable,
    TaskTable,
    TrainingTable,
)
from grader.assignment.script import Script
from grader.errors import AssignmentError, UnknownAssignment

DEFAULT_ASSIGNMENT = "nameweave"
CREDIT = {"exact": 1.0, "approximate": 1.0, "shape": 1.0}
VERDICTS = {*CREDIT, "shortcut", "overfit", "wrong", "nonfinite", "error", "timeout", "forbidden", "missing"}


def shipped(folder: str) -> Path:
    """A folder that ships with the grader: inside the package once installed, beside it in a checkout."""
    package = Path(__file__).resolve().parent.parent
    inside = package / folder
    return inside if inside.is_dir() else package.parent / folder


def assignment_names() -> list[str]:
    """The assignments that ship with the grader."""
    return sorted(path.parent.name for path in shipped("exercises").glob("*/assignment.toml"))


def load_assignment(name_or_path: str | Path = DEFAULT_ASSIGNMENT) -> Assignment:
    """The assignment of that name, or the one whose folder is given.

    Raises:
        UnknownAssignment: neither a known name nor a folder with `assignment.toml`.
        AssignmentError: the folder is there, but a file in it is not what it should be.
    """
    named = shipped("exercises") / name_or_path
    folder = named if str(name_or_path) in assignment_names() else Path(name_or_path)
    if not (folder / "assignment.toml").is_file():
        raise UnknownAssignment(str(name_or_path), assignment_names())
    return read_assignment(folder.resolve())


def read_assignment(folder: Path) -> Assignment:
    """The assignment in a folder.

    Raises:
        AssignmentError: a file in it is missing or is not what it should be.
    """
    path = folder / "assignment.toml"
    try:
        table = tomllib.loads(path.read_text(encoding="utf-8"))
        assignment = _assignment(read_table(table, AssignmentTable), folder)
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise AssignmentError(path, f"not valid TOML: {error}.") from None
    except Unfit as error:
        raise AssignmentError(path, str(error)) from None
    except OSError as error:
        raise AssignmentError(path, f"names a file that cannot be read: {error.filename}.") from None
    _check(assignment, path)
    return assignment


def _assignment(table: AssignmentTable, folder: Path) -> Assignment:
    return Assignment(
        name=table.name,
        title=table.title,
        folder=folder,
        inputs=_script(folder / table.inputs),
        seed=table.seed,
        gradient_pattern=table.gradient,
        dataset=_dataset(table.dataset, folder) if table.dataset else None,
        sizes={name: _size(size) for name, size in table.sizes.items()},
        recipes=_recipes(table.probes),
        exercises=tuple(_exercise(each, folder, table.gradient) for each in table.exercises),
        credit=CREDIT | table.credit,
        elsewhere=table.elsewhere,
    )


def _script(path: Path) -> Script:
    return Script(path, path.read_text(encoding="utf-8"))


def _dataset(table: DatasetTable, folder: Path) -> DatasetUse:
    beside = folder / table.file
    file = beside if beside.is_file() else shipped("Datasets") / table.file
    return DatasetUse(
        file, table.shuffle_seed, table.context, table.vocabulary, table.inputs, table.outputs, table.lowercase
    )


def _size(size: int | SizeTable) -> Size:
    table = SizeTable(course=size) if isinstance(size, int) else size
    return Size(table.course, *table.probes)


def _recipes(tables: Sequence[ProbeTable]) -> tuple[ProbeRecipe, ...]:
    return tuple(ProbeRecipe(table.name, table.kind, table.scale, table.steps) for table in tables)


def _exercise(table: ExerciseTable, folder: Path, pattern: str) -> Exercise:
    return Exercise(
        name=table.name,
        title=table.title,
        script=_script(folder / table.script),
        stub=table.stub,
        stages=tuple(_stage(stage, table, pattern) for stage in table.stages),
        extra_cuts=tuple(table.cuts),
        heading=table.heading,
        text=table.text,
        recipes=_recipes(table.probes),
        sizes=table.sizes,
        slips=_slips(table.slips),
        tasks=tuple(_task(task, folder, table.script) for task in table.tasks),
        training=_training(table.training) if table.training else None,
    )


def _stage(table: StageTable, exercise: ExerciseTable, pattern: str) -> Stage:
    """A stage that shares its function with others is called `function.gradient`, and their `operations` are shared."""
    operations = table.operations or exercise.operations
    gradient = gradient_name(pattern, table.tensor)
    return Stage(
        name=table.name or (f"{exercise.function}.{gradient}" if exercise.function else gradient),
        tensor=table.tensor,
        points=table.points,
        hint=table.hint,
        also=tuple(table.also),
        formula=table.formula,
        function=exercise.function,
        gradient=gradient,
        operations=operations.solution if operations else None,
    )


def _task(table: TaskTable, folder: Path, forward: str) -> Task:
    return Task(
        name=table.name,
        kind=table.kind,
        points=table.points,
        hint=table.hint,
        text=table.text,
        script=_script(folder / (table.script or forward)),
        returns=tuple(table.returns),
        slips=_slips(table.slips),
        variables={name: tuple(others) for name, others in table.variables.items()},
        functions=tuple(table.functions),
    )


def _slips(tables: Sequence[SlipTable]) -> tuple[Slip, ...]:
    return tuple(Slip(table.code, table.message, table.lines) for table in tables)


def _training(table: TrainingTable) -> Training:
    return Training(
        batch=table.batch,
        batch_size=table.batch_size,
        split=table.split,
        vocabulary=table.vocabulary,
        steps=table.steps,
        learning_rates=tuple(table.learning_rates),
        splits=tuple(table.splits),
        by_number=tuple(table.by_number),
        by_character=tuple(table.by_character),
    )


def _check(assignment: Assignment, path: Path) -> None:
    for complaint in _complaints(assignment):
        raise AssignmentError(path, complaint)


def _value_complaints(assignment: Assignment) -> Iterator[str]:
    """Values of the right form that cannot be meant."""
    for name, size in assignment.sizes.items():
        if size.low > size.high:
            yield f"the size {name} needs whole numbers, and a range `probes` from small to large."
    for pattern in (assignment.elsewhere, *(exercise.heading for exercise in assignment.exercises)):
        try:
            re.compile(pattern)
        except re.error as error:
            yield f"the heading {pattern!r} is no regular expression: {error}."
    for verdict in assignment.credit:
        if verdict not in VERDICTS:
            yield f"credit is given for {verdict!r}, which is no verdict."
    for recipe in (*assignment.recipes, *(recipe for exercise in assignment.exercises for recipe in exercise.recipes)):
        for name in set(recipe.scale).difference(assignment.inputs.targets):
            yield f"the probe {recipe.name!r} scales {name}, which {assignment.inputs.path.name} does not make."


def _task_complaints(assignment: Assignment, exercise: Exercise) -> Iterator[str]:
    for name, size in exercise.sizes.items():
        if name not in assignment.sizes:
            yield f"{exercise.name}: sizes.{name} = {size!r} must be a whole number for a size of the assignment."
    if exercise.tasks and not exercise.training:
        yield f"{exercise.name}: tasks need the table `training`."
    if exercise.training and (assignment.dataset is None or exercise.training.batch_size not in assignment.sizes):
        yield f"{exercise.name}: training needs a data set, and {exercise.training.batch_size} among the sizes."
    for task in exercise.tasks:
        if task.kind != "run" and not task.returns:
            yield f"{task.name}: `returns` names no line of {task.script.path.name}."
        changed = [target for slip in task.slips for target in slip.lines]
        for name in set((*task.returns, *changed)).difference(task.script.targets):
            yield f"{task.name}: {task.script.path.name} makes no {name}."
        for name in set(task.variables).difference(task.returns):
            yield f"{task.name}: `variables` speaks of {name}, which it does not return."


def _complaints(assignment: Assignment) -> Iterator[str]:
    yield from _value_complaints(assignment)
    names = assignment.stage_names
    for name in names:
        if names.count(name) > 1:
            yield f"two stages are called {name}; stage names are unique within an assignment."
    for exercise in assignment.exercises:
        targets = exercise.script.targets
        for line in exercise.script.lines:
            if line.target in assignment.sizes or line.target in assignment.inputs.targets:
                where = f"{exercise.script.path.name}:{line.number}"
                yield f"{where}: {line.target} is bound again; every tensor needs its own name."
        if targets[-1:] != ("loss",):
            yield f"{exercise.script.path.name} must run on to `loss`, in its last line."
        for tensor in exercise.cuts.difference(targets, assignment.inputs.targets):
            yield f"{exercise.name}: no line makes the tensor {tensor}."
        for stage in exercise.stages:
            if not exercise.consumers(stage.tensor):
                yield f"{stage.name}: no line of {exercise.script.path.name} uses {stage.tensor}."
        yield from _task_complaints(assignment, exercise)
    if {recipe.kind for recipe in assignment.recipes} != {"consistent", "arbitrary"}:
        yield "at least one probe of each kind is needed, consistent and arbitrary."
    for name, size in assignment.sizes.items():
        if size.course is None and (assignment.dataset is None or assignment.dataset.vocabulary != name):
            yield f"the size {name} needs a value for the course."
