"""The assignment `layers`: functions with a cache in NumPy, forward passes that are asked for, numbers that vary."""

from dataclasses import replace

import pytest

from grader.assignment import load_assignment
from grader.assignment.authoring.notebook import notebook_text
from grader.assignment.authoring.stubs import stub_texts
from grader.border import Source
from grader.run.exam import examine
from grader.run.grade import grade_submission
from grader.submission import Submission
from helpers.places import ROOT

FOLDER = ROOT / "exercises" / "layers"
SOLUTIONS = ROOT / "solutions" / "layers"
ALTERNATIVES = sorted((ROOT / "tests" / "alternatives" / "layers").glob("*.py"))
POINTS = 52


@pytest.fixture(scope="module")
def layers():
    return load_assignment("layers")


@pytest.fixture(scope="module")
def examination(layers):
    return examine(layers, frozenset(layers.stage_names), seed="tests")


@pytest.fixture(scope="module")
def solutions():
    return {path.stem: path.read_text(encoding="utf-8") for path in sorted(SOLUTIONS.glob("*.py"))}


@pytest.fixture(scope="module")
def graded(examination, sandbox):
    def grade(texts, exercise=None):
        sources = tuple(Source(f"{name}.py", text) for name, text in texts.items())
        submission = Submission("student", FOLDER, sources, (), {})
        if exercise is None:
            return grade_submission(submission, examination, sandbox)
        only = {exercise.name: examination.probes[exercise.name]}
        asked = replace(examination, selected=exercise.stage_names, probes=only)
        return grade_submission(submission, asked, sandbox)

    return grade


def test_the_solutions_pass_and_are_clean(graded, solutions):
    result = graded(solutions).result
    assert (result.score, result.max_score) == (POINTS, POINTS)
    assert {stage.verdict for stage in result.stages} <= {"exact", "approximate"}
    assert not [stage.name for stage in result.stages if stage.warnings]
    assert {stage.integrity.status for stage in result.stages} == {"clean"}


def test_every_stub_is_missing(layers, graded):
    stubs = {e.stub.removesuffix(".py"): (FOLDER / e.stub).read_text(encoding="utf-8") for e in layers.exercises}
    assert {stage.verdict for stage in graded(stubs).result.stages} == {"missing"}


def test_stubs_and_notebook_are_those_the_sources_give(layers):
    made = stub_texts(layers) | {"layers.ipynb": notebook_text(layers)}
    for name, text in made.items():
        assert (FOLDER / name).read_text(encoding="utf-8") == text, f"{name} is out of date: make stubs"


@pytest.mark.parametrize("path", ALTERNATIVES, ids=[path.stem for path in ALTERNATIVES])
def test_right_code_in_another_style_passes(graded, path):
    result = graded({path.stem: path.read_text(encoding="utf-8")}).result
    assert {stage.verdict for stage in result.stages} <= {"exact", "approximate"}, [
        (stage.name, stage.verdict, stage.message) for stage in result.stages if not stage.passed
    ]


def test_an_input_changed_in_place_is_told_and_costs_nothing(layers, graded, solutions):
    exercise = layers.exercise("dropout")
    text = solutions["ex08_dropout"].replace(
        "    return dout * mask / keep", "    dout *= mask / keep\n    return dout"
    )
    judged = {stage.name: stage for stage in graded({"answers": text}, exercise).result.stages}
    assert judged["dropout.dx"].passed
    assert [warning.code for warning in judged["dropout.dx"].warnings] == ["in-place"]


def test_a_whole_number_that_a_probe_scales_stays_one(examination):
    probes = examination.probes["convolution"]
    assert [probe.values["stride"] for probe in probes] == [2, 2, 1, 2, 1]
    assert [probe.values["pad"] for probe in probes] == [1, 1, 0, 2, 1]
    assert {type(probe.values[name]) for probe in probes for name in ("stride", "pad")} == {int}
