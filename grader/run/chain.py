"""The run on the course batch in which every stage is fed the student's own gradients, from the loss on."""

from collections.abc import Mapping
from dataclasses import replace

import torch

from grader.assignment.assignment import Exercise
from grader.assignment.cut_graph import cut_pass
from grader.assignment.expectations import Surroundings, carried
from grader.assignment.probes import Probe
from grader.assignment.tolerance import Expectation
from grader.judge.gradient import chained, trials_of
from grader.result import Chained
from grader.run.ask import has_numbers
from grader.run.ask_calls import CallRun
from grader.run.finding import Finding
from grader.sandbox.ours import Session
from grader.sandbox.ours.offers import Offers
from grader.sandbox.ours.question import Question


def chain(exercise: Exercise, course: Probe, session: Session, findings: Mapping[str, Finding]) -> None:
    """Find out what each stage gives there.

    A stage is left out where a gradient it needs is not to be had. It is asked again only where its upstream is wrong:
    a gradient that is off by rounding alone is handed on as the reference has it.
    """
    own: dict[str, torch.Tensor | None] = {}
    for stage in exercise.asking_order:
        finding = findings.get(stage.name)
        if finding is None:
            continue
        upstream = {name: own.get(name, course.upstream[name]) for name in exercise.upstream_of(stage.asked)}
        own[stage.tensor] = None
        given = {name: gradient for name, gradient in upstream.items() if gradient is not None}
        if finding.asked.found is None or not finding.trials or len(given) < len(upstream):
            continue
        trial = finding.trials[0]
        if not trial.answer.fault and any(given[name] is not course.upstream[name] for name in given):
            offers, scalars = Offers([course.offer(stage, given)]), has_numbers(course, [stage])
            question = Question(stage.asked, finding.asked.found, offers, scalars=scalars)
            (trial,) = trials_of(stage.name, [course], session.ask(question).answers)
        as_judged = trial.passed and trial is finding.trials[0]
        told = Chained(trial.verdict, finding.judgement.max_diff) if as_judged else None
        finding.add(chained=told or chained(trial.answer, trial.expectation))
        if trial.passed:
            own[stage.tensor] = course.upstream[stage.tensor]
        elif trial.comparison and trial.comparison.aligned is not None:
            own[stage.tensor] = trial.comparison.aligned.float()


def chain_calls(calls: CallRun, course: Probe, findings: Mapping[str, Finding]) -> None:
    """The same of a call script whose lines read stages: here they go on with what the submission made of them."""
    stages = [stage for stage in calls.exercise.stages if stage.name in findings and findings[stage.name].trials]
    if len(calls.script.parts) == 1 or not stages:
        return
    answers, expected = calls.values(stages, Offers([course.lent()])), in_one_go(course)
    for stage, answer in zip(stages, answers, strict=True):
        findings[stage.name].add(chained=chained(answer, expected[stage.name]))


def in_one_go(probe: Probe) -> Mapping[str, Expectation]:
    """What to expect where nothing is given on the way: a tie that is broken in another way goes on into all that
    follows."""
    expected, exercise = probe.expected, probe.exercise
    if not any(each.left_out for each in expected.values()):
        return expected
    generator = torch.Generator().manual_seed(probe.assignment.seed)
    forward = cut_pass(exercise, probe.inputs)
    jumps = carried(Surroundings(exercise, probe.inputs, forward, probe.upstream, generator), exercise.outputs)
    return expected | {name: replace(expected[name], jumps=where) for name, where in jumps.items()}
