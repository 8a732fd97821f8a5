"""Pairs whose answers are alike are found, those who answer for themselves are not, and no student gets to see it."""

import os
import stat
import sys
import zipfile
from dataclasses import replace
from datetime import UTC, datetime
from html.parser import HTMLParser
from io import BytesIO

import pytest

from grader.alike.apart import read_apart
from grader.alike.pairs import FEWEST, LEAST, AlikeClass, Pair, SharedAnswer, SharedLines, alike
from grader.alike.reading import Answers
from grader.alike.weights import Pieces, likenesses
from grader.batch.batch import ClassRun
from grader.batch.settings import Terms
from grader.batch.store import Judged, Store
from grader.border import Source
from grader.classroom.class_submission import read_class_submission
from grader.classroom.own_output import ALIKE, ALIKE_TABLE, ANONYMOUS, STORE
from grader.report.alike_page import alike_csv, render_alike
from grader.report.export.export import Given
from grader.report.export.formats import FORMATS
from grader.report.json import from_json, to_line
from grader.result import Arrival, Where
from grader.run.request import select
from helpers.alike_class import FOLDER, handed_in, measure, solution, stage_names
from helpers.classes import submissions_in
from helpers.hostile_texts import CORPUS
from helpers.results import a_result, a_stage


def test_what_somebody_rewrote_is_found_and_who_answers_alone_is_not():
    """The table in `docs/similarity.md` is of larger classes; `python -m helpers.alike_class` makes it."""
    found = measure(40, 0.3)
    listed = {number for number, (figure, _) in found.rewritten.items() if figure >= LEAST}
    assert listed >= {1, 2, 3, 4, 5, 6, 8} and 10 not in listed
    assert found.innocent[0] < LEAST


def shares(*answers, wrong=()):
    return Pieces({each: [each.upper()] for each in answers}, wrong)


def test_what_the_solution_or_a_third_of_the_class_has_does_not_count():
    alone = [shares(f"own {number}") for number in range(30)]
    pair = [shares("popular", "forced", "rare"), shares("popular", "forced", "rare")]
    others = [shares("popular", f"mine {number}") for number in range(20)]
    (found,) = likenesses([*pair, *others, *alone], {"forced"})
    assert (found.first, found.second, set(found.shared)) == (0, 1, {"rare"})


def test_a_wrong_answer_counts_twice_and_only_where_both_have_it_wrong():
    alone = [shares(f"own {number}") for number in range(30)]
    right, wrong, half = (
        likenesses([shares("x", wrong=a), shares("x", wrong=b), *alone], ())[0].figure
        for a, b in (((), ()), ("x", "x"), ("x", ()))
    )
    assert wrong == pytest.approx(2 * right) and half == right == 4.0


def test_what_either_shares_with_others_as_well_is_taken_off():
    alone = [shares(f"own {number}") for number in range(40)]
    school = [shares("a", "b", "c", f"mine {number}") for number in range(6)]
    assert max(each.figure for each in likenesses([*school, *alone], ())) == 0
    assert max(each.figure for each in likenesses([*school[:3], *alone], ())) > 10


def test_who_works_together_as_they_should_is_no_pair_and_few_are_not_compared():
    texts = [(FOLDER / f"01_{kind}.py").read_text(encoding="utf-8") for kind in ("original", "rewritten")]
    others = [handed_in(f"def dCounts(counts):\n    return counts ** {n}.5 - counts\n") for n in range(FEWEST)]
    class_of = [*map(handed_in, texts), *others]
    pairs = [(each.first, each.second) for each in alike(class_of, solution(), stage_names()).pairs]
    assert pairs == [(0, 1)]
    assert not alike(class_of, solution(), stage_names(), {(0, 1)}).pairs
    assert not alike(class_of[: FEWEST - 1], solution(), stage_names()).pairs


@pytest.mark.parametrize("command", [("no such program",), (sys.executable, "-c", "raise SystemExit(1)")])
def test_where_nothing_can_be_read_the_page_does_not_say_that_nobody_is_alike(monkeypatch, command):
    monkeypatch.setattr("grader.alike.apart.COMMAND", command)
    monkeypatch.setattr("grader.alike.apart.MOST_LOST", 2)
    compared = alike([handed_in(f"x = {n}\n") for n in range(FEWEST)], solution(), stage_names())
    assert compared.unread == FEWEST and not compared.pairs
    people = [[n] for n in range(FEWEST)]
    results = [a_result(str(n)) for n in range(FEWEST)]
    page = render_alike(results, [None] * FEWEST, AlikeClass(people, (), [()] * FEWEST, (), compared.unread))
    assert "could not be compared" in page and "No pair" not in page


