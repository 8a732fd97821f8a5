"""What `grade verify` has to say of hints: none is missing, none gives an answer away, none names what is not there."""

import ast
from dataclasses import replace

import pytest

from grader.assignment import assignment_names, load_assignment
from grader.assignment.authoring.answers import solution_texts
from grader.verify.checks import usual_examination, verdicts_only
from grader.verify.hints import giving_away, missing, right_answers, unknown_names
from grader.verify.normal_form import computes, normal_form
from helpers.slope import SOLUTION, edit, write_slope

MOST = 200
"""Characters of a hint: it is read in a terminal, by someone who is stuck."""


@pytest.fixture
def slope(tmp_path):
    folder = write_slope(tmp_path)
    (folder / "solutions").mkdir()
    (folder / "solutions" / "layer.py").write_text(f"# grade: slope/layer\nimport torch\n\n\n{SOLUTION}")
    return folder


@pytest.fixture
def with_hints(slope):
    """The small assignment with other hints for `dx`."""

    def written(*hints):
        edit(slope / "assignment.toml", 'hint = "Two factors."', f"hint = {[*hints]!r}")
        assignment = load_assignment(slope)
        return assignment, solution_texts(assignment)

    return written


@pytest.mark.parametrize(
    ("hints", "told"),
    [
        ([], ["dx has no hint"]),
        ([" "], ["dx has no hint"]),
        (["One.", "", "Three."], ["dx, hint 2: it is empty; write it, or take it out"]),
        (["", "Two."], ["dx, hint 1: it is empty; write it, or take it out"]),
        (["One.", "Two.", "one. "], ["dx, hint 3: it says what hint 1 says; let it give more"]),
        (["One.", "Two.", "Three."], []),
    ],
)
def test_a_hint_that_is_missing_or_says_nothing_new_is_told(with_hints, hints, told):
    assignment, _ = with_hints(*hints)
    assert [*missing(assignment)] == told


@pytest.mark.parametrize(
    ("hint", "of"),
    [
        ("It is `dbent * bent * (1 - bent) * slope`.", "what the solution returns in `dx`"),
        ("It is `dbent*bent*( 1.0 - bent )*slope`, of course.", "what the solution returns in `dx`"),
        ("Write `return dbent * bent * (1 - bent) * slope`.", "what the solution returns in `dx`"),
        ("Write `dx = dbent * bent * (1 - bent) * slope`.", "what the solution returns in `dx`"),
        ("Take `dbent * bent * (1 - bent)`, and the slope.", "a part of the solution in `dx`"),
        ("Take `bent * dbent * (1 - bent)`, and the slope.", "a part of the solution in `dx`"),
        ("Take dbent * bent * (1 - bent) * slope.", "what the solution returns in `dx`"),
        (
            "The last step is `(x * (dbent * bent * (1 - bent))).sum(axis=0, keepdims=True)`.",
            "what the solution returns in `dslope`",
        ),
        ("Begin with `2 * bent / (columns * rows)`.", "what the solution returns in `dbent`"),
    ],
)
def test_a_hint_with_the_answer_or_most_of_it_is_told(with_hints, hint, of):
    (told,) = giving_away(*with_hints("Two factors.", hint))
    assert told.startswith("dx, hint 2: ") and of in told and told.endswith("; say the rule in words instead")


@pytest.mark.parametrize(
    "hint",
    [
        "The derivative of `torch.sigmoid` is the value times `1 - bent`.",
        "`bent = torch.sigmoid(x * slope)`: what does `x` meet on its way?",
        "`x` has the shape `(rows, columns)`, `slope` has `(1, columns)`.",
        "The mean of `(bent ** 2).mean()` has `rows * columns` terms.",
        "Whoever writes `a[i] += b` or `keepdim=True` or `?` knows why.",
        "It is dbent, times bent, times what is missing to one.",
    ],
)
def test_a_rule_in_words_a_forward_line_and_a_shape_give_nothing_away(with_hints, hint):
    assignment, solutions = with_hints(hint)
    assert [*giving_away(assignment, solutions), *unknown_names(assignment, solutions)] == []


def test_what_the_stub_has_as_it_is_gives_nothing_away():
    assignment = load_assignment("modules")
    (linear, *_) = assignment.exercises
    stages = [replace(stage, hints=("Begin with `np.zeros((inputs, outputs))`.",)) for stage in linear.stages]
    hinted = replace(assignment, exercises=(replace(linear, stages=tuple(stages)),))
    assert [*giving_away(hinted, solution_texts(assignment))] == []
    stages = [replace(stage, hints=("Take `x.T @ dout`.",)) for stage in linear.stages]
    hinted = replace(assignment, exercises=(replace(linear, stages=tuple(stages)),))
    assert len([*giving_away(hinted, solution_texts(assignment))]) == len(stages)


@pytest.mark.parametrize(
    ("hint", "told"),
    [
        ("What is `benr`?", "dx, hint 1: nothing in this exercise is called `benr`; did you mean `bent`?"),
        ("`(rows, zzz)`", "dx, hint 1: nothing in this exercise is called `zzz`; take a name that students can see"),
    ],
)
def test_a_name_that_nothing_has_is_told(with_hints, hint, told):
    assert [*unknown_names(*with_hints(hint))] == [told]


def test_an_answer_in_other_words_is_tried_and_told(with_hints, sandbox):
    """`1 - bent` is tried as well, in a turn of its own, and is wrong."""
    assignment, solutions = with_hints("See `1 - bent`.", "Take `slope * dbent * (bent - bent * bent)`.")
    examination = usual_examination(assignment, frozenset({"dx"}))
    told = [*right_answers(assignment, lambda texts: verdicts_only(texts, examination, sandbox))]
    said = "`slope * dbent * (bent - bent * bent)` is a right answer"
    assert told == [f"dx, hint 2: {said}; say the rule in words instead"]
    assert [*giving_away(assignment, solutions)] == []


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("2.0 * (x + 1)", "(1 + x) * 2"),
        ("x.sum(axis=0, keepdims=True)", "x.sum(0, keepdim=True)"),
        ("self.x.T @ dout", "x.T @ dout"),
        ("-1.0 * x", "x * -1"),
    ],
)
def test_what_only_looks_different_has_one_form(one, other):
    forms = [normal_form(ast.parse(code, mode="eval").body) for code in (one, other)]
    assert forms[0] == forms[1] != normal_form(ast.parse(f"{one} - 1", mode="eval").body)


@pytest.mark.parametrize(
    ("code", "does"),
    [("x", False), ("(n, 1)", False), ("-1", False), ("x.T", False), ("-x", True), ("(x + 1, y)", True)],
)
def test_names_numbers_and_shapes_compute_nothing(code, does):
    assert computes(ast.parse(code, mode="eval").body) is does


@pytest.mark.parametrize("name", assignment_names())
def test_the_hints_that_ship_are_short_and_give_nothing_away(name):
    assignment = load_assignment(name)
    solutions = solution_texts(assignment)
    assert [*missing(assignment), *giving_away(assignment, solutions), *unknown_names(assignment, solutions)] == []
    assert [text for _, stage in assignment.stages for text in stage.hints if len(text) > MOST] == []
