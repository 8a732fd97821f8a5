"""Feedback for Canvas and Moodle: in the names and types that they find their students by."""

import ast
import io
import json
import zipfile
from dataclasses import replace
from datetime import UTC, datetime

import nbformat
import pytest

from grader.cli.main import run
from grader.marks.mark import marked
from grader.report.export.export import Given
from grader.report.export.feedback import canvas_feedback
from grader.report.json import to_line
from grader.result import Adjustment, Arrival
from helpers.hostile_texts import HOSTILE
from helpers.obeyed import acting
from helpers.results import a_hostile_result, a_result, a_stage

PAGE = "<title>1 / 1 · ann · x</title><p><!--mark--><!--/mark-->A report</p>"


def came(id, *names, report=True):
    stages = [a_stage("dCounts", "wrong", message="'''\n# not this\ncell"), a_stage("dProbs", "missing")]
    place = f"reports/{id}.html" if report else ""
    return replace(a_result(id, stages, problems=["a\nb"]), arrival=Arrival(names=list(names), report=place))


@pytest.fixture
def fed(tmp_path, capsys):
    """The files in a zip of feedback, the exit code and what was said."""

    def feed(format, *results):
        (tmp_path / "reports").mkdir(exist_ok=True)
        for each in results:
            (tmp_path / "reports" / f"{each.submission.id}.html").write_text(PAGE, encoding="utf-8")
        (tmp_path / "results.jsonl").write_bytes(b"".join(map(to_line, results)))
        code = run(["export", str(tmp_path), "--to", f"{format}={tmp_path / 'back.zip'}"])
        with zipfile.ZipFile(tmp_path / "back.zip") as archive:
            return {name: archive.read(name) for name in archive.namelist()}, code, capsys.readouterr().err

    return feed


def test_canvas_gets_a_file_of_the_type_that_was_handed_in(fed):
    files, code, _ = fed(
        "canvas-feedback",
        came("ann", "leeann_LATE_11_501_ex1.py", "leeann_LATE_11_502_ex2.py"),
        came("bob", "raybob_12_503_work.ipynb"),
        came("cy", "woocy_13_504_all.zip"),
        came("dan", "dan.py"),
    )
    assert list(files) == ["leeann_LATE_11_501_ex1.py", "raybob_12_503_work.ipynb", "woocy_13_504_all.zip"]
    assert code == 1
    source = files["leeann_LATE_11_501_ex1.py"].decode()
    assert not ast.parse(source).body and "# NameWeave: by hand: 0 / 2" in source and "dCounts wrong, 0 / 1" in source
    notebook = nbformat.reads(files["raybob_12_503_work.ipynb"].decode(), 4)
    nbformat.validate(notebook)
    assert [cell.cell_type for cell in notebook.cells] == ["raw"]
    with zipfile.ZipFile(io.BytesIO(files["woocy_13_504_all.zip"])) as archive:
        assert b"A report" in archive.read("report.html")


@pytest.mark.parametrize("text", HOSTILE.values(), ids=HOSTILE)
def test_what_students_write_stays_a_comment(text):
    result = replace(a_hostile_result(text), arrival=Arrival(names=["leeann_11_501_ex1.py"]))
    export = canvas_feedback([result], Given(datetime(2026, 3, 1, tzinfo=UTC)))
    with zipfile.ZipFile(io.BytesIO(export.files["feedback.zip"])) as archive:
        source = archive.read("leeann_11_501_ex1.py").decode()
    assert not ast.parse(source).body and not acting(source)


def test_moodle_gets_reports_where_it_had_the_files(fed):
    excused = marked(came("ann", "Ann Lee_11_assignsubmission_file"), [Adjustment("total", "set", 2, "oral")], None)
    files, code, said = fed(
        "moodle-feedback",
        excused,
        came("bob", "Bob Ray_12_assignsubmission_file_"),
        came("cy", "Cy Woo_13_assignsubmission_file_ex1.py"),
        came("dan", "Team_9_assignsubmission_file"),
        came("eve", "Team_9_assignsubmission_file"),
        came("fay", "Fay_14_assignsubmission_file", report=False),
    )
    assert list(files) == [
        "Ann Lee_11_assignsubmission_file/report.html",
        "Bob Ray_12_assignsubmission_file_/report.html",
        "Cy Woo_13_assignsubmission_file_report.html",
    ]
    assert b"Total set to 2: oral" in files["Ann Lee_11_assignsubmission_file/report.html"]
    assert code == 1 and "left out dan: somebody else handed in the same files" in said
    assert "left out fay: there is no report" in said and "Feedback for 3 of 6 students." in said


def test_what_was_downloaded_is_not_written_over(tmp_path, capsys):
    (tmp_path / "results.jsonl").write_bytes(to_line(came("ann", "leeann_11_501_ex1.py")))
    mine = tmp_path / "submissions.zip"
    for _ in range(2):
        assert run(["export", str(tmp_path), "--to", f"canvas-feedback={tmp_path / 'new.zip'}"]) == 0
    with zipfile.ZipFile(mine, "w") as archive:
        archive.writestr("leeann_11_501_ex1.py", json.dumps({}))
    before = mine.read_bytes()
    assert run(["export", str(tmp_path), "--to", f"canvas-feedback={mine}"]) == 2
    assert "no feedback of ours" in capsys.readouterr().err and mine.read_bytes() == before
    assert run(["export", str(tmp_path), "--to", "canvas-feedback"]) == 2


def test_gradescope_hides_stages_and_has_a_leaderboard_if_that_is_asked_for(tmp_path, capsys):
    (tmp_path / "results.jsonl").write_bytes(to_line(came("ann", "ann.py")))
    export = ["export", str(tmp_path), "--to", "gradescope", "-o", "-"]
    assert run([*export, "--visibility", "after_due_date", "--leaderboard"]) == 0
    document = json.loads(capsys.readouterr().out)
    assert {test["visibility"] for test in document["tests"]} == {"after_due_date"}
    assert document["leaderboard"][0] == {"name": "stages passed", "value": 0, "order": "desc"}
    assert run(export) == 0
    document = json.loads(capsys.readouterr().out)
    assert "leaderboard" not in document and "visibility" not in document["tests"][0]
    assert run(["export", str(tmp_path), "--to", "csv", "--leaderboard"]) == 2