def test_two_runs_find_the_same_whatever_the_seed_of_hashes(monkeypatch):
    files = [[Answers(path.read_text(encoding="utf-8"))] for path in sorted(FOLDER.glob("0[1-3]*.py"))]
    found = []
    for seed in ("1", "2"):
        monkeypatch.setenv("PYTHONHASHSEED", seed)
        found.append(read_apart(files, stage_names()))
    assert found[0] == found[1] and all(found[0])


HARMFUL = {
    "deep brackets": "x = " + "(" * 5_000 + ")" * 5_000,
    "deep signs": "x = " + "-" * 100_000 + "1",
    "deep calls": "x = " + "a(" * 90 + ")" * 90,
    "deep attributes": "x = a" + ".b" * 20_000,
    "deep blocks": "\n".join(" " * n + "if a:" for n in range(99)) + "\n" + " " * 99 + "pass",
    "long sum": "x = " + "+".join(["a"] * 50_000),
    "doubled": "x = a\n" + "x = x * x\n" * 10_000,
    "many statements": "x = a * b - c\n" * 20_000,
    "large number": "x = a * " + "9" * 4_000 + " ** 9",
    "half a character": "x = '\\ud800' * a",
    "a null": "x = 1\0",
    "no Python": ")(",
}


def test_no_text_harms_the_others():
    """One process for many: it goes on, or another one does with the rest."""
    good = [Answers("def dX(a, b):\n    return a * b + 1\n")]
    files = [each for text in HARMFUL.values() for each in ([Answers(text, (), 1, 1 << 30)], good)]
    found = read_apart(files, {"dX"})
    assert len(found) == len(files) and all(found[1::2])


def test_what_ends_the_process_is_left_out_and_the_others_are_read(monkeypatch):
    good = [Answers("def dX(a, b):\n    return a * b + 1\n")]
    ends = "import sys\nfrom grader.alike import reading\nplain = reading.parts_of\n"
    ends += "reading.parts_of = lambda f, k: sys.exit(1) if 'END' in f[0].text else plain(f, k)\nreading.main()"
    monkeypatch.setattr("grader.alike.apart.COMMAND", (sys.executable, "-c", ends))
    found = read_apart([good, [Answers("END")], good, [Answers("END")]], {"dX"})
    assert [bool(each) for each in found] == [True, False, True, False]


class Attributes(HTMLParser):
    """What attributes there are on a page."""

    def __init__(self, page):
        super().__init__()
        self.names = set()
        self.feed(page)

    def handle_starttag(self, tag, attrs):
        self.names |= {name for name, _ in attrs}


@pytest.mark.parametrize("text", [CORPUS["script"], CORPUS["out of an attribute"], CORPUS["out of preformatted text"]])
def test_nothing_of_a_students_becomes_markup(text):
    both = [a_result(text, name=text), a_result(f"{text}2")]
    sides = [SharedLines(0, 1, 2, frozenset({1}))]
    pairs = [Pair(0, 1, 40.0, [SharedAnswer(text, 7.0, sides, sides)])]
    sources = [[Source(text, f"x = 1  # {text}\ny = 2")]] * 2
    page = render_alike(both, [None, None], AlikeClass([[0], [1]], pairs, sources, ()))
    found = Attributes(page)
    assert not found.names & {"onmouseover", "onerror", "src"} and page.count("<mark>") == 2
    assert "<script" not in page and page.count("</pre>") == 2
    table = alike_csv([a_result("=1+1"), a_result("@x")], AlikeClass([[0], [1]], pairs, sources, ()))
    assert "\n=" not in table and ",@" not in table


NOW = datetime(2026, 11, 30, tzinfo=UTC)
FILES = {
    "canvas": b"Student,ID,SIS User ID,SIS Login ID,Section,NameWeave (7)\n    Points Possible,,,,,7\nA,1,2,twin,A,\n",
    "moodle": b"Identifier,Full name,Email address,Status,Grade,Maximum grade,Last modified (grade)\n"
    b"Participant 1,twin,a@b.c,Submitted,,39.00,-\n",
}
"""The teacher's file, where one is filled in."""


