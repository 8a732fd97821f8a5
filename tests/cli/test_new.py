"""`grade new`: a small assignment that works as it is, and stays what an author has made of it."""

import pytest

from grader.assignment import load_assignment
from grader.cli.main import run
from grader.verify.checks import check

pytestmark = pytest.mark.usefixtures("warm")


def test_it_writes_an_assignment_that_holds_in_every_way(tmp_path, sandbox, capsys):
    folder = tmp_path / "My Course"
    assert run(["new", str(folder)]) == 0
    assert f"grade verify {folder}" in capsys.readouterr().out
    loaded = load_assignment(folder)
    assert (loaded.name, loaded.title) == ("my-course", "My course")
    assert all(each.passed for each in check(loaded, sandbox, seeds=2))
    assert {bool(exercise.calls) for exercise in loaded.exercises} == {True, False}


def test_its_stubs_are_graded_and_its_solutions_pass(tmp_path, capsys):
    folder = tmp_path / "mine"
    run(["new", str(folder)])
    where = ["--assignment", str(folder), "--no-html"]
    assert run([str(folder / "solutions"), *where]) == 0 and "Score 6 / 6" in capsys.readouterr().out
    assert run([str(folder / "mine.ipynb"), *where]) == 1 and "Score 0 / 6" in capsys.readouterr().out


def test_nothing_of_an_author_is_overwritten(tmp_path, capsys):
    run(["new", str(tmp_path)])
    toml = tmp_path / "assignment.toml"
    toml.write_text(toml.read_text(encoding="utf-8").replace("The bias is in", "A bias is in"), encoding="utf-8")
    assert run(["new", str(tmp_path)]) == 0
    assert "A bias is in" in toml.read_text(encoding="utf-8")


@pytest.mark.parametrize("arrays", ["numpy", "either"])
def test_arrays_of_numpy_take_a_call_script(arrays, tmp_path, capsys):
    run(["new", str(tmp_path / "mine")])
    toml = tmp_path / "mine" / "assignment.toml"
    toml.write_text(toml.read_text(encoding="utf-8").replace("seed = 1", f'arrays = "{arrays}"\nseed = 1'), "utf-8")
    assert run(["verify", str(tmp_path / "mine")]) != 0
    assert f"squares: arrays = '{arrays}' takes a call script" in capsys.readouterr().err
