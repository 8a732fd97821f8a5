"""Points that are fractions: exact from the assignment's file to every place they are shown."""

import base64
import io
import json
import re
from dataclasses import replace
from datetime import UTC, datetime

import jsonschema
import pytest
from rich.console import Console

from grader.assignment import load_assignment
from grader.errors import AssignmentError
from grader.marks.rounding import added
from grader.report import class_facts
from grader.report.class_page import render_class
from grader.report.export.export import Given
from grader.report.export.formats import FORMATS
from grader.report.export.reporter import payload
from grader.report.json import from_json, schema, to_json
from grader.report.page import render
from grader.report.terminal import show
from grader.run.exam import examine
from grader.run.grade import grade_submission
from helpers.results import a_result, a_stage
from helpers.slope import SOLUTION, edit, write_slope
from helpers.submissions import submission_of

NOW = datetime(2026, 11, 30, tzinfo=UTC)


def shown(result):
    console = Console(file=io.StringIO(), width=100)
    show(result, console)
    return console.file.getvalue()


@pytest.fixture
def grade(tmp_path, sandbox):
    """Grade a text for the assignment Slope as it is with these edits."""

    def graded(text, *edits):
        folder = write_slope(tmp_path)
        for old, new in edits:
            edit(folder / "assignment.toml", old, new)
        assignment = load_assignment(folder)
        examination = examine(assignment, frozenset(assignment.stage_names), seed="points")
        return grade_submission(submission_of(text, "layer.py"), examination, sandbox).result, assignment

    return graded


def everywhere(result, assignment):
    """The texts in which points are shown, by where."""
    files = [
        data.decode()
        for name in ("github", "gradescope", "junit", "csv")
        for data in FORMATS[name].render([result], Given(NOW)).files.values()
    ]
    return {
        "terminal": shown(result),
        "report": render(result, assignment, {}, {}),
        "class": render_class([result], [None]),
        "exports": "\n".join(files),
    }


def test_points_may_be_tenths_and_add_up_exactly(grade):
    tenths = ("points = 2,", "points = 0.1,"), ("points = 3", "points = 0.2"), ('"Broadcast."', '"", points = 2.0')
    result, assignment = grade(SOLUTION, *tenths)
    assert [repr(stage.max_score) for stage in result.stages] == ["0.1", "0.2", "2"]
    assert (result.score, result.max_score, result.exercises[0].max_score) == (2.3, 2.3, 2.3)
    data = to_json(result)
    assert from_json(data) == result
    jsonschema.validate(json.loads(data), schema())
    texts = everywhere(result, assignment)
    assert all("2.3 / 2.3" in texts[name] for name in ("terminal", "report", "exports"))
    assert "2.3 <small>/ 2.3" in texts["class"]
    assert "0.1 / 0.1" in texts["report"] and "2 / 2<" in texts["report"]
    assert not any(re.search(r"\d\.\d*(000000|999999)\d", text) for text in texts.values())


def test_the_classroom_reporter_counts_fractions_both_ways():
    stages = [a_stage(max_score=2.5), a_stage("dLogits", "wrong", max_score=0.1), a_stage("dProbs", max_score=1)]
    result = replace(a_result("ada", stages), max_score=3.6)
    document = json.loads(base64.b64decode(payload(result)))
    passed = sum(test["status"] == "pass" for test in document["tests"])
    assert (passed, len(document["tests"])) == (35, 36)
    assert sum(test["score"] for test in document["tests"]) == pytest.approx(3.5)


@pytest.mark.parametrize(
    ("points", "said"),
    [
        ("0.125", "points = 0.125 has more than two decimals; round it."),
        ("inf", "points = inf must be a number from 0 to 1000000."),
        ("nan", "points = nan must be a number from 0 to 1000000."),
        ("-0.5", "points = -0.5 must be a number from 0 to 1000000."),
        ("true", "points = True must be a number from 0 to 1000000."),
    ],
)
def test_points_that_cannot_be_meant_are_told(points, said, tmp_path):
    folder = write_slope(tmp_path)
    edit(folder / "assignment.toml", "points = 2,", f"points = {points},")
    with pytest.raises(AssignmentError) as refused:
        load_assignment(folder)
    assert said in str(refused.value)


def test_sums_of_decimal_numbers_are_exact_and_whole_ones_are_whole():
    assert added([0.1, 0.2]) == 0.3 and repr(added([2.5, 2.5])) == "5" and added([]) == 0


@pytest.mark.parametrize(
    ("scores", "most", "labels", "counts"),
    [
        ([0, 1, 3], 3, ["0", "1", "2", "3"], [1, 1, 0, 1]),
        ([0.5, 1, 2.5], 2.5, ["0\u2013<1", "1\u2013<2", "2\u20132.5"], [1, 1, 1]),
        ([0.25], 0.5, ["0\u20130.5"], [1]),
        ([38.5, 39], 39, None, None),
    ],
)
def test_bins_say_what_is_in_them(scores, most, labels, counts):
    bins = class_facts.distribution(scores, most)
    assert sum(each.count for each in bins) == len(scores)
    if labels:
        assert ([each.label for each in bins], [each.count for each in bins]) == (labels, counts)
    else:
        assert (bins[0].label, bins[-1].label) == ("0\u2013<2", "38\u201339")
