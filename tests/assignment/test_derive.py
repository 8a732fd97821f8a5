"""An assignment that is another one in other names: what is renamed, what is not, and what is refused in a sentence."""

import ast
import re
import shutil
import textwrap
from itertools import islice

import pytest

from grader.assignment import load_assignment
from grader.assignment.authoring.answers import solution_texts
from grader.assignment.authoring.release import grading_files, student_files
from grader.assignment.authoring.stubs import stub_texts
from grader.assignment.rename import NameTaken, Renaming
from grader.cli.main import run
from grader.errors import AssignmentError
from grader.verify import mutation
from grader.verify.checks import graded, usual_examination
from grader.verify.mutants import mutants
from helpers.places import ROOT
from helpers.slope import SOLUTION, edit, write_slope

DERIVED = """\
name = "tilted"
title = "Tilted"
derived_from = "../slope"
gradient = "grad_{tensor}"

[rename]
rows = "n"
slope = "W"
bent = "h"
"""
SLIPS = """
slips = [
  { code = "summed", message = "`bent` is averaged: bent, not `bent.slope`.", lines = { loss = "(bent ** 2).sum()" } },
]
"""
NAMES = Renaming({"counts": "c", "dim": "axis", "logits": "logits", "dCounts": "dc", "helper": "help_me"})


@pytest.fixture
def folder(tmp_path):
    """A derived assignment, beside the one it is derived from."""
    slope, tilted = tmp_path / "slope", tmp_path / "tilted"
    for path in (slope, slope / "solutions", tilted):
        path.mkdir()
    described = write_slope(slope) / "assignment.toml"
    described.write_text(described.read_text() + SLIPS)
    (slope / "solutions" / "layer.py").write_text(f"# grade: slope/layer\nimport torch\n\n\n{SOLUTION}")
    (tilted / "assignment.toml").write_text(DERIVED)
    return tilted


def refusal(folder):
    with pytest.raises(AssignmentError) as refused:
        load_assignment(folder)
    assert "\n" not in str(refused.value)
    return str(refused.value)


@pytest.mark.parametrize(
    ("code", "renamed"),
    [
        ("counts.sum(1) + discounts", "c.sum(1) + discounts"),
        ("x.counts + F.counts(counts)", "x.counts + F.counts(c)"),
        ("torch.sum(counts, dim=dim)", "torch.sum(c, dim=axis)"),
        ("def helper(dim):\n    return dim\nhelper(dim=1)", "def help_me(axis):\n    return axis\nhelp_me(axis=1)"),
        (
            '"counts" + f"{counts:{dim}} counts {{counts}} {counts!r}"',
            '"counts" + f"{c:{axis}} counts {{counts}} {c!r}"',
        ),
        ('é = f"é{counts}" + f"""\n{ counts }é{counts.counts}"""', 'é = f"é{c}" + f"""\n{ c }é{c.counts}"""'),
        ("a = 1  # é counts, `counts`, `dCounts.sum(0)`", "a = 1  # é counts, `c`, `dc.sum(0)`"),
        ('def f():\n    """Of counts: `counts`."""\n', 'def f():\n    """Of counts: `c`."""\n'),
        ("[counts for counts in (lambda dim: dim)(counts)]", "[c for c in (lambda axis: axis)(c)]"),
        ("counts   = (  logits)\n\n\ncounts", "c   = (  logits)\n\n\nc"),
        ("f(**counts, a=counts)\nglobal counts", "f(**c, a=c)\nglobal c"),
        ("import counts as dim\nx: counts = 1", "import c as axis\nx: c = 1"),
    ],
)
def test_code_is_renamed_by_what_its_names_stand_for(code, renamed):
    assert NAMES.code(code) == renamed


@pytest.mark.parametrize("code", ["c = counts", "[counts for c in x]", "def f(c): return counts", 'f"{c}"', "x = 1\nc"])
def test_a_name_that_is_taken_in_the_code_is_refused_with_its_line(code):
    with pytest.raises(NameTaken) as refused:
        NAMES.code(code)
    assert refused.value.name == "c" and refused.value.line == 1 + code.count("\n")


