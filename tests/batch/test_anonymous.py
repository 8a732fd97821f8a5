"""A class page and a gradebook without names, and the key to them."""

import csv
import os
import stat
from dataclasses import replace

import pytest

from grader.batch.anonymous import PROBLEM, Pseudonyms, anonymous_books, key_csv, new_secret, without_names
from grader.batch.batch import ClassRun
from grader.batch.outputs import About
from grader.batch.settings import Terms
from grader.batch.store import Judged, Store
from grader.classroom.own_output import ANONYMOUS, KEY, STORE
from grader.marks.mark import marked
from grader.report.json import to_line
from grader.report.standings import Standing, StandingChange
from grader.result import Absent, Adjustment, Arrival, Diagnosis, Integrity, Lateness, Warned
from grader.run.request import select
from helpers.classes import submissions_in
from helpers.results import a_hostile_result, a_result, a_stage

TELLING = ("anneliese", "brontë", "abronte", "uni.example", "homework_ab", "/home/", "team rocket", "tutorial of")
SECRET = "ab" * 32


def a_telling_result(id="Anneliese Brontë"):
    """One that tells whose it is wherever it can."""
    said = "anneliese brontë, abronte, homework_ab.py, /home/abronte, team rocket"
    stages = [
        a_stage("dX", "wrong", diagnosis=Diagnosis("sign", said), message=said, warnings=[Warned("x", said)]),
        a_stage("dY", "forbidden", integrity=Integrity("forbidden", [3], said), message=said),
        a_stage("dZ", integrity=Integrity("review", [3], said)),
        a_stage("dW", "wrong", diagnosis=Diagnosis("sign", "The sign is wrong."), pattern=said),
        a_stage("dV", "ungraded", message=said),
    ]
    result = a_result(
        id,
        stages,
        problems=[said],
        notes=[said],
        path="/home/abronte/homework_ab.py",
        name="Anneliese Brontë",
        email="abronte@uni.example",
        login="abronte",
    )
    arrival = Arrival(
        "2026-11-30T12:00+01:00", True, 1, 2, "tutorial of Anneliese", ["Team Rocket"], "", ["homework_ab.py"], "r"
    )
    files = replace(result.submission, files=["homework_ab.py"])
    adjustments = [Adjustment("dX", "set", 1, said), Adjustment("total", "add", 1, said)]
    return marked(
        replace(result, arrival=arrival, submission=files),
        adjustments,
        Lateness("late", "2026-11-29T12:00+01:00", said, submitted="2026-11-30T12:00+01:00", periods=1),
    )


def made(results, about=None, secret=SECRET):
    books = anonymous_books(results, about or About(), Pseudonyms(secret))
    return {name: b"".join(pieces).decode() for name, pieces in books}


def test_nothing_on_the_pages_tells_whose_it_is():
    standing = Standing("Anneliese Brontë", 1.0, 2.0)
    ids = ["Anneliese Brontë", "abronte", "abronte@uni.example"]
    about = About(
        [(ids[1], ids[0])],
        ["The roster has two rows for Anneliese Brontë."],
        3,
        [Absent(ids[1], ids[0], {"email": ids[2], "login": ids[1]}, "tutorial of Anneliese", ["Team Rocket"])],
        [StandingChange(ids[0], ids[0], standing, replace(standing, score=2.0))],
        pending=[ids[2]],
    )
    books = made([a_telling_result()], about)
    assert set(books) == {"gradebook.csv", "changes.csv", "index.html"}
    for name, text in books.items():
        assert not [word for word in (*TELLING, "secret-seed", "handin") if word in text.casefold()], name
        assert Pseudonyms(SECRET).student(ids[0]) in text
    assert "reports/" not in books["index.html"] and "The sign is wrong." in books["index.html"]
    assert PROBLEM in books["index.html"]


def test_no_text_of_a_students_is_on_the_pages():
    text = "Xanthippe <b>&"
    books = made([a_hostile_result(text), a_hostile_result(text, "forbidden")])
    assert not [name for name, page in books.items() if "Xanthippe" in page]


