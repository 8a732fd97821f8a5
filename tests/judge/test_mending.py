"""A slip that one edit of the student's own lines takes back is told with its line. It decides nothing."""

from dataclasses import replace
from functools import cache
from typing import get_args

import pytest
import safetensors.torch
import torch

from grader.border import Edit, EditKind, Source
from grader.judge.why.slips import SAID, as_told, sentence
from grader.run.exam import examine
from grader.run.locate_slip import nearest
from grader.sandbox.border.messages import Edited, Tries
from grader.sandbox.border.wire import Inbox, MalformedFrame, pack
from grader.sandbox.ours.untrusted import Implausible, checked_edits
from grader.sandbox.theirs.source.edit_rules import RULES
from helpers.solution import TRAINING
from helpers.submissions import judged, stages_of, submission_of, write_notebook

SIGN = Edit(1, "sign", 1, 0, 1)
STAGE = "dHiddenLayerPreBatchNormStatesFast"
STATES = "dHiddenLayerPreActivationStates"
LINES = f"""\
import torch


def {STAGE}(batchGains, batchVarianceInverse, batchSize, {STATES}, batchRawValue):
    up = {STATES}
    rest = batchSize * up - up.sum(0)
    rest = rest - batchSize / (batchSize - 1) * batchRawValue * (up * batchRawValue).sum(0)
    return batchGains * batchVarianceInverse / batchSize * rest
"""
SUM = "(up * batchRawValue).sum(0)"
EDITED = [
    (SUM, "(up + batchRawValue).sum(0)", "operator", "an operator is wrong in `up + batchRawValue`", 7),
    (SUM, "(up * batchRawValue).sum(1, keepdim=True)", "axis", "the axis is wrong in `(up * batchRawValue).sum(1", 7),
    (SUM, "(up * batchRawValue)", "sum", "`up * batchRawValue` is to be summed", 7),
    (SUM, "(up * batchRawValue).sum(0) * up", "too-much", "something too much in this line", 7),
    ("* batchRawValue * (up", "* up * (up", "name", "another name belongs in the place of `up`", 7),
    ("* batchRawValue * (up", "* (up", "factor", "a factor, divisor or power is missing in `batchSize / (", 7),
    ("(batchSize - 1)", "(batchSize - 3)", "number", "a number is wrong in `batchSize - 3`", 7),
    ("rest = rest - batchSize", "rest = up - batchSize", "name", "`up`", 7),
    (f"up = {STATES}", f"up = batchRawValue - {STATES}", "too-much", "too much in `batchRawValue - dH", 5),
    ("rest = batchSize * up - up", "rest = up\n    rest *= batchSize\n    rest -= up", "alias", "the same tensor", 6),
]
"""What of the lines above is replaced, by what, and how it is told."""
SILENT = [
    pytest.param("batchRawValue * (up *", "-batchRawValue * (up.abs() *", marks=pytest.mark.slow),
    ("up.sum(0)", "(up - up.sum(0)) * up"),
    ("batchSize * up - up.sum(0)", "up.sum(0)"),
]
"""Two edits at once. The first can be made up for by a third, but only where the upstream gradient is small."""


@pytest.fixture(scope="module")
def told(examination, sandbox):
    """The judgement of one stage of a source."""

    @cache
    def stages(text):
        return judged(submission_of(text), examination, sandbox)

    return lambda text, stage: stages(text)[stage]


@pytest.fixture(scope="module")
def backward_alone(assignment):
    """The gradients of the fourth exercise, without what is done with them."""
    stages = assignment.exercise("training").stages
    return examine(assignment, frozenset(stage.name for stage in stages), seed="tests")


def changed(old, new, text=LINES):
    assert text.count(old) == 1
    return text.replace(old, new)


@pytest.mark.parametrize(("old", "new", "kind", "said", "line"), EDITED, ids=[edit[1] for edit in EDITED])
def test_a_slip_in_a_function_of_several_lines_is_told_with_its_line_and_its_kind(told, old, new, kind, said, line):
    judged = told(changed(old, new), STAGE)
    assert not judged.passed and judged.score == 0 and judged.diagnosis, judged.message
    assert (judged.diagnosis.code, judged.diagnosis.line) == (f"edit-{kind}", line)
    assert judged.diagnosis.message.startswith(f"Line {line}: ") and said in judged.diagnosis.message
    assert judged.pattern == "" and "one edit" in judged.evidence[0]