def test_an_attribute_or_keyword_of_the_new_name_is_none_that_is_taken():
    assert NAMES.code("x.c + torch.sum(counts, axis=1)") == "x.c + torch.sum(c, axis=1)"


def test_names_can_be_exchanged():
    assert Renaming({"a": "b", "b": "a"}).code("a = b + ab") == "b = a + ab"


@pytest.mark.parametrize("name", ["nameweave", "attention"])
def test_renamed_code_is_the_same_program(name):
    """As the same change of its tree has it, where no name is also an attribute or a keyword."""
    assignment = load_assignment(name)
    scripts = [exercise.script.text for exercise in assignment.exercises]
    for text in [*scripts, *solution_texts(assignment).values()]:
        tree = ast.parse(text)
        found = sorted({node.id for node in ast.walk(tree) if isinstance(node, ast.Name)} - {"torch", "F"})
        names = {old: f"new_{number}" for number, old in enumerate(found)}
        for node in ast.walk(tree):
            if isinstance(node, ast.Name):
                node.id = names.get(node.id, node.id)
            elif isinstance(node, ast.arg):
                node.arg = names.get(node.arg, node.arg)
            elif isinstance(node, ast.FunctionDef):
                node.name = names.get(node.name, node.name)
        assert ast.dump(ast.parse(Renaming(names).code(text))) == ast.dump(tree)


def test_every_hint_follows(folder):
    edit(folder.parent / "slope" / "assignment.toml", 'hint = "Broadcast."', 'hint = ["`bent`?", "bent: `2 * bent`"]')
    hints = {stage.name: stage.hints for _, stage in load_assignment(folder).stages}
    assert hints == {"grad_h": ("A square.",), "grad_x": ("Two factors.",), "grad_W": ("`h`?", "bent: `2 * h`")}


def test_scripts_slips_and_solutions_follow(folder):
    tilted = load_assignment(folder)
    (exercise,) = tilted.exercises
    assert (tilted.name, tilted.title, tilted.folder, [*tilted.sizes]) == ("tilted", "Tilted", folder, ["n", "columns"])
    assert tilted.stage_names == ("grad_h", "grad_x", "grad_W")
    assert tilted.inputs.text.startswith("x = torch.randn((n, columns), generator=generator)\nW = torch.rand(")
    assert exercise.script.text == "# one layer\nh = torch.sigmoid(x * W)\nloss = (h ** 2).mean()\n"
    (slip,) = exercise.slips
    assert slip.lines == {"loss": "(h ** 2).sum()"} and slip.message == "`h` is averaged: bent, not `h.slope`."
    text = solution_texts(tilted)["layer.py"]
    assert text.startswith("# grade: tilted/layer\n") and "def grad_W(x, h, grad_h):" in text


def test_it_is_released_graded_and_verified(folder, monkeypatch, capsys):
    monkeypatch.setattr(mutation, "mutants", lambda *asked: islice(mutants(*asked), 3))
    (folder / "README.md").write_text("Tilted\n")
    assert run(["release", str(folder), str(folder)]) == 0
    assert set(student_files(load_assignment(folder))) == {"README.md", "layer.py", "tilted.ipynb", "forward.py"}
    assert run([str(folder / "layer.py"), "--assignment", str(folder), "--no-html"]) == 1
    assert "grad_W" in capsys.readouterr().out
    assert run(["show", "grad_h", "--assignment", str(folder)]) == 0
    assert "loss = (h ** 2).mean()" in capsys.readouterr().out
    assert run(["hint", "grad_W", "--assignment", str(folder)]) == 0
    assert not (folder / "forward.py").exists()
    assert run(["verify", str(folder), "--seeds", "2", "--workers", "1"]) == 0, capsys.readouterr()