class Reading:
    """Workers that know where answers are, and that every third is wrong."""

    def judge(self, submissions, terms, *, reports):
        for number, each in enumerate(submissions):
            read = read_class_submission(each)
            yield number, Judged("graded", to_line(self.result_of(each, read)), b"<p>A report.</p>")

    def result_of(self, submission, read):
        source = read.sources[0]
        lines = source.text.split("\n")
        starts = [number for number, line in enumerate(lines, 1) if line.startswith("def d")]
        ends = [*(start - 1 for start in starts[1:]), len(lines)] if starts else []
        stages = [
            a_stage(lines[start - 1][4:].partition("(")[0], "exact", where=Where(source.name, start, end))
            for start, end in zip(starts, ends, strict=True)
        ]
        flat = a_stage("dLogits", where=Where(source.name, 4, len(lines)))
        result = a_result(submission.id, stages or [flat], name=f"Name of {submission.id}")
        return replace(result, submission=replace(result.submission, sha256=read.sha256), arrival=submission.arrival)


@pytest.fixture
def run(tmp_path, assignment):
    """Runs a class of ten pairs, and gives the folder with what it wrote."""
    folder, out = tmp_path / "class", tmp_path / "out"
    folder.mkdir()
    texts = {path.stem: path.read_text(encoding="utf-8").replace("# wrong", "# who?") for path in FOLDER.glob("*.py")}
    for name, text in (texts | {"twin": texts["01_original"]}).items():
        (folder / name).mkdir()
        (folder / name / "answers.py").write_text(text, encoding="utf-8")

    def again(**options):
        with Store(out / STORE) as store:
            run = ClassRun(submissions_in(folder), Terms(assignment, select(assignment), "s"), store, out, **options)
            run.grade(Reading())
            run.write_books()
        return out

    return again


def test_a_class_has_a_page_of_its_own_that_only_its_owner_reads(run):
    out = run(anonymous=True)
    page, table = ((out / name).read_text(encoding="utf-8") for name in (ALIKE, ALIKE_TABLE))
    assert "04_original,04_rewritten," in table and "conversation, not a verdict" in page
    assert "<mark>" in page and "Name of 04_rewritten" in page
    assert "01_original,01_rewritten," in table and "twin,01_rewritten," in table and "01_original,twin" not in table
    assert f'href="{ALIKE}"' in (out / "index.html").read_text(encoding="utf-8")
    if os.name == "posix":
        places = [out / ALIKE, out / ALIKE_TABLE, out / ANONYMOUS / ALIKE, out / ANONYMOUS / ALIKE_TABLE]
        assert {stat.S_IMODE(each.stat().st_mode) for each in places} == {0o600}
    nameless = "".join((out / ANONYMOUS / name).read_text(encoding="utf-8") for name in (ALIKE, ALIKE_TABLE))
    assert "student-" in nameless and "<pre" not in nameless
    assert not [word for word in ("original", "rewritten", "Name of", "who?") if word in nameless]


def test_no_report_and_no_export_says_a_word_of_it(run):
    out = run()
    assert not [page for page in (out / "reports").iterdir() if "alike" in page.read_text(encoding="utf-8")]
    results = [from_json(line) for line in (out / "results.jsonl").read_bytes().splitlines()]
    results = [replace(each, arrival=Arrival(names=["a_1_2_x.py"])) for each in results]
    for name, export in FORMATS.items():
        if name == "classroom50":  # of a single result
            continue
        given = Given(NOW, file=FILES.get(name, b""), report=lambda result: b"<p>A report.</p>")
        for file, data in export.render(results, given).files.items():
            inside = zipfile.ZipFile(BytesIO(data)).namelist() if zipfile.is_zipfile(BytesIO(data)) else []
            assert "alike" not in file and b"alike" not in data and not any("alike" in each for each in inside), name


def test_a_second_run_writes_the_same_and_one_for_a_few_keeps_all(run):
    out = run()
    before = {name: (out / name).read_bytes() for name in (ALIKE, ALIKE_TABLE)}
    for options in ({}, {"only": ["twin"]}):
        for name in before:
            (out / name).unlink()
        run(**options)
        assert {name: (out / name).read_bytes() for name in before} == before
