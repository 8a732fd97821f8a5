"""What was handed in: found, read as text, recognised. Nothing here runs it."""

from grader.submission.read import read_submission
from grader.submission.recognise import concerns, header_exercise, recognise
from grader.submission.submission import Submission, encodable, unreadable_submission

__all__ = [
    "Submission",
    "concerns",
    "encodable",
    "header_exercise",
    "read_submission",
    "recognise",
    "unreadable_submission",
]
