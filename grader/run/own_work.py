"""What of a submission its author has written: not the scripts of the assignment, which lie in a student's folder."""

from dataclasses import replace

from grader.assignment.assignment import Assignment
from grader.submission import Submission, imported_names


def own_work(submission: Submission, assignment: Assignment) -> Submission:
    """A submission without the scripts of the assignment, as far as they are as they were given out, and nothing that
    was written imports them."""
    given = _scripts(assignment)
    written = [source for source in submission.sources if source.text.strip() not in given]
    if len(written) == len(submission.sources):
        return submission
    imported = imported_names("\n".join(source.text for source in written).encode())
    kept = tuple(each for each in submission.sources if each in written or _module(each.name) in imported)
    return replace(submission, sources=kept)


def _scripts(assignment: Assignment) -> set[str]:
    """The texts of those that run when it is graded."""
    texts = [assignment.inputs.text]
    for exercise in assignment.exercises:
        texts += [exercise.script.text, *(task.script.text for task in exercise.tasks)]
        texts += [exercise.calls.text] if exercise.calls else []
    return {text.strip() for text in texts}


def _module(name: str) -> str:
    return name.rpartition("/")[2].removesuffix(".py")
