"""Grade the submissions of a class one after the other, with one sandbox: what every worker does, wherever it runs."""

import sys
import traceback
from dataclasses import replace

from grader.batch.settings import Terms
from grader.batch.store import Judged
from grader.classroom.class_submission import ClassSubmission, known_of, read_class_submission
from grader.errors import GraderError
from grader.report.json import to_line
from grader.report.page import render
from grader.run.exam import examine
from grader.run.grade import Graded, grade_submission, ungraded
from grader.run.request import Recognition
from grader.sandbox.ours import Limits, Sandbox
from grader.submission import Submission, unreadable_submission

LOST = "The grader's own process died on this submission, more than once."


class Examiner:
    """Judges by the terms of one class."""

    def __init__(self, terms: Terms, sandbox: Sandbox, *, reports: bool) -> None:
        """
        Raises:
            GraderError: the assignment or the names are not what they should be.
        """
        assert terms.seed is not None
        self._sandbox, self._reports = sandbox, reports
        self._sandbox.limits = Limits.of_stage(terms.timeout)
        self._recognition = Recognition(terms.assignment)
        self._examination = examine(terms.assignment, terms.selected, names=terms.names, seed=terms.seed)
        for exercise in self._examination.exercises:
            if not exercise.training:
                list(self._examination.probes[exercise.name])  # so that what is wrong with them is told now

    def judge(self, submission: ClassSubmission) -> Judged:
        """The result of what is on this disk."""
        return self.judge_submission(read_class_submission(submission))

    def judge_submission(self, submission: Submission) -> Judged:
        """The result of a submission; `ungraded` where the grader itself fails."""
        try:
            graded = grade_submission(submission, self._examination, self._sandbox)
            return self._judged(submission, replace(graded, result=self._recognition.told(submission, graded.result)))
        except GraderError as error:
            return self._ungraded(submission, str(error))
        except Exception as error:
            traceback.print_tb(
                error.__traceback__, file=sys.stderr
            )  # without its message, which may quote the submission
            return self._ungraded(submission, f"The grader failed on this submission ({type(error).__name__}).")

    def lost(self, work: ClassSubmission) -> Judged:
        """What is said of one that nobody came back from. Nothing of it is read: that may be what went wrong."""
        submission = known_of(work, unreadable_submission(work.path, LOST))
        return self._ungraded(replace(submission, faults=()), LOST)

    def _ungraded(self, submission: Submission, reason: str) -> Judged:
        return self._judged(submission, ungraded(submission, self._examination, reason))

    def _judged(self, submission: Submission, graded: Graded) -> Judged:
        page = None
        if self._reports:
            assignment = self._examination.assignment
            page = render(graded.result, assignment, submission.texts, graded.error_maps).encode()
        return Judged(graded.result.status, to_line(graded.result), page)
