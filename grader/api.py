"""What other Python code may use; `import grader` gives these names without importing torch until one is called."""

import inspect
import os
from collections.abc import Callable, Mapping
from functools import lru_cache
from pathlib import Path
from typing import TYPE_CHECKING, Any

from grader.assignment.assignment import Assignment
from grader.assignment.catalog import load_assignment
from grader.checking.check import Checked, check
from grader.errors import UnknownName
from grader.result import Result
from grader.run.own_folder import assignment_called

if TYPE_CHECKING:
    import torch

__all__ = [
    "Assignment",
    "Checked",
    "Result",
    "call_by_name",
    "check",
    "compare_gradients",
    "course_batch",
    "course_data",
    "grade",
    "load_assignment",
]


def grade(
    path: str | os.PathLike[str],
    assignment: str | os.PathLike[str] | None = None,
    *,
    exercise: str | None = None,
    stage: str | None = None,
    names: str | os.PathLike[str] | None = None,
    seed: str | None = None,
    timeout: float = 10.0,
) -> Result:
    """Grade a submission. Its code runs in a process of its own, never in the calling one.

    Args:
        path: a Python file, or a folder of them.
        assignment: the name or folder of the assignment; by default, it is recognised among those that come with the
            grader.
        exercise: grade only this exercise.
        stage: grade only this stage.
        names: a file of names, one a line, in place of the assignment's data set.
        seed: draws the hidden probes; fresh and secret by default. The same seed gives the same probes.
        timeout: processor time a stage may use, in seconds.

    Raises:
        UsageError: the path, or one of the names, leads nowhere.
        AssignmentError: the assignment's own files are not what they should be.
        SandboxError: the process for the student's code cannot be started.
    """
    from grader.run.exam import examine
    from grader.run.grade import grade_submission
    from grader.run.request import make_request
    from grader.sandbox.ours import Limits, Sandbox

    request = make_request(Path(path), None if assignment is None else Path(assignment), exercise, stage)
    with Sandbox(Limits.of_stage(timeout)) as sandbox:
        examination = examine(
            request.assignment, request.selected, names=None if names is None else Path(names), seed=seed
        )
        return grade_submission(request.submission, examination, sandbox).result


def call_by_name(function: Callable[..., Any], names: Mapping[str, Any]) -> Any:
    """Call a function with what its arguments are named after, as the grader calls it.

    Args:
        function: written by a student, with whatever arguments it asks for.
        names: where they are looked up; in a notebook, `globals()`.
    """
    return function(**{name: names[name] for name in _arguments(function) if name in names})


@lru_cache(maxsize=64)
def _arguments(function: Callable[..., Any]) -> tuple[str, ...]:
    """Looked up once: a training loop calls the same one at every step."""
    return tuple(inspect.signature(function).parameters)


def compare_gradients(description: str, manual_gradient: "torch.Tensor", tensor: "torch.Tensor") -> None:
    """Print how a gradient compares with the one autograd left in `tensor.grad`.

    The line is `dCounts | Exact: True | Approximate: True | MaxDiff: 0.0`; where the shapes differ it says so,
    instead of comparing what broadcasting would make of them.

    `Exact` is equality bit for bit, which depends on the order of operations and on the machine. `Approximate` is
    `torch.allclose`, element by element: it is False for a right gradient that has tiny elements beside large ones, and
    the line then ends in `within rounding: right on these numbers`. For a right gradient one of the three holds. Only
    `check`, or `grade`, tries other sizes and data as well, and says why a gradient is wrong.

    Args:
        description: what the line begins with.
        manual_gradient: computed by hand, of the shape of `tensor`.
        tensor: has been through `backward()`, with `retain_grad()` if it is not a leaf.
    """
    reference = tensor.grad
    if reference is None:
        print(
            f"{description} | There is no gradient to compare with: call "
            "retain_grad() on the tensor, then loss.backward()."
        )
        return
    _print_comparison(description, manual_gradient, reference)


def compare_with_course(assignment: str | os.PathLike[str], exercise: str, **answers: Any) -> None:
    """Print how what an exercise with a call script asks for compares with the reference, on the numbers of the course.

    Each line is that of `compare_gradients`. `compare_with_course("layers", "affine", out=out, dw=dw)` prints two.

    Args:
        assignment: its name or folder; also the name of the one that the working directory describes.
        exercise: one with a call script.
        answers: arrays or tensors, by the names that the call script binds.

    Raises:
        UnknownAssignment: there is no such assignment.
        UnknownName: it has no such exercise, or asks for nothing of such a name.
        AssignmentError: its files are not what they should be.
    """
    import torch

    from grader.assignment.dataset import load_dataset
    from grader.assignment.probes import course_probe, course_start

    loaded = assignment_called(assignment, Path())
    part = loaded.exercise(exercise)
    probe = course_probe(loaded, part, course_start(loaded, load_dataset(loaded), part))
    stages = {stage.gradient: stage for stage in part.stages}
    for name, answer in answers.items():
        if name not in stages:
            raise UnknownName("answer", name, stages)
        reference = probe.expected[stages[name].name].exact
        if answer is None:
            print(f"{name} | There is nothing to compare yet: it is None.")
        elif reference is not None:
            _print_comparison(name, torch.as_tensor(answer), reference)


