"""What `grade verify` tells an author: slips that explain nothing, solutions that cannot be tried, probes that lack."""

import pytest

from grader.assignment import load_assignment
from grader.cli.main import run
from grader.errors import AssignmentError
from grader.verify.checks import usual_examination
from grader.verify.mutants import Mutant
from grader.verify.reach import advice
from grader.verify.ready import check_solutions
from grader.verify.slips import useless_slips
from helpers.slope import SOLUTION, edit, write_slope

pytestmark = pytest.mark.usefixtures("warm")


@pytest.fixture
def folder(tmp_path):
    write_slope(tmp_path)
    (tmp_path / "solutions").mkdir()
    (tmp_path / "solutions" / "layer.py").write_text(SOLUTION)
    return tmp_path


USELESS = {
    "bend = 'x'": "no line of forward.py makes bend. Did you mean bent?",
    "bent = 'torch.sigmoid(x * '": "the line of bent is not valid Python",
    "bent = 'torch.sigmoid(x * slop)'": "with its lines, the script does not run.",
    "bent = 'torch.sigmoyd(x * slope)'": "has no attribute 'sigmoyd'",
    "bent = 'torch.sigmoid(slope * x)'": "right for every stage",
    "loss = 'bent ** 2'": "the loss must be a single number",
    "loss = '(bent ** 2).sum() / bent.numel()'": "right for every stage",
}
USEFUL = ["bent = 'torch.tanh(x * slope)'", "loss = '(bent ** 2).sum()'", "bent = 'x * slope', loss = 'bent.mean()'"]


def with_slip(folder, lines):
    slips = f'slips = [{{ code = "odd", message = "Odd.", lines = {{ {lines} }} }}]\nstages = ['
    edit(folder / "assignment.toml", "stages = [", slips)
    assignment = load_assignment(folder)
    return [*useless_slips(usual_examination(assignment))]


@pytest.mark.parametrize(("lines", "sentence"), USELESS.items(), ids=USELESS)
def test_a_slip_that_can_never_explain_anything_is_told(folder, lines, sentence):
    told = with_slip(folder, lines)
    assert len(told) >= 1
    assert all(each.startswith("layer, slip 'odd': ") for each in told)
    assert sentence in told[0]


@pytest.mark.parametrize("lines", USEFUL)
def test_a_slip_that_can_is_not(folder, lines):
    assert with_slip(folder, lines) == []


FAULTS = {
    "syntax": ("def dbent(bent, rows, columns):", "def dbent(bent, rows, columns)", "this is not valid Python"),
    "argument": (
        "def dx(bent, slope, dbent)",
        "def dx(bend, slope, dbent)",
        "dx asks for bend, which students are not g",
    ),
    "own gradient": ("def dx(bent, slope, dbent)", "def dx(bent, dx, dbent)", "dx asks for dx, which students are not"),
    "missing": ("def dslope(", "def dslopes(", "the solution has no dslope, which layer asks for. It has dslopes."),
}


@pytest.mark.parametrize(("old", "new", "sentence"), FAULTS.values(), ids=FAULTS)
def test_a_solution_that_cannot_be_tried_is_told_in_one_sentence(folder, capsys, old, new, sentence):
    edit(folder / "solutions" / "layer.py", old, new)
    with pytest.raises(AssignmentError) as refused:
        assignment = load_assignment(folder)
        check_solutions(assignment, usual_examination(assignment))
    assert sentence in str(refused.value)
    assert "layer.py" in str(refused.value)
    assert run(["verify", str(folder)]) == 2
    printed = capsys.readouterr()
    assert sentence in printed.err
    assert "Traceback" not in printed.err + printed.out


def test_without_solutions_it_says_where_they_are_looked_for(folder, capsys):
    (folder / "solutions" / "layer.py").unlink()
    assert run(["verify", str(folder)]) == 2
    assert "there is no solution here" in capsys.readouterr().err


@pytest.mark.parametrize("line", ["    return 2 * bent", "    raise ValueError('no')"])
def test_before_the_stubs_are_made_and_with_a_wrong_solution_it_says_both(folder, capsys, line):
    edit(folder / "solutions" / "layer.py", "    return 2 * bent / (rows * columns)", line)
    assert run(["verify", str(folder), "--seeds", "1"]) == 1
    printed = capsys.readouterr().out
    assert "layer.py: run `grade release` for this folder" in printed
    assert "✗ the solutions pass every stage" in printed
    assert "No mutants were tried: first make the solutions pass." in printed


def test_of_a_wrong_edit_that_passes_it_says_which_probe_would_catch_it(folder, sandbox):
    """Beside numbers of ordinary size, an epsilon under the root goes unnoticed."""
    (folder / "forward.py").write_text(
        "bent = x / (x.pow(2).mean(1, keepdim=True) + 1e-5).sqrt()\nloss = (bent * slope).sum()\n"
    )
    right = (
        "import torch\n\n\ndef dx(x, bent, dbent):\n    root = (x.pow(2).mean(1, keepdim=True) + 1e-5).sqrt()\n"
        "    return (dbent - bent * (dbent * bent).mean(1, keepdim=True)) / root\n"
    )
    assignment = load_assignment(folder)
    examination = usual_examination(assignment)
    mutant = Mutant("dx", "number", "2e-5 for 1e-5", right.replace("1e-5", "2e-5"), right, 5)
    told = advice(mutant, assignment.exercises[0], frozenset({"dx"}), examination, sandbox)
    assert told == "a probe with `scale = { x = 0.01 }` would catch it"
