"""Points that are fractions or a bonus: exact from the assignment's file to every place they are shown."""

import base64
import io
import json
import re
from dataclasses import replace
from datetime import UTC, datetime
from fractions import Fraction

import jsonschema
import pytest
from rich.console import Console

from grader.assignment import load_assignment
from grader.errors import AssignmentError
from grader.marks.mark import counted_exercise, mark_of
from grader.marks.rounding import added
from grader.report import class_facts
from grader.report.class_page import render_class
from grader.report.export.export import Given
from grader.report.export.formats import FORMATS
from grader.report.export.reporter import payload
from grader.report.export.rows import index, match
from grader.report.export.scaling import scaled
from grader.report.json import from_json, schema, to_json
from grader.report.page import render
from grader.report.terminal import show
from grader.result import Adjustment
from grader.run.exam import examine
from grader.run.grade import grade_submission
from grader.run.score import exercise_result, updated
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


def test_a_bonus_is_added_to_the_score_and_missing_fails_nothing(grade):
    bonus = ("points = 3", "points = 3, bonus = true")
    result, assignment = grade(SOLUTION, bonus)
    assert (result.score, result.max_score, result.exercises[0].max_score, result.exit_code) == (6, 3, 3, 0)
    texts = everywhere(result, assignment)
    for name in ("terminal", "report", "exports"):
        assert "6 / 3" in texts[name] and "dx (bonus)" in texts[name]
        assert "2 of 2 stages passed, and 1 of 1 bonus stages." in texts[name]
    assert "dx (bonus)" in texts["class"] and "<small>bonus</small>" in texts["class"]
    without = dropped(result, "dx")
    assert (without.score, without.exit_code) == (3, 0) and "This one is a bonus." in render(
        without, assignment, {}, {}
    )
    (junit,) = FORMATS["junit"].render([without], Given(NOW)).files.values()
    assert b'failures="0"' in junit and b'skipped="1"' in junit
    wrong = replace(result.stages[1], verdict="wrong", score=0.0)
    assert updated(result, [wrong]).exit_code == 1
    assert dropped(result, "dbent").exit_code == 1


def dropped(result, name):
    """The result without an answer to a stage."""
    (stage,) = (stage for stage in result.stages if stage.name == name)
    return updated(result, [replace(stage, verdict="missing", score=0.0, begun=False)])


def test_a_bonus_goes_on_top_in_marks_and_tables():
    stages = [a_stage(max_score=2), a_stage("dLogits", max_score=1, bonus=True)]
    result = replace(a_result("ada", stages), max_score=2, exercises=[exercise_result("one", "One", stages)])
    assert counted_exercise(result, result.exercises[0]) == (3, 2)
    mark = mark_of(result, [Adjustment("dLogits", "set", 0.5, "half")], None)
    assert (mark.score, mark.max_score) == (2.5, 2)
    assert scaled(result, Fraction(10)) == 15
    matched = match([result], {"name": index([("ada", 4)])}, "canvas.csv")
    assert list(matched.rows) == [4] and not matched.left_out
    beyond = match([replace(result, score=3.5)], {"name": index([("ada", 4)])}, "canvas.csv")
    assert beyond.left_out[0].why == "the score 3.5 is not between 0 and 3"
    tests = json.loads(base64.b64decode(payload(result)))
    assert (sum(test["score"] for test in tests["tests"]), tests["max_score"], tests["status"]) == (3, 2, "pass")
    page = render_class([result], [None])
    assert '<span class="from" aria-hidden="true">3</span>' in page


def test_not_everything_is_a_bonus(tmp_path):
    folder = write_slope(tmp_path)
    for tensor in ("bent", "x", "slope"):
        edit(folder / "assignment.toml", f'tensor = "{tensor}"', f'tensor = "{tensor}", bonus = true')
    with pytest.raises(AssignmentError, match="every stage is a bonus"):
        load_assignment(folder)


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
