"""What comes of mutants, and when two of them give the same."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from typing import Any

import torch

from grader.assignment.assignment import Exercise
from grader.assignment.tolerance import largest
from grader.judge.compare import align
from grader.result import Diagnosis
from grader.run.exam import Examination
from grader.sandbox.ours import Sandbox
from grader.verify.checks import graded
from grader.verify.mutants import Mutant

SAME = 1e-9
"""Of the largest element: two functions that are nearer to each other are the same formula."""


@dataclass(frozen=True)
class JudgedMutant:
    """What came of one mutant."""

    mutant: Mutant
    passed: bool
    is_wrong: bool
    """It has a wrong value or shape."""
    told: tuple[Diagnosis, ...] = ()


def judged_mutants(
    made: Iterable[Mutant], exercise: Exercise, names: frozenset[str], examination: Examination, sandbox: Sandbox
) -> list[JudgedMutant]:
    """What comes of each mutant, tried on some stages of one exercise alone."""
    probes = {exercise.name: examination.probes[exercise.name]}
    only = replace(examination, selected=names, probes=probes, trials={})
    return [_judged(mutant, only, sandbox) for mutant in made]


def _judged(mutant: Mutant, examination: Examination, sandbox: Sandbox) -> JudgedMutant:
    failed = [stage for stage in graded({"mutant.py": mutant.text}, examination, sandbox) if not stage.passed]
    valued = [stage for stage in failed if stage.verdict in ("wrong", "overfit", "shortcut")]
    told = tuple(stage.diagnosis for stage in valued if stage.diagnosis)
    return JudgedMutant(mutant, not failed, bool(valued), told)


@dataclass(frozen=True)
class Caught:
    """What came of the mutants of one function. `missed` are the changes that pass and are no equivalent ones."""

    function: str
    mutants: int
    equivalent: int
    caught: int
    named: int
    wrong: int
    """Mutants with a wrong value or shape, the ones that a diagnosis is looked for."""
    rightly: int
    """Of those named, the ones whose name is that of the edit, in its line if it speaks of one."""
    missed: list[str] = field(default_factory=list)
    otherwise: list[str] = field(default_factory=list)
    """Edits that are told something else, with what is told."""
    unnamed: list[str] = field(default_factory=list)
    """Edits that make something wrong and are told nothing."""
    advice: dict[str, str] = field(default_factory=dict)
    """For edits that are missed, what would catch them, where that is known."""

    def __add__(self, other: "Caught") -> "Caught":
        """What came of these mutants and of others of the same function."""
        return Caught(
            self.function,
            mutants=self.mutants + other.mutants,
            equivalent=self.equivalent + other.equivalent,
            caught=self.caught + other.caught,
            named=self.named + other.named,
            wrong=self.wrong + other.wrong,
            rightly=self.rightly + other.rightly,
            missed=self.missed + other.missed,
            otherwise=self.otherwise + other.otherwise,
            unnamed=self.unnamed + other.unnamed,
            advice=self.advice | other.advice,
        )

    @property
    def raised(self) -> int:
        """Mutants that give no value that could be compared: they raise something, or never end."""
        return self.caught - self.wrong

    @classmethod
    def of(
        cls,
        function: str,
        outcomes: Sequence[JudgedMutant],
        missed: Mapping[str, str],
        otherwise: Sequence[JudgedMutant],
    ) -> "Caught":
        """The numbers, from what came of each mutant, those that are missed with the advice, and those that are told
        something else.
        """
        passing = sum(outcome.passed for outcome in outcomes)
        told = sum(bool(outcome.told) for outcome in outcomes)
        return cls(
            function,
            mutants=len(outcomes),
            equivalent=passing - len(missed),
            caught=len(outcomes) - passing,
            named=told,
            wrong=sum(outcome.is_wrong for outcome in outcomes),
            rightly=told - len(otherwise),
            missed=[*missed],
            otherwise=[f"{each.mutant.change}: {each.told[0].code}. {each.told[0].message}" for each in otherwise],
            unnamed=[each.mutant.change for each in outcomes if each.is_wrong and not each.told],
            advice={change: text for change, text in missed.items() if text},
        )


@contextmanager
def in_double_precision() -> Iterator[None]:
    """What a function makes of nothing, as with `torch.arange(n) * 0.5`, is as precise as what it is given."""
    usual = torch.get_default_dtype()
    torch.set_default_dtype(torch.float64)
    try:
        yield
    finally:
        torch.set_default_dtype(usual)


def namespace_of(text: str) -> dict[str, Any]:
    """What a solution, or a mutant of one, defines when it is run in this process."""
    namespace: dict[str, Any] = {"__name__": "solution"}
    exec(compile(text, "solution", "exec"), namespace)
    return namespace


def is_near(value: torch.Tensor, right: torch.Tensor) -> bool:
    """Whether a value is the right one but for rounding, and for axes of length 1."""
    aligned = align(value, right.shape)
    return aligned is not None and largest(aligned.double() - right.double()) <= SAME * largest(right.double())


def redrawn(offered: Mapping[str, Any], generator: torch.Generator) -> dict[str, Any]:
    """The same sizes and indices; every other tensor positive, so that any power of it is a number."""
    return {
        name: torch.rand(value.shape, generator=generator, dtype=torch.float64) + 0.5
        if isinstance(value, torch.Tensor) and value.is_floating_point()
        else value
        for name, value in offered.items()
    }
