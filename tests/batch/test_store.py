"""What a class run has finished outlives it: stopped at any moment, it goes on where it was, by the same probes."""

import json
import os
import random
import re
import shutil
import sqlite3
import subprocess
import sys
import time

import psutil
import pytest

from grader.batch import settings as settings_module
from grader.batch.batch import ClassRun
from grader.batch.settings import Terms
from grader.batch.store import Judged, Store, check_not_committed
from grader.classroom.layout import ClassSubmission, fingerprint
from grader.classroom.own_output import STORE
from grader.cli.main import run
from grader.errors import NotWritable, StoreInUse, UnusableStore
from grader.sandbox.border.limits import ENDINGS
from helpers.classes import small_class, submissions_in
from helpers.command import MAIN
from helpers.places import MISTAKES, ROOT

pytestmark = pytest.mark.slow

BOOKS = ("results.jsonl", "gradebook.csv", "summary.json", "index.html")


class Counting:
    """Stands for workers: says the same of everyone, and remembers whom it was asked about."""

    def __init__(self, stop_after=None, error=KeyboardInterrupt, status="graded", twice=False):
        self.asked, self.stop_after, self.error = [], stop_after, error
        self.status, self.twice = status, twice

    def judge(self, submissions, terms, *, reports):
        for number, submission in enumerate(submissions):
            if number == self.stop_after:
                raise self.error
            self.asked.append(submission.id)
            line = line_of(submission.id, submission.path.read_text(encoding="utf-8"), terms.seed, self.status)
            judged = Judged(self.status, line, f"page of {submission.id}".encode() if reports else None)
            yield number, judged
            if self.twice:
                yield number, Judged("graded", line.replace(b"graded", b"changed"), b"another page")


def line_of(id, text, seed, status):
    grader = {"version": "1", "torch": "2", "seed": seed, "isolation": {}}
    submission = {"id": id, "path": id, "sha256": text, "files": []}
    head = {"schema": "backprop-grader/result/v1", "assignment": {"name": "a", "title": "a", "sha256": ""}}
    tail = {"score": 1.0, "max_score": 1, "status": status, "seconds": 0.1, "exercises": []}
    return json.dumps(head | {"submission": submission, "grader": grader} | tail).encode() + b"\n"


@pytest.fixture
def folder(tmp_path):
    return small_class(tmp_path / "class", 5)


@pytest.fixture
def grade(assignment, tmp_path, folder):
    """Run the class with stand-ins for workers; whom they were asked about."""

    def go(workers=None, *, reports=True, seed=None, given=assignment, **options):
        workers = workers or Counting()
        out = tmp_path / "out"
        with Store(out / STORE) as store:
            terms = Terms(given, frozenset(given.stage_names), seed, **options)
            run = ClassRun(submissions_in(folder), terms, store, out, reports=reports)
            try:
                run.grade(workers)
            finally:
                run.write_books()
        return workers.asked

    return go


def ids(out):
    return [json.loads(line)["submission"]["id"] for line in (out / "results.jsonl").read_bytes().splitlines()]


def test_a_second_run_grades_nobody_and_writes_nothing(grade, tmp_path):
    assert grade() == ["s0", "s1", "s2", "s3", "s4"]
    before = {name: (tmp_path / "out" / name).stat().st_mtime_ns for name in BOOKS}
    assert grade() == []
    assert before == {name: (tmp_path / "out" / name).stat().st_mtime_ns for name in BOOKS}


def test_a_run_that_is_stopped_keeps_what_it_has_and_the_next_one_goes_on(grade, tmp_path, capsys):
    with pytest.raises(KeyboardInterrupt):
        grade(Counting(stop_after=2))
    assert ids(tmp_path / "out") == ["s0", "s1"]
    out = tmp_path / "out"
    told = json.loads((out / "summary.json").read_bytes())
    assert told["counts"]["not_yet"] == 3 and told["not_yet"] == ["s2", "s3", "s4"] and not told["complete"]
    assert "3 of 5 not graded yet" in (out / "index.html").read_text(encoding="utf-8")
    assert (out / "gradebook.csv").read_text(encoding="utf-8").count("not graded yet") == 3
    assert run(["export", str(out), "--to", "csv", "-o", str(tmp_path / "a.csv")]) == 2
    assert "3 of 5 not graded yet" in capsys.readouterr().err and not (tmp_path / "a.csv").exists()
    assert run(["export", str(out), "--to", "csv", "-o", str(tmp_path / "a.csv"), "--partial"]) == 0
    assert grade() == ["s2", "s3", "s4"]
    assert ids(tmp_path / "out") == ["s0", "s1", "s2", "s3", "s4"]