def _print_comparison(description: str, manual_gradient: "torch.Tensor", reference: "torch.Tensor") -> None:
    import torch

    if manual_gradient.shape != reference.shape:
        shapes = f"{tuple(manual_gradient.shape)} instead of {tuple(reference.shape)}"
        print(f"{description} | Exact: False | Approximate: False | Shape: {shapes}")
        return
    manual = manual_gradient.detach()
    exact = bool((manual == reference).all())
    approximate = torch.allclose(manual.to(reference.dtype), reference)
    difference = (manual - reference).abs().max().item() if reference.numel() else 0.0
    is_rounding = not approximate and difference <= _rounding(reference)
    more = " | within rounding: right on these numbers" if is_rounding else ""
    print(f"{description} | Exact: {exact} | Approximate: {approximate} | MaxDiff: {difference}{more}")


def _rounding(reference: "torch.Tensor") -> float:
    """How far a right gradient may be off for the order of its operations: a share of its largest element."""
    import torch

    share = torch.finfo(reference.dtype).eps ** 0.5
    return float(share * reference.abs().max().item()) if reference.numel() else 0.0


def course_batch(assignment: str | os.PathLike[str], exercise: str | None = None) -> dict[str, Any]:
    """What the forward pass of an assignment starts from, by name: sizes, one batch, and parameters to differentiate.

    Every call gives the same numbers in new tensors. Floating-point tensors require grad. Of an exercise with a call
    script, it is what the script is given, upstream gradients as well, and arrays in a course that is in NumPy.

    Args:
        assignment: its name or folder; also the name of the one that the working directory describes.
        exercise: one that has sizes of its own, or a call script.

    Raises:
        UnknownAssignment: there is no such assignment.
        UnknownName: it has no such exercise.
        AssignmentError: its files are not what they should be.
    """
    import torch

    from grader.assignment.dataset import load_dataset
    from grader.assignment.probes import course_probe, course_start

    loaded = assignment_called(assignment, Path())
    part = None if exercise is None else loaded.exercise(exercise)
    start = course_start(loaded, load_dataset(loaded), part)
    if part and part.calls:
        lent = course_probe(loaded, part, start).lent()
        return {name: value.numpy() if _becomes_array(loaded, value) else value for name, value in lent.items()}
    given = start.inputs
    for value in given.values():
        if isinstance(value, torch.Tensor) and value.is_floating_point():
            value.requires_grad_()
    return dict(given)


def _becomes_array(assignment: "Assignment", value: Any) -> bool:
    return assignment.arrays != "torch" and hasattr(value, "numpy")


def course_data(assignment: str | os.PathLike[str], names: str | os.PathLike[str] | None = None) -> dict[str, Any]:
    """The data set of an assignment as rows, for training.

    Args:
        assignment: its name or folder; also the name of the one that the working directory describes.
        names: a file of names, one a line, in place of the assignment's data set.

    Returns:
        `training`, `validation` and `test`, each a pair of int64 tensors: inputs of shape (rows, context) and outputs
        of shape (rows,); and `vocabulary`, a string with one character for each index, `.` first.

    Raises:
        UnknownAssignment: there is no such assignment.
        AssignmentError: its files are not what they should be, or it has no data set.
        UnreadableNames: the file of names is not one.
    """
    from grader.assignment.dataset import load_dataset
    from grader.assignment.probes import course_start
    from grader.errors import AssignmentError

    loaded = assignment_called(assignment, Path())
    dataset = load_dataset(loaded, None if names is None else Path(names))
    if dataset is None or loaded.dataset is None:
        raise AssignmentError(loaded.folder, "this assignment has no data set.")
    context = course_start(loaded, dataset).sizes[loaded.dataset.context]
    parts = {"training": dataset.training, "validation": dataset.validation, "test": dataset.test}
    rows = {name: dataset.rows(part, context) for name, part in parts.items()}
    pairs: dict[str, Any] = {name: (part.inputs, part.outputs) for name, part in rows.items()}
    return pairs | {"vocabulary": "".join(dataset.vocabulary)}
