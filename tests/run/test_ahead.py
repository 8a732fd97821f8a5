"""Trials that another process makes are those this one would make, and it makes them where that process is lost."""

import json
import os
import subprocess
import sys
from dataclasses import replace

import pytest

from grader.assignment import load_assignment
from grader.run import ahead
from grader.run.exam import examine

SCRIPT = """
import json, os, signal
import torch
from grader.assignment.catalog import load_assignment
from grader.run.ahead import with_trials_ahead
from grader.run.exam import examine

assignment = load_assignment("nameweave")
tasks = [task for exercise in assignment.exercises for task in exercise.tasks]
examination = examine(assignment, frozenset(task.name for task in tasks), seed="ahead")
trials, coming = examination.trials, with_trials_ahead(examination).trials
{meanwhile}
def told(trials):
    run = trials.run
    probes = [probe for task in tasks if task.kind != "samples" for probe in trials.probes(task)]
    expected = [[float(each.gradient.sum()), each.tolerance] for probe in probes for each in probe.expected.values()]
    return [run.losses, expected, [scene.name for scene in trials.sampled]]
begun = coming is not trials
here, asked = trials["training"], coming["training"]
opened = asked.opening.plan == asked.run.plan and all(map(torch.equal, asked.opening.start, asked.run.start))
print(json.dumps([begun and opened, asked.run is here.run, told(asked) == told(here)]))
"""

forks = pytest.mark.skipif(
    sys.platform != "linux" or len(os.sched_getaffinity(0)) < 2, reason="a second processor and a safe fork"
)


def told(meanwhile: str) -> list[bool]:
    code = SCRIPT.replace("{meanwhile}", meanwhile)
    return json.loads(subprocess.run([sys.executable, "-c", code], capture_output=True, check=True).stdout)


@forks
def test_what_another_process_makes_is_what_this_one_would():
    begun, made_here, equal = told("")
    assert begun and not made_here and equal


@forks
def test_where_that_process_is_lost_they_are_made_here():
    begun, made_here, equal = told("os.kill(coming['training']._made.func.__self__.pid, signal.SIGKILL)")
    assert begun and made_here and equal


def test_one_processor_makes_them_here(monkeypatch, training_examination):
    monkeypatch.setattr(ahead.os, "sched_getaffinity", lambda _: {0}, raising=False)
    assert ahead.with_trials_ahead(training_examination) is training_examination


def test_nothing_is_begun_where_there_is_nothing_to_make(training_examination):
    without = replace(training_examination, trials={})
    assert ahead.with_trials_ahead(without) is without


@pytest.mark.parametrize(
    ("text", "begun"),
    [
        ("def dLogits(dProbs):\n    return dProbs\n", False),
        ("def dLogits(dProbs):\n    return dProbs\n\ndef sample(parameters):\n    return ''\n", True),
        ("dLogits = dProbs * 2\nfor step in range(100):\n    dlogits = probs\n", True),
    ],
    ids=["functions without it", "a function of it", "no functions"],
)
def test_what_the_text_shows_nothing_of_is_drawn_once_it_is_asked_for(monkeypatch, text, begun):
    assignment = load_assignment("nameweave")
    selected = frozenset(stage.name for each in assignment.exercises for stage in each.everything)
    examination = examine(assignment, selected, seed="ready")
    made = []
    monkeypatch.setattr(ahead, "with_trials_ahead", lambda examination: made.append(1) or examination)
    drawn = ahead.ready_for(examination, [text]).probes._drawn
    assert bool(made) is begun and ("training" in drawn) is begun
    assert drawn.keys() | {"training"} == {exercise.name for exercise in assignment.exercises}
    assert examination.probes["training"]
