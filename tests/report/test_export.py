"""Results for other tools: each format by its reading rules, and nothing in it that a student's text could forge."""

import base64
import csv
import io
import json
import re
import subprocess
import sys
from collections import Counter
from datetime import UTC, datetime
from html.parser import HTMLParser
from pathlib import Path
from xml.etree import ElementTree

import jsonschema
import pytest
from markdown_it import MarkdownIt

from grader.cli.main import run
from grader.errors import CannotExport, NoResults
from grader.report.export import junit as junit_format
from grader.report.export.export import Given
from grader.report.export.formats import FORMATS
from grader.report.export.github import ANNOTATIONS, OUTPUT, SUMMARY
from grader.report.json import to_json, to_line
from grader.report.results import read_results, results_file
from grader.result import Where
from helpers.gradebooks import CANVAS, MOODLE
from helpers.hostile_texts import HOSTILE
from helpers.obeyed import acting, obeyed
from helpers.places import MISTAKES, ROOT, SOLUTIONS
from helpers.results import a_hostile_result, a_result, a_stage
from helpers.runner import commands

NOW = datetime(2026, 3, 1, 12, 30, 5, tzinfo=UTC)
RUNNER = {
    "CLASSROOM": "backprop-2026",
    "ASSIGNMENT": "nameweave",
    "SUBMISSION_TAG": "submit/2026-03-01",
    "COMMIT_URL": "https://example.org/commit",
    "RELEASE_URL": "https://example.org/release",
    "REVIEW_URL": "https://example.org/review",
}
UNGRADED = a_result("bea", [a_stage(), a_stage("dLogits", "ungraded")])
TAKES_RESULTS = [name for name, format in FORMATS.items() if format.goes in ("out", "runner")]

texts = pytest.mark.parametrize("text", HOSTILE.values(), ids=HOSTILE)


def made(name, *results, **environment):
    return FORMATS[name].render(list(results), Given(NOW, RUNNER | environment))


def only(export):
    """What the one file of an export holds."""
    (data,) = export.files.values()
    return data.decode()


@pytest.fixture(scope="module")
def graded(grade_folder):
    """A hand-in that passes, and one with mistakes, graded."""
    return grade_folder(SOLUTIONS), grade_folder(MISTAKES)


# --- every format ---------------------------------------------------------------------------------------------------


@texts
def test_no_text_makes_a_command_in_a_log_or_brings_a_control_character(text):
    result = a_hostile_result(text)
    files = {(name, file): data for name in TAKES_RESULTS for file, data in made(name, result).files.items()}
    for (name, file), data in files.items():
        shown = data.decode()
        assert len(data) < 200_000, (name, file)
        ours = ["error", "error"] if file == ANNOTATIONS else []
        assert not list(obeyed(shown, ours)) and [kind for kind, _, _ in commands(shown)] == ours, (name, file)


@pytest.mark.parametrize("name", [name for name in TAKES_RESULTS if name != "csv"])
def test_what_is_for_the_instructor_alone_is_not_told(name):
    result = a_result("ada", [a_stage("dLogits", "wrong")], notes=["the second of three attempts"], late=True)
    for data in made(name, result).files.values():
        shown = data if not data.startswith(b"result=") else base64.b64decode(data[7:])
        assert b"secret-seed" not in shown and b"attempts" not in shown


def test_a_real_hand_in_goes_into_every_format_that_needs_no_file(graded):
    for name in TAKES_RESULTS:
        assert all(made(name, result).files for result in graded), name


# --- Gradescope -----------------------------------------------------------------------------------------------------


def check_gradescope(document):
    """Its rules: known keys only, a score for everything or none at all, formats in which nothing is markup."""
    assert set(document) <= {
        *("score", "execution_time", "output", "output_format", "test_output_format", "test_name_format"),
        *("visibility", "stdout_visibility", "extra_data", "tests", "leaderboard"),
    }
    assert document["output_format"] == document["test_output_format"] == document["test_name_format"] == "text"
    assert document["stdout_visibility"] == "hidden" and isinstance(document["execution_time"], int)
    for test in document.get("tests", []):
        assert set(test) <= {
            *("score", "max_score", "status", "name", "name_format", "number", "output", "output_format"),
            *("tags", "visibility", "extra_data"),
        }
        assert test["status"] in ("passed", "failed") and isinstance(test["number"], str)
        assert test["output_format"] == test["name_format"] == "text"
        assert 0 <= test["score"] <= test["max_score"]
    assert "score" in document or "tests" not in document


