"""An assignment of one's own works for those it was given to, and a hand-in that brings one changes nothing."""

import json
import os
import shutil
import zipfile
from pathlib import Path

import pytest

import grader
from grader.assignment import load_assignment
from grader.cli.lookup import naming
from grader.cli.main import run
from grader.errors import DescribedThere, UnknownAssignment
from grader.run.own_folder import agree, agreed_in, assignment_called, described_in
from grader.run.own_work import own_work
from grader.submission import read_submission
from helpers.places import ROOT
from helpers.slope import SOLUTION, edit, write_slope

pytestmark = pytest.mark.usefixtures("warm")

ALTERED = {
    "the forward script": ("forward.py", ".mean()", ".sum()"),
    "the inputs": ("inputs.py", "+ 1", "* 0"),
    "the points": ("assignment.toml", "points = 2", "points = 90"),
    "the credit": ("assignment.toml", "seed = 3", "seed = 3\ncredit = { wrong = 1 }"),
}
"""What a student could change in their copy, so that what is wrong counts."""
WRONG = SOLUTION.replace(" / (rows * columns)", "")
HEADER = "# grade: slope/layer\n"


@pytest.fixture(scope="module")
def released(tmp_path_factory):
    """The author's folder, and what `grade release` makes of it."""
    course = tmp_path_factory.mktemp("course") / "slope"
    (course / "solutions").mkdir(parents=True)
    write_slope(course)
    (course / "solutions" / "layer.py").write_text(SOLUTION)
    (course / "README.md").write_text("Slope.\n")
    assert run(["release", str(course), str(course)]) == 0
    assert run(["release", str(course), str(course.parent / "given")]) == 0
    return course, course.parent / "given"


@pytest.fixture
def course(released):
    return released[0]


@pytest.fixture
def given(released, tmp_path, monkeypatch):
    """A student's copy, on a machine that remembers, and is none of CI."""
    monkeypatch.setenv("XDG_STATE_HOME", str(tmp_path / "state"))
    monkeypatch.delenv("CI", raising=False)
    return shutil.copytree(released[1], tmp_path / "mine")


@pytest.fixture
def inside(given, monkeypatch):
    monkeypatch.chdir(given)
    return given


def graded(*arguments):
    """The exit code of `grade` and its result."""
    file = Path("result.json").resolve()
    code = run([*map(str, arguments), "--no-html", "--json", str(file)])
    return code, json.loads(file.read_text(encoding="utf-8"))


def write(folder, text=SOLUTION):
    (folder / "layer.py").write_text(HEADER + text)


def test_a_release_has_all_it_takes_to_grade_and_nothing_of_the_solutions(course, given):
    files = {path.relative_to(given).as_posix(): path.read_text() for path in given.rglob("*") if path.is_file()}
    assert set(files) == {"README.md", "layer.py", "slope.ipynb", "assignment.toml", "inputs.py", "forward.py"}
    answers = [line.strip() for line in SOLUTION.splitlines() if "return" in line]
    assert answers and not any(answer in text for text in files.values() for answer in answers)
    assert "--assignment ." in files["layer.py"] and "--assignment ." in files["slope.ipynb"]
    assert "--assignment" not in (ROOT / "exercises" / "attention" / "attention.ipynb").read_text(encoding="utf-8")


def test_a_student_names_their_folder_once(inside, capsys):
    write(inside)
    assert run(["."]) == 2
    assert "add `--assignment .` this once" in capsys.readouterr().err
    assert run([".", "--assignment", ".", "--no-html"]) == 0
    assert "Graded by the assignment.toml that lies with this submission." in capsys.readouterr().out
    code, result = graded()
    assert (code, result["score"], result["assignment"]["origin"]) == (0, 6, "submission")
    assert result["submission"]["problems"] == []
    assert graded("layer.py")[1]["score"] == 6
    assert run(["layer.py", "--assignment", "slope", "--stage", "dx", "--no-html"]) == 0


