"""From `assignment.toml` to an Assignment, and where assignments are found. Needs no torch."""

import re
import tomllib
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from grader.assignment.assignment import (
    Allowance,
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
from grader.assignment.script import Script
from grader.errors import AssignmentError, UnknownAssignment

DEFAULT_ASSIGNMENT = "nameweave"
CREDIT = {"exact": 1.0, "approximate": 1.0, "shape": 1.0}
VERDICTS = {*CREDIT, "shortcut", "overfit", "wrong", "nonfinite", "error", "timeout", "forbidden", "missing"}
PROBE_SIZES = (4, 12)
TASKS = ("run", "values", "samples")
PROBES = [
    {"name": "other data", "kind": "consistent"},
    {"name": "more data", "kind": "consistent"},
    {"name": "arbitrary upstream", "kind": "arbitrary"},
    {"name": "other arbitrary upstream", "kind": "arbitrary"},
]


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
        assignment = _assignment(table, folder)
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise AssignmentError(path, f"not valid TOML: {error}.") from None
    except KeyError as error:
        raise AssignmentError(path, f"the key {error} is missing.") from None
    except (TypeError, ValueError, AttributeError, IndexError) as error:
        raise AssignmentError(path, f"a value is not of the form it should be: {error}.") from None
    except OSError as error:
        raise AssignmentError(path, f"names a file that cannot be read: {error.filename}.") from None
    _check(assignment, path)
    return assignment


def _assignment(table: dict[str, Any], folder: Path) -> Assignment:
    pattern = table.get("gradient", "d{tensor}")
    return Assignment(
        name=table["name"],
        title=table["title"],
        folder=folder,
        inputs=_script(folder / table["inputs"]),
        seed=table["seed"],
        gradient_pattern=pattern,
        dataset=_dataset(table["dataset"], folder) if "dataset" in table else None,
        sizes={name: _size(value) for name, value in table["sizes"].items()},
        recipes=tuple(_recipe(row) for row in table.get("probes", PROBES)),
        exercises=tuple(_exercise(row, folder, pattern) for row in table["exercises"]),
        credit=CREDIT | table.get("credit", {}),
        elsewhere=table.get("elsewhere", ""),
    )


def _script(path: Path) -> Script:
    return Script(path, path.read_text(encoding="utf-8"))


def _dataset(row: dict[str, Any], folder: Path) -> DatasetUse:
    beside = folder / row["file"]
    file = beside if beside.is_file() else shipped("Datasets") / row["file"]
    return DatasetUse(
        file,
        row["shuffle_seed"],
        row["context"],
        row["vocabulary"],
        row["inputs"],
        row["outputs"],
        row.get("lowercase", False),
    )


def _size(value: int | dict[str, Any]) -> Size:
    if isinstance(value, int):
        return Size(value, *PROBE_SIZES)
    low, high = value.get("probes", PROBE_SIZES)
    return Size(value.get("course"), low, high)


def _recipe(row: dict[str, Any]) -> ProbeRecipe:
    if row["kind"] not in ("consistent", "arbitrary"):
        raise ValueError(f"kind = {row['kind']!r} is neither 'consistent' nor 'arbitrary'")
    return ProbeRecipe(row["name"], row["kind"], row.get("scale", {}), row.get("steps", 0))


def _exercise(row: dict[str, Any], folder: Path, pattern: str) -> Exercise:
    return Exercise(
        name=row["name"],
        title=row["title"],
        script=_script(folder / row["script"]),
        stub=row["stub"],
        stages=tuple(_stage(stage, pattern, row.get("function", ""), row.get("operations")) for stage in row["stages"]),
        extra_cuts=tuple(row.get("cuts", ())),
        heading=row.get("heading", ""),
        text=row.get("text", ""),
        recipes=tuple(_recipe(recipe) for recipe in row.get("probes", ())),
        sizes=row.get("sizes", {}),
        slips=_slips(row),
        tasks=tuple(_task(task, folder, row["script"]) for task in row.get("tasks", ())),
        training=_training(row["training"]) if "training" in row else None,
    )


def _stage(row: dict[str, Any], pattern: str, function: str, shared: dict[str, Any] | None) -> Stage:
    """A stage that shares its function with others is called `function.gradient`, and their `operations` are shared."""
    operations = row.get("operations", shared)
    tensor = row["tensor"]
    gradient = gradient_name(pattern, tensor)
    return Stage(
        name=row.get("name", f"{function}.{gradient}" if function else gradient),
        tensor=tensor,
        points=row.get("points", 1),
        hint=row.get("hint", ""),
        also=tuple(row.get("also", ())),
        formula=row.get("formula", ""),
        function=function,
        gradient=gradient,
        allowance=None if operations is None else Allowance(**operations),
    )


def _task(row: dict[str, Any], folder: Path, forward: str) -> Task:
    if row["kind"] not in TASKS:
        raise ValueError(f"kind = {row['kind']!r} is none of {', '.join(TASKS)}")
    return Task(
        name=row["name"],
        kind=row["kind"],
        points=row.get("points", 1),
        hint=row.get("hint", ""),
        text=row.get("text", ""),
        script=_script(folder / row.get("script", forward)),
        returns=tuple(row.get("returns", ())),
        slips=_slips(row),
        variables={name: tuple(others) for name, others in row.get("variables", {}).items()},
        functions=tuple(row.get("functions", ())),
    )


def _slips(row: dict[str, Any]) -> tuple[Slip, ...]:
    return tuple(Slip(slip["code"], slip["message"], slip["lines"]) for slip in row.get("slips", ()))


def _training(row: dict[str, Any]) -> Training:
    inputs, outputs = row["batch"]
    split_inputs, split_outputs = row["split"]
    return Training(
        batch=(inputs, outputs),
        batch_size=row["batch_size"],
        split=(split_inputs, split_outputs),
        vocabulary=row.get("vocabulary", "vocabulary"),
        steps=row.get("steps", 200),
        learning_rates=tuple(row["learning_rates"]),
        splits=tuple((inputs, outputs) for inputs, outputs in row.get("splits", ())),
        by_number=tuple(row.get("by_number", ())),
        by_character=tuple(row.get("by_character", ())),
    )


def _check(assignment: Assignment, path: Path) -> None:
    for complaint in _complaints(assignment):
        raise AssignmentError(path, complaint)


def _value_complaints(assignment: Assignment) -> Iterator[str]:
    """Values of the wrong form, which TOML itself lets pass."""
    if type(assignment.seed) is not int:
        yield f"seed = {assignment.seed!r} must be a whole number."
    for name, size in assignment.sizes.items():
        numbers = (size.low, size.high, *([] if size.course is None else [size.course]))
        if any(type(number) is not int or number < 1 for number in numbers) or size.low > size.high:
            yield f"the size {name} needs whole numbers, and a range `probes` from small to large."
    for _, stage in assignment.stages:
        if type(stage.points) is not int or stage.points < 0:
            yield f"{stage.name}: points = {stage.points!r} must be a whole number."
        if stage.kind == "gradient" and stage.allowance:
            yield from _allowance_complaints(stage.name, stage.allowance)
    for pattern in (assignment.elsewhere, *(exercise.heading for exercise in assignment.exercises)):
        try:
            re.compile(pattern)
        except re.error as error:
            yield f"the heading {pattern!r} is no regular expression: {error}."
    for verdict, share in assignment.credit.items():
        if verdict not in VERDICTS:
            yield f"credit is given for {verdict!r}, which is no verdict."
        if not isinstance(share, (int, float)) or isinstance(share, bool) or not 0 <= share <= 1:
            yield f"credit for {verdict} = {share!r} must be a number from 0 to 1."
    for recipe in (*assignment.recipes, *(recipe for exercise in assignment.exercises for recipe in exercise.recipes)):
        for name in set(recipe.scale).difference(assignment.inputs.targets):
            yield f"the probe {recipe.name!r} scales {name}, which {assignment.inputs.path.name} does not make."


def _allowance_complaints(name: str, allowance: Allowance) -> Iterator[str]:
    for key, number in (("solution", allowance.solution), ("limit", allowance.limit)):
        if number is not None and (type(number) is not int or number < 0):
            yield f"{name}: operations.{key} = {number!r} must be a whole number."
    if type(allowance.penalty) not in (int, float) or not 0 <= allowance.penalty <= 1:
        yield f"{name}: operations.penalty = {allowance.penalty!r} must be a number from 0 to 1."
    elif type(allowance.limit) is int and type(allowance.solution) is int and allowance.limit < allowance.solution:
        yield f"{name}: operations.limit = {allowance.limit} is less than the solution takes."


def _task_complaints(assignment: Assignment, exercise: Exercise) -> Iterator[str]:
    for name, size in exercise.sizes.items():
        if name not in assignment.sizes or type(size) is not int or size < 1:
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
