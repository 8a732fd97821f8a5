"""An assignment is data and plain code: another one needs no change in the grader, and a slip in one is named."""

import re
from fractions import Fraction
from pathlib import Path

import pytest

from grader.assignment import load_assignment
from grader.cli.main import run
from grader.errors import AssignmentError, UnknownAssignment
from grader.judge.judgement import points
from grader.run.exam import examine
from grader.run.grade import grade_submission
from helpers.slope import SOLUTION, edit, write_slope
from helpers.submissions import submission_of


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return write_slope(tmp_path)


@pytest.fixture
def grade(folder, sandbox):
    """Grade a text against the assignment in the folder."""

    def graded(text):
        assignment = load_assignment(folder)
        examination = examine(assignment, frozenset(assignment.stage_names), seed="assignment")
        submission = submission_of(text, "layer.py")
        return grade_submission(submission, examination, sandbox).result

    return graded


def verdicts(result):
    return {stage.name: stage.verdict for stage in result.stages}


def test_another_assignment_is_graded_as_it_stands(grade):
    result = grade(SOLUTION)
    assert (result.score, result.max_score, result.status, result.exit_code) == (6, 6, "graded", 0)
    assert result.assignment.name == "slope"
    assert [exercise.title for exercise in result.exercises] == ["The layer"]
    assert all(stage.passed for stage in result.stages)


def test_its_stages_are_in_the_order_and_of_the_names_its_author_gave(grade):
    stages = grade(SOLUTION).stages
    assert [stage.name for stage in stages] == ["dbent", "dx", "dslope"]
    assert [stage.tensor for stage in stages] == ["bent", "x", "slope"]
    assert [stage.max_score for stage in stages] == [2, 3, 1]


@pytest.mark.parametrize(
    ("title", "heading", "begun"),
    [
        ("Exercise 2: the loss", "", "exercise 2"),
        ("Part 3", "", "Part 3, at last"),
        ("The (whole) layer", "", "The (whole) layer"),
        ("Loss", "", None),
        ("Exercise 2: the loss", "second", "Second"),
    ],
)
def test_a_heading_is_what_the_title_says_if_the_author_says_nothing(folder, title, heading, begun):
    edit(folder / "assignment.toml", 'title = "The layer"', f'title = "{title}"')
    if heading:
        edit(folder / "assignment.toml", 'script = "forward.py"', f'script = "forward.py"\nheading = "(?i){heading}"')
    found = load_assignment(folder).exercises[0].heading
    assert re.match(found, begun) if begun else not found


def test_its_probes_have_its_sizes(grade):
    """What is right is asked on fewer than what is wrong."""
    probes = grade(SOLUTION).stages[0].probes
    assert [probe.kind for probe in probes] == ["course", "arbitrary", "arbitrary"]
    everything = grade(SOLUTION.replace("2 * bent", "bent")).stages[0].probes
    assert [probe.kind for probe in everything] == ["course", "consistent", "consistent", "arbitrary", "arbitrary"]
    assert probes[0].sizes == {"rows": 5, "columns": 4}
    for probe in [*probes[1:], *everything[1:]]:
        assert 6 <= probe.sizes["rows"] <= 12
        assert probe.sizes["rows"] != probe.sizes["columns"]


@pytest.mark.parametrize(
    ("old", "new", "stage", "verdict"),
    [
        ("2 * bent", "bent", "dbent", "wrong"),
        (".sum(0, keepdim=True)", ".mean(0, keepdim=True)", "dslope", "wrong"),
        (".sum(0, keepdim=True)", ".sum(0)", "dslope", "shape"),
        (".sum(0, keepdim=True)", "", "dslope", "wrong"),
        ("(rows * columns)", "20", "dbent", "overfit"),
        ("return dbent *", "return 2 * bent / bent.numel() *", "dx", "shortcut"),
        ("def dx(", "def dxx(", "dx", "missing"),
        ("dbent * bent * (1 - bent) * slope", "dbent / 0", "dx", "nonfinite"),
    ],
)
def test_a_wrong_answer_to_it_fails_and_costs_its_own_stage_alone(grade, old, new, stage, verdict):
    assert old in SOLUTION
    result = grade(SOLUTION.replace(old, new, 1))
    assert verdicts(result)[stage] == verdict
    assert all(other.passed for other in result.stages if other.name != stage)


def test_nothing_answered_earns_nothing(grade):
    result = grade("")
    assert set(verdicts(result).values()) == {"missing"}
    assert (result.score, result.max_score, result.exit_code) == (0, 6, 1)


def test_its_default_pattern_of_gradient_names_is_d_and_the_tensor(folder):
    edit(folder / "assignment.toml", 'gradient = "d{tensor}"\n', "")
    assert load_assignment(folder).stage_names == ("dbent", "dx", "dslope")


