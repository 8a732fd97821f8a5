"""What was handed in: found, read as text, recognised. Nothing here runs it."""

from grader.submission.read import (
    counts,
    find_files,
    passed_over,
    read_files,
    read_submission,
    submission_files,
    submission_folders,
)
from grader.submission.recognise import concerns, header_exercise, recognise
from grader.submission.submission import Submission, encodable, unreadable, unreadable_submission

__all__ = [
    "Submission",
    "concerns",
    "counts",
    "encodable",
    "find_files",
    "header_exercise",
    "passed_over",
    "read_files",
    "read_submission",
    "recognise",
    "submission_files",
    "submission_folders",
    "unreadable",
    "unreadable_submission",
]
