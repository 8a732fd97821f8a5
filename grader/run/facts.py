"""The result of a run: its stages, beside the facts about submission, assignment and grader."""

from collections.abc import Mapping, Sequence
from typing import Literal

import torch

from grader.assignment.assignment import Assignment
from grader.assignment.catalog import is_shipped
from grader.assignment.dataset import Dataset
from grader.result import (
    SCHEMA,
    AssignmentFacts,
    DatasetFacts,
    GraderFacts,
    Result,
    StageResult,
    SubmissionFacts,
)
from grader.run.exam import Examination
from grader.run.own_folder import folder_of
from grader.run.score import exercise_result, status, total, worth
from grader.submission import Submission, encodable
from grader.version import __version__


def result_of(
    submission: Submission,
    examination: Examination,
    stages: Mapping[str, list[StageResult]],
    problems: list[str],
    isolation: dict[str, str],
    seconds: float,
    style: Literal["functions", "flat"],
) -> Result:
    """Everything there is to say about one submission.

    Args:
        submission: what was handed in.
        examination: what was asked of it.
        stages: by exercise, in the order of the assignment.
        problems: files and lines that could not be read or run, a sentence each.
        isolation: which protections held.
        seconds: how long it took.
        style: whether its stages are functions or variables.
    """
    assignment = examination.assignment
    exercises = [exercise_result(each.name, each.title, stages[each.name]) for each in examination.exercises]
    everything = [stage for each in exercises for stage in each.stages]
    return Result(
        schema=SCHEMA,
        assignment=AssignmentFacts(
            assignment.name, assignment.title, assignment.sha256, origin(assignment, submission)
        ),
        submission=SubmissionFacts(
            submission.id,
            encodable(str(submission.path)),
            submission.sha256,
            list(submission.files),
            problems,
            style,
            submission.late,
            list(submission.notes),
            dict(submission.identities),
            unread=is_unread(everything, problems),
        ),
        grader=GraderFacts(__version__, str(torch.__version__), examination.seed, isolation),
        score=total(everything),
        max_score=worth(everything),
        status=status(everything),
        seconds=round(seconds, 3),
        exercises=exercises,
        dataset=_dataset_facts(examination.dataset),
    )


def origin(assignment: Assignment, submission: Submission) -> Literal["grader", "given", "submission"]:
    """Where an assignment is from. Whoever wrote what is in a submission could have written that in its folder, too."""
    if is_shipped(assignment):
        return "grader"
    folder = folder_of(submission.path).resolve()
    return "submission" if assignment.folder.is_relative_to(folder) else "given"


def is_unread(stages: Sequence[StageResult], problems: Sequence[str]) -> bool:
    """Whether there is nothing that could be graded, for a reason that the problems say."""
    absent = all(stage.where is None and stage.verdict in ("error", "missing") for stage in stages)
    return bool(problems) and absent


def _dataset_facts(dataset: Dataset | None) -> DatasetFacts | None:
    if dataset is None:
        return None
    parts = [len(part) for part in (dataset.training, dataset.validation, dataset.test)]
    return DatasetFacts(sum(parts), len(dataset.vocabulary), *parts)