def test_a_pattern_can_begin_the_tensor_with_a_capital(folder):
    edit(folder / "assignment.toml", "d{tensor}", "grad{Tensor}")
    assert load_assignment(folder).stage_names == ("gradBent", "gradX", "gradSlope")


def test_its_digest_changes_with_each_of_its_files(folder):
    digests = {load_assignment(folder).sha256}
    for name in ("assignment.toml", "inputs.py", "forward.py"):
        (folder / name).write_text((folder / name).read_text() + "# changed\n")
        digests.add(load_assignment(folder).sha256)
    assert len(digests) == 4


def test_credit_in_the_assignment_changes_scores(folder, grade):
    edit(folder / "assignment.toml", "[sizes]", "[credit]\nshape = 0.5\noverfit = 0.25\n\n[sizes]")
    text = SOLUTION.replace(".sum(0, keepdim=True)", ".sum(0)").replace("(rows * columns)", "20")
    result = grade(text)
    assert [(stage.name, stage.verdict, stage.score) for stage in result.stages][::2] == [
        ("dbent", "overfit", 0.5),
        ("dslope", "shape", 0.5),
    ]
    assert (result.score, result.max_score) == (4.0, 6)


def test_the_operations_of_an_answer_stand_beside_those_of_the_solution(folder, grade):
    edit(folder / "assignment.toml", 'hint = "A square."', 'operations = { solution = 3 }, hint = "A square."')
    budget = grade(SOLUTION).stages[0].budget
    assert budget.used <= 4 and (budget.solution, budget.limit) == (3, None)


def test_totals_are_exact_sums_rounded_once(folder, grade):
    stages = ", ".join(f'{{ tensor = "slope", name = "copy{number}" }}' for number in range(7))
    edit(folder / "assignment.toml", "[sizes]", "[credit]\nshape = 0.123\n\n[sizes]")
    edit(folder / "assignment.toml", '{ tensor = "slope", hint = "Broadcast." }', stages)
    copies = "".join(
        f"def copy{number}(x, bent, dbent):\n    return (dbent * bent * (1 - bent) * x).sum(0)\n" for number in range(7)
    )
    result = grade(copies)
    assert [stage.verdict for stage in result.stages[2:]] == ["shape"] * 7
    # 7 times 0.123 is 0.861; each rounded first would make 0.84.
    assert result.score == result.exercises[0].score == 0.86


def test_a_score_has_no_rounding_noise_of_binary_fractions():
    assert sum(points(1, {"shape": 0.1}, "shape") for _ in range(10)) == 1
    assert points(3, {"shape": 0.1}, "shape") == Fraction(3, 10)
    assert points(3, {}, "wrong") == 0


def test_a_folder_without_an_assignment_is_unknown(tmp_path):
    with pytest.raises(UnknownAssignment, match=re.escape(str(tmp_path / "absent"))) as refused:
        load_assignment(tmp_path / "absent")
    assert "nameweave" in str(refused.value)
    assert "assignment.toml" in str(refused.value)


def probes_of(folder):
    assignment = load_assignment(folder)
    return examine(assignment, frozenset(assignment.stage_names), seed="assignment").probes["layer"]


def refusal(folder: Path) -> str:
    """The sentence with which the assignment is refused, at the latest when its probes are drawn."""
    with pytest.raises(AssignmentError) as refused:
        assignment = load_assignment(folder)
        for probes in examine(assignment, frozenset(assignment.stage_names), seed="assignment").probes.values():
            list(probes)
    sentence = str(refused.value)
    assert "\n" not in sentence
    assert str(folder) in sentence
    return sentence


@pytest.mark.parametrize(
    ("line", "key"),
    [
        ('name = "slope"\n', "name"),
        ('title = "Slope: one layer"\n', "title"),
        ('inputs = "inputs.py"\n', "inputs"),
        ("seed = 3\n", "seed"),
        ('name = "layer"\n', "name"),
        ('title = "The layer"\n', "title"),
        ('script = "forward.py"\n', "script"),
        ('tensor = "bent", ', "tensor"),
    ],
)
def test_a_missing_key_is_named(folder, line, key):
    edit(folder / "assignment.toml", line, "")
    sentence = refusal(folder)
    assert "assignment.toml" in sentence
    assert f"the key `{key}` is missing; it must be " in sentence


