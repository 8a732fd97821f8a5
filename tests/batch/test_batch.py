"""A class at a time: everyone graded, no one harmed by another, and books that are safe to open."""

import csv
import html
import json
import os
import shutil
import signal
import zipfile
from dataclasses import replace
from pathlib import Path

import pytest

from grader.batch.batch import ClassRun
from grader.batch.grade_one import LOST, Examiner
from grader.batch.marking import Marking
from grader.batch.outputs import OutputRow, best_of
from grader.batch.settings import Terms
from grader.batch.store import Judged, Store
from grader.batch.workers import Crew
from grader.classroom.own_output import STORE
from grader.classroom.roster import Student
from grader.cli.main import run
from grader.errors import AssignmentError, PathNotFound, UnreadableClass, WorkersFailed
from grader.marks.adjust import Adjustments
from grader.marks.due import parse_due
from grader.marks.late import DueDate, parse_rule
from grader.report.export.gradebook import gradebook
from grader.report.json import from_json, to_line
from grader.result import Adjustment, Arrival
from grader.run.grade import ungraded
from grader.run.request import select
from grader.sandbox.ours import Sandbox
from grader.submission import read_submission
from helpers.classes import small_class, submissions_in
from helpers.places import GRADIENTS, MISTAKES, SOLUTIONS
from helpers.results import a_result, a_stage

TEXTS = (".html", ".csv", ".json", ".jsonl")
SECRET = "the_word_only_ada_has"


@pytest.fixture
def classroom(tmp_path):
    return class_of_six(tmp_path / "class")


def class_of_six(folder):
    """One right, one with mistakes, one who breaks things, one who cheats, one empty, one with a name."""
    shutil.copytree(SOLUTIONS, folder / "ada")
    shutil.copytree(MISTAKES, folder / "Ben Łukasz")
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


@pytest.fixture(scope="session")
def terms(assignment):
    """The first three exercises, with limits short enough for tests."""
    selected = frozenset().union(*(select(assignment, name) for name in GRADIENTS))
    return Terms(assignment, selected, "tests", timeout=2.0)


@pytest.fixture
def grade_class(terms, tmp_path):
    """Grade a folder by one stage, whose probes are soon drawn; the results by id, and the folder with the books."""
    short = replace(terms, selected=frozenset({"dLogitsFast"}))
    return lambda folder, **how: grade_into(tmp_path / "out", folder, short, **how)


def grade_into(out, folder, terms, *, reports=True, count=2, start="fork"):
    with Crew(count, start) as crew, Store(out / STORE) as store:
        run = ClassRun(submissions_in(folder), terms, store, out, reports=reports)
        run.grade(crew)
        run.write_books()
    lines = (out / "results.jsonl").read_bytes().splitlines()
    return {result.submission.id: result for result in map(from_json, lines)}, out


@pytest.fixture(scope="module")
def books(tmp_path_factory, terms):
    """The results of the class by id, and the folder with its books, which tests only read."""
    base = tmp_path_factory.mktemp("books")
    return grade_into(base / "out", class_of_six(base / "class"), terms)


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
    (row,) = csv.DictReader(gradebook([result]).splitlines())
    assert row["score"] == "" and row["status"] == "ungraded"
    assert {row[stage.name] for stage in result.stages} | {row[exercise.name] for exercise in result.exercises} == {""}


def killed_at(names, most, deaths):
    """A way to judge that kills its worker at hand-ins of these names, so often."""
    judge = Examiner.judge

    def judge_or_die(examiner, submission):
        if submission.id in names and len(list(deaths.iterdir())) < most:
            (deaths / str(os.getpid())).touch()
            os.kill(os.getpid(), signal.SIGKILL)
        return judge(examiner, submission)

    return judge_or_die


@pytest.fixture
def deaths(tmp_path):
    folder = tmp_path / "deaths"
    folder.mkdir()
    return folder


def test_a_hand_in_whose_worker_dies_is_tried_once_more(tmp_path, deaths, grade_class, monkeypatch):
    monkeypatch.setattr(Examiner, "judge", killed_at({"s1"}, 1, deaths))
    results, _ = grade_class(small_class(tmp_path / "class"))
    assert [result.status for result in results.values()] == ["graded"] * 4


def test_a_hand_in_that_kills_its_worker_again_is_ungraded_and_costs_nobody_else(
    tmp_path, deaths, grade_class, monkeypatch
):
    monkeypatch.setattr(Examiner, "judge", killed_at({"s1"}, 99, deaths))
    results, out = grade_class(small_class(tmp_path / "class"))
    assert {id: result.status for id, result in results.items()} == {
        "s0": "graded",
        "s1": "ungraded",
        "s2": "graded",
        "s3": "graded",
    }
    assert len(list(deaths.iterdir())) == 2
    assert html.escape(LOST, quote=True).replace("&#x27;", "&#39;") in (out / "reports" / "s1.html").read_text(
        encoding="utf-8"
    )
    assert json.loads((out / "summary.json").read_bytes())["counts"]["ungraded"] == 1