def test_its_digest_changes_with_its_own_file_and_with_those_it_is_derived_from(folder):
    digests = {load_assignment(folder).sha256}
    for path in (folder / "assignment.toml", *(folder.parent / "slope" / n for n in ("assignment.toml", "forward.py"))):
        path.write_text(path.read_text() + "# changed\n")
        digests.add(load_assignment(folder).sha256)
    assert len(digests) == 4


def test_what_it_takes_to_grade_has_the_base_if_that_is_inside_and_nothing_of_what_ships(folder):
    with pytest.raises(AssignmentError, match="must be inside the assignment"):
        grading_files(load_assignment(folder))
    shutil.move(folder.parent / "slope", folder / "slope")
    edit(folder / "assignment.toml", "../slope", "slope")
    base = {f"slope/{name}" for name in ("assignment.toml", "inputs.py", "forward.py")}
    assert set(grading_files(load_assignment(folder))) == {"assignment.toml", *base}
    assert set(grading_files(load_assignment("makemore"))) == {"assignment.toml"}


@pytest.mark.parametrize(
    ("old", "new", "sentence"),
    [
        ('bent = "h"', 'bend = "h"', "rename.bend = 'h': there is no `bend` in slope. Did you mean `bent`?"),
        (
            'bent = "h"',
            'zzz = "h"',
            "rename.zzz = 'h': there is no `zzz` in slope. "
            "Name a size, tensor, stage or function as it is called there.",
        ),
        (
            'bent = "h"',
            'dbent = "h"',
            "rename.dbent = 'h': what a gradient is called follows from `gradient`; rename its tensor.",
        ),
        (
            'bent = "h"',
            'loss = "h"',
            "rename.loss = 'h': the loss is called `loss` in every assignment; leave this line out.",
        ),
        (
            'bent = "h"',
            'bent = "W"',
            "rename.slope = 'W': `bent` is called that here as well; choose another name for one of them.",
        ),
        (
            'bent = "h"',
            'bent = "x"',
            "rename.bent = 'x': `x` is called that here as well; choose another name for one of them.",
        ),
        (
            'bent = "h"',
            'bent = "grad_x"',
            "rename.bent = 'grad_x': `dx` is called that here as well; choose another name for one of them.",
        ),
        ('"h"', '"h h"', "rename.bent = 'h h' must be a name as Python has them, of letters, digits and `_`."),
        ('"h"', '"in"', "rename.bent = 'in' must be a name as Python has them, of letters, digits and `_`."),
        ('"h"', '"F"', "rename.bent = 'F': every script is given something called `F`; choose another name."),
        ('"h"', "3", "rename.bent = 3 must be a string."),
        (
            '"grad_{tensor}"',
            '"grad_{tenser}"',
            "gradient = 'grad_{tenser}' must have `{tensor}` or `{Tensor}` in it, and make new names.",
        ),
        ("derived_from", "derived_form", "`derived_form` is not a key here. Did you mean `derived_from`?"),
        ("[rename]", "[renames]", "`renames` is not a key here. Did you mean `rename`?"),
        (
            "../slope",
            "../slop",
            "derived_from = '../slop': there is no such assignment. "
            "Name one of attention, layers, makemore, modules, nameweave, or give its folder, seen from here.",
        ),
        (
            "../slope",
            "makemore",
            "derived_from = 'makemore': that is derived from another one itself; name the one it is derived from.",
        ),
        (
            "[rename]",
            "[sizes]\nlayers = {}\n[rename]",
            "sizes.layers: there is no such exercise. The exercises are: layer.",
        ),
        (
            "[rename]",
            "[sizes]\nlayer = { rows = 3 }\n[rename]",
            "sizes.layer.rows: there is no such size. The sizes are: n, columns.",
        ),
        (
            "[rename]",
            "[called]\nfunctions = { f = [] }\n[rename]",
            "called.functions.f: no task has that. Give one of: none.",
        ),
    ],
)
def test_what_is_wrong_is_one_sentence_with_file_table_and_key(folder, old, new, sentence):
    edit(folder / "assignment.toml", old, new)
    assert refusal(folder) == f"{folder / 'assignment.toml'}: {sentence}"