@texts
def test_gradescope_gets_what_its_rules_allow_whatever_the_text(text):
    check_gradescope(json.loads(only(made("gradescope", a_hostile_result(text)))))


def test_gradescope_shows_every_stage_with_its_points_and_the_reason(graded):
    _, mistakes = graded
    document = json.loads(only(made("gradescope", mistakes)))
    check_gradescope(document)
    tests = {test["name"]: test for test in document["tests"]}
    assert document["score"] == 19 == sum(test["score"] for test in tests.values())
    assert sum(test["max_score"] for test in tests.values()) == 28
    assert tests["dSumCounts"]["status"] == "failed" and "The sign is wrong" in tests["dSumCounts"]["output"]
    assert "ex1_every_expression.py, line 19" in tests["dSumCounts"]["output"]
    assert "batchVarience" in tests["dBatchVariance"]["output"]
    assert [tests[name]["number"] for name in ("dLogProbabilities", "dLogitsFast")] == ["1.1", "2.1"]


def test_gradescope_gets_no_number_for_what_could_not_be_judged():
    export = made("gradescope", UNGRADED)
    document = json.loads(only(export))
    assert "score" not in document and "tests" not in document
    assert "could not judge" in document["output"] and [each.ungraded for each in export.left_out] == [True]


def test_gradescope_gets_a_file_for_each_of_several():
    export = made("gradescope", a_result("../ann"), a_result("Ann"), a_result("ANN", [a_stage(verdict="wrong")]))
    assert list(export.files) == ["ann.json", "Ann-2.json", "ANN-3.json"]
    assert [json.loads(data)["score"] for data in export.files.values()] == [1, 1, 0]


# --- JUnit ----------------------------------------------------------------------------------------------------------

ATTRIBUTES = {
    "testsuites": {"name"},
    "testsuite": {"name", "tests", "failures", "errors", "skipped", "time"},
    "properties": set(),
    "property": {"name", "value"},
    "testcase": {"classname", "name", "file", "time"},
    "failure": {"type", "message"},
    "error": {"type", "message"},
    "system-out": set(),
}
CHILDREN = {
    "testsuites": {"testsuite"},
    "testsuite": {"properties", "testcase"},
    "properties": {"property"},
    "testcase": {"failure", "error", "system-out"},
}


def check_junit(data):
    """The rules of GitLab and Jenkins; the root."""
    assert len(data) < 30_000_000
    root = ElementTree.fromstring(data)
    assert root.tag == "testsuites"
    for element in root.iter():
        assert set(element.attrib) <= ATTRIBUTES[element.tag]
        assert {child.tag for child in element} <= CHILDREN.get(element.tag, set())
        said = "".join([element.text or "", *element.attrib.values()])
        assert not acting(said) and not re.search(r"\[\[ATTACHMENT\|", said)
        assert not any("\n" in value for value in element.attrib.values())
    for suite in root:
        cases = suite.findall("testcase")
        assert int(suite.get("tests")) == len(cases) > 0
        assert int(suite.get("failures")) == len(suite.findall("testcase/failure"))
        assert int(suite.get("errors")) == len(suite.findall("testcase/error"))
        assert all(float(case.get("time")) >= 0 and len(case) <= 2 for case in cases)
    names = Counter((case.get("classname"), case.get("name")) for case in root.iter("testcase"))
    assert set(names.values()) == {1}
    return root


@texts
def test_junit_is_well_formed_and_by_the_rules_whatever_the_text(text):
    root = check_junit(only(made("junit", a_hostile_result(text), a_hostile_result(text))).encode())
    assert len(root) == 2 and len(root.findall(".//failure")) == 4


def test_junit_says_what_failed_where_and_why(graded):
    root = check_junit(only(made("junit", *graded, CI_PROJECT_DIR=str(ROOT))).encode())
    cases = {(case.get("classname"), case.get("name")): case for case in root.iter("testcase")}
    assert len(cases) == 2 * 28 and not [
        case for (who, _), case in cases.items() if who == "nameweave.nameweave" and len(case)
    ]
    case = cases["typical_mistakes.nameweave", "dSumCounts"]
    assert case.find("failure").get("message") == "The sign is wrong; everything else is right."
    assert "line 19" in case.find("failure").text and case.get("file").endswith("ex1_every_expression.py")


