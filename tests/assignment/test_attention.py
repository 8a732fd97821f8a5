"""The assignment `attention`: no data set, tensors with three axes, a mask; a folder, and nothing in the grader."""

import re

import pytest

from grader.assignment import load_assignment
from grader.assignment.authoring.notebook import notebook_text
from grader.assignment.authoring.stubs import stub_texts
from grader.report.page import render
from grader.run.exam import examine
from grader.run.grade import grade_submission
from grader.run.request import make_request
from helpers.places import ROOT
from helpers.submissions import stages_of, submission_of

FOLDER = ROOT / "exercises" / "attention"
SOLUTIONS = ROOT / "solutions" / "attention"
CODES = [
    ("dexps", "allowed * dkept", "1.0 * dkept", "mask-forgotten"),
    ("dexps", "allowed * dkept", "(allowed * dkept).flatten(1)", "not-reshaped"),
    ("dkept", "total_inverse * dattention + dtotal", "total_inverse * dattention", "missing-path"),
    ("dquery", "dscores @ key * head ** -0.5", "dscores @ key", "scale-forgotten"),
    ("dscaled", " + dvalue @ weights_of_value.T", "", "missing-path"),
    ("dgamma", "(normalised * dscaled).sum((0, 1))", "normalised * dscaled", "not-summed"),
    ("dx", "doutput + dcentered", "dcentered", "missing-path"),
    ("dsquared", "1 / channels", "1 / (channels - 1)", "unbiased-variance"),
    ("dx_fast", "        - upstream.mean(-1, keepdims=True)\n", "", "mean-constant"),
    ("attend_backward.dquery", "dquery = dscores @ key * head ** -0.5", "dquery = dscores @ key", "scale-forgotten"),
]


@pytest.fixture(scope="module")
def attention():
    return load_assignment("attention")


@pytest.fixture(scope="module")
def examination(attention):
    return examine(attention, frozenset(attention.stage_names), seed="tests")


@pytest.fixture(scope="module")
def solution():
    return "\n\n".join(path.read_text(encoding="utf-8") for path in sorted(SOLUTIONS.glob("*.py")))


@pytest.fixture(scope="module")
def graded(examination, sandbox):
    def grade(text):
        return grade_submission(submission_of(text), examination, sandbox)

    return grade


def test_the_solutions_pass_and_are_recognised(examination, sandbox):
    request = make_request(SOLUTIONS)
    assert request.assignment.name == "attention"
    result = grade_submission(request.submission, examination, sandbox).result
    assert (result.score, result.max_score) == (33, 33)
    assert {stage.integrity.status for stage in result.stages} == {"clean"}


def test_stubs_and_notebook_are_those_the_sources_give(attention):
    made = stub_texts(attention) | {"attention.ipynb": notebook_text(attention)}
    for name, text in made.items():
        assert (FOLDER / name).read_text(encoding="utf-8") == text, f"{name} is out of date: make stubs"


@pytest.mark.parametrize(("stage", "old", "new", "code"), CODES, ids=[code[0] for code in CODES])
def test_a_slip_is_named(graded, solution, stage, old, new, code):
    assert solution.count(old) >= 1
    judged = stages_of(graded(solution.replace(old, new, 1)).result)
    assert not judged[stage].passed and judged[stage].diagnosis.code == code, judged[stage]
    assert sum(not each.passed for each in judged.values()) == 1


def test_the_report_shows_tensors_with_three_axes(graded, solution, attention):
    text = solution.replace("allowed * dkept", "2.0 * dkept", 1)
    done = graded(text)
    page = render(done.result, attention, {"answers.py": text}, done.error_maps)
    assert 'id="dexps"' in page and "<span>↓ batch * time (32)</span>" in page
    assert re.search(r'data-i="3,7,7" data-g=\S+ data-e=\S+ data-d=', page)