def test_a_misspelt_key_is_one_sentence_with_the_file_and_a_wrong_request(folder, capsys):
    edit(folder / "assignment.toml", 'hint = "Broadcast."', 'hnit = "Broadcast."')
    place = "exercises 1 (layer): stages 3 (slope)"
    wanted = f"{folder / 'assignment.toml'}: {place}: `hnit` is not a key here. Did you mean `hint`?"
    assert refusal(folder) == wanted
    assert run(["verify", str(folder)]) == 2 and capsys.readouterr().err == f"grade: {wanted}\n"


@pytest.mark.parametrize("key", ["sizes", "exercises", "stages"])
def test_a_missing_table_is_named(folder, key):
    edit(folder / "assignment.toml", key, "unheard_of")
    assert f"the key `{key}` is missing; it must be " in refusal(folder)


@pytest.mark.parametrize("data", [b'name = "slope', b"name = [\n", b"\xff\xfe", b"= 3\n"])
def test_a_file_that_is_not_toml_is_named(folder, data):
    (folder / "assignment.toml").write_bytes(data)
    sentence = refusal(folder)
    assert "assignment.toml" in sentence
    assert "not valid TOML" in sentence


@pytest.mark.parametrize("name", ["inputs.py", "forward.py"])
def test_a_script_that_is_not_there_is_named(folder, name):
    (folder / name).unlink()
    assert f"it names {folder / name}, which cannot be read" in refusal(folder)


@pytest.mark.parametrize(
    "forward",
    [
        "",
        "bent = torch.sigmoid(x * slope)\n",
        "bent = torch.sigmoid(x * slope)\nlost = bent.sum()\n",
    ],
)
def test_a_forward_script_has_to_run_on_to_the_loss(folder, forward):
    (folder / "forward.py").write_text(forward)
    assert "forward.py makes no `loss`: let its last line make one" in refusal(folder)


@pytest.mark.parametrize(
    ("forward", "words"),
    [
        ("bent = x * slope\nx = bent * 2\nloss = x.sum()\n", "forward.py:2: x is there from the beginning"),
        ("y = x\ny += 1\nbent = y * slope\nloss = bent.sum()\n", "forward.py:2: x is there from the beginning"),
        ("bent = x * slope\nx[0] = 1\nloss = (x * bent).sum()\n", "name of its own, or work on `x.clone()`"),
        ("rows = 7\nbent = x * slope\nloss = bent.sum() / rows\n", "forward.py:1: rows is there from the beginning"),
        (
            "bent = x * slope\ny = bent\ny += 1\nloss = y.sum()\n",
            "forward.py:3: this changes bent in place under anoth",
        ),
    ],
)
def test_a_line_that_changes_what_it_may_not_is_named(folder, forward, words):
    (folder / "forward.py").write_text(forward)
    assert words in refusal(folder)


@pytest.mark.parametrize(
    ("forward", "words"),
    [
        ("dx = x * slope\nbent = dx * 2\nloss = bent.sum()\n", "forward.py:1: dx is what the gradient of x is called"),
        ("bent = x * slope\ndtail = bent * 2\ntail = dtail + x\nloss = tail.sum()\n", ""),
        ("bent = x * slope\ndbent = bent + 1\nloss = (bent * dbent).sum()\n", "forward.py:2: dbent is what"),
    ],
)
def test_a_tensor_that_is_called_what_a_gradient_is_called_is_named(folder, forward, words):
    """Of a stage, or of what a stage is given; another gradient is no matter."""
    (folder / "forward.py").write_text(forward)
    if words:
        assert words in refusal(folder)
    else:
        assert probes_of(folder)


def test_numbers_that_are_others_each_time_are_refused_with_their_line(folder):
    (folder / "inputs.py").write_text("x = torch.randn((rows, columns), generator=generator)\nslope = torch.rand(1)\n")
    sentence = refusal(folder)
    assert "inputs.py:2: this draws numbers that are different each time" in sentence
    assert "pass `generator=generator`" in sentence


def test_a_dropout_that_draws_for_itself_is_refused_with_its_line(folder):
    (folder / "forward.py").write_text("bent = x * slope\nleft = F.dropout(bent)\nloss = left.sum()\n")
    assert "forward.py:2: this draws numbers that are different each time" in refusal(folder)


def test_a_size_may_stay_as_it_is(folder):
    edit(
        folder / "assignment.toml", "rows = { course = 5, probes = [6, 12] }", "rows = { course = 5, probes = [5, 5] }"
    )
    assert {probe.sizes["rows"] for probe in probes_of(folder)} == {5}


def test_a_loss_on_which_nothing_depends_has_a_gradient_of_zeros(folder):
    (folder / "forward.py").write_text("bent = (x * slope).detach()\nloss = bent.sum() * 0 + 1\n")
    assert all(not probe.expected["dx"].gradient.any() for probe in probes_of(folder))