def test_every_command_goes_by_the_folder(inside, capsys, monkeypatch):
    write(inside)
    assert run(["hint", "dx"]) == 0 and "Two factors." in capsys.readouterr().out
    assert run(["hint", "dx", "--assignment", "slope", "--all"]) == 0 and "Two factors." in capsys.readouterr().out
    assert run(["show", "dslope"]) == 0 and "bent = torch.sigmoid(x * slope)" in capsys.readouterr().out
    assert set(grader.course_batch("slope")) >= {"x", "slope", "rows"}
    with pytest.raises(UnknownAssignment):
        grader.course_batch("slop")
    monkeypatch.chdir(inside.parent)
    with pytest.raises(UnknownAssignment):
        assignment_called("slope", Path())


def test_the_way_to_a_hint_leads_to_the_assignment_that_was_graded(given, tmp_path, monkeypatch, capsys):
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("COLUMNS", "40")
    assert run(["mine", "--assignment", "mine", "--no-html"]) == 1
    said = capsys.readouterr().out
    assert "grade show dbent --assignment mine\n" in said and "grade hint dbent --assignment mine\n" in said
    names = naming(described_in(given)), naming(load_assignment("attention")), naming(load_assignment("layers"))
    assert [name("dx") for name in names] == ["dx --assignment mine", "dx", "dx --assignment layers"]
    monkeypatch.chdir(given)
    assert [name("dx") for name in names] == ["dx", "dx --assignment attention", "dx --assignment layers"]


@pytest.mark.parametrize("text", ["def dslope(:", "", "def dslope(x):\n    return x\n", None])
def test_what_a_stage_is_can_be_seen_whatever_its_file_looks_like(text, inside, capsys):
    (inside / "layer.py").write_text(text) if text is not None else (inside / "layer.py").unlink()
    assert run(["show", "dslope"]) == 0
    assert "bent = torch.sigmoid(x * slope)" in capsys.readouterr().out


