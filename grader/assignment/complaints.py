"""What contradicts itself in an assignment whose tables are of the right form. Needs no torch."""

import re
from collections.abc import Iterator

from grader.assignment.assignment import LOSS, Assignment, Exercise
from grader.assignment.calls import CallScript
from grader.assignment.script_lines import VERSION

CREDIT = {"exact": 1.0, "approximate": 1.0, "shape": 1.0}
VERDICTS = {*CREDIT, "shortcut", "overfit", "wrong", "nonfinite", "error", "timeout", "forbidden", "missing"}


def complaints(assignment: Assignment) -> Iterator[str]:
    """What an author is told, the first that counts first."""
    yield from _value_complaints(assignment)
    names = assignment.stage_names
    for name in names:
        if names.count(name) > 1:
            yield f"two stages are called {name}; give each stage of an assignment its own name."
    for exercise in assignment.exercises:
        targets = exercise.script.targets
        yield from _line_complaints(assignment, exercise)
        yield from _gradient_complaints(assignment, exercise)
        yield from _call_complaints(exercise)
        if exercise.calls:
            yield from _shared_complaints(assignment, exercise.calls)
            yield from _upstream_complaints(assignment, exercise, exercise.calls)
            yield from _autograd_complaints(exercise.calls)
        if assignment.arrays != "torch" and not exercise.calls:
            yield f"{exercise.name}: arrays = {assignment.arrays!r} takes a call script; give the exercise `calls`."
        if not exercise.outputs and not exercise.calls:
            yield (
                f"{exercise.script.path.name} makes no `loss`: let its last line make one, a single number; or list "
                "under `cuts` the tensors that it ends in, and their gradients are drawn at random."
            )
        for tensor in exercise.cuts.difference(targets, assignment.inputs.targets):
            yield f"{exercise.name}: no line makes the tensor {tensor}."
        for stage in exercise.gradients:
            if not exercise.consumers(stage.tensor):
                yield f"{stage.name}: no line of {exercise.script.path.name} uses {stage.tensor}."
        yield from _task_complaints(assignment, exercise)
    if {recipe.kind for recipe in assignment.recipes} != {"consistent", "arbitrary"}:
        yield "add probes until there is at least one of each kind, consistent and arbitrary."
    for name, size in assignment.sizes.items():
        if size.course is None and (assignment.dataset is None or assignment.dataset.vocabulary != name):
            yield f"the size {name} needs a value `course`."


def _line_complaints(assignment: Assignment, exercise: Exercise) -> Iterator[str]:
    """What a forward script does to names that are not its own, or that a gradient is asked of."""
    start = {*assignment.sizes, *assignment.inputs.targets}
    for line in exercise.script.lines:
        where = f"{exercise.script.path.name}:{line.number}"
        name = line.target.partition(VERSION)[0]
        if name in start:
            copy = "" if name in assignment.sizes else f", or work on `{name}.clone()`"
            yield (
                f"{where}: {name} is there from the beginning, and this line changes it; give what it makes a name of "
                f"its own{copy}."
            )
        if line.through_others and name in exercise.cuts:
            yield (
                f"{where}: this changes {name} in place under another name, but a gradient is asked of {name}; write "
                "`a = a + b` in the place of `a += b`."
            )


def _gradient_complaints(assignment: Assignment, exercise: Exercise) -> Iterator[str]:
    """Gradients that are called what something else is called: one of the two would be given for the other."""
    known = {*assignment.sizes, *assignment.inputs.targets, *exercise.script.targets}
    stages = [stage.tensor for stage in exercise.gradients]
    given = [name for tensor in stages for name in exercise.consumers(tensor) if name != LOSS]
    for tensor in dict.fromkeys([*stages, *given]):
        gradient = assignment.gradient_name(tensor)
        if gradient in known:
            line = next((line for line in exercise.script.lines if line.target == gradient), None)
            where = f"{exercise.script.path.name}:{line.number}" if line else exercise.name
            yield (
                f"{where}: {gradient} is what the gradient of {tensor} is called as well; give one of the two another "
                "name, or say under `gradient` how gradients are called."
            )


def _value_complaints(assignment: Assignment) -> Iterator[str]:
    """Values of the right form that cannot be meant."""
    for name, size in assignment.sizes.items():
        if size.low > size.high:
            yield f"`probes` of the size {name} must go from the smaller number to the larger one."
    for pattern in (assignment.elsewhere, *(exercise.heading for exercise in assignment.exercises)):
        try:
            re.compile(pattern)
        except re.error as error:
            yield f"the heading {pattern!r} is not a valid regular expression: {error}."
    for exercise in assignment.exercises:
        for stage in exercise.everything:
            if round(stage.points, 2) != stage.points:
                yield f"{stage.name}: points = {stage.points} has more than two decimals; round it."
    if all(stage.bonus for exercise in assignment.exercises for stage in exercise.everything):
        yield "every stage is a bonus, so the maximum is 0; leave `bonus` out of at least one."
    for verdict in assignment.credit:
        if verdict not in VERDICTS:
            yield f"`credit` names {verdict!r}, which is not a verdict."
    for recipe in (*assignment.recipes, *(recipe for exercise in assignment.exercises for recipe in exercise.recipes)):
        for name in set(recipe.scale).difference(assignment.inputs.targets):
            yield f"the probe {recipe.name!r} scales {name}, but no line of {assignment.inputs.path.name} makes it."


