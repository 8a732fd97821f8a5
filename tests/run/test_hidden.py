"""What a report says of hidden probes: which sizes, how far off, which exception and where; never what was in them."""

import re

import pytest

from grader.border import Fault, Note, Source
from grader.report.json import to_json
from grader.report.page import render
from grader.run.grade import grade_submission
from grader.sandbox.ours.discreet import LEFT_OUT, discreet, discreet_notes, is_plain
from helpers.submissions import submission_of

SOURCES = [Source("a.py", "def dx(x, dy, own_name):\n    raise ValueError(str(x.tolist()))\n")]
TELLING = """
import torch

SEEN = []


def dLogProbabilities(batchSize, outputBatch, logProbabilities):
    SEEN.append(logProbabilities.sum().item())
    print("batch", batchSize, "seen", len(SEEN))
    d = torch.zeros_like(logProbabilities)
    d[range(batchSize), outputBatch] = -1 / batchSize
    return d


def dProbabilities(probabilities, dLogProbabilities):
    if len(probabilities) != 32:
        raise ValueError(f"only for 32: {probabilities.tolist()} {SEEN}")
    return dLogProbabilities / probabilities


def dSumCounts(sumCounts):
    raise ValueError(f"on the course batch, {SEEN}")


def dCounts(counts):
    return counts * 0.123456789
"""


@pytest.fixture(scope="module")
def told(examination, sandbox):
    """The result of a submission that says all it can, and its page."""
    submission = submission_of(TELLING)
    graded = grade_submission(submission, examination, sandbox)
    page = render(graded.result, examination.assignment, submission.texts, graded.error_maps)
    return graded.result, page


def stage_of(told, name):
    return next(stage for stage in told[0].stages if stage.name == name)


def test_what_is_printed_is_shown_as_of_a_process_that_has_seen_the_course_batch_alone(told):
    stage = stage_of(told, "dLogProbabilities")
    assert stage.passed and stage.printed == "batch 32 seen 1\n"


def test_a_message_of_their_own_is_left_out_where_it_came_on_hidden_probes(told):
    stage = stage_of(told, "dProbabilities")
    assert stage.verdict == "overfit" and stage.error.type == "ValueError"
    assert stage.message.endswith(f"ValueError: Raised at line {stage.error.line}. {LEFT_OUT}")
    assert stage.error.traceback.count("raise ValueError(f") == 1 and "only for 32: {" in stage.error.traceback


def test_a_message_of_their_own_on_the_course_batch_is_that_of_a_process_that_has_seen_nothing_else(told):
    stage = stage_of(told, "dSumCounts")
    assert re.fullmatch(r"ValueError: on the course batch, \[-\d+\.\d+\]", stage.message)
    assert stage.error.message in stage.message


def test_no_number_of_a_hidden_probe_is_told_to_more_than_two_digits(told):
    stage = stage_of(told, "dCounts")
    hidden = [probe for probe in stage.probes if probe.kind != "course"]
    assert hidden and all(probe.error == float(f"{probe.error:.2g}") for probe in hidden)
    assert "only for 32: [" not in told[1] and b"only for 32: [" not in to_json(told[0])


@pytest.mark.parametrize(
    "message",
    [
        "The size of tensor a (7) must match the size of tensor b (32) at non-singleton dimension 1",
        "mat1 and mat2 shapes cannot be multiplied (3x4 and 5x6)",
        "shape '[5, 7, 11, 13]' is invalid for input of size 1200",
        "operands could not be broadcast together with shapes (3,4) (5,4) ",
        "division by zero",
        "list index out of range",
        "27",
        "name 'own_name' is not defined",
        "It needs `own_name`, and that could not be made: IndexError: index 27 is out of bounds for axis 0",
        "It returned a list, not a tensor.",
        "EinopsError: Shape mismatch, 7 != 32",
        "hier fehlt etwas: größer als erwartet",
    ],
)
def test_what_helps_an_honest_student_is_told(message):
    assert is_plain(message)


@pytest.mark.parametrize(
    "message",
    ["[[0.25, -1.5]]", "1e-5", "12345678", "size " * 100, "1 " * 20],
)
def test_other_numbers_are_not(message):
    assert not is_plain(message)


def test_an_exception_of_a_class_made_of_data_is_just_an_exception():
    fault = discreet(Fault("error", "D0_25D1_5", "no size", "Traceback 0.25", through=(("a.py", 2),)), SOURCES)
    assert (fault.type, fault.message) == ("Exception", "no size")
    assert fault.traceback == '  File "a.py", line 2\n    raise ValueError(str(x.tolist()))'
    assert discreet_notes([Note("subclass", "It is a D of 0.25."), Note("dtype", "The result is float64.")]) == (
        Note("dtype", "The result is float64."),
    )
