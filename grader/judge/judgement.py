"""What a judge says of one stage, whatever its kind."""

from dataclasses import dataclass, field, replace
from fractions import Fraction

from grader.border import Fault, Found
from grader.marks.rounding import exact
from grader.result import (
    PASSED,
    Budget,
    Chained,
    Diagnosis,
    Failure,
    Integrity,
    LossCurve,
    ProbeResult,
    Verdict,
    Warned,
    Worst,
)

NEVER_ASKED = Fault("ungraded", "SandboxError", "The grader could not judge this stage, which is not your fault.")


@dataclass
class Judgement:
    """What comes of the answers to one stage: what its result says too, under the same names, and the fault behind it.

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
    pattern: str = ""
    evidence: list[str] = field(default_factory=list)
    chained: Chained | None = None
    warnings: list[Warned] = field(default_factory=list)
    integrity: Integrity = field(default_factory=Integrity)
    probes: list[ProbeResult] = field(default_factory=list)
    fault: Fault | None = None
    operations: dict[str, int] = field(default_factory=dict)
    budget: Budget | None = None
    seconds: float = 0.0
    printed: str = ""
    curve: LossCurve | None = None
    names: list[str] = field(default_factory=list)
    begun: bool = True
    anywhere: str = ""

    @property
    def passed(self) -> bool:
        return self.verdict in PASSED

    @property
    def error(self) -> Failure | None:
        return failure(self.fault)


def not_asked(fault: Fault | None) -> Judgement:
    """Of a stage that was not tried on anything, for a fault; without one, the fault is ours."""
    fault = fault or NEVER_ASKED
    if fault.verdict == "missing":
        return Judgement("missing", fault.message, begun=fault.begun, anywhere=fault.anywhere)
    return Judgement(
        fault.verdict,
        fault_sentence(fault),
        fault=fault,
        anywhere=fault_sentence(unplaced(fault)) if fault.anywhere else "",
    )


def failure(fault: Fault | None, found: Found | None = None) -> Failure | None:
    """What the result says of a fault, with its line in the function; nothing of a stage that is missing."""
    if fault is None or fault.verdict == "missing":
        return None
    return Failure(fault.type, fault.message, fault.traceback, fault.line_in(found))


def unplaced(fault: Fault) -> Fault:
    """The fault without the place in its message."""
    return replace(fault, message=fault.anywhere)


def fault_sentence(fault: Fault) -> str:
    """A fault in a sentence, with the type of an exception in front."""
    return f"{fault.type}: {fault.message}" if fault.type.endswith(("Error", "Exception")) else fault.message


def points(most: float, credit: dict[str, float], verdict: str) -> Fraction:
    """Exactly what a verdict earns."""
    return exact(most) * exact(credit.get(verdict, 0))
