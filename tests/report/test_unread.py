"""A submission of which nothing could be graded says why, wherever its result is shown."""

from datetime import UTC, datetime

import pytest

from grader.assignment.catalog import load_assignment
from grader.batch.shorten import Shortener
from grader.report.class_page import render_class
from grader.report.export.export import Given, unread
from grader.report.export.formats import FORMATS
from grader.report.json import to_line
from grader.report.page import render
from grader.run.grade import grade_submission
from grader.run.request import Recognition
from helpers.classes import build, opened
from helpers.places import STUBS

KINDS = {
    "text": (["ex1.txt"], "only ex1.txt"),
    "a document": (["homework.docx", "in/scan.pdf"], "only homework.docx, scan.pdf"),
    "nothing": ([".DS_Store"], "There is no file in it"),
    "another assignment": (
        [("a.py", "# grade: layers/relu\n")],
        "This is work for layers, and it was graded",
    ),
    "no assignment": ([("a.py", "x = 1\n")], "No stage of nameweave, or of any other assignment, is in a.py"),
}


def result_of(folder, files, examination, sandbox):
    build(folder / "class", ["zoe.py"])
    _, submissions = opened(build(folder / "class" / "ann", files).parent)
    submission = submissions["ann"]
    return submission, Recognition(examination.assignment).told(
        submission, grade_submission(submission, examination, sandbox).result
    )


@pytest.mark.parametrize("kind", KINDS)
def test_it_says_why_everywhere(kind, tmp_path, examination, sandbox):
    files, why = KINDS[kind]
    submission, result = result_of(tmp_path, files, examination, sandbox)
    assert result.submission.unread and result.submission.elsewhere == (
        "layers" if kind == "another assignment" else ""
    )
    page = render(result, load_assignment("nameweave"), submission.texts, {})
    assert why in page and "Nothing could be graded" in page and "not written anything" not in page
    shown = render_class([Shortener()(to_line(result))], [None])
    assert why in shown and "Look at these first" in shown
    for name in ("gradescope", "junit", "github"):
        exported = FORMATS[name].render([result], Given(datetime.now(UTC), {}))
        said = b"".join(exported.files.values()).decode()
        assert ("Nothing could be graded" in said) or why in said, name
    assert [why in sentence for sentence in unread([result])] == [True]


def test_what_is_written_or_right_is_not_unread(tmp_path, examination, sandbox):
    _, result = result_of(
        tmp_path, [("a.py", "def dCounts(:\n\n\n" + (STUBS / "ex3_batch_norm.py").read_text())], examination, sandbox
    )
    assert not result.submission.unread and result.submission.problems


def test_a_file_that_cannot_be_read_is_no_untouched_notebook(tmp_path, examination, sandbox):
    files = [("ex1.py", "\0"), ("nameweave.ipynb", (STUBS / "nameweave.ipynb").read_text(encoding="utf-8"))]
    _, result = result_of(tmp_path, files, examination, sandbox)
    assert {stage.verdict for stage in result.stages} == {"error"} and "null bytes" in result.stages[0].message