def test_what_counts_is_the_same_and_the_order_is_that_of_the_pseudonyms():
    results = [a_result(f"s{number:02}", [a_stage(), a_stage("dY", "wrong")]) for number in range(20)]
    rows = list(csv.DictReader(made(results)["gradebook.csv"].splitlines()))
    assert [row["id"] for row in rows] == sorted(Pseudonyms(SECRET).student(each.submission.id) for each in results)
    assert {(row["score"], row["max_score"], row["files"]) for row in rows} == {("1", "2", "file 1")}


def test_students_with_the_same_files_stay_a_set_unless_they_are_a_group():
    alone = [a_result(id, path=id) for id in ("ann", "bob")]
    assert "Byte for byte" in made(alone)["index.html"]
    group = [replace(each, arrival=Arrival(groups=["g"])) for each in alone]
    assert "Byte for byte" not in made(group)["index.html"]


def test_pseudonyms_stay_the_same_for_a_secret_and_are_others_for_another():
    one, other = Pseudonyms(new_secret()), Pseudonyms(new_secret())
    assert one.student("ann") == Pseudonyms(one.secret).student("ann") != other.student("ann")
    assert len({one.student(str(number)) for number in range(2000)}) == 2000


@pytest.mark.parametrize(
    ("said", "stays"),
    [
        ("Take the softmax of it.", True),
        ("`max` is no gradient.", False),
        ("`mustermann2` is off.", False),
        ("`ex_1` is off.", True),
    ],
)
def test_a_slip_stays_unless_a_name_is_in_it(said, stays):
    result = a_result("mm", [a_stage("dX", "wrong", diagnosis=Diagnosis("x", said))], name="Max Mustermann")
    kept = without_names(result, Pseudonyms(SECRET)).stages[0].diagnosis
    assert (kept is not None) == stays


def test_the_key_says_who_is_who_and_starts_no_formula():
    about = About(absent=[Absent("zoe", "=Zoe")], pending=["yan"])
    rows = list(csv.DictReader(key_csv([a_telling_result()], about, Pseudonyms(SECRET)).splitlines()))
    assert [row["id"] for row in rows] == ["Anneliese Brontë", "yan", "zoe"]
    assert rows[0]["email"] == "abronte@uni.example" and not rows[2]["name"].startswith("=")
    assert rows[2]["pseudonym"] == Pseudonyms(SECRET).student("zoe")


class Instant:
    """Workers that know everything."""

    def judge(self, submissions, terms, *, reports):
        for number, each in enumerate(submissions):
            yield number, Judged("graded", to_line(a_result(each.id)), None)


def test_a_folder_has_them_when_asked_the_same_ones_each_time_and_none_otherwise(tmp_path, assignment):
    out, folder = tmp_path / "out", tmp_path / "class"
    folder.mkdir()
    for name in ("ann", "bob"):
        (folder / f"{name}.py").write_text("def dCounts(): pass\n")
    terms = Terms(assignment, select(assignment), "seed", timeout=2.0)

    def graded(*, anonymous):
        with Store(out / STORE) as store:
            run = ClassRun(submissions_in(folder), terms, store, out, reports=False, anonymous=anonymous)
            run.grade(Instant())
            run.write_books()
        there = sorted(path.name for path in (out / ANONYMOUS).glob("*"))
        return there, (out / KEY).read_text() if (out / KEY).is_file() else ""

    assert graded(anonymous=False) == ([], "")
    there, key = graded(anonymous=True)
    assert there == ["alike.html", "gradebook.csv", "index.html"] and "ann" in key
    if os.name == "posix":
        assert stat.S_IMODE((out / KEY).stat().st_mode) == 0o600
    assert "ann" in (out / "gradebook.csv").read_text()
    assert graded(anonymous=False) == ([], "") and not (out / ANONYMOUS).exists()
    assert graded(anonymous=True) == (there, key)
    (out / ANONYMOUS / "index.html").unlink()
    assert graded(anonymous=True) == (there, key)
