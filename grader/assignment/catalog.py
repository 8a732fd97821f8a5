"""From `assignment.toml` to an Assignment, and where assignments are found. Needs no torch."""

import re
import tomllib
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path
from typing import Any

from grader.assignment.assignment import (
    LOSS,
    Assignment,
    DatasetUse,
    Derivation,
    Exercise,
    ProbeRecipe,
    Size,
    gradient_name,
)
from grader.assignment.calls import CallScript
from grader.assignment.complaints import CREDIT, complaints
from grader.assignment.derive import derive, is_derived, renaming_of, taken
from grader.assignment.read_table import Unfit, read_table
from grader.assignment.rename import NameTaken
from grader.assignment.schema import (
    AssignmentTable,
    DatasetTable,
    DerivedTable,
    ExerciseTable,
    ProbeTable,
    SizeTable,
    SlipTable,
    StageTable,
    TaskTable,
    TrainingTable,
)
from grader.assignment.script import Script
from grader.assignment.stage import Slip, Stage, Task, Training
from grader.errors import AssignmentError, UnknownAssignment

DEFAULT_ASSIGNMENT = "nameweave"
DESCRIPTION = "assignment.toml"
ReadScript = Callable[[str], Script]
"""Of a file's name."""


def shipped(folder: str) -> Path:
    """A folder that ships with the grader: inside the package once installed, beside it in a checkout."""
    package = Path(__file__).resolve().parent.parent
    inside = package / folder
    return inside if inside.is_dir() else package.parent / folder


def assignment_names() -> list[str]:
    """The assignments that ship with the grader."""
    return sorted(path.parent.name for path in shipped("exercises").glob(f"*/{DESCRIPTION}"))


def is_shipped(assignment: Assignment) -> bool:
    """Whether it comes with the grader."""
    return assignment.folder.parent == shipped("exercises").resolve()


def load_assignment(name_or_path: str | Path = DEFAULT_ASSIGNMENT) -> Assignment:
    """The assignment of that name, or the one whose folder is given.

    Raises:
        UnknownAssignment: neither a known name nor a folder with `assignment.toml`.
        AssignmentError: the folder is there, but a file in it is not what it should be.
    """
    named = shipped("exercises") / name_or_path
    folder = named if str(name_or_path) in assignment_names() else Path(name_or_path)
    if not (folder / DESCRIPTION).is_file():
        raise UnknownAssignment(str(name_or_path), assignment_names())
    return read_assignment(folder.resolve())


def read_assignment(folder: Path) -> Assignment:
    """The assignment in a folder.

    Raises:
        AssignmentError: a file in it is missing or is not what it should be.
    """
    described = _toml(folder)
    return _derived(described, folder) if is_derived(described) else _plain(described, folder)[1]


def _plain(described: dict[str, Any], folder: Path) -> tuple[AssignmentTable, Assignment]:
    with _blamed_on(folder):
        table = read_table(described, AssignmentTable)
        assignment = _assignment(table, folder, lambda name: Script(folder / name, _text(folder / name)))
        for complaint in complaints(assignment):
            raise Unfit(complaint)
    return table, assignment


def _derived(described: dict[str, Any], folder: Path) -> Assignment:
    """One that is another in other names."""
    with _blamed_on(folder):
        own = read_table(described, DerivedTable)
        table, base = _base(own, folder)
        renaming = renaming_of(own, base)
        derivation = Derivation(base, renaming)
        made = _assignment(
            derive(own, table, renaming), base.folder, lambda name: _derived_script(name, folder, derivation)
        )
        return replace(made, folder=folder, derivation=derivation)


def _base(own: DerivedTable, folder: Path) -> tuple[AssignmentTable, Assignment]:
    where = f"derived_from = {own.derived_from!r}"
    ships = own.derived_from in assignment_names()
    base = (shipped("exercises") if ships else folder) / own.derived_from
    if not (base / DESCRIPTION).is_file():
        known = ", ".join(assignment_names())
        raise Unfit(f"{where}: there is no such assignment. Name one of {known}, or give its folder, seen from here.")
    described = _toml(base)
    if is_derived(described):
        raise Unfit(f"{where}: that is derived from another one itself; name the one it is derived from.")
    return _plain(described, base.resolve())


def _derived_script(name: str, folder: Path, derivation: Derivation) -> Script:
    there = derivation.base.folder / name
    try:
        return Script(folder / name, derivation.renaming.code(_text(there)))
    except NameTaken as error:
        raise Unfit(taken(error, derivation.renaming, f"{there}, line {error.line},")) from None


@contextmanager
def _blamed_on(folder: Path) -> Iterator[None]:
    """What is the matter is told of the file that describes the assignment."""
    path = folder / DESCRIPTION
    try:
        yield
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise AssignmentError(path, f"this is not valid TOML: {error}.") from None
    except Unfit as error:
        raise AssignmentError(path, str(error)) from None
    except OSError as error:
        raise AssignmentError(path, f"it names {error.filename}, which cannot be read.") from None


def _toml(folder: Path) -> dict[str, Any]:
    with _blamed_on(folder):
        return tomllib.loads(_text(folder / DESCRIPTION))


def _text(path: Path) -> str:
    return path.read_text(encoding="utf-8")