def test_books_say_how_far_it_is_from_the_first_result_on(grade, folder, tmp_path, monkeypatch):
    grade()
    for number in range(5):
        (folder / f"s{number}.py").write_text("another = 1\n", encoding="utf-8")
    monkeypatch.setattr(ClassRun, "write_books", lambda run, write=ClassRun.write_books: told.append(1) or write(run))
    told = []
    with pytest.raises(KeyboardInterrupt):
        grade(Counting(stop_after=1))
    assert len(told) == 2 and ids(tmp_path / "out") == ["s0"]
    assert json.loads((tmp_path / "out" / "summary.json").read_bytes())["counts"]["not_yet"] == 4


def test_a_hand_in_that_changed_is_graded_again_alone(grade, folder):
    grade()
    (folder / "s2.py").write_text("# another", encoding="utf-8")
    assert grade() == ["s2"]


def test_a_hand_in_that_is_new_is_graded_and_one_that_is_gone_leaves_the_books(grade, folder, tmp_path):
    grade()
    (folder / "s1.py").unlink()
    (folder / "s9.py").write_text("", encoding="utf-8")
    assert grade() == ["s9"]
    assert ids(tmp_path / "out") == ["s0", "s2", "s3", "s4", "s9"]
    assert "s1" not in (tmp_path / "out" / "gradebook.csv").read_text(encoding="utf-8")


def test_a_hand_in_that_is_as_it_was_before_has_its_own_page_again(grade, folder, tmp_path):
    first = (folder / "s2.py").read_bytes()
    grade()
    (folder / "s2.py").write_text("# another", encoding="utf-8")
    grade()
    (folder / "s2.py").write_bytes(first)
    assert grade() == ["s2"]


def test_a_page_is_never_taken_for_somebody_elses(grade, folder, tmp_path):
    """Both are called `a_b` on disk when the other is not there."""
    (folder / "a b.py").write_text("# one", encoding="utf-8")
    grade()
    (folder / "a b.py").rename(tmp_path / "kept.py")
    (folder / "a_b.py").write_text("# two", encoding="utf-8")
    assert grade() == ["a_b"]
    (folder / "a_b.py").unlink()
    (tmp_path / "kept.py").rename(folder / "a b.py")
    assert grade() == ["a b"]
    assert (tmp_path / "out" / "reports" / "a_b.html").read_text(encoding="utf-8") == "page of a b"


def test_no_report_of_somebody_else_stays_when_who_is_called_how_changes(grade, folder, tmp_path):
    grade()
    reports = tmp_path / "out" / "reports"
    (reports / "mine.html").write_text("not ours", encoding="utf-8")
    (folder / "s1.py").rename(folder / "ann.py")
    (folder / "s2.py").unlink()
    (folder / "s3.py").write_text("changed = 1\n", encoding="utf-8")
    with pytest.raises(KeyboardInterrupt):
        grade(Counting(stop_after=1))
    assert sorted(page.name for page in reports.iterdir()) == ["ann.html", "mine.html", "s0.html", "s4.html"]
    grade()
    assert sorted(page.stem for page in reports.iterdir()) == ["ann", "mine", "s0", "s3", "s4"]


