"""What the script of a task does with a known slip in it: the values it makes, or the words it fails with."""

from collections.abc import Mapping
from typing import Any

from grader.assignment.cut_graph import Values, globals_for
from grader.assignment.probes import Probe
from grader.assignment.stage import Slip, Task
from grader.assignment.tolerance import double, each, largest
from grader.border import Answer
from grader.judge.compare import align
from grader.result import Diagnosis


def named(slip: Slip | None) -> Diagnosis | None:
    """The diagnosis that a slip of the assignment is."""
    return Diagnosis(slip.code, slip.message) if slip else None


def explains(slip: Slip, task: Task, probe: Probe, given: Mapping[str, Answer]) -> bool:
    """Whether the slip gives these values; or fails with the same words, where the answer is a fault."""
    script = task.script.altered(slip.lines)
    if fault := next((answer.fault for answer in given.values() if answer.fault), None):
        failure = failure_of(script.text, probe.values)
        return failure is not None and fault.message.startswith(failure)
    try:
        values = _values(script.text, each(probe.values, double))
    except Exception:
        return False
    for name, answer in given.items():
        tolerance = probe.expected[name].tolerance
        aligned = None if answer.tensor is None else align(answer.tensor, values[name].shape)
        if aligned is None or not largest(aligned.double() - values[name]) <= tolerance * largest(values[name]):
            return False
    return True


def failure_of(text: str, values: Values) -> str | None:
    """The words with which a script fails, if it does."""
    try:
        _values(text, values)
    except Exception as error:
        return str(error)
    return None


def _values(text: str, values: Values) -> dict[str, Any]:
    namespace = globals_for(values)
    exec(text, namespace)
    return namespace
