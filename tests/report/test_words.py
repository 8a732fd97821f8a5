"""Words that renderings share: text made safe and short, and which stage to look at first."""

from dataclasses import replace

import pytest

from grader.report import safe, verdicts
from grader.result import Diagnosis, ExerciseResult, Failure, Integrity, StageResult, Where


def stage(name, verdict, place=0, **more):
    return StageResult(name, name, verdict, 0.0, 1, place=place, **more)


class Exercises:
    """As much of a result as is asked here."""

    def __init__(self, *exercises):
        self.exercises = [ExerciseResult("x", "X", 0.0, len(stages), list(stages)) for stages in exercises]


def first(*exercises):
    found = verdicts.first_own_error(Exercises(*exercises))
    return found and found.name


def test_what_could_not_be_judged_is_no_error_and_what_is_not_written_neither():
    assert first([stage("a", "ungraded"), stage("b", "missing"), stage("c", "shape"), stage("d", "error")]) == "d"
    assert first([stage("a", "ungraded"), stage("b", "missing"), stage("c", "exact")]) is None
    untried = verdicts.first_untried(
        Exercises([stage("a", "ungraded"), stage("b", "missing", 2), stage("c", "missing", 1)])
    )
    assert untried.name == "c"


def test_the_first_error_is_the_first_of_the_backward_pass_and_exercises_come_in_their_order():
    assert first([stage("a", "wrong", 2), stage("b", "wrong", 1)], [stage("c", "wrong", 0)]) == "b"
    assert first([stage("a", "exact", 0)], [stage("c", "wrong", 3), stage("d", "timeout", 1)]) == "d"


@pytest.mark.parametrize("name", ["nameweave", "makemore", "attention"])
def test_in_the_backward_pass_no_stage_comes_before_one_whose_gradient_it_is_fed(name):
    from grader import load_assignment

    for exercise in load_assignment(name).exercises:
        place = {stage: number for number, stage in enumerate(exercise.backward_order)}
        assert sorted(place) == sorted(each.name for each in exercise.everything)
        named = {each.tensor: each.name for each in exercise.stages}
        for each in exercise.stages:
            users = [named[user] for user in exercise.consumers(each.tensor) if user in named]
            assert all(place[user] < place[each.name] for user in users)


def test_in_one_go_the_parameters_of_the_last_layer_come_first(assignment):
    order = assignment.exercise("training").backward_order
    assert order[0] == "backward.dWeightsOfFinalLayer" and order[6] == "backward.dEmbeddingLookUpMatrix"
    assert order[7:] == ("update", "calibrate", "split_loss", "sample")


def test_the_line_to_look_at_is_that_of_the_slip_or_of_the_exception():
    where = Where("a.py", 10, 20)
    wrong = stage("a", "wrong", where=where, diagnosis=Diagnosis("edit-sign", "Line 12: …", line=12))
    assert verdicts.lines_to_look_at(wrong) == [12]
    trace = '  File "a.py", line 14, in dA\n    return f(x)\n  File "a.py", line 3, in f\n    return y\n'
    failed = stage("a", "error", where=where, error=Failure("NameError", "y", trace))
    assert verdicts.lines_to_look_at(failed) == [14]
    in_cell = trace.replace('"a.py"', '"a.py, code cell 2"')
    cell = replace(failed, where=Where("a.py", 50, 60, 2, 11), error=Failure("NameError", "y", in_cell))
    assert verdicts.lines_to_look_at(cell) == [53]
    assert verdicts.place_of(cell.where, 53) == "a.py, code cell 2, line 14"
    assert verdicts.place_of(where) == "a.py, line 10" and verdicts.place_of(where, 12) == "a.py, line 12"
    taken = stage("a", "forbidden", where=where, integrity=Integrity("forbidden", [3, 15]))
    assert verdicts.lines_to_look_at(taken) == [15]
    assert verdicts.lines_to_look_at(replace(wrong, verdict="exact")) == []
    assert verdicts.lines_to_look_at(replace(failed, error=Failure("E", "x", 'File "a.py", line ' + "9" * 5_000))) == []


def test_text_is_cut_in_its_middle_and_says_so():
    text = safe.shortened("a" * 500 + "b" * 500, 30)
    assert text == "a" * 20 + " [… 970 characters …] " + "b" * 10
    assert safe.shortened("short", 5) == "short"


def test_what_cannot_be_seen_is_written_out_and_letters_of_names_are_not():
    assert safe.printable("a\x1b[1m\u202eb\u200b\ud800\x85\r\nc\rd") == "a\\x1b[1m\\u202eb\\u200b\\ud800\\x85\nc\\rd"
    name = "क्‍ष José Ønsker \u0644\u0627"
    assert safe.printable(name) == name
    flood = safe.printable("e" + "\u0301" * 5_000 + "f")
    assert flood == "e" + "\u0301" * safe.MOST_MARKS + "…f"
    assert safe.on_its_line("a\nScore 39 / 39") == "a\\nScore 39 / 39"
