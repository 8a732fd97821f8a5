"""Submissions made of texts, and what becomes of them."""

from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path

import nbformat
import pytest
from nbformat import v4

from grader.border import Source
from grader.result import Result, StageResult
from grader.run.exam import Examination
from grader.run.grade import grade_submission
from grader.run.search_lines import Search
from grader.sandbox.ours import Sandbox
from grader.submission import Submission


def submission_of(text: str, name: str = "answers.py", **others: str) -> Submission:
    """One file given as text, and others by their names."""
    sources = (Source(name, text), *(Source(f"{other}.py", its_text) for other, its_text in others.items()))
    return Submission("student", Path(name), sources, (), {})


def stages_of(result: Result) -> dict[str, StageResult]:
    return {stage.name: stage for stage in result.stages}


def judged(submission: Submission, examination: Examination, sandbox: Sandbox) -> dict[str, StageResult]:
    """The stages of a submission, by name."""
    return stages_of(grade_submission(submission, examination, sandbox).result)


@contextmanager
def without_search() -> Iterator[None]:
    """No slip is looked for in the lines: that decides nothing, and takes longer than all the rest."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(Search, "explain", lambda search, puzzling: None)
        yield


def verdicts_of(submission: Submission, examination: Examination, sandbox: Sandbox) -> dict[str, StageResult]:
    """As `judged`, for tests of what decides a mark."""
    with without_search():
        return judged(submission, examination, sandbox)


def write_notebook(path: Path, cells: Iterable[str], **metadata: object) -> Path:
    """Write a notebook of these cells; those of text begin with `md:`."""
    made = [v4.new_markdown_cell(c[3:]) if c.startswith("md:") else v4.new_code_cell(c) for c in cells]
    nbformat.write(v4.new_notebook(cells=made, metadata=metadata), path)
    return path
