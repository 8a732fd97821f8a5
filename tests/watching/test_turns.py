"""Whose turn it is after a save, and what that save cannot have reached."""

import ast
from pathlib import Path
from types import SimpleNamespace

import pytest

from grader.assignment import load_assignment
from grader.border import Source
from grader.result import Where
from grader.submission import Submission, read_submission
from grader.watching.turns import Turns
from helpers.solution import FILES, THREE, TRAINING, TWO, UNDIVIDED

NORM = "dHiddenLayerPreBatchNormStatesFast"


def stages_of(*exercises):
    nameweave = load_assignment("nameweave")
    return {stage.name for each in exercises for stage in nameweave.exercise(each).everything}


@pytest.fixture
def solutions_turns(assignment):
    """What is said where the solution of the training exercise is changed, with more beside it."""

    def compare(change, beside=""):
        text = TRAINING + beside
        functions = {node.name: node for node in ast.parse(text).body if isinstance(node, ast.FunctionDef)}
        where = {name: Where("ex4.py", node.lineno, node.end_lineno) for name, node in functions.items()}
        stages = [
            SimpleNamespace(name=stage.name, where=where[stage.asked])
            for stage in assignment.exercise("training").everything
        ]
        result = SimpleNamespace(exercises=[SimpleNamespace(name="training")], stages=stages)
        before, now = (
            Submission("one", Path("ex4.py"), (Source("ex4.py", each),), (), {}) for each in (text, change(text))
        )
        assert before != now
        return Turns(assignment, result, before, now)

    return compare


@pytest.fixture(scope="module")
def turns(examination, sandbox, assignment, tmp_path_factory):
    """What is said of one version of the solution and the next."""
    from grader.run.grade import grade_submission

    folder = tmp_path_factory.mktemp("turns")

    def write(texts):
        for path in folder.iterdir():
            path.unlink()
        for name, text in texts.items():
            (folder / name).write_text(text, encoding="utf-8")
        return read_submission(folder)

    def compare(before, now):
        old = write(before)
        result = grade_submission(old, examination, sandbox).result
        return Turns(assignment, result, old, write(now))

    return compare


def test_the_exercise_in_whose_file_something_changed_comes_first_and_the_others_are_untouched(turns):
    found = turns(FILES, FILES | {TWO: UNDIVIDED})
    assert found.order == ["cross-entropy"] and found.untouched == stages_of("every-expression", "batch-norm")


def test_in_one_file_the_lines_tell_and_what_others_speak_of_may_reach_everything(turns):
    text = "\n\n".join(FILES[name].partition("\n")[2] for name in FILES)
    changed = text.replace("return gradient / batchSize", "return gradient")
    found = turns({"all.py": text}, {"all.py": changed})
    assert found.order[0] == "cross-entropy" and not found.untouched


def test_a_file_that_imports_the_changed_one_may_be_touched(turns):
    changed = FILES[TWO].replace("import torch", "import torch, math", 1)
    found = turns(FILES, FILES | {TWO: changed})
    assert stages_of("batch-norm") <= found.untouched
    importing = FILES | {THREE: FILES[THREE] + "\nimport ex2_cross_entropy\n"}
    assert turns(importing, importing | {TWO: changed}).untouched == frozenset()


def test_a_new_file_that_speaks_of_a_stage_touches_its_exercise(turns):
    found = turns(FILES, FILES | {"more.py": f"def {NORM}(): pass\n"})
    assert "batch-norm" in found.order and stages_of("cross-entropy") <= found.untouched


LOOP = stages_of("training") - {"update", "calibrate", "split_loss", "sample"}


@pytest.mark.parametrize(
    ("old", "new", "reached"),
    [
        ("learning_rate * gradient", "gradient", {"update"}),
        ("trainingInputs]", "trainingInputs[:9]]", {"calibrate"}),
        ("    return name", "\n    return name", {"sample"}),
        ("    context, name = [0] * blockSize", "    # to begin with\n    context, name = [0] * blockSize", {"sample"}),
        ("dLogits /= batchSize", "pass", LOOP | {"update"}),
        ("    return name", "    return calibrate(name)", None),
        ("    return name", "    return name\ntorch.manual_seed(1)", None),
        ("def calibrate(", "def calibrate(*, ", None),
        ("def calibrate(", "# update\ndef calibrate(", None),
        ("import torch", "import torch  # and nothing else", None),
    ],
    ids=[
        "a slip",
        "data",
        "a line more",
        "a note",
        "a gradient",
        "speaks of another",
        "more than a function",
        "its first line",
        "a note that speaks of another",
        "an import",
    ],
)
def test_what_is_saved_of_one_function_reaches_what_is_judged_by_it(solutions_turns, old, new, reached):
    found = solutions_turns(lambda text: text.replace(old, new, 1))
    assert stages_of("training") - found.untouched == (stages_of("training") if reached is None else reached)
    assert found.order == ["training"]


def test_a_function_that_something_else_speaks_of_may_reach_everything(solutions_turns):
    text = "\n\nLATER = update\n"
    found = solutions_turns(lambda text: text.replace("learning_rate * gradient", "gradient"), beside=text)
    assert stages_of("training").isdisjoint(found.untouched)