def test_junit_tells_what_could_not_be_judged_from_what_is_wrong():
    root = check_junit(only(made("junit", UNGRADED)).encode())
    assert [case.find("error") is not None for case in root.iter("testcase")] == [False, True]
    assert root.find("testsuite/properties/property[@name='score']").get("value") == ""


def test_junit_tells_students_of_the_same_name_apart():
    root = check_junit(only(made("junit", a_result("ann"), a_result("ann"), a_result("ann (2)"))).encode())
    assert len({suite.get("name") for suite in root}) == 3


def test_junit_of_a_large_class_is_several_files_that_gitlab_reads(monkeypatch):
    monkeypatch.setattr(junit_format, "FILE_LIMIT", 20_000)
    export = made("junit", *(a_hostile_result(f"{number} {'x' * 3000}") for number in range(10)))
    assert len(export.files) > 2 and list(export.files)[:2] == ["junit.xml", "junit-2.xml"]
    assert sum(len(check_junit(data)) for data in export.files.values()) == 10
    assert max(map(len, export.files.values())) <= 20_000


def test_junit_says_less_rather_than_more_than_gitlab_reads_in_a_job(monkeypatch):
    results = [a_hostile_result(f"{number} {'x' * 3000}") for number in range(10)]
    whole = sum(map(len, made("junit", *results).files.values()))
    monkeypatch.setattr(junit_format, "JOB_LIMIT", whole // 3)
    less = made("junit", *results).files
    assert (
        sum(map(len, less.values())) <= whole // 3 and len(check_junit(less["junit.xml"]).findall(".//failure")) == 20
    )


# --- GitHub ---------------------------------------------------------------------------------------------------------


def test_github_points_at_the_lines_of_what_is_wrong(graded):
    _, mistakes = graded
    found = list(commands(made("github", mistakes, GITHUB_WORKSPACE=str(ROOT)).files[ANNOTATIONS].decode()))
    assert len(found) == 8 and {kind for kind, _, _ in found} == {"error"}
    place = {"file": "tests/submissions/typical_mistakes/ex1_every_expression.py", "line": "19", "endLine": "20"}
    assert found[0] == ("error", place | {"title": "dSumCounts"}, "wrong. The sign is wrong; everything else is right.")


def test_github_gets_ten_annotations_at_most():
    wrong = [a_stage(f"d{number}", "wrong", message="no") for number in range(30)]
    found = list(commands(made("github", a_result("ada", wrong)).files[ANNOTATIONS].decode()))
    assert [kind for kind, _, _ in found] == ["error"] * 9 + ["notice"]
    assert found[-1][2] == "21 more are in this job's summary."


def test_github_properties_and_messages_survive_the_runner():
    where = Where("a,b:c=100%.py", 3, 3)
    stage = a_stage("dLogits", "wrong", message="100% :: wrong, file=x: %0A%25", where=where)
    ((_, given, message),) = commands(made("github", a_result("ada", [stage], path="src")).files[ANNOTATIONS].decode())
    assert given["file"] == "src/a,b:c=100%.py" and message == "wrong. 100% :: wrong, file=x: %0A%25"


@pytest.mark.parametrize(
    ("path", "file"),
    [
        (".", "a.py"),
        ("a.py", "a.py"),
        ("sub/a.py", "sub/a.py"),
        ("./sub/../src", "src/a.py"),
        ("/repository/src", "src/a.py"),
        ("/elsewhere/src", None),
        ("../src", None),
    ],
)
def test_github_names_files_from_the_top_of_the_repository(path, file):
    result = a_result("ada", [a_stage("dLogits", "wrong", where=Where("a.py", 3, 4))], path=path)
    ((_, given, _),) = commands(made("github", result, GITHUB_WORKSPACE="/repository").files[ANNOTATIONS].decode())
    assert given.get("file") == file and ("line" in given) == (file is not None)


def test_github_is_told_the_cell_of_a_notebook_since_its_lines_are_not_those_of_the_file():
    result = a_result("ada", [a_stage("dLogits", "wrong", where=Where("a.ipynb", 30, 31, 2, 5))])
    ((_, given, message),) = commands(made("github", result).files[ANNOTATIONS].decode())
    assert given == {"file": "handin/a.ipynb", "title": "dLogits"} and message.startswith("Code cell 2, line 5: wrong.")


def test_github_is_told_nothing_of_stages_that_are_not_written_and_of_a_class_only_who_could_not_be_judged():
    assert made("github", a_result("ada", [a_stage(verdict="missing")])).files[ANNOTATIONS] == b""
    found = list(
        commands(made("github", a_result("ann", [a_stage(verdict="wrong")]), UNGRADED).files[ANNOTATIONS].decode())
    )
    assert [(kind, message[:3]) for kind, _, message in found] == [("warning", "bea")]


class Tags(HTMLParser):
    """The tags of a page, and the texts inside `code`."""

    def __init__(self, page):
        super().__init__()
        self.tags, self.codes, self.inside, self.attributes = set(), [], False, []
        self.feed(page)

    def handle_starttag(self, tag, attrs):
        self.tags.add(tag)
        self.attributes += [name for name, _ in attrs]
        self.inside = tag == "code"
        if self.inside:
            self.codes.append("")

    def handle_endtag(self, tag):
        self.inside = False

    def handle_data(self, data):
        if self.inside:
            self.codes[-1] += data


def rendered(markdown):
    return Tags(MarkdownIt("commonmark", {"html": True}).enable(["table", "strikethrough"]).render(markdown))


@texts
def test_the_summary_holds_a_text_as_code_and_nothing_of_it_as_markup(text):
    for results in ([a_hostile_result(text)], [a_hostile_result(text), a_result()]):
        summary = made("github", *results).files[SUMMARY].decode()
        page = rendered(summary)
        allowed = {"h2", "h3", "p", "strong", "table", "thead", "tbody", "tr", "th", "td", "code", "ul", "li"}
        assert page.tags <= allowed and set(page.attributes) <= {"style"}
        outside = re.sub(r"<code>[^<]*</code>", "", summary)
        assert not re.search(r"[@\[<`~]|#\d|www\.|http|:x:", outside.replace("&#", "")), outside
        rows = [line for line in summary.splitlines() if line.startswith("|")]
        assert len(rows) == (5 if len(results) == 1 else 4) and {row.count("|") for row in rows} == {5}


def test_the_summary_says_what_a_student_wrote_letter_by_letter():
    text = "ValueError: a|b <i>*x*</i> `y` #1 @all [l](u) \\ 5 % _z_"
    page = rendered(
        made("github", a_result("ada", [a_stage("dLogits", "error", message=text)])).files[SUMMARY].decode()
    )
    assert page.codes == ["dLogits", text]


def test_the_summary_of_a_large_class_stays_within_what_github_shows():
    export = made("github", *(a_result(f"{number} {'@' * 90}") for number in range(3000)))
    summary = export.files[SUMMARY]
    assert len(summary) < 1024**2 and b"more are not shown" in summary[-40:] and OUTPUT not in export.files


def reported(result):
    """What the Classroom reporter reads of a step's output."""
    name, _, text = made("github", result).files[OUTPUT].decode().partition("=")
    assert name == "result" and text.endswith("\n") and text.count("\n") == 1
    return json.loads(base64.b64decode(text, validate=False))


def both_ways(document):
    """The points as its annotation has them, and as its console has them."""
    tests = document["tests"]
    share = sum(test["status"] == "pass" for test in tests) / len(tests)
    return sum(test["score"] for test in tests), share * document["max_score"]


@pytest.mark.parametrize(
    "stages",
    [
        [a_stage(), a_stage("dLogits", "wrong")],
        [a_stage(max_score=3), a_stage("dLogits", "wrong", max_score=2), a_stage("dProbs", "missing", max_score=5)],
        [a_stage(score=0.5), a_stage("dLogits", max_score=2, score=1.5)],
        [a_stage(score=0.75), a_stage("dLogits", "wrong", max_score=0), a_stage("update", max_score=10)],
        [a_stage(verdict="wrong")],
    ],
)
def test_the_classroom_reporter_counts_the_same_points_both_ways(stages):
    result = a_result("ada", stages)
    document = reported(result)
    assert both_ways(document) == pytest.approx((result.score, result.score))
    assert document["status"] == ("pass" if result.exit_code == 0 else "fail") and document["version"] == 1
    assert document["max_score"] == result.max_score
    keys = {"name", "status", "score", "message", "test_code", "filename", "line_no", "duration"}
    assert all(set(test) == keys for test in document["tests"])


def test_the_classroom_reporter_gets_one_test_a_stage_where_points_do_not_split():
    result = a_result("ada", [a_stage(score=0.337), a_stage("dLogits", max_score=3, score=1.01)])
    document = reported(result)
    assert len(document["tests"]) == 2 and both_ways(document)[0] == pytest.approx(1.347)


def test_the_classroom_reporter_gets_nothing_for_what_could_not_be_judged():
    export = made("github", UNGRADED)
    assert OUTPUT not in export.files and [each.ungraded for each in export.left_out] == [True]


@texts
def test_what_the_classroom_reporter_gets_fits_into_a_variable(text):
    hostile = a_hostile_result("\U0001f600" * 1000 + text)
    stages = [stage for _ in range(40) for stage in hostile.stages[1:]]
    assert len(made("github", a_result("ada", stages)).files[OUTPUT]) < 100_000


# --- Classroom 50 ---------------------------------------------------------------------------------------------------

TEXT_OF = {"type": "string"}
CLASSROOM50 = {
    "type": "object",
    "additionalProperties": False,
    "required": [
        *("schema", "classroom", "assignment", "assignment_type", "owner", "submission", "commit", "release", "review"),
        *("datetime", "score", "max-score", "tests"),
    ],
    "properties": {
        "schema": {"const": "classroom50/result/v1"},
        **{name: TEXT_OF for name in ("classroom", "assignment", "owner", "commit", "release", "review")},
        "assignment_type": {"enum": ["individual", "group"]},
        "submission": {"type": "string", "pattern": "^submit/"},
        "datetime": {"type": "string", "pattern": r"^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ$"},
        "graded_at": TEXT_OF,
        "submitted_by": TEXT_OF,
        "score": {"type": "integer", "minimum": 0},
        "max-score": {"type": "integer", "minimum": 0},
        "tests": {
            "type": "array",
            "items": {
                "type": "object",
                "required": ["test-name", "passed", "score", "max-score"],
                "properties": {
                    "test-name": TEXT_OF,
                    "passed": {"type": "boolean"},
                    "score": {"type": "integer", "minimum": 0},
                    "max-score": {"type": "integer", "minimum": 0},
                },
            },
        },
    },
}


@texts
def test_classroom50_gets_what_its_schema_says_whatever_the_text(text):
    jsonschema.validate(json.loads(only(made("classroom50", a_hostile_result(text)))), CLASSROOM50)


def test_classroom50_gets_the_points_and_what_its_runner_told(graded):
    _, mistakes = graded
    document = json.loads(only(made("classroom50", mistakes)))
    jsonschema.validate(document, CLASSROOM50)
    assert (document["score"], document["max-score"], len(document["tests"])) == (19, 28, 28)
    assert document["datetime"] == "2026-03-01T12:30:05Z" and document["commit"] == RUNNER["COMMIT_URL"]


def test_classroom50_gets_whole_points_the_exact_ones_beside_them_and_says_so():
    export = made("classroom50", a_result("ada", [a_stage(score=0.5), a_stage("dLogits", max_score=2)]))
    document = json.loads(only(export))
    jsonschema.validate(document, CLASSROOM50)
    assert (document["score"], document["tests"][0]["score"], document["tests"][0]["points"]) == (3, 1, 0.5)
    assert "2.5 became 3" in export.remarks[0]


def test_classroom50_gets_nothing_for_what_could_not_be_judged_and_takes_one_result():
    assert not made("classroom50", UNGRADED).files
    with pytest.raises(CannotExport, match="takes one result, and there are 2 here"):
        made("classroom50", a_result(), a_result("bea"))


@pytest.mark.parametrize(("name", "value"), [("SUBMISSION_TAG", "v1"), ("SUBMISSION_TAG", ""), ("CLASSROOM", "")])
def test_classroom50_says_what_its_runner_should_have_told(name, value):
    with pytest.raises(CannotExport, match=name):
        made("classroom50", a_result(), **{name: value})


# --- CSV ------------------------------------------------------------------------------------------------------------


@texts
def test_no_cell_starts_a_formula_in_whatever_country_it_is_opened(text):
    table = only(made("csv", a_hostile_result(text), a_result()))
    for delimiter in ",;\t":
        rows = list(csv.reader(io.StringIO(table, newline=""), delimiter=delimiter))
        assert len(rows) == 3
        cells = [cell.strip(' \u00a0\ufeff\u200b"') for row in rows for cell in row]
        assert not [cell for cell in cells if cell.startswith(("=", "+", "-", "@", "\t", "\r", "\uff1d"))]


def test_points_are_written_out_and_nothing_stands_for_none():
    rows = list(csv.DictReader(io.StringIO(only(made("csv", a_result("ada", [a_stage(score=12345.67)]), UNGRADED)))))
    assert [row["score"] for row in rows] == ["12345.67", ""] and [row["dCounts"] for row in rows] == ["12345.67", "1"]


# --- the command ----------------------------------------------------------------------------------------------------


@pytest.fixture
def folder(tmp_path):
    """What `grade batch -o` leaves: two results, of which one was graded twice."""
    results = [
        a_result("bea", [a_stage(verdict="wrong")]),
        a_result("ada", [a_stage(verdict="wrong")]),
        a_result("ada"),
    ]
    (tmp_path / "results.jsonl").write_bytes(b"".join(map(to_line, results)))
    return tmp_path


@pytest.fixture(autouse=True)
def no_runner(monkeypatch):
    for name in ("GITHUB_STEP_SUMMARY", "GITHUB_OUTPUT", "GITHUB_WORKSPACE", "CI_PROJECT_DIR"):
        monkeypatch.delenv(name, raising=False)


def test_a_folder_of_a_class_is_read_by_name_and_the_last_result_of_each_counts(folder):
    results = read_results(results_file(folder))
    assert [(result.submission.id, result.score) for result in results] == [("ada", 1), ("bea", 0)]


def test_one_file_goes_to_the_terminal_and_several_into_a_folder(folder, capsys):
    assert run(["export", str(folder), "--to", "junit"]) == 0
    check_junit(capsys.readouterr().out.encode())
    assert run(["export", str(folder), "--to", "gradescope"]) == 2
    assert "name a folder for them with -o" in capsys.readouterr().err
    assert (
        run(["export", str(folder), "--to", "gradescope", "--to", "junit", "--to", "csv", "-o", str(folder / "to")])
        == 0
    )
    assert {path.name for path in (folder / "to").iterdir()} == {"ada.json", "bea.json", "junit.xml", "gradebook.csv"}
    assert run(["export", str(folder), "--to", "csv", "-o", str(folder / "here.csv")]) == 0
    assert (folder / "here.csv").read_bytes() == (folder / "to" / "gradebook.csv").read_bytes()


def test_one_result_is_read_from_its_file_or_its_folder(tmp_path, capsys):
    (tmp_path / "result.json").write_bytes(to_json(a_result()))
    for path in (tmp_path, tmp_path / "result.json"):
        assert run(["export", str(path), "--to", "gradescope", "-o", f"{tmp_path}/to/"]) == 0
    assert json.loads((tmp_path / "to" / "results.json").read_bytes())["score"] == 1


def test_github_goes_where_its_runner_looks(tmp_path, monkeypatch, capsys):
    (tmp_path / "result.json").write_bytes(to_json(a_result("ada", [a_stage(verdict="wrong", message="no")])))
    assert run(["export", str(tmp_path), "--to", "github"]) == 0
    assert capsys.readouterr().out == "::error title=dCounts::wrong. no\n"
    summary, output = tmp_path / "summary", tmp_path / "output"
    summary.write_text("before\n", encoding="utf-8")
    monkeypatch.setenv("GITHUB_STEP_SUMMARY", str(summary))
    monkeypatch.setenv("GITHUB_OUTPUT", str(output))
    assert run(["export", str(tmp_path), "--to", "github"]) == 0
    assert summary.read_text(encoding="utf-8").startswith("before\n## NameWeave")
    assert output.read_text(encoding="utf-8").startswith("result=")
    assert run(["export", str(tmp_path), "--to", "github", "-o", f"{tmp_path}/to"]) == 0
    assert {path.name for path in (tmp_path / "to").iterdir()} == {ANNOTATIONS, SUMMARY, OUTPUT}


@pytest.mark.parametrize("name", [name for name in TAKES_RESULTS if name != "junit"])
def test_the_exit_code_says_that_something_could_not_be_judged(name, tmp_path, capsys, monkeypatch):
    for variable, value in RUNNER.items():
        monkeypatch.setenv(variable, value)
    (tmp_path / "result.json").write_bytes(to_json(UNGRADED))
    assert run(["export", str(tmp_path), "--to", name]) == 3
    assert "left out bea: a stage could not be judged" in capsys.readouterr().err


def test_what_it_is_made_from_is_never_overwritten(tmp_path, capsys, monkeypatch):
    for variable, value in RUNNER.items():
        monkeypatch.setenv(variable, value)
    before = to_json(a_result())
    (tmp_path / "result.json").write_bytes(before)
    assert run(["export", str(tmp_path), "--to", "classroom50", "-o", str(tmp_path)]) == 2
    assert "it is the file that the export is made from" in capsys.readouterr().err
    assert (tmp_path / "result.json").read_bytes() == before


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["--to", "excel"], "'excel' is not one of gradescope, junit"),
        (["--to", "canvas"], "write --to canvas=FILE"),
        (["--to", "csv=x.csv"], "write --to csv."),
        (["--to", "canvas=absent.csv"], "absent.csv cannot be read"),
        ([], "Missing option '--to'"),
        (["--to", "csv", "-o", "{folder}/results.jsonl/x.csv"], "Cannot write"),
        (["--to", "csv", "--to", "csv", "-o", "{folder}/to"], "Two formats would both be"),
        (["--to", "csv", "--column", "Homework"], "--column goes with --to canvas=FILE"),
    ],
)
def test_a_request_that_makes_no_sense_is_told_in_a_sentence(arguments, said, folder, capsys):
    assert run(["export", str(folder), *(argument.format(folder=folder) for argument in arguments)]) == 2
    out, err = capsys.readouterr()
    assert said in err and "Traceback" not in err and not out


