"""Whether a stage's value is the student's own work, from two witnesses: the log of its process, and its source."""

from collections.abc import Sequence
from functools import partial

from grader.border import Answer, Observed, Reading
from grader.result import Integrity

IMAGINARY = "Complex numbers are at work: a step along the imaginary axis gives a derivative without a formula for it."


def integrity(answers: Sequence[Answer], reading: Reading | None, *, real: bool = True) -> Integrity:
    """`forbidden` where a value came out of autograd; `review` where a person should look; else `clean`.

    Args:
        answers: of one stage, on every probe.
        reading: of the stage's source; None where it could not be read.
        real: there are no complex numbers in the forward pass.
    """
    valued = [answer for answer in answers if answer.tensor is not None]
    observed = [answer.observed for answer in valued if answer.observed]
    if not valued:
        return Integrity()
    lines = sorted(set(reading.autograd) | {line for line, _ in reading.outside}) if reading else []
    if any(once.from_autograd for once in observed):
        return Integrity("forbidden", lines, "The value comes from autograd or from a ready-made backward kernel.")
    if len(observed) < len(valued):
        return Integrity("review", lines, "The log of the operations behind an answer is missing.")
    if any(once.differentiated for once in observed):
        return Integrity("review", lines, "Autograd runs alongside the stage's own computation.")
    if reading and reading.autograd:
        return Integrity("review", lines, "The code mentions autograd, but the log shows that it did not run.")
    if reading and reading.keeps and any(once.differentiated_before for once in observed):
        return Integrity(
            "review", lines, "Autograd has run before, and the code keeps things from one call to the next."
        )
    found = of_source(reading)
    if found.status == "clean" and real and any(map(partial(_is_imaginary, reading), observed)):
        return Integrity("review", lines, IMAGINARY)
    return found


def _is_imaginary(reading: Reading | None, once: Observed) -> bool:
    return once.imaginary or (once.imaginary_before and reading is not None and reading.keeps)


def of_source(reading: Reading | None) -> Integrity:
    """What the source alone says of a stage that autograd would be of no use for."""
    if reading is None:
        return Integrity("review", [], "The code of this stage could not be read.")
    if reading.unused:
        return Integrity("review", list(reading.unused), "The update uses autograd's gradients and not these.")
    if reading.outside:
        lines = sorted({line for line, _ in reading.outside})
        names = ", ".join(dict.fromkeys(name for _, name in reading.outside))
        return Integrity("review", lines, f"The code goes beyond tensor maths: {names}.")
    return Integrity("clean")