def _assignment(table: AssignmentTable, folder: Path, script: ReadScript) -> Assignment:
    inputs = script(table.inputs)
    start = frozenset({*table.sizes, *inputs.targets})
    return Assignment(
        name=table.name,
        title=table.title,
        folder=folder,
        inputs=inputs,
        seed=table.seed,
        gradient_pattern=table.gradient,
        dataset=_dataset(table.dataset, folder) if table.dataset else None,
        sizes={name: _size(size) for name, size in table.sizes.items()},
        recipes=_recipes(table.probes),
        exercises=tuple(_exercise(each, script, table.gradient, start) for each in table.exercises),
        credit=CREDIT | table.credit,
        arrays=table.arrays,
        elsewhere=table.elsewhere,
    )


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


def _exercise(table: ExerciseTable, script: ReadScript, pattern: str, start: frozenset[str]) -> Exercise:
    forward = script(table.script)
    calls = _calls(table, script(table.calls), forward, pattern, start) if table.calls else None
    stages = [
        _called_stage(each, table, pattern, calls) if calls else _stage(each, table, pattern) for each in table.stages
    ]
    return Exercise(
        name=table.name,
        title=table.title,
        script=forward,
        stub=table.stub,
        stages=tuple(stages),
        extra_cuts=tuple(table.cuts),
        heading=table.heading or _heading(table.title),
        text=table.text,
        recipes=_recipes(table.probes),
        sizes=table.sizes,
        slips=_slips(table.slips),
        tasks=tuple(_task(task, script, table.script) for task in table.tasks),
        training=_training(table.training) if table.training else None,
        calls=calls,
        given=tuple(table.given),
        outputs=_outputs(forward, calls, pattern) if calls else _ends(forward, table),
        ties=table.ties,
        straight_through=table.straight_through,
    )


def _heading(title: str) -> str:
    """What begins an exercise of that title in a notebook: `Exercise 2` of `Exercise 2: the loss`, else the title. One
    word alone begins none: any comment may begin with it."""
    if numbered := re.match(r"(\w+)\s+(\d+)\b", title):
        return rf"(?i){numbered[1]}\s*{numbered[2]}\b"
    return f"(?i){re.escape(title)}" if " " in title.strip() else ""


def _calls(table: ExerciseTable, calls: Script, forward: Script, pattern: str, start: frozenset[str]) -> CallScript:
    upstream = {gradient_name(pattern, target) for target in forward.targets}
    stages = frozenset(_bound(stage, pattern) for stage in table.stages)
    return CallScript(calls.path, calls.text, stages, start | {*forward.targets} | upstream)


def _outputs(script: Script, calls: CallScript, pattern: str) -> tuple[str, ...]:
    """The tensors whose gradients the call script is given; the loss, where it is given none."""
    given = tuple(target for target in script.targets if gradient_name(pattern, target) in calls.free)
    return given or ((LOSS,) if LOSS in script.targets else ())


def _ends(script: Script, table: ExerciseTable) -> tuple[str, ...]:
    """The loss; of a script without one, the tensors that gradients are asked from and that no line uses."""
    if LOSS in script.targets:
        return (LOSS,)
    read = {name for line in script.lines for name in line.reads}
    return tuple(name for name in table.cuts if name not in read)


def _bound(table: StageTable, pattern: str) -> str:
    """What a call script binds to a stage: the tensor's name, or that of its gradient."""
    return table.tensor if table.kind == "value" else gradient_name(pattern, table.tensor)


def _called_stage(table: StageTable, exercise: ExerciseTable, pattern: str, calls: CallScript) -> Stage:
    """A stage of a call script: what a line of it binds to its name."""
    bound = _bound(table, pattern)
    origin = calls.origin(bound)
    return Stage(
        name=table.name or f"{exercise.name}.{bound}",
        tensor=table.tensor,
        points=_points(table),
        bonus=table.bonus,
        hints=_hints(table),
        formula=table.formula,
        function=origin.name if origin else "",
        gradient=bound,
        operations=table.operations.solution if table.operations else None,
        kind=table.kind,
        method=origin.method if origin else "",
    )


def _stage(table: StageTable, exercise: ExerciseTable, pattern: str) -> Stage:
    """A stage that shares its function with others is called `function.gradient`, and their `operations` are shared."""
    operations = table.operations or exercise.operations
    gradient = gradient_name(pattern, table.tensor)
    return Stage(
        name=table.name or (f"{exercise.function}.{gradient}" if exercise.function else gradient),
        tensor=table.tensor,
        points=_points(table),
        bonus=table.bonus,
        hints=_hints(table),
        also=tuple(table.also),
        formula=table.formula,
        function=exercise.function,
        gradient=gradient,
        operations=operations.solution if operations else None,
    )


def _hints(table: StageTable | TaskTable) -> tuple[str, ...]:
    given = [table.hint] if isinstance(table.hint, str) else table.hint
    return tuple(given) if any(given) else ()


def _points(table: StageTable | TaskTable) -> int | float:
    """What it is worth; a whole number where it is one."""
    return int(table.points) if table.points == int(table.points) else table.points


def _task(table: TaskTable, script: ReadScript, forward: str) -> Task:
    return Task(
        name=table.name,
        kind=table.kind,
        points=_points(table),
        bonus=table.bonus,
        hints=_hints(table),
        text=table.text,
        script=script(table.script or forward),
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
