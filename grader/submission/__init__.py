"""What was handed in: found, read as text, recognised. Nothing here runs it."""

from grader.submission.imported import imported, imported_names
from grader.submission.read import (
    CHECKPOINTS,
    FILES_CAP,
    SOURCE_CAP,
    cells_submission,
    checkpoint_notes,
    counts,
    find_files,
    passed_over,
    read_files,
    read_submission,
    script_submission,
    submission_files,
    submission_folders,
)
from grader.submission.recognise import (
    concerns,
    exercise_at,
    header_exercise,
    header_exercises,
    is_for_none,
    misspelt_exercises,
    recognise,
    recognise_other,
)
from grader.submission.submission import Submission, encodable, unreadable, unreadable_submission

__all__ = [
    "CHECKPOINTS",
    "FILES_CAP",
    "SOURCE_CAP",
    "Submission",
    "cells_submission",
    "checkpoint_notes",
    "concerns",
    "counts",
    "encodable",
    "exercise_at",
    "find_files",
    "header_exercise",
    "header_exercises",
    "imported",
    "imported_names",
    "is_for_none",
    "misspelt_exercises",
    "passed_over",
    "read_files",
    "read_submission",
    "recognise",
    "recognise_other",
    "script_submission",
    "submission_files",
    "submission_folders",
    "unreadable",
    "unreadable_submission",
]
