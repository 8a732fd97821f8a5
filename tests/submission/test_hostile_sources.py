"""What a stranger's file costs the process that reads it: nothing of that is counted by any limit of a stage."""

import json
import resource
import subprocess
import sys

import pytest

from grader.border import SourceFault
from grader.submission import read_submission
from grader.submission.notebook import _Reader, read_notebook
from grader.submission.notebook_table import BUILT_WHOLE
from grader.submission.read import SOURCE_CAP, read_source
from grader.submission.reading_budget import ReadingBudget
from grader.submission.recognise import HEADER
from helpers.submissions import write_notebook

CPU_SECONDS, MEMORY = 60, 3 << 30
READ = """
import sys
from pathlib import Path
from grader.errors import UsageError
from grader.report.code import highlighted
from grader.submission import read_submission, recognise
for file in sorted(Path(sys.argv[1]).iterdir()):
    submission = read_submission(file)
    for fault in submission.faults:
        assert "\\n" not in fault.fault.message and len(fault.fault.message) < 300, fault
    try:
        recognise(submission, {"nameweave": ["dx"]}, "nameweave")
    except UsageError as error:
        assert len(str(error)) < 1_000
    for source in submission.sources:
        highlighted(source.text[:8_000])
        assert source.names_in_text is not None
    print(file.name)
"""
"""Of each file what `grade`, `batch`, `watch` and pytest do with it, beside what runs under a stage's limits."""
UNITS = {
    "spaces": " ",
    "line_ends": "\n",
    "words": "a\n\n\n\n",
    "definitions": "def\n",
    "functions": "def f():pass\n",
    "decorators": "@f\n",
    "comparisons": "1<",
    "brackets": "(",
    "pairs": "[]",
    "numbers": "9",
    "formats": "f'{",
    "quotes": '"""',
    "backslashes": "\\\n",
    "headers": "# grade: a\n",
    "header": "# grade: " + "a" * 250_000 + "/",
    "exercise": "# grade: nameweave/" + "a" * 250_000,
    "stubs": "  raise NotImplementedError" + " " * 250 + "x\n",
    "imports": "import a, b\n",
    "indentation": " \tx\n  y\n",
    "bidi": "\u202e",
    "digits": "\U0001d7ce",
    "separators": "\u2028",
    "accents": "e\u0301\u0301\u0301",
    "controls": "\x01",
    "magics": "%x\n",
    "questions": "x?\n",
    "cell_magics": "\n%%x",
    "spelt": "%x\n!(\n" + "\xe9" * 16_000 + "\nx?",
    "chained": "%x\n!(\n" + "a." * 8_000 + "\nx?",
}
IN_CELLS = ("line_ends", "magics", "questions", "cell_magics", "spelt", "chained")
CODED = {"punycode": "-" + "a" * 200_000, "idna": "xn---" + "a" * 200_000, "unicode_escape": "\\N{DIGIT ONE}" * 10_000}


