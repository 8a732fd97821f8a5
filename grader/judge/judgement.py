"""What a judge says of one stage, whatever its kind."""

from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction

from grader.border import Fault
from grader.result import (
    PASSED,
    Budget,
    Chained,
    Diagnosis,
    Failure,
    LossCurve,
    ProbeResult,
    Verdict,
    Warned,
    Worst,
)

NEVER_ASKED = Fault("ungraded", "SandboxError", "The grader could not judge this stage, which is not your fault.")


@dataclass(frozen=True)
class Judgement:
    """What comes of the answers to one stage. The fields are those of `StageResult`.

    Whose stage it is, where it stands and what it earns is no judge's business.
    """

    verdict: Verdict
    message: str = ""
    exact: bool = False
    approximate: bool = False
    max_diff: float | None = None
    shape: list[int] | None = None
    expected_shape: list[int] | None = None
    worst: Worst | None = None
    diagnosis: Diagnosis | None = None
    chained: Chained | None = None
    warnings: Sequence[Warned] = ()
    probes: Sequence[ProbeResult] = ()
    error: Failure | None = None
    operations: dict[str, int] | None = None
    budget: Budget | None = None
    seconds: float = 0.0
    printed: str = ""
    curve: LossCurve | None = None
    names: Sequence[str] = ()
    begun: bool = True

    @property
    def passed(self) -> bool:
        return self.verdict in PASSED


def not_asked(fault: Fault | None) -> Judgement:
    """Of a stage that was not tried on anything, for a fault; without one, the fault is ours."""
    fault = fault or NEVER_ASKED
    if fault.verdict == "missing":
        return Judgement("missing", fault.message, begun=fault.begun)
    return Judgement(fault.verdict, fault_sentence(fault), error=failure(fault))


def failure(fault: Fault | None) -> Failure | None:
    """What the result says of a fault; nothing of a stage that is missing."""
    if fault is None or fault.verdict == "missing":
        return None
    return Failure(fault.type, fault.message, fault.traceback)


def fault_sentence(fault: Fault) -> str:
    """A fault in a sentence, with the type of an exception in front."""
    return f"{fault.type}: {fault.message}" if fault.type.endswith(("Error", "Exception")) else fault.message


def points(most: int, credit: dict[str, float], verdict: str) -> Fraction:
    """Exactly what a verdict earns."""
    return most * Fraction(str(credit.get(verdict, 0)))