def _call_complaints(exercise: Exercise) -> Iterator[str]:
    """What a call script and its stages cannot mean."""
    if exercise.calls is None:
        for stage in exercise.stages:
            if stage.kind == "value":
                yield f"{stage.name}: a stage of the kind `value` needs a call script; give the exercise `calls`."
        return
    where = exercise.calls.path.name
    if exercise.tasks or exercise.training:
        yield f"{exercise.name}: an exercise with a call script has no tasks and no training."
    for stage in exercise.stages:
        if stage.gradient not in exercise.calls.bound:
            yield f"{stage.name}: no line of {where} binds `{stage.gradient}`."
        elif not stage.function:
            yield f"{stage.name}: nothing that students write has a part in `{stage.gradient}` of {where}."
        if stage.kind == "value" and stage.tensor not in exercise.script.targets:
            yield f"{stage.name}: no line of {exercise.script.path.name} makes {stage.tensor}."
    if exercise.gradients and not exercise.outputs:
        yield (
            f"{where} is given no upstream gradient, and {exercise.script.path.name} makes no `loss`: let a line read "
            "the gradient of an output."
        )


def _shared_complaints(assignment: Assignment, calls: CallScript) -> Iterator[str]:
    """What cannot be a variable of students' files: nobody would know it before their code runs."""
    for name in calls.shared:
        if name not in assignment.sizes and name not in assignment.inputs.targets:
            yield (
                f"{calls.path.name}: `global {name}` gives students a variable that no line of "
                f"{assignment.inputs.path.name} makes; make it there, or take it out."
            )


def _upstream_complaints(assignment: Assignment, exercise: Exercise, calls: CallScript) -> Iterator[str]:
    """Upstream gradients that a call script uses together, though one of the outputs is made from another: what is
    given of that one is all of its gradient, and such a function adds to it what comes from the other.
    """
    behind = {assignment.gradient_name(name): {name} for name in exercise.outputs}
    for line in calls.lines:
        used = {output for name in line.reads for output in behind.get(name, ())}
        for output in sorted(used):
            fed = used.intersection(each.target for each in exercise.script.lines_using(output, ()))
            if fed:
                gradient, copy = assignment.gradient_name(output), f"{output}_"
                yield (
                    f"{calls.path.name}:{line.number}: {min(fed)} is made from {output}, and this line uses "
                    f"the upstream gradients of both. {gradient} has to be what comes from outside alone: in "
                    f"{exercise.script.path.name}, call it `{copy}`, and end with `{output} = {copy}.clone()`."
                )
                return
        behind |= dict.fromkeys(line.binds, used)


def _autograd_complaints(calls: CallScript) -> Iterator[str]:
    """What a call script takes from autograd: no value from there is a student's."""
    for line in calls.lines:
        for name in calls.given.intersection(line.reads):
            if re.search(rf"\b{name}\.grad\b", line.source):
                yield (
                    f"{calls.path.name}:{line.number}: `{name}.grad` is what autograd makes, and nothing from "
                    "there counts. Call `forward` and `backward` of a torch.autograd.Function yourself, each with "
                    "the same `ctx = torch.autograd.function.FunctionCtx()`."
                )


def _task_complaints(assignment: Assignment, exercise: Exercise) -> Iterator[str]:
    for name, size in exercise.sizes.items():
        if name not in assignment.sizes:
            yield f"{exercise.name}: sizes.{name} = {size!r} names a size that the assignment does not have."
    if exercise.tasks and not exercise.training:
        yield f"{exercise.name}: an exercise with tasks needs a table `training`."
    if exercise.training and (assignment.dataset is None or exercise.training.batch_size not in assignment.sizes):
        yield f"{exercise.name}: training needs a data set, and a size named {exercise.training.batch_size}."
    for task in exercise.tasks:
        if task.kind != "run" and not task.returns:
            yield f"{task.name}: `returns` must name at least one line of {task.script.path.name}."
        changed = [target for slip in task.slips for target in slip.lines]
        for name in set((*task.returns, *changed)).difference(task.script.targets):
            yield f"{task.name}: no line of {task.script.path.name} makes {name}."
        for name in set(task.variables).difference(task.returns):
            yield f"{task.name}: `variables` names {name}, which is not in `returns`."
