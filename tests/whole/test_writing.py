"""Writing files where somebody else may have left links."""

import ast
import os
import stat
from pathlib import Path

import pytest

from grader.cli.files import write, write_missing
from grader.cli.main import run
from grader.errors import NotWritable
from grader.writing import write_file
from helpers.places import MISTAKES, ROOT

ALLOWED = {
    "writing.py": "the one that does",
    "classroom/unpack/archive.py": "unpacks into a folder of our own, under numbers, and only what is not there yet",
    "classroom/unpack/scratch.py": "locks a folder of our own",
    "cli/export.py": "appends to the files that GitHub's runner names",
    "sandbox/ours/canary.py": "a file of its own, for the canary to attack",
    "sandbox/theirs/child.py": "its own streams",
}
WRITING = {"write_text", "write_bytes", "copy", "copy2", "copyfile", "copytree", "rename", "touch"}


@pytest.fixture
def secret(tmp_path):
    path = tmp_path / "home" / "secret"
    path.parent.mkdir()
    path.write_bytes(b"mine")
    path.chmod(0o600)
    return path


def test_a_link_is_replaced_and_what_it_leads_to_stays(secret, tmp_path):
    page = tmp_path / "report.html"
    page.symlink_to(secret)
    write(page, b"page", "--html")
    assert secret.read_bytes() == b"mine" and page.read_bytes() == b"page" and not page.is_symlink()
    assert {path.name for path in tmp_path.iterdir()} == {"home", "report.html"}


def test_a_link_to_nothing_makes_no_file_there(tmp_path):
    (tmp_path / "stub.py").symlink_to(tmp_path / "made.py")
    write_missing(tmp_path, {"stub.py": "stub"})
    assert not (tmp_path / "made.py").exists()


def test_a_folder_of_ours_that_is_a_link_is_refused(secret, tmp_path):
    (tmp_path / "reports").symlink_to(secret.parent)
    with pytest.raises(NotWritable, match="is a link"):
        write_file(tmp_path / "reports" / "secret", [b"page"], "-o", inside=tmp_path)
    assert secret.read_bytes() == b"mine"


@pytest.mark.skipif(os.name != "posix" or os.getuid() != 0, reason="only root can give a link away")
def test_a_way_over_somebody_elses_link_is_refused(secret, tmp_path):
    (tmp_path / "way").symlink_to(secret.parent)
    write_file(tmp_path / "way" / "page", [b"page"], "--html")
    os.lchown(tmp_path / "way", 12345, 12345)
    with pytest.raises(NotWritable, match="somebody else"):
        write_file(tmp_path / "way" / "page", [b"again"], "--html")
    assert (secret.parent / "page").read_bytes() == b"page"


def test_a_pipe_is_not_waited_for(tmp_path):
    os.mkfifo(tmp_path / "report.html")
    with pytest.raises(NotWritable, match="something else"):
        write(tmp_path / "report.html", b"page", "--html")


def test_a_file_keeps_its_mode_and_is_whole_or_as_it_was(secret):
    write_file(secret, [b"new"], "--json")
    assert secret.read_bytes() == b"new" and stat.S_IMODE(secret.stat().st_mode) == 0o600

    def broken():
        yield b"half"
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        write_file(secret, broken(), "--json")
    assert secret.read_bytes() == b"new" and len(list(secret.parent.iterdir())) == 1


def test_where_nothing_can_be_put_in_its_place_a_file_is_written_to(secret, monkeypatch):
    def busy(*_):
        raise OSError(16, "Device or resource busy")

    monkeypatch.setattr(os, "replace", busy)
    write_file(secret, [b"new"], "--json")
    assert secret.read_bytes() == b"new" and len(list(secret.parent.iterdir())) == 1


def test_what_is_no_file_is_written_to_as_it_is(capfd):
    write_file(Path("/dev/null"), [b"page"], "--json")
    assert stat.S_ISCHR(os.stat("/dev/null").st_mode)


def test_nothing_that_is_handed_in_leads_a_run_elsewhere(secret, tmp_path, monkeypatch):
    folder = tmp_path / "submission"
    folder.mkdir()
    (folder / "ex3_softmax.py").write_bytes(next(MISTAKES.glob("ex1*.py")).read_bytes())
    for name in ("report.html", "result.json"):
        (folder / name).symlink_to(secret)
    monkeypatch.chdir(folder)
    assert run([".", "--json", "result.json", "--stage", "dLogits"]) in (0, 1)
    assert secret.read_bytes() == b"mine" and b"<html" in (folder / "report.html").read_bytes()


def writes(node):
    """Whether a call writes a file, or makes one."""
    if not isinstance(node, ast.Call):
        return False
    name = getattr(node.func, "attr", getattr(node.func, "id", ""))
    if name == "open":
        modes = [
            each.value for each in ast.walk(node) if isinstance(each, ast.Constant) and isinstance(each.value, str)
        ]
        flags = {each.attr for each in ast.walk(node) if isinstance(each, ast.Attribute)}
        return any(set(mode) <= set("rwaxbt+") and set(mode) & set("wax+") for mode in modes) or bool(
            flags & {"O_WRONLY", "O_CREAT"}
        )
    owner = getattr(getattr(node.func, "value", None), "id", "")
    return name in ("write_text", "write_bytes") or (owner in ("shutil", "os") and name in WRITING | {"replace"})


def test_files_are_written_in_one_place_only():
    package = ROOT / "grader"
    found = {
        path.relative_to(package).as_posix()
        for path in package.rglob("*.py")
        if path.relative_to(package).parts[0] not in ("exercises", "Datasets")
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8")))
        if writes(node)
    }
    assert found == set(ALLOWED)
