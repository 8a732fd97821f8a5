"""Classes of submissions: written into a folder, and what the grader finds in one."""

from pathlib import Path

from grader.classroom.layout import ClassSubmission, open_class, read_class_submission

TEXTS = {".ipynb": '{"cells": [], "metadata": {}, "nbformat": 4, "nbformat_minor": 5}'}
METADATA = """\
submission_101:
  :submitters:
  - :name: Ann Lee
    :sid: '0012'
    :email: ann@x.edu
  :created_at: 2024-03-02 19:05:13.123456000 -08:00
submission_102:
  :submitters:
  - &b
    :name: Ben Ray
    :sid: '0013'
    :email: ben@x.edu
  - :name: Cy Woo
    :sid: '0014'
    :email: cy@x.edu
  :created_at: 2024-03-01 10:00:00.000000000 Z
submission_103:
  :submitters:
  - :name: Ann Lee
    :sid: '0012'
    :email: ann@x.edu
  :created_at: 2024-03-03 03:05:12.000000000 Z
submission_104:
  :submitters:
  - *b
  :created_at: 2024-03-04 10:00:00.000000000 Z
"""
"""What Gradescope says of a class."""


def build(folder, files):
    """Write files: names, or pairs of a name and its text."""
    for each in files:
        default = TEXTS.get(each[-6:], "def dCounts(counts):\n    pass\n")
        name, text = each if isinstance(each, tuple) else (each, default)
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")
    return folder


def small_class(folder, count=4):
    """So many hand-ins that are quick to grade."""
    folder.mkdir()
    for number in range(count):
        text = f"# {number}\ndef dLogProbabilities(logProbabilities):\n    return logProbabilities\n"
        (folder / f"s{number}.py").write_text(text, encoding="utf-8")
    return folder


def submissions_in(folder: Path) -> list[ClassSubmission]:
    with open_class(folder) as classroom:
        return classroom.submissions


def opened(path, **options):
    """What a class is, with everything read while it is open."""
    with open_class(path, **options) as classroom:
        submissions = [read_class_submission(submission) for submission in classroom.submissions]
        return classroom, {submission.id: submission for submission in submissions}


def files_of(submissions):
    return {id: list(submission.files) for id, submission in submissions.items()}
