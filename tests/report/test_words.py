"""Words that renderings share: text made safe and short, and which stage to look at first."""

from dataclasses import replace

import pytest

from grader.border import Fault, Found
from grader.pytest_plugin.message import failure_text
from grader.report import safe, verdicts
from grader.report.export import plain
from grader.result import Diagnosis, ExerciseResult, Failure, Integrity, StageResult, Warned, Where


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
    failed = stage("a", "error", where=where, error=Failure("NameError", "y", line=14))
    assert verdicts.lines_to_look_at(failed) == [14]
    assert verdicts.lines_to_look_at(replace(failed, error=Failure("NameError", "y"))) == []
    assert verdicts.place_of(Where("a.py", 50, 60, 2, 11), 53) == "a.py, code cell 2, line 14"
    assert verdicts.place_of(where) == "a.py, line 10" and verdicts.place_of(where, 12) == "a.py, line 12"
    taken = stage("a", "forbidden", where=where, integrity=Integrity("forbidden", [3, 15]))
    assert verdicts.lines_to_look_at(taken) == [15]
    assert verdicts.lines_to_look_at(replace(wrong, verdict="exact")) == []


def test_the_line_of_an_exception_is_the_last_one_in_its_function():
    through = (("a.py", 11), ("b.py", 12), ("a.py", 14), ("a.py", 3))
    fault = Fault("error", "NameError", "y", through=through)
    assert fault.line_in(Found("a.py", first_line=10, last_line=20)) == 14
    assert fault.line_in(Found("b.py", first_line=10, last_line=20)) == 12
    assert fault.line_in(Found("a.py", first_line=15, last_line=20)) is fault.line_in(None) is None


SLIP, RAISED = Diagnosis("x", "Line 3: the axis is wrong."), Failure("RuntimeError", "sizes differ")
TOLD = [
    ({}, "", [], "Wrong values or a wrong shape."),
    ({"message": "Far off.", "pattern": "One row."}, "One row. Far off.", ["One row.", "Far off."], None),
    ({"message": "Far off.", "diagnosis": SLIP}, SLIP.message, [SLIP.message], None),
    (
        {"message": "RuntimeError: sizes differ", "diagnosis": SLIP, "error": RAISED},
        "RuntimeError: sizes differ. Line 3: the axis is wrong.",
        ["RuntimeError: sizes differ", SLIP.message],
        None,
    ),
    (
        {"message": "RuntimeError: sizes differ", "warnings": [Warned("dtype", "It is float64.")]},
        "RuntimeError: sizes differ. It is float64.",
        ["RuntimeError: sizes differ"],
        "RuntimeError: sizes differ",
    ),
]


@pytest.mark.parametrize(("fields", "said", "causes", "why"), TOLD)
def test_every_rendering_tells_the_same_causes(fields, said, causes, why):
    told = stage("dA", "wrong", **fields)
    assert verdicts.causes(told) == causes
    assert verdicts.remark(told) == plain.why(told) == said
    assert verdicts.why(told) == (said if why is None else why)
    first, *_ = failure_text(told).splitlines()
    assert first.removeprefix("wrong: ") in (*causes, verdicts.why(told))
    assert verdicts.remark(replace(told, begun=False)) == ""


def test_what_is_said_of_a_shape_is_its_warning():
    told = stage("dA", "shape", message="The shape is (1,).", warnings=[Warned("shape", "keepdims=True keeps it.")])
    assert verdicts.remark(told) == plain.why(told) == "keepdims=True keeps it."


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
