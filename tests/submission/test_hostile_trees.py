"""What reading a folder of a stranger's costs, and what is said of it."""

import os
import zipfile
from pathlib import Path

import pytest
from pygments.token import Text

from grader.classroom.class_submission import ClassSubmission, fingerprint, read_class_submission
from grader.classroom.layout import open_class
from grader.classroom.unpack.contents import Contents
from grader.report.code import highlighted
from grader.report.safe.html import verbatim
from grader.submission import read_submission, submission_folders

NESTED = 1_500


@pytest.fixture
def nested(tmp_path):
    """So many folders in each other, with a file in the last."""
    top = tmp_path / "nested"
    top.mkdir()
    before = os.open(".", os.O_RDONLY)
    os.chdir(top)
    for _ in range(NESTED):
        os.mkdir("d")
        os.chdir("d")
    Path("dx.py").write_text("dx = 1\n", encoding="utf-8")
    os.fchdir(before)
    os.close(before)
    yield top
    _remove(top if top.exists() else tmp_path / "class" / "nested")


def _remove(top):
    """From the last folder up: before Python 3.13, what pytest clears away with ends in a traceback here."""
    for depth in range(NESTED, -1, -1):
        folder = str(top) + "/d" * depth
        for name in os.listdir(folder):
            os.unlink(f"{folder}/{name}")
        os.rmdir(folder)


def test_folders_in_folders_are_looked_into_as_far_as_anybody_goes(nested):
    assert read_submission(nested).files == ()
    assert len(submission_folders(nested)) < 50
    near = nested / "d" / "d" / "d" / "near.py"
    near.write_text("dx = 1\n", encoding="utf-8")
    assert [source.name for source in read_submission(nested).sources] == ["d/d/d/near.py"]


def test_so_are_those_of_a_class(nested, tmp_path):
    (tmp_path / "class" / "good").mkdir(parents=True)
    (tmp_path / "class" / "good" / "a.py").write_text("dx = 1\n", encoding="utf-8")
    nested.rename(tmp_path / "class" / "nested")
    with zipfile.ZipFile(tmp_path / "class" / "zipped.zip", "w") as archive:
        archive.writestr("d/" * NESTED + "a.py", "dx = 1\n")
    with open_class(tmp_path / "class", None, None, "nameweave") as found:
        read = {each.id: read_class_submission(each) for each in found.submissions}
    assert [len(read[name].sources) for name in ("good", "nested", "zipped")] == [1, 0, 0]


def test_a_link_in_a_circle_is_a_file_that_cannot_be_read(tmp_path):
    (tmp_path / "one.py").symlink_to("two.py")
    (tmp_path / "two.py").symlink_to("one.py")
    (tmp_path / "folder").symlink_to(tmp_path)
    submission = read_submission(tmp_path)
    assert not submission.sources and {fault.source for fault in submission.faults} == {"one.py", "two.py"}


def test_files_that_are_called_alike_are_counted_and_not_compared():
    """A zip has room for thousands of names whose difference is in what is not shown of them."""
    looks = 0

    class Counting(dict):
        def __contains__(self, name):
            nonlocal looks
            looks += 1
            return super().__contains__(name)

    found = Contents(Counting(), Counting())
    for _ in range(500):
        found.files[found.free("a.py")] = Path("a.py")
    assert list(found.files)[:3] == ["a.py", "a (2).py", "a (3).py"] and len(found.files) == 500
    assert looks < 5 * 500


def test_of_an_endless_file_no_more_is_looked_at_than_may_be_read(tmp_path, monkeypatch):
    monkeypatch.setattr("grader.classroom.class_submission.MOST_DIGESTED", 1 << 20)
    file, seen = tmp_path / "a.ipynb", set()
    for size in (1 << 20, 1 << 40, (1 << 40) + 1):
        file.touch()
        os.truncate(file, size)
        seen.add(fingerprint(ClassSubmission("ada", "ada", file)))
    assert len(seen) == 3


@pytest.mark.parametrize("text", [" \n" * 8_000, "\t\n" * 8_000, "match" + " " * 15_990, "case" + "\t" * 15_990 + "x"])
def test_code_with_wide_gaps_is_shown_without_colours(text, monkeypatch):
    """Pygments would take seconds for it."""
    seen = []
    monkeypatch.setattr("grader.report.code.pygments.format", lambda tokens, _: "".join(value for _, value in tokens))
    monkeypatch.setattr("grader.report.code._lexer", lambda: Watched(seen))
    shown = highlighted(text)
    assert len(shown) == max(text.count("\n"), 1) and not any(" " * 300 in each or " \n" in each for each in seen)


def test_so_is_a_cell_that_is_longer_than_what_is_shown_of_a_stage(monkeypatch):
    monkeypatch.setattr("grader.report.code._lexer", lambda: Watched([]))
    text = 'x"\\N{' * 10_000
    assert highlighted(text) == (verbatim(text),)


class Watched:
    def __init__(self, seen):
        self._seen = seen

    def get_tokens(self, text):
        self._seen.append(text)
        return [(Text, text)]
