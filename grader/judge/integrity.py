"""Whether a stage's value is the student's own work, from two witnesses: the log of its process, and its source."""

from collections.abc import Sequence
from dataclasses import replace

from grader.border import Answer, Observed, Reading, Trained
from grader.result import Integrity
from grader.sandbox.border.families import among

MENTIONED = "The code mentions autograd, but the log shows that it did not run."
IMAGINARY = "Complex numbers are at work: a step along the imaginary axis gives a derivative without a formula for it."
MOST_LINES, MOST_NAMES = 200, 20
"""What a person reads through; a submission may have tens of thousands."""


def integrity(
    answers: Sequence[Answer], reading: Reading | None, *, real: bool = True, tensors: bool = True
) -> Integrity:
    """`forbidden` where a value came out of autograd; `review` where a person should look; else `clean`.

    Args:
        answers: of one stage, on every probe.
        reading: of the stage's source; None where it could not be read.
        real: there are no complex numbers in the forward pass.
        tensors: all that the stage is given is a tensor or a size.
    """
    valued = [answer for answer in answers if answer.tensor is not None]
    observed = [answer.observed for answer in valued if answer.observed]
    if not valued:
        return Integrity()
    lines = _lines(reading) if reading else []
    if any(once.from_autograd for once in observed):
        return Integrity("forbidden", lines, "The value comes from autograd or from a ready-made backward kernel.")
    if len(observed) < len(valued):
        return Integrity("review", lines, "The log of the operations behind an answer is missing.")
    if any(once.differentiated for once in observed):
        return Integrity("review", lines, "Autograd runs alongside the stage's own computation.")
    if reading and reading.autograd:
        return Integrity("review", lines, MENTIONED)
    found = of_source(reading)
    if found.status == "clean" and real and any(once.imaginary for once in observed):
        return Integrity("review", lines, IMAGINARY)
    if found.status == "clean" and reading:
        contradiction = next(filter(None, (_contradiction(once, reading, tensors) for once in observed)), "")
        return Integrity("review", lines, contradiction) if contradiction else found
    return found


def _lines(reading: Reading) -> list[int]:
    return sorted({*reading.autograd, *(line for line, _ in reading.outside)})[:MOST_LINES]


def _contradiction(once: Observed, reading: Reading, tensors: bool) -> str:
    """What the log says that cannot be, by the source."""
    ran = sum(once.operations.values())
    if tensors and ran < reading.least:
        count = "no operation" if not ran else f"{ran} operations" if ran > 1 else "1 operation"
        return f"The log has {count}, but the code cannot run fewer than {reading.least}: was the log changed?"
    strange = among(once.operations, reading.unnamed)
    return f"The log has operations that the code has no word for: {', '.join(strange)}." if strange else ""


def of_run(trained: Sequence[Trained], reading: Reading | None) -> Integrity:
    """What the logs of training runs say of an update, and its source.

    Args:
        trained: all their reports; some steps of each run were watched.
        reading: of the update's source.
    """
    found = of_source(reading)
    if found.status != "clean":
        return found
    reports = [report for report in trained if report.fault is None]
    observed = [report.observed for report in reports if report.observed]
    if any(once.from_autograd for once in observed):
        return Integrity("review", [], "In the training run, gradients or parameters come from autograd.")
    if any(once.differentiated for once in observed):
        return Integrity("review", [], "Autograd runs in the update.")
    if len(observed) < len(reports):
        return Integrity("review", [], "The log of the operations in the training run is missing.")
    return found


def of_source(reading: Reading | None) -> Integrity:
    """What the source alone says of a stage that autograd would be of no use for."""
    if reading is None:
        return Integrity("review", [], "The code of this stage could not be read.")
    if reading.unused:
        return Integrity("review", list(reading.unused), "The update uses autograd's gradients and not these.")
    if reading.outside:
        names = list(dict.fromkeys(name for _, name in reading.outside))
        more = f" and {len(names) - MOST_NAMES} more" if len(names) > MOST_NAMES else ""
        said = f"The code goes beyond tensor maths: {', '.join(names[:MOST_NAMES])}{more}."
        return Integrity("review", _lines(replace(reading, autograd=())), said)
    return Integrity("clean")
