"""What was handed in: found, read as text, recognised. Nothing here runs it."""

from grader.submission.read import hand_in_files, hand_in_folders, read_submission
from grader.submission.recognise import concerns, header_exercise, recognise
from grader.submission.submission import Submission, unreadable_submission

__all__ = [
    "Submission",
    "concerns",
    "hand_in_files",
    "hand_in_folders",
    "header_exercise",
    "read_submission",
    "recognise",
    "unreadable_submission",
]
