"""Each part of a file has its own header: what follows a header line is for what that names, until the next one."""

from itertools import permutations

import pytest

from grader.assignment import load_assignment
from grader.border import Source
from grader.errors import ForAnotherAssignment
from grader.run.exam import examine
from grader.run.grade import grade_submission
from grader.run.request import make_request, select
from grader.sandbox.theirs.source.headings import header_lines
from grader.submission import exercise_at, read_submission
from helpers.places import GRADIENTS, SOLUTIONS
from helpers.slope import SOLUTION, write_slope
from helpers.solution import CROSS_ENTROPY, EVERY_EXPRESSION, flat_solution
from helpers.submissions import judged, submission_of, write_notebook

IMPORTS = "import torch\nimport torch.nn.functional as F\n"
FLAT = {
    name: f"# grade: nameweave/{name}\n" + "\n".join(flat_solution(path))
    for name, path in zip(GRADIENTS, sorted(SOLUTIONS.glob("ex*.py")), strict=False)
}
ATTENTION = "# grade: attention/scores\ndef dx(dscores):\n    return dscores * 0\n\ndef dbent():\n    return 0\n"
SLOPE = f"# grade: slope/layer\n{SOLUTION}"


@pytest.fixture(scope="module")
def slope(tmp_path_factory):
    return load_assignment(write_slope(tmp_path_factory.mktemp("slope")))


@pytest.fixture(scope="module")
def slope_examination(slope):
    return examine(slope, select(slope), seed="tests")


def passed(stages):
    return {name for name, stage in stages.items() if stage.passed}


@pytest.mark.parametrize("order", list(permutations(GRADIENTS)), ids="-".join)
def test_flat_parts_stand_in_any_order(order, examination, sandbox):
    """`dLogits` is a stage of the first exercise, and what people call one of the second."""
    stages = judged(submission_of(IMPORTS + "\n".join(FLAT[name] for name in order)), examination, sandbox)
    assert passed(stages) == stages.keys()


def test_cells_of_a_notebook_have_their_own(tmp_path, examination, sandbox):
    file = write_notebook(tmp_path / "mine.ipynb", [IMPORTS, *(FLAT[name] for name in reversed(GRADIENTS))])
    stages = judged(read_submission(file), examination, sandbox)
    assert passed(stages) == stages.keys()


def test_headings_say_no_more_once_there_are_headers(examination, sandbox):
    parts = "\n".join(f"{FLAT[name]}\n# Exercise {number}" for number, name in enumerate(GRADIENTS, start=1))
    stages = judged(submission_of(IMPORTS + parts), examination, sandbox)
    assert passed(stages) == stages.keys()


def test_one_header_is_for_a_file_whatever_else_that_has(examination, sandbox):
    text = (
        IMPORTS
        + FLAT["batch-norm"].partition("\n")[0]
        + "\n"
        + "\n".join(FLAT[name].partition("\n")[2] for name in GRADIENTS)
    )
    stages = judged(submission_of(text), examination, sandbox)
    assert passed(stages) == stages.keys()


@pytest.mark.parametrize("text", [SLOPE + ATTENTION, ATTENTION + SLOPE, f"{ATTENTION}{SLOPE}{ATTENTION}"])
def test_a_part_for_another_assignment_takes_nothing_from_this_one(text, slope_examination, sandbox):
    stages = judged(submission_of(text), slope_examination, sandbox)
    assert passed(stages) == {"dbent", "dx", "dslope"}
    assert not [warning for stage in stages.values() for warning in stage.warnings]


@pytest.mark.parametrize("text", [f"{SLOPE}{ATTENTION}", ATTENTION + SLOPE])
def test_what_a_part_is_for_is_what_a_file_is_for(text, tmp_path):
    (tmp_path / "mine.py").write_text(text.replace("slope/layer", "layers/affine"), encoding="utf-8")
    assert make_request(tmp_path / "mine.py").assignment.name == ("layers" if text.startswith(SLOPE) else "attention")


@pytest.mark.parametrize("place", range(3))
def test_a_header_of_an_assignment_that_is_not_there_is_refused_wherever_it_stands(place, tmp_path):
    parts = ["# grade: layers/relu\n", "# grade: layers/affine\n"]
    parts.insert(place, "# grade: convnet/one\n")
    (tmp_path / "mine.py").write_text("x = 1\n".join(parts), encoding="utf-8")
    with pytest.raises(ForAnotherAssignment, match="'convnet', which is not installed"):
        make_request(tmp_path / "mine.py")
    assert make_request(tmp_path / "mine.py", "layers").assignment.name == "layers"


def test_of_two_files_with_a_function_the_one_that_has_it_below_its_header_counts(examination, sandbox):
    wrong = "# grade: nameweave/every-expression\ndef dLogitsFast(logits):\n    return logits\n"
    both = f"{EVERY_EXPRESSION}\n{CROSS_ENTROPY}"
    assert judged(submission_of(both, "a.py", b=wrong), examination, sandbox)["dLogitsFast"].passed
    assert judged(submission_of(both, "b.py", c=wrong), examination, sandbox)["dLogitsFast"].passed


def test_a_file_that_cannot_be_read_is_why_stages_of_all_its_parts_are_missing(tmp_path, examination, sandbox):
    text = f"{EVERY_EXPRESSION}\n{CROSS_ENTROPY}# grüß"
    (tmp_path / "mine.py").write_bytes(text.encode("latin-1", "replace"))
    stages = judged(read_submission(tmp_path / "mine.py"), examination, sandbox)
    unread = {exercise: stages[name].message for exercise, name in zip(GRADIENTS, NAMES, strict=True)}
    assert "not UTF-8" in unread["every-expression"] and "not UTF-8" in unread["cross-entropy"]
    assert "not UTF-8" not in unread["batch-norm"]


NAMES = ("dCounts", "dLogitsFast", "dHiddenLayerPreBatchNormStatesFast")


def test_a_header_that_names_no_exercise_is_told_and_costs_nothing(slope_examination, sandbox):
    for named, guess in (("laier", "Did you mean layer?"), ("first", "It has layer.")):
        submission = submission_of(f"import torch\n# grade: slope/{named}\n{SOLUTION}")
        result = grade_submission(submission, slope_examination, sandbox).result
        (told,) = result.submission.problems
        assert told.endswith(f"line 2: slope has no exercise '{named}'. {guess} What is below was found by its names.")
        assert result.score == result.max_score and result.exit_code == 0


def test_a_line_is_for_the_last_header_above_it_or_the_first_of_all():
    text = "import torch\n# grade: a/one\nx = 1\n# grade: a/two\ny = 2\n"
    assert [exercise_at(text, line) for line in range(1, 6)] == ["one", "one", "one", "two", "two"]
    assert exercise_at("x = 1\n", 1) is None


def test_many_headers_take_no_time(examination):
    text = "# grade: nameweave/batch-norm\n# grade: nameweave/cross-entropy\n" * 4_000
    assert header_lines(Source("mine.py", text), [], examination.wanted) == []
    assert exercise_at(text, 8_000) == "cross-entropy"