def test_init_gives_a_folder_that_needs_no_naming(course, given, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    assert run(["init", "--assignment", str(course), "fresh"]) == 0
    assert {path.name for path in given.iterdir()} == {path.name for path in Path("fresh").iterdir()}
    write(Path("fresh"))
    assert graded("fresh")[1]["score"] == 6


def test_init_says_how_to_make_what_is_not_there_yet(course, tmp_path, capsys):
    copy = shutil.copytree(course, tmp_path / "copy")
    (copy / "layer.py").unlink()
    assert run(["init", "--assignment", str(copy), str(tmp_path / "mine")]) == 2
    assert f"grade release {copy} {copy}" in capsys.readouterr().err and not (tmp_path / "mine").exists()


def test_a_release_under_the_name_of_one_that_comes_with_the_grader_is_refused(course, tmp_path, capsys):
    copy = shutil.copytree(course, tmp_path / "copy")
    edit(copy / "assignment.toml", 'name = "slope"', 'name = "attention"')
    assert run(["release", str(copy), str(tmp_path / "out")]) == 2
    assert "'attention' is the name of an assignment that comes with the grader" in capsys.readouterr().err


def altered(case, folder):
    """The folder, with its assignment changed and answers that are right only by that."""
    file, old, new = ALTERED[case]
    edit(folder / file, old, new)
    write(folder, WRONG)
    return folder


@pytest.mark.parametrize("case", ALTERED)
@pytest.mark.parametrize("where", ["from elsewhere", "inside", "a file", "through a link"])
def test_what_a_hand_in_brings_grades_nothing(case, where, given, tmp_path, monkeypatch, capsys):
    """Neither from outside nor from inside; nor where the course's own folder is one that somebody works in."""
    honest = shutil.copytree(given, tmp_path / "course")
    monkeypatch.chdir(tmp_path)
    agree(honest, described_in(honest))
    assert agreed_in(honest)
    altered(case, given)
    (tmp_path / "link").symlink_to(given)
    path = {"from elsewhere": "mine", "inside": ".", "a file": "mine/layer.py", "through a link": "link"}[where]
    monkeypatch.chdir(given if where == "inside" else tmp_path)
    assert run([path, "--no-html"]) == 2
    said = capsys.readouterr()
    assert "is not installed" in said.err and not said.out
    with pytest.raises(DescribedThere):
        grader.grade(path)


@pytest.mark.parametrize("case", ALTERED)
def test_a_folder_that_was_agreed_to_counts_no_more_once_it_is_altered(case, inside, capsys):
    agree(inside, described_in(inside))
    assert agreed_in(inside)
    altered(case, inside)
    assert agreed_in(inside) is None
    for command in ([], ["watch"], ["train"]):
        assert run([*command, "."]) == 2 and "is not installed" in capsys.readouterr().err


def test_a_file_that_would_be_read_in_the_place_of_one_of_the_graders_is_a_change(given):
    edit(given / "assignment.toml", 'gradient = "d{tensor}"', f'gradient = "d{{tensor}}"\n{NAMES}')
    agree(given, described_in(given))
    assert agreed_in(given)
    (given / "Indian_Names.txt").write_text("ab\nba\n")
    assert agreed_in(given) is None


NAMES = """
[dataset]
file = "Indian_Names.txt"
shuffle_seed = 1
context = "context"
vocabulary = "vocabulary"
inputs = "X"
outputs = "Y"
"""


def test_scripts_that_lie_with_the_work_are_none_of_it_unless_they_are_changed_or_imported(given):
    assignment = described_in(given)
    write(given)
    read = read_submission(given)
    assert [*read.by_name] == ["forward.py", "inputs.py", "layer.py", "slope.ipynb"]
    assert [*own_work(read, assignment).by_name] == ["layer.py", "slope.ipynb"]
    edit(given / "inputs.py", "+ 1", "+ 2")
    write(given, f"from forward import loss\n{SOLUTION}")
    read = read_submission(given)
    assert own_work(read, assignment) == read


@pytest.mark.parametrize("careful", [{"CI": "true"}, ["--require-isolation"]])
def test_a_machine_that_grades_others_goes_by_no_folder_of_theirs(careful, inside, monkeypatch, capsys):
    write(inside)
    agree(inside, described_in(inside))
    options = careful if isinstance(careful, list) else []
    for name, value in {} if options else careful.items():
        monkeypatch.setenv(name, value)
    assert run([".", *options]) == 2 and "is not installed" in capsys.readouterr().err


def test_in_ci_nothing_is_remembered(inside, monkeypatch):
    monkeypatch.setenv("CI", "1")
    agree(inside, described_in(inside))
    monkeypatch.delenv("CI")
    assert agreed_in(inside) is None


def test_what_is_not_agreed_to_is_not_even_read(inside, capsys):
    (inside / "assignment.toml").unlink()
    os.mkfifo(inside / "assignment.toml")
    write(inside)
    assert run(["."]) == 2 and "Give its folder with --assignment" in capsys.readouterr().err
    (inside / "assignment.toml").unlink()
    (inside / "assignment.toml").write_text("no = toml = at all")
    assert run(["."]) == 2 and "this once" in capsys.readouterr().err


def test_one_with_the_name_of_an_assignment_of_the_graders_is_that(inside):
    edit(inside / "assignment.toml", 'name = "slope"', 'name = "attention"')
    (inside / "layer.py").write_text("# grade: attention/one\ndef dslope(x):\n    return x\n")
    assert described_in(inside) is None
    code, result = graded("--assignment", "attention")
    assert code == 1 and result["assignment"]["origin"] == "grader" and len(result["exercises"]) > 1


@pytest.mark.parametrize("case", ["the forward script", "the credit"])
@pytest.mark.parametrize("packed", [False, True])
def test_a_class_is_graded_by_the_course_alone(case, packed, course, given, tmp_path, monkeypatch, capsys):
    """Whoever altered the assignment, and agreed to that, gets what those get who did not."""
    monkeypatch.chdir(tmp_path)
    work = tmp_path / "class"
    altered(case, shutil.copytree(given, work / "ada"))
    agree(work / "ada", described_in(work / "ada"))
    write(shutil.copytree(given, work / "ben"))
    if packed:
        with zipfile.ZipFile(tmp_path / "class.zip", "w") as archive:
            for file in sorted(path for path in work.rglob("*") if path.is_file()):
                archive.write(file, file.relative_to(work))
    handed_in = "class.zip" if packed else "class"
    assert run(["batch", handed_in, "-o", "refused"]) == 2
    capsys.readouterr()
    assert run(["batch", handed_in, "-o", "out", "--assignment", str(course), "--no-html", "--workers", "1"]) == 0
    results = map(json.loads, Path("out/results.jsonl").read_text(encoding="utf-8").splitlines())
    scores = {each["submission"]["id"]: (each["score"], each["max_score"]) for each in results}
    assert scores == {"ada": (4, 6), "ben": (6, 6)}
