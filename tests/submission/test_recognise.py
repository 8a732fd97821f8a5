"""What a submission is for, and a class."""

import pytest

from grader.errors import ForAnotherAssignment, NothingToGrade, NumbersOfAnother
from grader.run.request import make_request, recognise_class
from grader.submission import is_for_none, recognise_other
from helpers.submissions import submission_of

LAYERS = "# grade: layers/relu\nimport numpy as np\n\n\ndef relu_forward(x):\n    return np.maximum(x, 0), x\n"
PLAIN = LAYERS.partition("\n")[2]
ATTENTION = "def dscores(scores):\n    return scores\n"
NEITHER = "def nothing(x):\n    return x\n"


def test_a_header_comes_before_what_names_say(tmp_path):
    for text, name in [
        (LAYERS, "layers"),
        (PLAIN, "layers"),
        (ATTENTION, "attention"),
        (f"# grade: layers/relu\n{ATTENTION}", "layers"),
    ]:
        (tmp_path / "mine.py").write_text(text, encoding="utf-8")
        assert make_request(tmp_path / "mine.py").assignment.name == name


def test_a_header_of_an_assignment_that_is_not_here_is_told_and_graded_as_no_other(tmp_path):
    (tmp_path / "mine.py").write_text(f"# grade: convnet/one\n{ATTENTION}", encoding="utf-8")
    with pytest.raises(ForAnotherAssignment, match=r"mine\.py is for 'convnet'.*--assignment"):
        make_request(tmp_path / "mine.py")
    assert make_request(tmp_path / "mine.py", "attention").assignment.name == "attention"


@pytest.mark.parametrize(
    "call", ["course_batch('{}')", 'globals().update(course_batch("{}", "one"))', 'course_data("{}")']
)
def test_numbers_of_an_assignment_that_is_not_here_are_told_as_a_header_is(call, tmp_path):
    def write(*names, header=""):
        text = header + "".join(f"{call.format(name)}\n" for name in names) + ATTENTION
        (tmp_path / "mine.py").write_text(text, encoding="utf-8")
        return tmp_path / "mine.py"

    with pytest.raises(NumbersOfAnother, match=r"mine\.py is for 'convnet', which is not installed"):
        make_request(write("convnet"))
    for file in (write("attention"), write("convnet", "attention"), write("convnet", header="# grade: attention/x\n")):
        assert make_request(file).assignment.name == "attention"


@pytest.mark.parametrize(
    ("texts", "name"),
    [
        ([LAYERS, PLAIN, ATTENTION], "layers"),
        ([NEITHER, ATTENTION], "attention"),
        (["# grade: convnet/one\n", LAYERS], "layers"),
        ([NEITHER, NEITHER], "nameweave"),
        ([], "nameweave"),
    ],
)
def test_a_class_is_for_what_most_of_it_is_for(texts, name):
    assert recognise_class(submission_of(text) for text in texts).name == name


def test_a_class_for_an_assignment_that_is_not_here_is_told_so():
    with pytest.raises(ForAnotherAssignment, match="'convnet', which is not installed"):
        recognise_class([submission_of("# grade: convnet/one\n"), submission_of(NEITHER)])


NAMES = {
    "layers": ["relu_forward", "a", "b", "c"],
    "attention": ["dscores", "dx"],
    "own": ["dscores", "dx", "relu_forward"],
}
OTHER = {
    "its own": (ATTENTION, "attention", ""),
    "another's": (ATTENTION, "layers", "attention"),
    "another's by its header": (f"# grade: layers/relu\n{NEITHER}", "attention", "layers"),
    "that of one that is not here": ("# grade: convnet/one\n", "attention", "convnet"),
    "one's own and another's": (f"{ATTENTION}a = 1\nb = 1\nc = 1\n", "attention", ""),
    "many of another's, and one's own header": ("# grade: attention/x\na = 1\nb = 1\nc = 1\n", "attention", ""),
    "a copy of an assignment": (LAYERS, "own", ""),
    "nobody's": (NEITHER, "attention", ""),
}


@pytest.mark.parametrize("case", OTHER)
def test_work_for_another_assignment_is_told_from_what_may_be_for_this_one(case):
    text, graded_as, other = OTHER[case]
    assert recognise_other(submission_of(text), NAMES, graded_as) == other
    assert is_for_none(submission_of(text), NAMES) == (case == "nobody's")


def test_one_that_is_for_nothing_is_told_so(tmp_path):
    (tmp_path / "mine.py").write_text(NEITHER, encoding="utf-8")
    with pytest.raises(NothingToGrade):
        make_request(tmp_path / "mine.py")
