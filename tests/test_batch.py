"""A class at a time: everyone graded, no one harmed by another, and books that are safe to open."""

import csv
import json
import os
import shutil
import signal

import pytest
from conftest import ROOT, SOLUTIONS

from grader.batch.batch import grade_class
from grader.batch.layout import open_class
from grader.batch.workers import work_through
from grader.cli.main import run
from grader.errors import PathNotFound, UnreadableClass
from grader.grading import ungraded
from grader.report.gradebook import gradebook
from grader.sandbox import Limits, Sandbox
from grader.submission import read_submission

SECRET = "the_word_only_ada_has"


def hand_ins_in(folder):
    with open_class(folder) as classroom:
        return classroom.hand_ins


@pytest.fixture
def classroom(tmp_path):
    """Six students: one right, one with mistakes, one who breaks things, one who cheats, one empty, one with a name."""
    folder = tmp_path / "class"
    shutil.copytree(SOLUTIONS, folder / "ada")
    shutil.copytree(ROOT / "tests" / "submissions" / "typical_mistakes", folder / "Ben Łukasz")
    with (folder / "ada" / "ex2_cross_entropy.py").open("a", encoding="utf-8") as source:
        source.write(f"\n\nprint({SECRET!r})\n\n\ndef dLogits(logits):  # {SECRET}\n    return logits\n")
    (folder / "cas.py").write_text(
        "import os\nos._exit(0)\ndef dCounts(counts):\n    return counts\n", encoding="utf-8"
    )
    cheat = "c = counts.clone().requires_grad_()\n    c.exp().sum().backward()\n    return c.grad\n"
    cheat = f"def dCounts(counts):\n    {cheat}"
    (folder / "dan.py").write_text(cheat, encoding="utf-8")
    (folder / "eve").mkdir()
    (folder / "=cmd()|' <b>.py").write_bytes("# grüß\ndef dCounts(x): pass".encode("latin-1"))
    (folder / "notes.txt").write_text("not a hand-in", encoding="utf-8")
    (folder / ".hidden").mkdir()
    return folder


@pytest.fixture(scope="module")
def sandboxes():
    with Sandbox(Limits(cpu=2.0, wall=20.0)) as first, Sandbox(Limits(cpu=2.0, wall=20.0)) as second:
        yield [first, second]


@pytest.fixture
def books(classroom, examination, sandboxes, tmp_path):
    """The results of the class by id, and the folder with its books."""
    results = grade_class(hand_ins_in(classroom), examination, sandboxes, tmp_path / "out")
    return {result.submission.id: result for result in results}, tmp_path / "out"


def test_everyone_is_judged_and_one_bad_hand_in_stops_nobody(books):
    results, _ = books
    scores = {id: result.score for id, result in results.items()}
    assert scores == {"=cmd()|' <b>": 0, "Ben Łukasz": 19, "ada": 28, "cas": 0, "dan": 0, "eve": 0}
    assert {result.status for result in results.values()} == {"graded"}


def test_everyone_is_tried_on_the_same_probes(books):
    results, _ = books
    assert len({result.grader.seed for result in results.values()}) == 1


def test_the_page_of_the_class_has_those_to_look_at_on_top_and_escapes_names(books):
    page = (books[1] / "index.html").read_text(encoding="utf-8")
    assert page.index(">dan</a>") < page.index(">ada</a>")
    assert "<b>" not in page and "&lt;b&gt;" in page
    assert page.count("<script") == 1 and "script-src 'sha256-" in page


def test_reports_have_safe_names_and_nothing_of_anyone_else(books):
    reports = {path.name: path.read_text(encoding="utf-8") for path in (books[1] / "reports").iterdir()}
    assert set(reports) == {"ada.html", "Ben_ukasz.html", "cas.html", "dan.html", "eve.html", "cmd_b.html"}
    own = {"ada.html": (">ada<", SECRET), "Ben_ukasz.html": (">Ben Łukasz<",), "dan.html": (">dan<",)}
    for name, page in reports.items():
        strange = {text for texts in own.values() for text in texts} - set(own.get(name, ()))
        assert not [text for text in strange if text in page], name


def test_the_seed_is_on_no_students_page(books):
    results, out = books
    seed = results["ada"].grader.seed
    assert seed == "tests"
    assert not [path for path in (out / "reports").iterdir() if f"seed {seed}" in path.read_text(encoding="utf-8")]


def test_results_are_one_a_line(books):
    lines = (books[1] / "results.jsonl").read_text(encoding="utf-8").splitlines()
    assert {json.loads(line)["submission"]["id"] for line in lines} == set(books[0])


def test_no_cell_of_the_gradebook_starts_a_formula(books):
    with (books[1] / "gradebook.csv").open(encoding="utf-8", newline="") as file:
        rows = list(csv.reader(file))
    assert len(rows) == 7 and len({len(row) for row in rows}) == 1
    assert not [cell for row in rows for cell in row if cell.startswith(("=", "+", "-", "@", "\t", "\r"))]


def test_an_ungraded_score_is_an_empty_cell(examination):
    result = ungraded(read_submission(SOLUTIONS), examination, "no process").result
    row = gradebook([result]).splitlines()[1].split(",")
    assert row[1] == "" and row[3] == "ungraded" and set(row[5:]) == {""}


def test_a_worker_that_dies_costs_its_hand_in_only(sandboxes):
    def work(number, sandbox):
        if number == 1:
            os.kill(os.getpid(), signal.SIGKILL)
        return str(number).encode()

    results = dict(work_through(5, sandboxes, work))
    assert results == {0: b"0", 1: None, 2: b"2", 3: b"3", 4: b"4"}


def test_without_pages_for_each_student_nothing_links_to_them(classroom, examination, sandboxes, tmp_path):
    out = tmp_path / "out"
    results = grade_class(hand_ins_in(classroom), examination, sandboxes, out, reports=False)
    assert len(results) == 6
    assert {path.name for path in out.iterdir()} == {"index.html", "gradebook.csv", "results.jsonl"}
    assert "<a href" not in (out / "index.html").read_text(encoding="utf-8")


def test_names_that_collide_get_reports_of_their_own(tmp_path):
    for name in ("Ann", "ann", "a n n", "a_n_n", "=..", "名前"):
        (tmp_path / f"{name}.py").write_text("", encoding="utf-8")
    slugs = [hand_in.slug.lower() for hand_in in hand_ins_in(tmp_path)]
    assert len(set(slugs)) == 6 and all(slug.isascii() and "." not in slug for slug in slugs)


def test_links_are_not_followed(tmp_path):
    (tmp_path / "real.py").write_text("", encoding="utf-8")
    (tmp_path / "link.py").symlink_to("/etc/passwd")
    assert [hand_in.id for hand_in in hand_ins_in(tmp_path)] == ["real"]


def test_a_class_that_is_not_there_is_told(tmp_path):
    with pytest.raises(PathNotFound):
        hand_ins_in(tmp_path / "absent")
    with pytest.raises(UnreadableClass, match="neither a Python file, a notebook nor a folder"):
        hand_ins_in(tmp_path)


def test_strangers_code_is_not_run_where_it_cannot_be_confined(classroom, tmp_path, monkeypatch, capsys):
    monkeypatch.setattr(Sandbox, "isolation", {"network": "not enforced"})
    assert run(["batch", str(classroom), "-o", str(tmp_path / "out")]) == 3
    assert "--trust" in capsys.readouterr().err and not (tmp_path / "out").exists()