@pytest.mark.parametrize(("old", "new"), SILENT)
def test_two_slips_are_not_taken_for_one(told, old, new):
    judged = told(changed(old, new), STAGE)
    assert not judged.passed and (judged.diagnosis is None or judged.diagnosis.slips == 2), judged.diagnosis


TWO = [
    (("up - up.sum(0)", "up + up.sum(0)"), (SUM, "(up + batchRawValue).sum(0)"), "a sign is", "an operator is"),
    (("up - up.sum(0)", "up + up.sum(0)"), ("* batchRawValue * (up", "* up * (up"), "a sign is", "the place of `up`"),
]


@pytest.mark.parametrize(("one", "other", "first", "second"), TWO, ids=["sign and operator", "sign and name"])
def test_two_slips_are_told_with_both_lines(told, one, other, first, second):
    judged = told(changed(*other, changed(*one)), STAGE).diagnosis
    assert judged.slips == 2 and judged.line == 6 and judged.message.startswith("Two things. Line 6: "), judged
    six, seven = judged.message.split("Line 7: ")
    assert first in six and second in seven and seven.endswith("Everything else is right.")


def test_the_edits_of_each_kind_that_come_nearest_are_tried_first():
    wanted = torch.tensor([1.0, 2.0, 3.0], dtype=torch.float64)
    kinds = ["as-it-is", "sign", "sign", "sign", "sign", "axis", "name"]
    far = [9.0, 3.0, 1.0, 2.0, 1.0, 8.0, 10.0]
    noise = torch.tensor([1.0, -1.0, 1.0], dtype=torch.float64)
    tried = [(Edit(n, kind, 1, 0, 1), wanted + noise * by) for n, (kind, by) in enumerate(zip(kinds, far, strict=True))]
    assert [edit.number for edit in nearest(tried, wanted)] == [2, 3, 5]


AT = {"too-much": (0, 9), "factor": (3, 5), "sign": (3, 5), "addend": (3, 5), "name": (0, 2)}
TOGETHER = [
    (("too-much", "factor"), ["another"]),
    (("sign", "factor"), ["another"]),
    (("factor", "addend"), ["factor"]),
    (("too-much", "sign"), ["too-much", "sign"]),
    (("factor", "name"), ["name", "factor"]),
]
"""Two edits of one line, by kind, and what they are told as: one is an exchange where it takes away and puts there."""


@pytest.mark.parametrize(("kinds", "as_one"), TOGETHER, ids=[" ".join(kinds) for kinds, _ in TOGETHER])
def test_an_exchange_is_told_as_one(kinds, as_one):
    assert [each.kind for each in as_told([Edit(1, kind, 1, *AT[kind]) for kind in kinds])] == as_one


def test_the_place_is_told_and_not_what_belongs_there(told):
    assert "batchRawValue" not in told(changed("* batchRawValue * (up", "* up * (up"), STAGE).diagnosis.message


def test_a_name_that_the_file_gives_itself_stays_what_it_is(short_search, told):
    """Were it replaced by what is given under the same name, any edit would look like the right one."""
    text = changed("batchVarianceInverse, batchSize, ", "batchVarianceInverse, ")
    judged = told(changed("import torch\n", "import torch\n\nbatchSize = 32\n", text), STAGE)
    assert judged.verdict == "overfit"
    assert judged.diagnosis is None or judged.diagnosis.code == "typed-in-size", judged.diagnosis


def test_one_slip_in_a_function_of_several_stages_is_told_with_each_that_it_spoils(backward_alone, sandbox):
    text = changed("dBatchGains * batchSize / (batchSize - 1)", "dBatchGains * batchSize / (batchSize - 2)", TRAINING)
    stages = judged(submission_of(text), backward_alone, sandbox)
    spoilt = [stage for stage in stages.values() if stage.name.startswith("backward.") and not stage.passed]
    assert {stage.name for stage in spoilt} == {"backward.dEmbeddingLookUpMatrix", "backward.dWeightsOfHiddenLayer"}
    assert [stage.diagnosis.code for stage in spoilt] == ["edit-number"] * 2
    assert all("batchSize - 2" in text.split("\n")[stage.diagnosis.line - 1] for stage in spoilt)


