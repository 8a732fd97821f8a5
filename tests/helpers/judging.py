"""Answers judged without a process: an expression of ours is worked out here, and goes to the judge as it is."""

from typing import Any

import torch

from grader.assignment.probes import Probe
from grader.assignment.tolerance import Expectation
from grader.border import Answer, Fault, Reply
from grader.result import StageResult
from grader.run.ask import Asked
from grader.run.exam import Examination
from grader.run.finding import judged
from grader.sandbox.theirs.returned import as_tensor, plain


def judged_here(stage: str, expression: str, examination: Examination) -> StageResult:
    """The judgement of a stage whose function would return an expression."""
    exercise, asked = examination.assignment.named(stage)[0]
    answers = tuple(answer_of(expression, probe.offer(asked)) for probe in examination.probes[exercise.name])
    finding = judged(asked, Asked(Reply(answers)), exercise, examination)
    return finding.result(examination.assignment.credit, {}, 0)


def answer_of(expression: str, offered: dict[str, Any]) -> Answer:
    """What an expression gives, or the exception it ends with."""
    try:
        tensor, _ = plain(as_tensor(eval(expression, {"torch": torch, **offered})))
    except Exception as error:
        return Answer(fault=Fault("error", type(error).__name__, str(error)))
    return Answer(tensor)


def probe_of(name: str, expectation: Expectation, kind: str = "course", sizes: dict[str, int] | None = None) -> Probe:
    """A probe that has but one expectation, of a stage of that name."""
    return Probe(None, None, kind, kind, sizes or {}, {}, {}, {name: expectation})
