"""`result.json`: its schema, and what it must never hold."""

import json
import math

import jsonschema
import pytest

from grader.report.json import from_json, schema, to_json
from grader.run.grade import grade_submission
from grader.submission import read_submission
from helpers.places import MISTAKES, ROOT, SOLUTIONS, STUBS
from helpers.submissions import submission_of

SHIPPED = ROOT / "grader" / "report" / "result.schema.json"
FOLDERS = [SOLUTIONS, STUBS, MISTAKES]


@pytest.mark.parametrize("folder", FOLDERS, ids=lambda folder: f"{folder.parent.name}/{folder.name}")
def test_results_follow_the_schema_that_ships_and_survive_a_round_trip(folder, grade_folder):
    result = grade_folder(folder)
    data = to_json(result)
    jsonschema.validate(json.loads(data), json.loads(SHIPPED.read_text(encoding="utf-8")))
    assert from_json(data) == result


def test_the_schema_that_ships_is_that_of_the_types():
    assert json.loads(SHIPPED.read_text(encoding="utf-8")) == json.loads(json.dumps(schema()))


def test_no_number_in_it_is_nan_or_infinite(grade_text, sandbox, examination):
    text = "def dCounts(counts):\n    return counts * float('nan')\ndef dLogits(logits):\n    return logits / 0\n"
    stages = grade_text(text)
    assert [stages[name].verdict for name in ("dCounts", "dLogits")] == ["nonfinite", "nonfinite"]
    assert stages["dCounts"].worst.got is None

    def refuse(constant):
        raise AssertionError(constant)

    json.loads(to_json(grade_submission(submission_of(text), examination, sandbox).result), parse_constant=refuse)


def test_it_says_what_a_mark_is_defended_with(grade_folder):
    stage = next(s for s in grade_folder(SOLUTIONS).stages if s.name == "dCounts")
    assert [probe.kind for probe in stage.probes] == ["course", "arbitrary", "arbitrary"]
    assert all(probe.passed and probe.error is not None and probe.error < probe.tolerance for probe in stage.probes)
    assert all(math.isfinite(probe.tolerance) and len(probe.sizes) == 5 for probe in stage.probes)


def test_stubs_are_missing_and_worth_nothing(grade_folder):
    result = grade_folder(STUBS)
    assert {stage.verdict for stage in result.stages} == {"missing"}
    assert (result.score, result.max_score, result.exit_code) == (0, 28, 1)


def test_the_same_seed_gives_the_same_marks_and_probes(grade_folder):
    first, second = grade_folder(SOLUTIONS), grade_folder(SOLUTIONS)
    assert [stage.probes for stage in first.stages] == [stage.probes for stage in second.stages]


def test_submissions_are_read_in_the_same_order_everywhere():
    files = read_submission(SOLUTIONS).files
    assert list(files) == sorted(files)