def test_what_one_result_shows_has_to_be_true_of_the_others(backward_alone, sandbox):
    """Of the biases alone, it may as well be that every row is paired with every right character."""
    text = changed("dLogits = F.softmax(logits, 1)", "dLogits = F.softmax(logits, 1) / batchSize", TRAINING)
    text = changed("    dLogits /= batchSize\n", "", text)
    stages = judged(submission_of(text), backward_alone, sandbox)
    spoilt = [stage for stage in stages.values() if stage.name.startswith("backward.") and not stage.passed]
    assert len(spoilt) > 3 and {stage.diagnosis.code for stage in spoilt} == {"divided-too-early"}


@pytest.fixture
def flat(grade_folder, tmp_path):
    """The stages of a flat notebook, by name."""

    def grade(*cells):
        return stages_of(grade_folder(write_notebook(tmp_path / "flat.ipynb", cells)))

    return grade


def test_another_gradient_in_the_place_of_the_upstream_one_is_told_with_its_cell(flat):
    stages = flat(
        "import torch\ndLogProbabilities = torch.zeros_like(logProbabilities)\n"
        "dLogProbabilities[torch.arange(batchSize), outputBatch] = -1 / batchSize",
        "part = dSumCounts\ndCounts = sumCountsInverse * dLogProbabilities + part",
    )
    diagnosis = stages["dCounts"].diagnosis
    assert diagnosis.code == "edit-name" and diagnosis.message.startswith("Code cell 2, line 2: another name")
    assert "`dLogProbabilities`" in diagnosis.message


@pytest.mark.parametrize("change", ["twice *= 2", "twice.mul_(2)"])
def test_a_tensor_changed_through_another_name_is_told(flat, change):
    stages = flat(
        f"import torch\nup = {STATES}\ntwice = up\n{change}\ndBatchBiases = up.sum(0, keepdim=True) + 0 * twice[:1]"
    )
    assert stages["dBatchBiases"].diagnosis.code in ("factor", "edit-alias")


def test_an_edit_that_never_ends_costs_the_diagnosis_and_nothing_else(told):
    loop = "n = 3\n    while n != 0:\n        n -= 1\n    return sumCounts * dSumCountsInverse * sumCounts.sin()"
    text = f"import torch\n\n\ndef dSumCounts(sumCounts, dSumCountsInverse):\n    {loop}\n"
    text += "\n\ndef dNormalizedLogits(counts, dCounts):\n    return counts * dCounts\n"
    judged = told(text, "dSumCounts")
    assert judged.verdict == "wrong" and judged.diagnosis is None and judged.pattern
    assert told(text, "dNormalizedLogits").passed


@pytest.mark.parametrize(("edit", "loop"), [(SIGN, False), (replace(SIGN, loop=True), True)])
def test_what_a_loop_goes_through_is_asked_for(edit, loop):
    assert ("which ones" in sentence([edit], Source("a.py", "n - 1"))) == loop


def test_every_kind_of_edit_has_a_sentence():
    assert set(SAID) == set(RULES) == set(get_args(EditKind)) - {"as-it-is"}


@pytest.mark.parametrize(("text", "quoted"), [("x" * 200, ""), ("a `b` c", ""), ("", ""), ("é" * 8, "é" * 8)])
def test_a_long_or_quoted_piece_is_called_this_line(text, quoted):
    said = sentence([Edit(1, "name", 1, 0, len(text.encode()))], Source("a.py", text))
    place = f"`{quoted}`" if quoted else "this line"
    assert said == f"Line 1: another name belongs in the place of {place}. Everything else is right."


FORGED = {
    "in a line there is not": [Edit(1, "sign", 99, 0, 1)],
    "in columns there are not": [Edit(1, "sign", 1, 5, 1)],
    "that was not to be tried": [Edit(500, "sign", 1, 0, 1)],
    "more than there are answers": [SIGN, SIGN],
}


def checked(edits, number=7, elements=4):
    body = safetensors.torch.save({"answers": torch.zeros(1, 4)})
    return checked_edits(Edited(7, tuple(edits)), body, number, Tries(0, 400, 0, elements), last=10)


@pytest.mark.parametrize("edits", FORGED.values(), ids=FORGED)
def test_edits_that_cannot_be_are_not_believed(edits):
    with pytest.raises(Implausible):
        checked(edits)


def test_a_frame_with_an_edit_of_another_kind_is_none():
    inbox = Inbox()
    inbox.feed(pack(Edited(7, (Edit(1, "right", 1, 0, 1),))))
    with pytest.raises(MalformedFrame):
        inbox.take(Edited)