def test_where_the_grader_fails_at_a_hand_in_it_is_ungraded_and_nothing_of_it_is_printed(
    tmp_path, grade_class, monkeypatch, capfd
):
    def fails(submission, *_):
        raise ValueError("::" + f"error::{submission.id}")

    monkeypatch.setattr("grader.batch.grade_one.grade_submission", fails)
    results, _ = grade_class(small_class(tmp_path / "class", 1))
    assert results["s0"].status == "ungraded" and "ValueError" in results["s0"].submission.problems[0]
    told = capfd.readouterr().err
    assert "fails" in told and "::error::" not in told


def test_workers_that_cannot_be_started_are_told(tmp_path, grade_class, monkeypatch):
    monkeypatch.setattr(Sandbox, "__init__", lambda *_, **__: os._exit(1))
    with pytest.raises(WorkersFailed, match="grade doctor"):
        grade_class(small_class(tmp_path / "class"))


def test_what_is_wrong_with_the_assignment_is_told_in_its_own_words(tmp_path, grade_class, monkeypatch):
    def wrong(*_, **__):
        raise AssignmentError("here", "no usable probe.")

    monkeypatch.setattr("grader.batch.grade_one.examine", wrong)
    with pytest.raises(WorkersFailed, match="here: no usable probe") as caught:
        grade_class(small_class(tmp_path / "class"))
    assert caught.value.exit_code == 2


def test_workers_leave_no_process_behind(tmp_path, grade_class):
    before = children()
    grade_class(small_class(tmp_path / "class"))
    assert children() <= before


def children():
    """The processes that this one has started, and theirs."""
    parents = {}
    for stat in (path / "stat" for path in Path("/proc").glob("[0-9]*")):
        try:
            fields = stat.read_text(encoding="utf-8", errors="replace").rpartition(")")[2].split()
        except OSError:
            continue
        parents[int(stat.parent.name)] = int(fields[1])
    found, new = set(), {os.getpid()}
    while new:
        found |= new
        new = {pid for pid, parent in parents.items() if parent in found} - found
    return found


@pytest.mark.slow
def test_workers_can_be_new_processes(tmp_path, grade_class):
    results, _ = grade_class(small_class(tmp_path / "class", 1), count=1, start="spawn")
    assert results["s0"].status == "graded"


def test_without_pages_for_each_student_nothing_links_to_them(classroom, grade_class):
    results, out = grade_class(classroom, reports=False)
    assert len(results) == 6
    names = {path.name for path in out.iterdir()}
    assert names == {"index.html", "gradebook.csv", "results.jsonl", "summary.json", "grades.sqlite", "alike.html"}
    assert '<a href="reports' not in (out / "index.html").read_text(encoding="utf-8")


@pytest.mark.skipif(os.name == "nt", reason="names there are text")
def test_a_name_that_is_no_text_stops_nobody(tmp_path, grade_class):
    folder = small_class(tmp_path / "class", 1)
    for name in (b"b\xff.py", b"d\xff/a\xff.py", b"e\xff/a.py"):
        path = os.path.join(os.fsencode(folder), name)
        os.makedirs(os.path.dirname(path), exist_ok=True)
        with open(path, "wb") as file:
            file.write(b"def dCounts(:\n")
    results, out = grade_class(folder)
    assert set(results) == {"s0", r"b\udcff", r"d\udcff", r"e\udcff"}
    assert {result.status for result in results.values()} == {"graded"}
    assert r"d\udcff" in (out / "gradebook.csv").read_text(encoding="utf-8")


def test_names_that_collide_get_reports_of_their_own(tmp_path):
    for name in ("Ann", "ann", "a n n", "a_n_n", "=..", "名前"):
        (tmp_path / f"{name}.py").write_text("", encoding="utf-8")
    slugs = [submission.slug.lower() for submission in submissions_in(tmp_path)]
    assert len(set(slugs)) == 6 and all(slug.isascii() and "." not in slug for slug in slugs)


def test_links_are_not_followed(tmp_path):
    (tmp_path / "real.py").write_text("", encoding="utf-8")
    (tmp_path / "link.py").symlink_to("/etc/passwd")
    assert [submission.id for submission in submissions_in(tmp_path)] == ["real"]


def test_a_class_that_is_not_there_is_told(tmp_path):
    with pytest.raises(PathNotFound):
        submissions_in(tmp_path / "absent")
    with pytest.raises(UnreadableClass, match="no Python file, notebook or folder"):
        submissions_in(tmp_path)


def test_strangers_code_is_not_run_where_it_cannot_be_confined(classroom, tmp_path, monkeypatch, capsys):
    monkeypatch.setattr(Sandbox, "isolation", {"network": "not enforced"})
    assert run(["batch", str(classroom), "-o", str(tmp_path / "out")]) == 3
    assert "--trust" in capsys.readouterr().err and not list((tmp_path / "out").glob("*[ls]"))


