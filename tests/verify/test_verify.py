"""`grade verify`: an assignment that holds passes, and one that does not is told where."""

import json
from dataclasses import replace
from itertools import islice

import pytest

from grader.assignment import load_assignment
from grader.cli.main import run
from grader.sandbox.ours import Sandbox
from grader.verify import mutation
from grader.verify import verify as verify_module
from grader.verify.checks import check, usual_examination
from grader.verify.mutants import mutants
from grader.verify.mutation import Caught, mutate, mutate_part, shares_of
from grader.verify.spread import mutate_spread
from grader.verify.verify import verify
from helpers.slope import SOLUTION, edit, write_slope

pytestmark = pytest.mark.slow

EVERY = 17
"""One mutant of so many is enough to see whether slips are named: all of them take minutes."""
HEAD = "# grade: slope/layer\nimport torch\n\n\n"
OTHERWISE = [
    "return 2 * bent / rows * columns",
    "return 2 * bent * (rows * columns)",
    "return 2 * bent / (rows / columns)",
    "return dbent * bent * (1 / bent) * slope",
    "return (dbent * bent * (1 / bent) * x).sum(0, keepdim=True)",
]
"""Edits that are told by what comes of them, not as they are: an operator as a factor, an exponent, a wrong factor."""


@pytest.fixture
def folder(tmp_path):
    return write_slope(tmp_path)


def complete(folder):
    """The small assignment with its solutions, stubs and notebook."""
    (folder / "solutions").mkdir()
    (folder / "solutions" / "layer.py").write_text(HEAD + SOLUTION, encoding="utf-8")
    assert run(["release", str(folder), str(folder)]) == 0
    return folder


@pytest.fixture
def slope(folder):
    return complete(folder)


@pytest.fixture(scope="module")
def verified(tmp_path_factory, sandbox):
    """The small assignment, and all that is found out about it."""
    assignment = load_assignment(complete(write_slope(tmp_path_factory.mktemp("verified"))))
    return assignment, verify(assignment, sandbox, seeds=3)


@pytest.fixture
def few_mutants(monkeypatch):
    """Three mutants of each function."""
    monkeypatch.setattr(mutation, "mutants", lambda *asked: islice(mutants(*asked), 3))


@pytest.fixture
def checked(slope, sandbox):
    """The checks that fail, with what they say."""
    return lambda: wrong(check(load_assignment(slope), sandbox, seeds=3))


def wrong(checks):
    return {each.name: each.details for each in checks if not each.passed}


def test_a_complete_assignment_passes_and_its_mutants_are_caught(verified):
    _, found = verified
    assert found.passed and wrong(found.checks) == {} and len(found.checks) == 11
    assert [each.function for each in found.mutation] == ["dbent", "dx", "dslope"]
    for each in found.mutation:
        assert each.mutants == each.equivalent + each.caught > 20 and each.missed == []
        assert 0 < each.rightly <= each.named <= each.wrong <= each.caught
        assert len(each.otherwise) == each.named - each.rightly
    assert [told.partition(": ")[0] for each in found.mutation for told in each.otherwise] == OTHERWISE


def test_a_wrong_solution_is_told_with_stage_and_seed(slope, checked):
    edit(slope / "solutions" / "layer.py", "(rows * columns)", "(rows + columns)")
    (details,) = checked().values()
    assert len(details) == 3 and all(line.startswith("dbent, seed 'verify") for line in details)


def test_a_missing_hint_and_a_stub_out_of_date_are_told(slope, checked):
    edit(slope / "assignment.toml", 'hint = "A square."', 'hint = ""')
    found = checked()
    assert found["every stage has a hint"] == ["dbent has no hint"]
    assert any("layer.py" in line for line in found["stubs and notebook are those that scripts and solutions give"])


def test_a_stub_with_the_answer_in_it_is_told(slope, checked):
    (slope / "layer.py").write_text((slope / "solutions" / "layer.py").read_text("utf-8"), encoding="utf-8")
    assert checked()["every stub is missing"][0].startswith("dbent: ")


def test_probes_that_let_a_wrong_edit_pass_are_told(slope, sandbox, monkeypatch):
    """An input that is always the same one hides what depends on it: of the mutants, those of what multiplies by it."""
    without = "return dbent * bent * (1 - bent)"
    hidden = [f"{without} / slope", "return (dbent * bent * (1 - bent)) ** slope", without]
    seen = [f"{without} + slope", "return dbent * bent / (1 - bent) * slope"]
    edit(slope / "inputs.py", "torch.rand((1, columns), generator=generator) + 1", "torch.ones((1, columns))")
    monkeypatch.setattr(
        mutation, "mutants", lambda *asked: (made for made in mutants(*asked) if made.change in hidden + seen)
    )
    assignment = load_assignment(slope)
    (dx,) = mutate(assignment, sandbox, examination=usual_examination(assignment, frozenset({"dx"})))
    assert dx.missed == hidden and dx.caught == len(seen)