def test_edits_of_another_ask_are_not_believed():
    assert len(checked([SIGN])) == 1
    with pytest.raises(Implausible):
        checked([SIGN], number=8)
    with pytest.raises(Implausible):
        checked([SIGN], elements=5)


@pytest.mark.parametrize(
    ("body", "kind", "said"),
    [
        ("H @ dLogits", "not-transposed", "States` has to be transposed"),
        ("(H.T @ dLogits.T)", "transposed", "`dLogits.T` is transposed, and should not be"),
        ("dLogits.T @ H", "", "rows and columns are swapped"),
    ],
)
def test_what_is_transposed_is_told_also_where_torch_only_says_that_shapes_do_not_fit(told, body, kind, said):
    arguments = "hiddenLayerPostActivationStates, dLogits"
    body = body.replace("H", "hiddenLayerPostActivationStates")
    text = f"def dWeightsOfFinalLayer({arguments}):\n    return {body}\n"
    judged = told(text, "dWeightsOfFinalLayer")
    assert judged.verdict in ("error", "wrong") and said in judged.diagnosis.message
    assert judged.diagnosis.code == (f"edit-{kind}" if kind else "transposed")


def test_what_was_never_asked_is_not_tried_with_edits(told):
    text = "def dNormalizedLogits(counts, dCounts):\n    return counts * dCounts\n\n\n"
    text += "dProbabilities = [].pop()\n"
    assert told(text, "dProbabilities").verdict == "error" and told(text, "dNormalizedLogits").passed


BEYOND = {
    "dSumCounts(sumCounts, dSumCountsInverse)": "sumCounts.sin() * dSumCountsInverse + 0 * 1e400",
    "dNormalizedLogits(counts, dCounts)": "counts.sin() * dCounts + 0 * 10 ** 400",
    "dProbabilities(probabilities, dLogProbabilities)": f"probabilities.sin() * dLogProbabilities + 0 * {'9' * 400}",
    "dBatchBiases(batchRawValue, dHiddenLayerPreActivationStates)": (
        "(batchRawValue.sin() * dHiddenLayerPreActivationStates).sum(0) + 0 * 1e308"
    ),
}


def test_numbers_beyond_all_bounds_cost_nobody_the_result(short_search, told):
    text = "\n\n".join(f"def {head}:\n    return {value}\n" for head, value in BEYOND.items())
    for head in BEYOND:
        assert told(text, head.partition("(")[0]).verdict in ("error", "nonfinite", "wrong")


def test_a_function_that_answers_another_thing_each_time_is_told_no_place(told):
    text = "calls = []\n\n\ndef dSumCounts(sumCounts, dSumCountsInverse):\n    calls.append(1)\n"
    text += "    return -(sumCounts ** -2) * dSumCountsInverse * (2 if len(calls) < 7 else -1)\n"
    judged = told(text, "dSumCounts")
    assert judged.verdict == "wrong" and (judged.diagnosis is None or not judged.diagnosis.code.startswith("edit"))


def test_lines_nested_too_deeply_to_be_copied_cost_no_other_diagnosis(told):
    deep = f"def dSumCounts(sumCounts, dSumCountsInverse):\n    return sumCounts.sin(){' + 1' * 900}\n"
    text = f"{deep}\n\ndef dNormalizedLogits(counts, dCounts):\n    return counts * dCounts.sin()\n"
    assert told(text, "dSumCounts").diagnosis is None
    assert told(text, "dNormalizedLogits").diagnosis.code == "edit-too-much"


def test_a_small_number_is_too_much_though_other_brackets_would_hide_it(told):
    text = "def dProbabilities(probabilities, dLogProbabilities):\n"
    text += "    return dLogProbabilities / (probabilities + 1e-6)\n"
    diagnosis = told(text, "dProbabilities").diagnosis
    assert diagnosis.code == "edit-too-much" and "`probabilities + 1e-6`" in diagnosis.message


def test_a_decorator_that_has_a_part_in_the_answer_keeps_lines_from_being_told(short_search, told):
    trebled = "def trebled(f):\n    return lambda sumCounts, dSumCountsInverse: 3 * f(sumCounts, dSumCountsInverse)\n"
    lines = "return -(sumCounts ** -2) * dSumCountsInverse * dSumCountsInverse"
    text = f"{trebled}\n\n@trebled\ndef dSumCounts(sumCounts, dSumCountsInverse):\n    {lines}\n"
    judged = told(text, "dSumCounts")
    assert judged.verdict == "wrong" and judged.diagnosis is None, judged.diagnosis
