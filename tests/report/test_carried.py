"""How errors go along the graph when every stage is fed the student's own gradients."""

from dataclasses import replace

import pytest

from grader.report.carried import follow
from grader.result import Chained, StageResult
from grader.run.grade import grade_submission
from grader.submission import read_submission
from helpers.places import SOLUTIONS
from helpers.solution import TRAINING
from helpers.submissions import submission_of

ORDER = "dLogProbabilities dProbabilities dSumCountsInverse dSumCounts dCounts dNormalizedLogits".split()


@pytest.fixture
def exercise(assignment):
    return assignment.exercise("every-expression")


def stages(exercise, **verdicts):
    """All right, but for some: a verdict, and the verdict in the chain if there is one."""
    found = []
    for stage in exercise.stages:
        verdict, chained = verdicts.get(stage.name, ("exact", "exact"))
        found.append(StageResult(stage.name, stage.tensor, verdict, 1.0, 1, chained=chained and Chained(chained, None)))
    return found


def test_what_is_right_all_the_way_is_carried_nowhere(exercise):
    carried = follow(exercise, stages(exercise))
    assert not carried.off and not carried.origins


def test_an_error_is_carried_to_what_it_feeds_and_told_by_its_stage(exercise):
    judged = stages(
        exercise, dSumCounts=("wrong", "wrong"), dCounts=("exact", "wrong"), dNormalizedLogits=("exact", "wrong")
    )
    carried = follow(exercise, judged)
    assert carried.origins == {"dCounts": ["dSumCounts"], "dNormalizedLogits": ["dSumCounts"]}
    assert carried.off == {"dSumCounts", "dCounts", "dNormalizedLogits"}
    states = {stage.name: carried.state(stage) for stage in judged}
    assert [states[name] for name in ORDER] == ["right", "right", "right", "wrong", "carried", "carried"]


def test_an_error_of_its_own_hides_those_that_arrive(exercise):
    judged = stages(
        exercise, dSumCounts=("wrong", "wrong"), dCounts=("wrong", "wrong"), dNormalizedLogits=("exact", "wrong")
    )
    carried = follow(exercise, judged)
    assert carried.origins == {"dNormalizedLogits": ["dCounts"]} and carried.state(judged[4]) == "wrong"


def test_past_a_stage_that_gives_nothing_there_is_no_chain_but_still_no_gradient(exercise):
    judged = [
        replace(stage, chained=None) if place > 4 else stage
        for place, stage in enumerate(stages(exercise, dCounts=("error", "error")))
    ]
    carried = follow(exercise, judged)
    assert set(carried.origins) == {stage.name for stage in judged[5:]}
    assert {origin for origins in carried.origins.values() for origin in origins} == {"dCounts"}


def test_what_is_wrong_for_other_upstream_gradients_only_carries_nothing(exercise):
    carried = follow(exercise, stages(exercise, dLogits=("shortcut", "approximate"), dCounts=("missing", None)))
    assert not carried.off and not carried.origins


def test_a_right_exercise_in_one_go_has_no_error_carried_to_where_everything_cancels(
    assignment, training_examination, sandbox
):
    """The bias before batch norm has a gradient of zero, so that rounding is all there is of it."""
    submission = read_submission(SOLUTIONS / "ex4_training.py")
    judged = grade_submission(submission, training_examination, sandbox).result.stages
    assert all(stage.passed for stage in judged)
    assert not follow(assignment.exercise("training"), judged).origins


def test_a_run_with_wrong_gradients_is_told_whose_they_are(assignment, training_examination, sandbox):
    submission = submission_of(TRAINING.replace("dLogits.sum(0)", "dLogits.mean(0)"))
    judged = grade_submission(submission, training_examination, sandbox).result.stages
    carried = follow(assignment.exercise("training"), judged)
    assert carried.origins == {"update": ["backward.dBiasesOfFinalLayer"]}