def test_what_is_wrong_with_the_base_is_told_of_its_own_file(folder):
    base = folder.parent / "slope" / "assignment.toml"
    edit(base, "hint =", "hnit =")
    with pytest.raises(AssignmentError, match=rf"^{re.escape(str(base))}: .*hnit"):
        load_assignment(folder)


def test_a_name_that_a_script_a_slip_or_a_solution_has_of_its_own_is_refused_with_its_place(folder):
    slope, toml = folder.parent / "slope", folder / "assignment.toml"
    told = "has a `h` of its own; choose another name."
    edit(slope / "solutions" / "layer.py", "    return 2 * bent", "    h = 2 * bent\n    return h")
    with pytest.raises(AssignmentError) as refused:
        solution_texts(load_assignment(folder))
    assert str(refused.value) == f"{toml}: rename.bent = 'h': the solution layer.py of slope, line 6, {told}"
    edit(slope / "assignment.toml", "(bent ** 2).sum()", "sum(h for h in bent)")
    assert (
        refusal(folder) == f"{toml}: rename.bent = 'h': the expression 'sum(h for h in bent)', in a slip there, {told}"
    )
    edit(slope / "assignment.toml", "sum(h for h in bent)", "bent.sum()")
    edit(slope / "forward.py", "(bent ** 2).mean()", "[h ** 2 for h in [bent]][0].mean()")
    assert refusal(folder) == f"{toml}: rename.bent = 'h': {slope / 'forward.py'}, line 3, {told}"


def test_a_slip_that_is_not_python_is_told(folder):
    edit(folder.parent / "slope" / "assignment.toml", "(bent ** 2).sum()", "(bent")
    assert "derived_from: the expression '(bent', in a slip there, is not Python" in refusal(folder)


def test_the_example_of_the_guide_is_an_assignment(tmp_path):
    text = (ROOT / "docs" / "assignments.md").read_text(encoding="utf-8")
    (example,) = re.findall(r"^    name = .*\n(?:(?:    .*)?\n)+", text, re.MULTILINE)
    (tmp_path / "assignment.toml").write_text(textwrap.dedent(example))
    heads = load_assignment(tmp_path)
    assert {"dq", "dwei", "dwei_fast"} < {*heads.stage_names} and "dquery" not in heads.stage_names
    assert "def dwei_fast(" in "".join(solution_texts(heads).values())


CALLED = {
    "layers": (
        {"affine_forward": "fc_forward", "affine_backward": "fc_backward", "boards": "sheets", "w": "W"},
        "affine",
    ),
    "modules": ({"Linear": "Dense", "x": "data"}, "linear"),
}


@pytest.mark.parametrize(("name", "renamed", "exercise"), [(name, *each) for name, each in CALLED.items()])
def test_an_assignment_with_call_scripts_can_be_another_one_in_other_names(tmp_path, sandbox, name, renamed, exercise):
    """Functions, classes and what they are given are renamed in scripts, stubs and docstrings; solutions still pass."""
    rows = "".join(f'{old} = "{new}"\n' for old, new in renamed.items())
    text = f'name = "other"\ntitle = "Other"\nderived_from = "{name}"\n\n[rename]\n{rows}'
    (tmp_path / "assignment.toml").write_text(text, encoding="utf-8")
    assignment = load_assignment(tmp_path)
    calls = assignment.exercise(exercise).calls
    stub = stub_texts(assignment)[assignment.exercise(exercise).stub]
    for old, new in renamed.items():
        assert not re.search(rf"(?<![\w.]){old}(?=[(,:])", calls.text + stub), old
        assert new in calls.text and new in stub
    stages = graded(solution_texts(assignment), usual_examination(assignment), sandbox)
    assert [stage.name for stage in stages if not stage.passed] == []
