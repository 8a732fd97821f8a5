"""`grade hint` gives more each time it is asked, remembers where it was, and never fails if it cannot."""

import os
import sys
import time
from pathlib import Path

import msgspec
import pytest

from grader.cli import lookup
from grader.cli.main import run
from helpers.slope import edit, write_slope

FIRST, SECOND, THIRD = "Which power is it?", "The exponent comes down.", "Each of `rows` times `columns` has a share."
ONLY = "Two factors."


@pytest.fixture
def folder(tmp_path):
    folder = write_slope(tmp_path)
    edit(folder / "assignment.toml", 'hint = "A square."', f'hint = ["{FIRST}", "{SECOND}", "{THIRD}"]')
    edit(folder / "assignment.toml", 'hint = "Broadcast."', "hint = []")
    return folder


@pytest.fixture
def file(tmp_path, monkeypatch):
    """Where it is remembered."""
    monkeypatch.setenv("XDG_STATE_HOME", str(tmp_path / "state"))
    return tmp_path / "state" / "backprop-grader" / "hints.json"


@pytest.fixture
def ask(folder, capsys):
    def asked(stage, *options):
        assert run(["hint", stage, "--assignment", str(folder), *options]) == 0
        return capsys.readouterr().out

    return asked


def test_each_time_it_gives_one_more_and_the_last_one_stays(ask, folder, file):
    first, second, third, again = (ask("dbent") for _ in range(4))
    command = f"grade hint dbent --assignment {folder}"
    ways = f"\nFor the next one: {command}\nFor all of them: {command} --all\n"
    assert first == f"Hint 1 of 3: {FIRST}\n{ways}"
    assert second == f"Hint 2 of 3: {SECOND}\n{ways}"
    assert third == again == f"Hint 3 of 3: {THIRD}\n\nThat was the last one. For all of them: {command} --all\n"
    assert [each.name for each in file.parent.iterdir()] == ["hints.json"]


def test_a_level_is_shown_and_gone_on_from(ask, file):
    assert SECOND in ask("dbent", "--level", "2") and THIRD in ask("dbent")
    assert FIRST in ask("dbent", "--level", "1") and SECOND in ask("dbent")


def test_all_are_shown_at_once_and_the_next_one_stays_the_next(ask, file):
    ask("dbent")
    assert ask("dbent", "--all") == f"Hint 1 of 3: {FIRST}\nHint 2 of 3: {SECOND}\nHint 3 of 3: {THIRD}\n"
    assert SECOND in ask("dbent")


def test_where_there_is_one_hint_or_none_nothing_is_counted(ask, file):
    for options in ([], [], ["--all"]):
        assert ask("dx", *options) == f"{ONLY}\n"
        assert ask("dslope", *options) == "There is no hint for dslope.\n"
    assert not file.exists()


def test_a_level_that_is_not_there_is_told(folder, capsys):
    for stage, level, said in (("dbent", "4", "dbent has 3 hints."), ("dx", "2", "dx has 1 hint."), ("dx", "0", "0")):
        assert run(["hint", stage, "--assignment", str(folder), "--level", level]) == 2
        assert said in capsys.readouterr().err


def test_after_a_day_the_first_comes_again_and_what_is_older_is_forgotten(ask, file, monkeypatch):
    ask("dbent"), ask("dbent")
    now = time.time()
    monkeypatch.setattr(time, "time", lambda: now + 23 * 3600)
    assert THIRD in ask("dbent")
    monkeypatch.setattr(time, "time", lambda: now + 48 * 3600)
    assert FIRST in ask("dbent") and len(msgspec.json.decode(file.read_bytes())) == 1


def test_each_assignment_and_stage_has_its_own_count(ask, folder, file):
    ask("dbent")
    edit(folder / "assignment.toml", f'hint = "{ONLY}"', 'hint = ["One.", "Two."]')
    assert "One." in ask("dx") and SECOND in ask("dbent") and "Two." in ask("dx")
    edit(folder / "assignment.toml", 'name = "slope"', 'name = "other"')
    assert FIRST in ask("dbent")


def test_a_function_that_answers_several_stages_gives_the_next_of_each(ask, folder, file):
    edit(folder / "assignment.toml", 'script = "forward.py"', 'script = "forward.py"\nfunction = "back"')
    ask("back.dbent")
    told = ask("back")
    assert f"back.dbent, hint 2 of 3: {SECOND}\nback.dx: {ONLY}\nThere is no hint for back.dslope.\n\n" in told
    assert "For the next one: grade hint back --" in told and THIRD in ask("back")