@pytest.mark.parametrize(
    ("data", "said"),
    [
        (b"", "it contains no results"),
        (b"\n\n", "it contains no results"),
        (b"{}", "not a result written by this version"),
        (b"\xff", "not a result written by this version"),
        (to_line(a_result()) + to_line(a_result("bea"))[:50], "line 2: this is not a result"),
        (to_line(a_result("XX")).replace(b"XX", b"\\ud800"), "not a result written by this version"),
        (to_line(a_result()).replace(b'"score":1.0', b'"score":NaN'), "not a result written by this version"),
    ],
)
def test_a_file_that_holds_something_else_is_told(data, said, tmp_path):
    (tmp_path / "results.jsonl").write_bytes(data)
    with pytest.raises(NoResults, match=said):
        read_results(results_file(tmp_path))


def test_a_path_without_results_is_told(tmp_path):
    with pytest.raises(NoResults, match="contains neither"):
        results_file(tmp_path)
    with pytest.raises(NoResults, match="does not exist"):
        results_file(tmp_path / "absent")


def test_exporting_does_not_import_torch(folder):
    code = "import sys; from grader.cli.main import run; run(sys.argv[1:]); sys.exit('torch' in sys.modules)"
    command = [sys.executable, "-c", code, "export", str(folder), "--to", "junit"]
    assert subprocess.run(command, check=False, capture_output=True, cwd=Path.home()).returncode == 0