@pytest.mark.skipif(os.name == "nt", reason="files there have no such modes")
def test_what_holds_a_seed_is_for_its_owner_alone(grade, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    grade()
    out = tmp_path / "out"
    seeds = json.loads((out / "summary.json").read_bytes())["grader"]["seeds"]
    open_to_all = [path for path in out.rglob("*") if path.is_file() and path.stat().st_mode & 0o077]
    assert {path.name for path in open_to_all} == {"gradebook.csv", *(f"s{number}.html" for number in range(5))}
    assert not [path for path in open_to_all if seeds[0].encode() in path.read_bytes()]
    (out / "index.html").chmod(0o644)
    (out / "gradebook.csv").unlink()
    grade()
    assert (out / "index.html").stat().st_mode & 0o077 == 0


def test_a_page_that_was_removed_is_made_again(grade, tmp_path):
    grade()
    (tmp_path / "out" / "reports" / "s3.html").unlink()
    assert grade() == ["s3"]


def test_a_book_that_was_removed_is_made_again(grade, tmp_path):
    grade()
    for name in BOOKS:
        (tmp_path / "out" / name).unlink()
        assert grade() == [] and (tmp_path / "out" / name).is_file()


def test_without_pages_first_then_with_them_everyone_is_graded_again_once(grade):
    assert len(grade(reports=False)) == 5
    assert grade(reports=False) == []
    assert len(grade()) == 5
    assert grade() == grade(reports=False) == []


@pytest.mark.parametrize("status", ["ungraded", "partly"])
def test_what_the_grader_could_not_judge_is_tried_again(grade, tmp_path, status):
    grade(Counting(status=status))
    assert len(grade()) == 5 and grade() == []
    assert json.loads((tmp_path / "out" / "summary.json").read_bytes())["counts"]["judged"] == 5


def test_a_result_that_comes_twice_changes_nothing(grade, tmp_path):
    grade(Counting(twice=True))
    assert ids(tmp_path / "out") == ["s0", "s1", "s2", "s3", "s4"]
    assert b"changed" not in (tmp_path / "out" / "results.jsonl").read_bytes()
    assert (tmp_path / "out" / "reports" / "s0.html").read_bytes() == b"page of s0"


def seeds_of(out):
    lines = map(json.loads, (out / "results.jsonl").read_bytes().splitlines())
    return {line["submission"]["id"]: line["grader"]["seed"] for line in lines}


def test_seeds_are_kept_until_another_is_asked_for(grade, tmp_path):
    with pytest.raises(KeyboardInterrupt):
        grade(Counting(stop_after=3))
    grade()
    (first,) = set(seeds_of(tmp_path / "out").values())
    assert len(first) == 32
    with pytest.raises(KeyboardInterrupt):
        grade(Counting(stop_after=3), seed="mine")
    assert len(grade()) == 2
    assert set(seeds_of(tmp_path / "out").values()) == {"mine"}


def test_what_comes_after_a_report_was_written_gets_probes_that_no_report_tells_of(grade, folder, tmp_path):
    """Also in a run that was stopped: the report of `s1` was there before its second attempt, and before `s9`."""
    with pytest.raises(KeyboardInterrupt):
        grade(Counting(stop_after=3))
    first = seeds_of(tmp_path / "out")["s0"]
    (folder / "s1.py").write_text("# a table made from the report", encoding="utf-8")
    (folder / "s9.py").write_text("# the same table", encoding="utf-8")
    grade()
    seeds = seeds_of(tmp_path / "out")
    fresh = {seeds.pop("s1"), seeds.pop("s9")}
    assert set(seeds.values()) == {first} and len(fresh) == 1 and first not in fresh
    page = (tmp_path / "out" / "index.html").read_text(encoding="utf-8")
    assert "drawn 2 times" in page and first not in page
    told = json.loads((tmp_path / "out" / "summary.json").read_bytes())
    assert told["grader"]["seeds"] == [first, *fresh]
    grade(seed="mine")
    assert set(seeds_of(tmp_path / "out").values()) == {"mine"}, "a seed that is given is everyone's"


def test_whatever_decides_a_result_grades_everyone_anew(grade, tmp_path, assignment, monkeypatch):
    from dataclasses import replace

    grade()
    names = tmp_path / "names.txt"
    names.write_text("ada\nbob\n", encoding="utf-8")
    assert len(grade(names=names)) == 5
    names.write_text("ada\nbeth\n", encoding="utf-8")
    assert len(grade(names=names)) == 5
    assert len(grade(timeout=3.0)) == 5
    inputs = replace(assignment.inputs, text=assignment.inputs.text + "\n# changed")
    assert len(grade(given=replace(assignment, inputs=inputs))) == 5
    assert len(grade()) == 5, "their pages are those of the other runs"
    grader = settings_module.this_grader()
    for name in ("version", "torch", "python", "digest"):
        monkeypatch.setattr(settings_module, "this_grader", lambda name=name: replace(grader, **{name: "another"}))
        assert len(grade()) == 5


def test_another_copy_of_the_grader_is_another_grader(tmp_path, monkeypatch):
    (tmp_path / "cli").mkdir()
    for name in ("judge.py", "cli/words.py", "notes.txt"):
        (tmp_path / name).write_text("1", encoding="utf-8")
    monkeypatch.setattr(settings_module, "PACKAGE", tmp_path)
    digest = lambda: settings_module.this_grader.__wrapped__().digest  # noqa: E731
    first = digest()
    (tmp_path / "cli" / "words.py").write_text("2", encoding="utf-8")
    (tmp_path / "notes.txt").write_text("2", encoding="utf-8")
    assert digest() == first
    (tmp_path / "judge.py").write_text("2", encoding="utf-8")
    assert digest() != first


def test_two_runs_do_not_write_to_one_folder(tmp_path):
    with Store(tmp_path / STORE), pytest.raises(StoreInUse, match=r"Another `grade batch` is writing to .* with -o\."):
        Store(tmp_path / STORE)
    with Store(tmp_path / STORE):
        pass


@pytest.mark.parametrize("content", [b"not a database" * 100, b"SQLite format 3\0" + b"\xff" * 5000])
def test_a_file_that_is_no_store_is_told_and_left_alone(tmp_path, content, folder, capsys):
    (tmp_path / "out").mkdir()
    (tmp_path / "out" / STORE).write_bytes(content)
    assert run(["batch", str(folder), "-o", str(tmp_path / "out")]) == 2
    told = capsys.readouterr().err
    assert told.count("\n") == 1 and "grades.sqlite cannot be used to continue" in told and "Move it away" in told
    assert (tmp_path / "out" / STORE).read_bytes() == content


def test_a_database_of_something_else_is_told_and_left_alone(tmp_path):
    with sqlite3.connect(tmp_path / STORE) as database:
        database.execute("CREATE TABLE results (other)")
    database.close()
    with pytest.raises(UnusableStore, match="something else made"):
        Store(tmp_path / STORE)


def test_a_store_of_another_version_is_told(tmp_path):
    Store(tmp_path / STORE).close()
    database = sqlite3.connect(tmp_path / STORE)
    database.execute("PRAGMA user_version = 99")
    database.close()
    with pytest.raises(UnusableStore, match="another version"):
        Store(tmp_path / STORE)


def test_a_damaged_row_is_told(tmp_path):
    with Store(tmp_path / STORE) as store:
        store.keep("key", Judged("graded", b"line"), "slug")
        store._run("UPDATE results SET line = ?", "garbage")
        with pytest.raises((UnusableStore, TypeError)):
            store.line("key")


def test_a_folder_that_cannot_be_made_is_told(tmp_path):
    (tmp_path / "file").write_text("", encoding="utf-8")
    with pytest.raises(NotWritable, match="-o"):
        Store(tmp_path / "file" / "out" / STORE)


def test_the_summary_tells_the_class_in_numbers(grade, tmp_path):
    grade()
    told = json.loads((tmp_path / "out" / "summary.json").read_bytes())
    assert told["schema"] == "backprop-grader/summary/v1"
    assert told["counts"] == {"hand_ins": 5, "judged": 5, "partly": 0, "ungraded": 0, "not_yet": 0, "missing": 0}
    assert told["complete"] and told["not_yet"] == []
    assert told["scores"]["mean"] == told["scores"]["median"] == 1.0 and told["scores"]["max_score"] == 1
    assert set(told["grader"]) == {"version", "torch", "python", "seed", "seeds"}


def batch(folder, out, *options, workers=1, **environment):
    command = [sys.executable, "-c", MAIN, "batch", str(folder), "-o", str(out), "--workers", str(workers), *options]
    return subprocess.Popen(
        command,
        cwd=ROOT,
        env=os.environ | environment,
        stderr=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
        start_new_session=True,
    )


def session_of(pid):
    try:
        return os.getsid(pid) if psutil.Process(pid).status() != psutil.STATUS_ZOMBIE else None
    except (psutil.Error, OSError):
        return None


def rows(out):
    """How many results there are in the write-ahead log, told by its size; it cannot be opened while it is locked."""
    log = out / f"{STORE}-wal"
    return log.stat().st_size if log.exists() else 0


def masked(out):
    """All files of a class, with what differs from run to run put out."""
    seconds = re.compile(rb'("seconds":|in )[0-9.e-]+( s)?|"[0-9.]+ seconds"|graded [-0-9]+ [0-9:]+ UTC[+-][0-9]+')
    files = [*(out / name for name in BOOKS), *sorted((out / "reports").iterdir())]
    return {path.name: seconds.sub(b"", path.read_bytes()) for path in files}


@pytest.fixture(scope="module")
def whole(tmp_path_factory):
    """A class of twelve, and the folder of a run that nobody disturbed."""
    base = tmp_path_factory.mktemp("whole")
    folder = small_class(base / "class", 12)
    process = batch(folder, base / "out", "--seed", "one")
    assert process.communicate()[0].startswith("12 of 12 judged.")
    return folder, base / "out"


def test_killed_at_any_moment_it_goes_on_and_ends_as_if_nothing_had_been(whole, tmp_path):
    folder, undisturbed = whole
    out, draw, kills = tmp_path / "out", random.Random(0), 0
    for seed in (("--seed", "one"), (), (), ()):
        process = batch(folder, out, *seed)
        while not rows(out) and process.poll() is None:
            time.sleep(0.01)
        time.sleep(draw.uniform(0.0, 0.3))
        kills += process.poll() is None
        process.kill()
        process.communicate()
    assert kills, "it was never killed in the middle"
    process = batch(folder, out)
    told = process.communicate()[0]
    assert process.returncode == 0 and told.startswith("12 of 12 judged")
    for name, content in masked(undisturbed).items():
        assert masked(out)[name].split() == content.split(), name
    assert not list(out.glob(".*"))


DRAWING = """\
import random, numpy, torch, nowhere, absent
from elsewhere import *

def dLogProbabilities(logProbabilities):
    print({"a", "b", "c"} == {"c", "b", "a"}, random.random())
    return torch.randn(logProbabilities.shape) + random.random() + numpy.random.rand()

def dProbabilities(first, second, third, fourth):
    return first
"""


def test_two_runs_with_one_seed_are_the_same_to_the_byte_whatever_the_order_of_sets_or_workers(tmp_path):
    folder = tmp_path / "class"
    small_class(folder, 1)
    shutil.copytree(MISTAKES, folder / "ben", ignore=shutil.ignore_patterns("ex1*"))
    (folder / "ann.py").write_text(DRAWING, encoding="utf-8")
    (folder / "cy.py").write_text("def dCounts(:\n\n\ndCountz = dProbs = 1\n", encoding="utf-8")
    (folder / "dee").mkdir()
    (folder / "dee" / "a.docx").write_text("", encoding="utf-8")
    (folder / "eve.py").write_text("# grade: layers/relu\n", encoding="utf-8")
    runs = [
        batch(folder, tmp_path / str(each), "--seed", "one", workers=each, PYTHONHASHSEED=str(each)) for each in (1, 2)
    ]
    told = [process.communicate()[1] for process in runs]
    assert [process.returncode for process in runs] == [0, 0]
    assert "1 of 6 are work for another assignment (layers): eve." in told[0]
    assert masked(tmp_path / "1") == masked(tmp_path / "2")


@pytest.mark.parametrize("number", ENDINGS[:2])
def test_a_signal_to_end_leaves_the_books_of_what_is_finished_and_nothing_else(whole, tmp_path, number):
    folder, _ = whole
    out, temporary = tmp_path / "out", tmp_path / "temporary"
    temporary.mkdir()
    zipped = shutil.make_archive(str(tmp_path / "class"), "zip", folder)
    process = batch(zipped, out, workers=2, TMPDIR=str(temporary))
    while rows(out) < 100_000 and process.poll() is None:
        time.sleep(0.005)
    assert len(list(temporary.glob("grade-*/files/*.py"))) == 12
    os.killpg(process.pid, number)
    _, told = process.communicate()
    assert not list(temporary.iterdir())
    until = time.monotonic() + 10  # the kernel ends each process with its parent, one after the other
    while any(session_of(each) == process.pid for each in psutil.pids()):
        assert time.monotonic() < until
        time.sleep(0.05)
    if process.returncode == 0:
        pytest.skip("it was through before it was stopped")
    assert process.returncode == 128 + number
    finished = int(re.search(r"stopped after (\d+) of 12; run the same command again", told).group(1))
    assert 0 < finished < 12 and len(ids(out)) == finished
    assert "Traceback" not in told


def test_in_ci_a_store_that_lies_in_the_repository_is_not_believed(here, monkeypatch, capsys):
    small_class(here / "class", 1)
    (here / "checkout" / ".git").mkdir(parents=True)
    for place in ("checkout/graded", "elsewhere"):
        Store(here / place / STORE).close()
    monkeypatch.setenv("CI", "true")
    assert run(["batch", "class", "-o", "checkout/graded"]) == 2
    assert "checkout/graded/grades.sqlite was there before this run" in capsys.readouterr().err
    check_not_committed(here / "elsewhere" / STORE)
    check_not_committed(here / "checkout" / "new" / STORE)


def test_nothing_is_started_where_there_is_nothing_to_do(whole):
    folder, out = whole
    code = f"""
import sys
from grader.cli.main import run
code = run(["batch", {str(folder)!r}, "-o", {str(out)!r}])
assert not {{"torch", "jinja2", "rich"}} & set(sys.modules), set(sys.modules)
sys.exit(code)
"""
    done = subprocess.run([sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    assert "12 of 12 judged. Nothing was new." in done.stdout


@pytest.fixture(scope="module")
def unseeded(tmp_path_factory):
    """A class graded by a seed of the grader's own: where the results are, and what was printed."""
    base = tmp_path_factory.mktemp("unseeded")
    folder = small_class(base / "class", 2)
    (folder / "::error::mine.py").write_text("print('::error::mine')", encoding="utf-8")
    return base / "out", batch(folder, base / "out").communicate()


def test_the_seed_is_on_no_students_page_nor_in_what_is_printed(unseeded):
    out, told = unseeded
    seed = json.loads((out / "summary.json").read_bytes())["grader"]["seeds"][0]
    assert len(seed) == 32 and seed not in "".join(told)
    pages = [path.read_bytes() for path in (out / "reports").iterdir()]
    assert len(pages) == 3 and not [page for page in pages if seed.encode() in page]


def test_what_is_printed_where_there_is_no_terminal_is_nothing_of_a_hand_in(unseeded):
    _, told = unseeded
    assert "::error::" not in "".join(told) and re.search(r"graded 3 of 3, [\d.]+ per second, 0 s left", told[1])


def test_a_hand_in_is_told_by_its_content_and_not_by_its_place(assignment, tmp_path):
    for place in ("one", "two"):
        (tmp_path / place).mkdir()
        (tmp_path / place / "ada.py").write_text("x = 1", encoding="utf-8")
    terms = Terms(assignment, frozenset(), "seed")
    works = [ClassSubmission("ada", "ada", tmp_path / place / "ada.py") for place in ("one", "two")]
    keys = [terms.key(fingerprint(work)) for work in works]
    assert keys[0] == keys[1]
    late = ClassSubmission("ada", "ada", tmp_path / "one" / "ada.py", late=True)
    assert terms.key(fingerprint(late)) != keys[0]
    assert os.sep not in keys[0]


def test_the_same_seed_is_the_same_examination_in_every_process():
    code = """
from grader.assignment import load_assignment
from grader.run.exam import examine
for name in ("nameweave", "attention"):
    assignment = load_assignment(name)
    exercise = assignment.exercises[0]
    for probe in examine(assignment, frozenset(exercise.stage_names), seed="x").probes[exercise.name]:
        print([(name, each.tolerance, float(each.gradient.sum())) for name, each in probe.expected.items()])
"""
    told = {
        subprocess.run(
            [sys.executable, "-c", code],
            env=os.environ | {"PYTHONHASHSEED": seed},
            cwd=ROOT,
            capture_output=True,
            check=True,
        ).stdout
        for seed in ("1", "2")
    }
    assert len(told) == 1 and told.pop().count(b"\n") >= 10