def test_hints_that_are_fewer_than_before_are_no_trouble(ask, folder, file):
    ask("dbent", "--level", "3")
    edit(folder / "assignment.toml", f', "{SECOND}", "{THIRD}"', ', "Last."')
    assert ask("dbent").startswith("Hint 2 of 2: Last.")


GARBAGE = [
    b"",
    b"{",
    b"\xff\xfe",
    b"[]",
    b'{"slope dbent": 3}',
    b'{"slope dbent": {"level": "x", "when": 1}}',
    b"{" * 9999,
]


@pytest.mark.parametrize("garbage", GARBAGE)
def test_garbage_in_the_file_is_put_right(ask, file, garbage):
    file.parent.mkdir(parents=True)
    file.write_bytes(garbage)
    assert FIRST in ask("dbent") and SECOND in ask("dbent")


@pytest.mark.parametrize("level", [-5, 0, 10**9])
def test_a_level_that_nobody_was_shown_is_no_trouble(ask, file, level):
    file.parent.mkdir(parents=True)
    file.write_bytes(msgspec.json.encode({"slope dbent": {"level": level, "when": time.time()}}))
    assert ask("dbent").startswith("Hint ")


def test_where_it_cannot_be_remembered_the_way_to_the_next_is_its_level(ask, file):
    file.parent.parent.write_text("a file where a folder should be")
    for _ in range(2):
        told = ask("dbent")
        assert FIRST in told and " --level 2\n" in told
    assert " --level 3\n" in ask("dbent", "--level", "2")


def test_a_folder_in_the_place_of_the_file_is_no_trouble(ask, file):
    file.mkdir(parents=True)
    assert FIRST in ask("dbent") and "--level 2" in ask("dbent")


def test_without_a_home_it_does_without(ask, monkeypatch):
    def homeless():
        raise RuntimeError("Could not determine home directory.")

    monkeypatch.delenv("XDG_STATE_HOME")
    monkeypatch.setattr(Path, "home", homeless)
    assert FIRST in ask("dbent") and "--level 2" in ask("dbent")


@pytest.mark.parametrize(
    ("platform", "variable", "below"),
    [
        ("linux", "XDG_STATE_HOME", "not/absolute"),
        ("linux", "", ".local/state"),
        ("darwin", "", "Library/Application Support"),
        ("win32", "", "AppData/Local"),
        ("win32", "LOCALAPPDATA", ""),
    ],
)
def test_it_is_where_the_system_keeps_such_things(ask, tmp_path, monkeypatch, platform, variable, below):
    monkeypatch.delenv("XDG_STATE_HOME")
    monkeypatch.delenv("LOCALAPPDATA", raising=False)
    monkeypatch.setattr(sys, "platform", platform)
    monkeypatch.setattr(Path, "home", lambda: tmp_path / "home")
    if variable == "XDG_STATE_HOME":
        monkeypatch.setenv(variable, below)
        below = ".local/state"
    elif variable:
        monkeypatch.setenv(variable, str(tmp_path / "home"))
    ask("dbent")
    assert (tmp_path / "home" / below / "backprop-grader" / "hints.json").is_file()


@pytest.mark.skipif(not hasattr(os, "fork"), reason="needs processes that are cheap")
def test_two_at_once_leave_a_file_that_can_be_read(ask, file):
    ask("dbent")
    children = []
    for _ in range(4):
        child = os.fork()
        if not child:
            os._exit(0 if all("Hint " in ask("dbent") for _ in range(5)) else 1)
        children.append(child)
    assert [os.waitpid(child, 0)[1] for child in children] == [0] * 4
    assert THIRD in ask("dbent")


@pytest.mark.parametrize(
    ("stage", "loaded"), [("dCounts", ["nameweave"]), ("backward.dC", ["nameweave", "attention", "layers", "makemore"])]
)
def test_no_more_assignments_are_loaded_than_it_takes(stage, loaded, monkeypatch, tmp_path, capsys):
    asked: list[str] = []
    load = lookup.load_assignment
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr(lookup, "load_assignment", lambda name: asked.append(name) or load(name))
    assert run(["hint", stage]) == 0
    assert asked == loaded