def test_the_commands_of_the_docs_do_what_they_say(graded, tmp_path, monkeypatch, capsys):
    monkeypatch.chdir(tmp_path)
    for variable, value in RUNNER.items():
        monkeypatch.setenv(variable, value)
    (tmp_path / "graded").mkdir()
    (tmp_path / "graded" / "results.jsonl").write_bytes(b"".join(map(to_line, graded)))
    for name in ("result.json", "graded.json"):
        (tmp_path / name).write_bytes(to_json(graded[1]))
    (tmp_path / "canvas.csv").write_bytes(CANVAS.encode())
    (tmp_path / "moodle.csv").write_bytes(MOODLE.encode())
    text = (ROOT / "docs" / "export.md").read_text(encoding="utf-8")
    commands_of_docs = re.findall(r"^    grade ((?:export|ci) .+)$", text, re.MULTILINE)
    codes = {command: run(command.split()) for command in commands_of_docs}
    assert len(codes) >= 10
    assert {code for command, code in codes.items() if "canvas" not in command and "moodle" not in command} == {0}
    assert {code for command, code in codes.items() if "canvas=" in command or "moodle=" in command} == {1}
    made = {path.name for path in tmp_path.iterdir()} | {path.name for path in (tmp_path / "exported").iterdir()}
    assert made >= {
        "scores.csv",
        "canvas-filled.csv",
        "moodle-filled.csv",
        "junit.xml",
        "autograder.zip",
        "result.json",
    }
    assert json.loads((tmp_path / "result.json").read_bytes())["schema"] == "classroom50/result/v1"
