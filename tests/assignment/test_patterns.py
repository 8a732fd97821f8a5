"""The page of patterns: each example is an assignment that works, as it stands there."""

import json
import re

import pytest
import torch
import torch.nn.functional as F

from grader.api import course_batch
from grader.assignment.authoring.notebook import made_texts
from grader.assignment.catalog import read_assignment
from grader.assignment.complex_forward import is_real
from grader.run.exam import examine
from grader.verify.checks import check, graded
from helpers.places import ROOT

PAGE = (ROOT / "docs" / "patterns.md").read_text(encoding="utf-8")
INTRODUCTION, *SECTIONS = re.split(r"^## ", PAGE, flags=re.M)
BLOCK = re.compile(r"^```(\w+)\n(.*?)^```$", re.M | re.S)
TOML = """\
name = "pattern"
title = "A pattern"
inputs = "inputs.py"
seed = 1
gradient = "d{{tensor}}"

[sizes]
rows = {{ course = 6, probes = [2, 8] }}
columns = {{ course = 5, probes = [3, 8] }}
steps = {{ course = 4, probes = [2, 7] }}

[[exercises]]
name = "pattern"
title = "A pattern"
script = "forward.py"
stub = "ex1_pattern.py"
{keys}stages = [{stages}]
"""


def blocks(text, language):
    return [body for name, body in BLOCK.findall(text) if name == language]


EXAMPLES = {section.partition("\n")[0]: section for section in SECTIONS if blocks(section, "python")}


@pytest.fixture
def pattern(request, tmp_path):
    """An example of the page as an assignment, with its solution."""
    section = EXAMPLES[request.param]
    script, solution = blocks(section, "python")
    tensors = re.findall(r"^def d(\w+)\(", solution, re.M)
    stages = ", ".join(f'{{ tensor = "{tensor}", hint = "…" }}' for tensor in tensors)
    (tmp_path / "assignment.toml").write_text(
        TOML.format(keys="".join(blocks(section, "toml")), stages=stages), encoding="utf-8"
    )
    (tmp_path / "inputs.py").write_text(blocks(INTRODUCTION, "python")[0], encoding="utf-8")
    (tmp_path / "forward.py").write_text(script, encoding="utf-8")
    (tmp_path / "solutions").mkdir()
    text = f"import torch\nimport torch.nn.functional as F\n\n\n{solution}"
    (tmp_path / "solutions" / "ex1_pattern.py").write_text(text, encoding="utf-8")
    return read_assignment(tmp_path), text


def released(assignment):
    """Stub and notebook, which lie in the folder from then on."""
    made = made_texts(assignment)
    for name, text in made.items():
        (assignment.folder / name).write_text(text, encoding="utf-8")
    return made


def test_each_kind_of_block_is_known():
    assert len(EXAMPLES) >= 14
    assert {name for name, _ in BLOCK.findall(PAGE)} == {"python", "toml"}


every_pattern = pytest.mark.parametrize("pattern", EXAMPLES, indirect=True)


@every_pattern
def test_its_solution_passes_and_a_wrong_one_does_not(pattern, sandbox, request):
    """And where its forward pass has complex numbers, that is known."""
    assignment, solution = pattern
    examination = examine(assignment, frozenset(assignment.stage_names), seed="patterns")
    stages = graded({"answers.py": solution}, examination, sandbox)
    assert {stage.name: stage.verdict for stage in stages if not stage.passed} == {}
    wrong = re.sub(r"^    return (.*)$", r"    return 1.01 * (\1)", solution, flags=re.M)
    stages = graded({"answers.py": wrong}, examination, sandbox)
    assert not any(stage.passed for stage in stages)
    (probe, *_) = examination.probes["pattern"]
    assert is_real(assignment.exercises[0], probe) == ("Complex numbers" not in request.node.callspec.id)


@every_pattern
def test_its_references_and_what_students_are_given_hold(pattern, sandbox):
    assignment, _ = pattern
    released(assignment)
    assert [(each.name, each.details) for each in check(assignment, sandbox, seeds=2) if not each.passed] == []


@every_pattern
def test_its_notebook_runs_up_to_the_first_answer(pattern):
    """The forward pass, and autograd's gradients to compare with."""
    assignment, _ = pattern
    cells = json.loads(released(assignment)["pattern.ipynb"])["cells"]
    codes = {cell["id"]: "".join(cell["source"]) for cell in cells if cell["cell_type"] == "code"}
    namespace = {"torch": torch, "F": F, **course_batch(assignment.folder)}
    exec(codes["exercise-1-forward"], namespace)
    exec(codes["exercise-1-autograd"], namespace)
    for stage in assignment.exercises[0].stages:
        assert namespace[stage.tensor].grad.shape == namespace[stage.tensor].shape
