"""Helpers in folders belong to a submission where a file of it imports them, and nothing else does."""

import json
import shutil

import pytest

from grader.classroom.class_submission import read_class_submission
from grader.classroom.layout import open_class
from grader.submission import read_submission
from grader.submission.read import FILES_CAP

FILES = {
    "answers.py": "from helpers.ops import rule\nimport numpy, lib.deep as deep\n",
    "helpers/__init__.py": "",
    "helpers/ops.py": "    from .. import more\n",
    "helpers/notes.ipynb": "{}",
    "helpers/tests/test_ops.py": "",
    "lib/deep.py": "# from others import x\n",
    "more/inner/last.py": "",
    "others/x.py": "",
    "numpy/answers.py": "",
}
READ = {"answers.py", "helpers/__init__.py", "helpers/ops.py", "lib/deep.py", "more/inner/last.py"}


@pytest.fixture
def folder(tmp_path):
    for name, text in FILES.items():
        file = tmp_path / "class" / "ada" / name
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(text or "# nothing\n", encoding="utf-8")
    return tmp_path / "class" / "ada"


def names(submission):
    return {source.name for source in submission.sources}


def test_helpers_in_folders_are_read_where_they_are_imported(folder):
    assert names(read_submission(folder)) == READ


def test_the_file_that_makes_a_package_may_be_empty(folder):
    (folder / "helpers" / "__init__.py").write_text("", encoding="utf-8")
    assert names(read_submission(folder)) == READ and not read_submission(folder).faults


@pytest.mark.parametrize("indent", [1, None])
@pytest.mark.parametrize("whole", [False, True])
def test_from_a_notebook_as_well(whole, indent, folder):
    lines = ["import math\n", "from helpers.ops import (rule,\n", "import lib.deep"]
    cell = {"cell_type": "code", "source": "".join(lines) if whole else lines}
    (folder / "answers.py").unlink()
    (folder / "answers.ipynb").write_text(json.dumps({"cells": [cell]}, indent=indent), encoding="utf-8")
    assert names(read_submission(folder)) == READ - {"answers.py"} | {"answers.ipynb"}


@pytest.mark.parametrize("zipped", [False, True])
def test_in_a_class_as_well(folder, zipped):
    if zipped:
        shutil.make_archive(str(folder), "zip", folder)
        shutil.rmtree(folder)
    with open_class(folder.parent) as found:
        (submission,) = map(read_class_submission, found.submissions)
    assert {name.removeprefix("ada.zip/") for name in names(submission)} == READ


def test_a_folder_with_too_many_files_does_not_belong(folder):
    for number in range(FILES_CAP):
        (folder / "lib" / f"{number}.py").write_text("x = 1\n", encoding="utf-8")
    assert names(read_submission(folder)) == READ - {"lib/deep.py"}


def test_a_line_without_an_end_is_read_in_no_time(folder):
    (folder / "answers.py").write_text(
        f"from {'a' * 100_000}\nfrom {'.a' * 50_000}\nimport helpers\n", encoding="utf-8"
    )
    assert "helpers/ops.py" in names(read_submission(folder))


def test_a_copy_that_jupyter_put_aside_is_read_where_it_is_all_there_is(tmp_path):
    aside = tmp_path / "in" / ".ipynb_checkpoints" / "hw-checkpoint.ipynb"
    aside.parent.mkdir(parents=True)
    aside.write_text('{"cells": [], "nbformat": 4}', encoding="utf-8")
    submission = read_submission(tmp_path)
    assert submission.files == ("in/.ipynb_checkpoints/hw-checkpoint.ipynb",) and "hw-checkpoint" in submission.notes[0]
    (tmp_path / "hw.py").write_text("x = 1\n", encoding="utf-8")
    assert read_submission(tmp_path).files == ("hw.py",) and not read_submission(tmp_path).notes
