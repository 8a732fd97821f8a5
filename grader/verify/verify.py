"""Check an assignment as a product is tested: solutions pass, stubs and zeros do not, mutants are caught and named."""

from dataclasses import dataclass
from typing import Literal

from grader.assignment.assignment import Assignment
from grader.run.exam import Examination
from grader.sandbox.ours import Sandbox
from grader.verify.caught import Caught
from grader.verify.checks import SEEDS, Check, Tick, check, usual_examination
from grader.verify.mutation import mutate
from grader.verify.ready import check_solutions
from grader.verify.spread import mutate_spread

SCHEMA: Literal["backprop-grader/verification/v1"] = "backprop-grader/verification/v1"


@dataclass(frozen=True)
class Verification:
    """Everything that was found out."""

    schema: Literal["backprop-grader/verification/v1"]
    assignment: str
    sha256: str
    checks: list[Check]
    mutation: list[Caught]

    @property
    def passed(self) -> bool:
        return all(check.passed for check in self.checks) and not any(each.missed for each in self.mutation)


def verify(
    assignment: Assignment,
    sandbox: Sandbox,
    seeds: int = SEEDS,
    tick: Tick = lambda name: None,
    *,
    selected: frozenset[str] | None = None,
    workers: int = 1,
) -> Verification:
    """Check an assignment.

    Args:
        assignment: with its solutions beside it, or in the checkout.
        sandbox: where solutions and mutants run.
        seeds: how often the solutions are graded, each time on other probes.
        tick: told what is done next.
        selected: the stages to check; by default all.
        workers: in so many processes mutants are tried.

    Raises:
        AssignmentError: the solutions are not here, or the assignment's files are not what they should be.
    """
    examination = usual_examination(assignment, selected)
    check_solutions(assignment, examination)
    checks = check(assignment, sandbox, seeds, tick, examination)
    # A mutant of an answer that is wrong itself says nothing.
    mutation = _mutation(examination, sandbox, tick, workers) if checks[0].passed else []
    return Verification(SCHEMA, assignment.name, assignment.sha256, checks, mutation)


def _mutation(examination: Examination, sandbox: Sandbox, tick: Tick, workers: int) -> list[Caught]:
    if workers > 1:
        return mutate_spread(examination, workers, tick)
    return mutate(examination.assignment, sandbox, tick, examination)
