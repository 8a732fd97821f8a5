"""The published solution passes, whole."""

from helpers.places import SOLUTIONS


def test_every_stage_of_the_solution_is_exact_or_approximate(grade_folder):
    result = grade_folder(SOLUTIONS)
    assert {stage.verdict for stage in result.stages} <= {"exact", "approximate"}
    assert (result.score, result.max_score, result.status, result.exit_code) == (28, 28, "graded", 0)