def test_the_references_are_compared_with_differences(slope, checked):
    """A forward line whose gradient is cut off has another slope than autograd says."""
    edit(slope / "forward.py", "torch.sigmoid(x * slope)", "torch.sigmoid(x * slope.detach()) + 0 * slope")
    found = checked()
    assert [
        line.split(":")[0] for line in found["the references agree with finite differences of the forward lines"]
    ] == ["dslope"]


def test_the_command_says_it_all_and_its_exit_code_tells(slope, few_mutants, monkeypatch, capsys):
    assert run(["verify", str(slope), "--seeds", "2", "--workers", "1", "--json", str(slope / "verified.json")]) == 0
    out = capsys.readouterr().out
    assert "✓ the solutions pass every stage, with 2 seeds" in out and "No wrong edit passes." in out
    found = json.loads((slope / "verified.json").read_text(encoding="utf-8"))
    assert found["schema"] == "backprop-grader/verification/v1" and len(found["mutation"]) == 3
    edit(slope / "assignment.toml", 'hint = "A square."', 'hint = ""')
    monkeypatch.setattr(
        verify_module,
        "mutate",
        lambda *_: [Caught("dbent", 3, 0, 3, 1, 2, 0, unnamed=["a → b"], otherwise=["c → d: sign."])],
    )
    assert run(["verify", str(slope), "--seeds", "1", "--workers", "1", "--unnamed"]) == 1
    out = capsys.readouterr().out
    assert "dbent has no hint" in out and "    no name: a → b\n    another name: c → d: sign.\n" in out
    (row,) = (line.split() for line in out.splitlines() if line.startswith("dbent "))
    assert row == ["dbent", "3", "0", "3", "1", "50%", "0%"], "one of them raises"


def test_without_solutions_there_is_nothing_to_verify(folder, capsys):
    assert run(["verify", str(folder)]) == 2
    assert "solution" in capsys.readouterr().err


@pytest.mark.timeout(1800)
@pytest.mark.parametrize("name", ["attention", "nameweave"])
def test_the_assignments_that_ship_hold(name, monkeypatch):
    """A sample of the mutants: `test_mutants.py` has all of NameWeave's, and `grade verify` all of either."""
    monkeypatch.setattr(mutation, "mutants", lambda *asked: islice(mutants(*asked), 0, None, EVERY))
    with Sandbox() as sandbox:
        found = verify(load_assignment(name), sandbox, seeds=5)
    assert wrong(found.checks) == {} and [change for each in found.mutation for change in each.missed] == []
    wrong_values = sum(each.wrong for each in found.mutation)
    assert sum(each.named for each in found.mutation) / wrong_values > 0.95
    assert sum(each.rightly for each in found.mutation) / wrong_values > 0.92


@pytest.mark.timeout(600)
@pytest.mark.parametrize("name", ["layers", "modules"])
def test_wrong_edits_of_functions_and_classes_are_caught_and_named(name):
    """An eightieth of them; docs/trust.md has the figures of an eighth."""
    with Sandbox() as sandbox:
        examination = usual_examination(load_assignment(name))
        parts = [replace(part, of=80) for part in shares_of(examination)]
        found = [mutate_part(part, examination, sandbox) for part in parts]
    assert [change for each in found for change in each.missed] == []
    wrong_values = sum(each.wrong for each in found)
    assert wrong_values > 15
    assert sum(each.named for each in found) / wrong_values > 0.85
    assert sum(each.rightly for each in found) / wrong_values > 0.75


@pytest.mark.parametrize("name", ["makemore", "modules"])
def test_the_others_hold(name):
    """The mutants of makemore are those of NameWeave in other names: `tests/assignment/test_makemore.py` holds that."""
    with Sandbox() as sandbox:
        assert wrong(check(load_assignment(name), sandbox, seeds=3)) == {}


def in_any_order(caught):
    return replace(caught, missed=sorted(caught.missed), otherwise=sorted(caught.otherwise))


def test_processes_find_what_one_finds_and_in_the_same_order(verified):
    assignment, found = verified
    examination, told = usual_examination(assignment, frozenset({"dbent"})), []
    spread = mutate_spread(examination, 2, told.append)
    assert [in_any_order(each) for each in spread] == [in_any_order(found.mutation[0])]
    assert told[0].startswith("mutants of dbent (1 of 8") and told[-1].startswith("mutants of dbent (8 of 8, about ")


def test_one_stage_is_checked_alone(slope, few_mutants, capsys):
    assert run(["verify", str(slope), "--seeds", "1", "--stage", "dslope", "--workers", "1"]) == 0
    out = capsys.readouterr().out
    assert "dslope" in out and "dbent" not in out
    assert run(["verify", str(slope), "--stage", "dslop"]) == 2
    assert "dslope" in capsys.readouterr().err