@pytest.mark.parametrize("name", ["::error::x/../a.py", " ::stop-commands::x/../a.py", "##[error]x/../a.py"])
def test_no_line_of_the_log_is_a_command_to_a_ci_runner(name, tmp_path, capsys):
    with zipfile.ZipFile(tmp_path / "class.zip", "w") as zipped:
        zipped.writestr("ada/a.py", "def dCounts(counts):\n    return counts\n")
        zipped.writestr(name, "")
    assert run(["batch", str(tmp_path / "class.zip"), "-o", str(tmp_path / "out"), "--no-html"]) == 0
    log = capsys.readouterr()
    assert "leads out of the zip" in log.err
    lines = (log.err + log.out).split("\n")
    assert not any(line.lstrip().startswith("::") or "##[" in line for line in lines)


def test_marks_stand_beside_what_was_judged_and_grade_nobody_again(tmp_path, terms):
    submissions, out = submissions_in(small_class(tmp_path / "class", 2)), tmp_path / "out"
    came = Arrival("2026-12-01T12:00:00+00:00", attempt=1, attempts=2, section="A")
    submissions = [replace(each, arrival=came) for each in submissions]
    due_date = DueDate(parse_due("2026-11-30T23:59Z", "--due"), parse_rule("10%/day"))
    right = Adjustment("dLogits", "set", 1, "<i>oral")
    absent = [Student("s9", "Zoe", {"email": "zoe@x"})]
    contents = []
    markings = (None, Marking(Adjustments(by_id={"s0": (right,)}), due_date), None)
    with Crew(1) as crew, Store(out / STORE) as store:
        for marking in markings:
            run = ClassRun(submissions, terms, store, out, missing=absent, marking=marking, missing_as=0)
            assert len(run.unfinished) == (0 if contents else 2)
            run.grade(crew)
            run.write_books()
            contents.append(
                {path.name: path.read_text(encoding="utf-8") for path in out.rglob("*.*") if path.suffix in TEXTS}
            )
    plain, marked, again = contents
    assert marked["changes.csv"] == "id,name,old,new,stages\ns0,,0 / 28,0.9 / 28,dLogits 0 → 1\n"
    assert again["changes.csv"].endswith("0.9 / 28,0 / 28,dLogits 1 → 0\n")
    assert "0 / 28 → 0.9 / 28" in marked["index.html"] and "Changed" not in plain["index.html"]
    apart = ("index.html", "changes.csv")
    assert [{name: text for name, text in each.items() if name not in apart} for each in (again,)] == [
        {name: text for name, text in plain.items() if name not in apart}
    ]
    judged, changed = (from_json(each["results.jsonl"].splitlines()[0].encode()) for each in (plain, marked))
    assert (judged.score, judged.mark) == (0, None) and changed.mark.score == 0.9
    assert replace(changed, mark=None) == judged
    assert "judged 0, adjusted to 1: &lt;i&gt;oral" in marked["s0.html"] and "adjusted" not in plain["s0.html"]
    assert marked["s1.html"].count("1 day late") == 1
    assert ">dLogits</a></bdi>: judged 0, adjusted to 1: &lt;i&gt;oral" in marked["index.html"]
    rows = list(csv.DictReader(marked["gradebook.csv"].splitlines()))
    assert [(row["id"], row["score"], row["judged"], row["late"], row["attempt"], row["status"]) for row in rows] == [
        ("s0", "0.9", "0", "1 day", "1 of 2", "graded"),
        ("s1", "0", "0", "1 day", "1 of 2", "graded"),
        ("s9", "0", "", "", "", "missing"),
    ]


def test_of_several_attempts_the_one_that_earns_most_counts_and_of_equals_the_newest():
    rows = [OutputRow(key, None) for key in "abcd"]
    scores = {"a": (1.0, 1), "b": (1.0, 2), "c": (0.0, 3)}
    results = [
        replace(a_result("ann", [a_stage(score=score)]), arrival=Arrival(attempt=attempt))
        for score, attempt in scores.values()
    ]
    lost = replace(a_result("bob", [a_stage(verdict="ungraded")]), arrival=Arrival())
    kept, best = best_of(rows, [*results, lost])
    assert [row.key for row in kept] == ["b", "d"] and [each.submission.id for each in best] == ["ann", "bob"]


class AnyWorkers:
    """Workers who find everybody's work right without a look."""

    def judge(self, submissions, terms, *, reports):
        for number, submission in enumerate(submissions):
            yield number, Judged("graded", to_line(a_result(submission.id)))


def test_only_those_named_are_graded_and_the_others_keep_what_they_had(tmp_path, terms):
    folder, out = small_class(tmp_path / "class", 3), tmp_path / "out"
    judged = []
    with Store(out / STORE) as store:
        for only in ((), ("s1",), ()):
            run = ClassRun(submissions_in(folder), terms, store, out, reports=False, only=only)
            judged.append([entry.submission.id for entry in run.unfinished])
            run.grade(AnyWorkers())
            run.write_books()
            rows = csv.DictReader((out / "gradebook.csv").read_text(encoding="utf-8").splitlines())
            assert [row["id"] for row in rows] == ["s0", "s1", "s2"]
            assert run.counts()["graded"] == 3
            for each in folder.iterdir():
                each.write_text(each.read_text(encoding="utf-8") + "# more\n", encoding="utf-8")
    assert judged == [["s0", "s1", "s2"], ["s1"], ["s0", "s1", "s2"]]