def test_a_script_that_is_not_python_is_named_with_its_line(folder):
    (folder / "forward.py").write_text("bent = x * slope\nloss = (bent.sum(\n")
    assert re.search(r"forward\.py:2: this is not valid Python", refusal(folder))


def test_a_stage_of_an_unknown_tensor_is_named(folder):
    edit(folder / "assignment.toml", 'tensor = "bent"', 'tensor = "bend"')
    assert "layer: no line makes the tensor bend" in refusal(folder)


def test_a_stage_of_a_tensor_that_nothing_uses_is_named(folder):
    (folder / "forward.py").write_text("bent = x * slope\nloss = (x * slope).sum()\n")
    assert "dbent: no line of forward.py uses bent" in refusal(folder)


def test_two_stages_of_one_name_are_named(folder):
    edit(folder / "assignment.toml", 'tensor = "slope",', 'tensor = "slope", name = "dx",')
    sentence = refusal(folder)
    assert "two stages are called dx" in sentence
    assert "its own name" in sentence


def test_hidden_probes_of_both_kinds_are_needed(folder):
    edit(folder / "assignment.toml", "[sizes]", '[[probes]]\nname = "one"\nkind = "consistent"\n\n[sizes]')
    assert "consistent and arbitrary" in refusal(folder)


def test_an_unknown_kind_of_probe_is_named(folder):
    edit(folder / "assignment.toml", "[sizes]", '[[probes]]\nname = "one"\nkind = "odd"\n\n[sizes]')
    sentence = refusal(folder)
    assert "'odd'" in sentence
    assert "must be one of 'consistent', 'arbitrary'" in sentence


def test_sizes_that_cannot_be_told_apart_are_refused(folder):
    edit(folder / "assignment.toml", "course = 5, probes = [6, 12]", "course = 6, probes = [6, 7]")
    edit(folder / "assignment.toml", "course = 4, probes = [6, 12]", "course = 6, probes = [6, 7]")
    assert "Widen `probes` of some" in refusal(folder)


def test_a_size_without_a_value_for_the_course_is_named(folder):
    edit(folder / "assignment.toml", "{ course = 5, probes = [6, 12] }", "{ probes = [6, 12] }")
    assert "the size rows needs a value `course`" in refusal(folder)


@pytest.mark.parametrize(
    ("forward", "line", "words"),
    [
        ("bent = x * slope * slopes\nloss = bent.sum()\n", 1, "slopes"),
        ("bent = x.sigmoyd() * slope\nloss = bent.sum()\n", 1, "sigmoyd"),
        ("bent = x * slope\nloss = (bent @ bent).sum()\n", 2, "shapes"),
    ],
)
def test_a_line_that_fails_when_it_is_run_is_named(folder, forward, line, words):
    (folder / "forward.py").write_text(forward)
    sentence = refusal(folder)
    assert f"forward.py:{line}" in sentence
    assert words in sentence


def test_a_line_of_the_inputs_that_fails_when_it_is_run_is_named(folder):
    edit(folder / "inputs.py", "(1, columns)", "(1, colums)")
    sentence = refusal(folder)
    assert "inputs.py:2" in sentence
    assert "colums" in sentence


def test_a_loss_that_is_not_one_number_is_refused(folder):
    edit(folder / "forward.py", ".mean()", ".mean(0)")
    sentence = refusal(folder)
    assert "forward.py" in sentence
    assert "loss" in sentence


def test_a_recipe_that_scales_an_unknown_tensor_is_named(folder):
    recipes = (
        '[[probes]]\nname = "one"\nkind = "consistent"\nscale = { slop = 2.0 }\n\n'
        '[[probes]]\nname = "two"\nkind = "arbitrary"\n\n[sizes]'
    )
    edit(folder / "assignment.toml", "[sizes]", recipes)
    sentence = refusal(folder)
    assert "assignment.toml" in sentence
    assert "slop" in sentence


@pytest.mark.parametrize(
    ("old", "new", "words"),
    [
        ("rows = { course = 5, probes = [6, 12] }", "rows = { course = 5, probes = [12, 6] }", "rows"),
        ("points = 2", "points = 0.505", "points"),
        ("points = 2", 'points = "2"', "points"),
        ("points = 2", "points = -2", "points"),
        ("seed = 3", 'seed = "three"', "seed"),
        ("[sizes]", '[credit]\nexact = "all"\n\n[sizes]', "credit"),
        ("[sizes]", "[credit]\nexat = 0.5\n\n[sizes]", "exat"),
    ],
)
def test_a_value_of_the_wrong_form_is_named(folder, old, new, words):
    edit(folder / "assignment.toml", old, new)
    sentence = refusal(folder)
    assert "assignment.toml" in sentence
    assert words in sentence