def filled(unit, size):
    return (unit * (size // len(unit) + 1))[:size]


def cell(source, kind="code"):
    return {"cell_type": kind, "source": source, "metadata": {}}


def notebook(*cells, version=4, **more):
    return json.dumps({"nbformat": version, "nbformat_minor": 2, "metadata": {}, "cells": cells} | more)


def notebooks():
    for name in IN_CELLS:
        pieces = [filled(UNITS[name], size) for size in (15_900, 200_000)]
        yield name, notebook(*map(cell, pieces), cell(pieces[1], "raw"))
    yield "cells", notebook(*[cell("%x")] * 5_000)
    yield "strange_cells", notebook(*[cell("x", "strange")] * 5_000)
    yield "old", json.dumps({"nbformat": 2, "metadata": {}, "worksheets": [{"cells": [cell("x", "heading")] * 5_000}]})
    yield "lines", notebook(cell(["\n"] * 250_000))
    yield "version", notebook(version=10**300)
    yield "integers", notebook(metadata={"a": [float("nan"), *[10**4_000] * 1_000]})
    yield "deep", notebook() + "[" * 100_000
    yield "code", notebook(cell("\xe9" * 6_000_000 + "\U0001f600"))
    yield "text", notebook(cell("e" * 20_000_000 + "\U0001f600", "markdown"))


@pytest.mark.skipif(sys.platform != "linux", reason="limits of a process")
def test_no_file_keeps_our_process_busy(tmp_path):
    for name, unit in UNITS.items():
        (tmp_path / f"{name}.py").write_text(filled(unit, SOURCE_CAP // len(unit[:1].encode())), encoding="utf-8")
    for name, text in CODED.items():
        (tmp_path / f"{name}.py").write_text(f"# coding: {name}\n{text}", encoding="utf-8")
    (tmp_path / "null.py").write_bytes(b"x = 1\0" * 40_000)
    for name, text in notebooks():
        (tmp_path / f"{name}.ipynb").write_text(text, encoding="utf-8")

    def limited():
        resource.setrlimit(resource.RLIMIT_CPU, (CPU_SECONDS, CPU_SECONDS))
        resource.setrlimit(resource.RLIMIT_AS, (MEMORY, MEMORY))

    command = [sys.executable, "-c", READ, tmp_path]
    done = subprocess.run(command, preexec_fn=limited, capture_output=True, text=True, check=False)
    assert done.stdout.split() == sorted(file.name for file in tmp_path.iterdir()), done.stderr[-2_000:]


@pytest.mark.parametrize("encoding", ["punycode", "idna"])
def test_an_encoding_that_is_none_of_texts_is_not_decoded(encoding, tmp_path):
    """Of 256 kB it would take seconds, and a submission has fifty files."""
    file = tmp_path / "a.py"
    file.write_text(f"# -*- coding: {encoding} -*-\ndx = 1\n", encoding="utf-8")
    assert read_source(file, "a.py").fault.type == "NotUtf8"
    file.write_bytes("# -*- coding: latin-1 -*-\nname = 'é'\n".encode("latin-1"))
    assert "é" in read_source(file, "a.py").text


def test_long_words_before_a_question_mark_are_not_put_to_ipython(tmp_path, monkeypatch):
    asked = []

    class Transformer:
        def transform_cell(self, cell):
            asked.append(cell)
            return "# left to it\n"

    monkeypatch.setattr("IPython.core.inputtransformer2.TransformerManager", Transformer)
    long = "%pip\nx = 'a" + "a" * 400 + "'\n"
    path = write_notebook(tmp_path / "a.ipynb", [f"{long}x?", long, "x?"])
    read = read_notebook(path, path.name)
    assert asked == [long, "x?"] and "# %pip\nx = 'a" in read.text


@pytest.mark.parametrize("cell", [";" * 4_000 + '"\n/f x\n\n%x\n.', "]x= %a.%a?" + "1=!{\\\n\u2028" * 600 + "??\n "])
def test_ipython_passes_no_more_often_over_a_cell_than_it_may(cell):
    """It would go on 500 times, over text that each pass makes longer."""
    budget = ReadingBudget(work=5 * len(cell))
    assert "x" in _Reader(budget).as_python(cell)
    assert 0 <= budget.work


def test_once_ipython_has_had_its_time_the_rest_is_left_out(tmp_path):
    path = write_notebook(tmp_path / "a.ipynb", ["%matplotlib inline\nx = 1"])
    assert "get_ipython" in read_notebook(path, path.name, ReadingBudget()).text
    assert "# %matplotlib inline\nx = 1" in read_notebook(path, path.name, ReadingBudget(seconds=0)).text


def test_the_notebooks_of_a_submission_share_what_is_spent_on_them(tmp_path, monkeypatch):
    for name in ("a", "b", "c"):
        write_notebook(tmp_path / f"{name}.ipynb", ["%matplotlib inline\nx = 1"])
    size = (tmp_path / "a.ipynb").stat().st_size
    monkeypatch.setattr("grader.submission.read.ReadingBudget", lambda: ReadingBudget(bytes=2 * size, work=130))
    submission = read_submission(tmp_path)
    assert ["get_ipython" in source.text for source in submission.sources] == [True, False]
    assert "With the notebooks before it, c.ipynb is larger than" in submission.faults[0].fault.message


def test_so_do_all_its_files_what_is_kept_of_them(tmp_path, monkeypatch):
    for name in "abc":
        (tmp_path / f"{name}.py").write_text(f"{name} = 1\n", encoding="utf-8")
    monkeypatch.setattr("grader.submission.read.ReadingBudget", lambda: ReadingBudget(text=12))
    submission = read_submission(tmp_path)
    assert [source.name for source in submission.sources] == ["a.py", "b.py"]
    assert "With the files before it, c.py is more text than is read." in submission.faults[0].fault.message


def test_what_has_to_be_built_whole_is_no_larger_than_memory_has_room_for(tmp_path, monkeypatch):
    path = tmp_path / "a.ipynb"
    path.write_text(notebook(cell("x = 1"), metadata={"a": float("nan")}), encoding="utf-8")
    assert BUILT_WHOLE <= 128 << 20 and "x = 1" in read_notebook(path, path.name).text
    monkeypatch.setattr("grader.submission.notebook_table.BUILT_WHOLE", 10)
    assert read_notebook(path, path.name).fault.type == "SourceTooLarge"


def test_whatever_fails_in_reading_is_told_of_the_file_alone(tmp_path, monkeypatch):
    def fail(*_):
        raise MemoryError

    (tmp_path / "good.py").write_text("dx = 1\n", encoding="utf-8")
    (tmp_path / "bad.ipynb").write_text("{}", encoding="utf-8")
    monkeypatch.setattr("grader.submission.read.read_notebook", fail)
    submission = read_submission(tmp_path)
    assert [source.name for source in submission.sources] == ["good.py"]
    assert submission.faults[0].fault.message == "bad.ipynb cannot be read (MemoryError). Hand in only your own code."
    assert isinstance(submission.faults[0], SourceFault)


def test_the_names_in_a_header_are_no_longer_than_names():
    assert HEADER.search("# grade: " + "a" * 200_000 + "/b") is None
    assert len(HEADER.search("# grade: a/" + "b" * 200_000)[2]) == 100
