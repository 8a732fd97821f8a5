"""The assignment `makemore`: NameWeave in other names, derived from it."""

import ast
import io
import re
import tokenize
import tomllib

import pytest
import torch

from grader.assignment import load_assignment
from grader.assignment.authoring.answers import solution_texts
from grader.assignment.authoring.notebook import notebook_text
from grader.assignment.authoring.stubs import stub_texts
from grader.run.exam import examine
from grader.run.grade import grade_submission
from grader.run.request import make_request, select
from helpers.places import GRADIENTS, ROOT
from helpers.submissions import stages_of, write_notebook

FOLDER = ROOT / "exercises" / "makemore"
FLAT = [
    "# backprop through the whole thing, by hand",
    "import torch, random\nimport torch.nn.functional as F\nwords = open('names.txt').read().splitlines()",
    "def cmp(s, dt, t):\n    print(s, torch.all(dt == t.grad).item(), (dt - t.grad).abs().max().item())",
    "n = 32\nlogits = h @ W2 + b2\nfor t in [logits]:\n    t.retain_grad()\nloss.backward()",
    "md:# Exercise 1",
    """\
dlogprobs = torch.zeros_like(logprobs)
dlogprobs[range(n), Yb] = -1.0 / n
dprobs = dlogprobs / probs
dcounts_sum_inv = (dprobs * counts).sum(1, keepdim=True)
dcounts = dprobs * counts_sum_inv
dcounts_sum = -dcounts_sum_inv / counts_sum**2
dcounts += dcounts_sum.expand_as(counts)
dnorm_logits = dcounts * counts
dlogits = dnorm_logits.clone()
dlogit_maxes = -dnorm_logits.sum(1, keepdim=True)
dlogits += dlogit_maxes * F.one_hot(logits.argmax(1), num_classes=logits.shape[1])
dh = dlogits @ W2.T
dW2 = h.T @ dlogits
db2 = dlogits.sum(0)
dhpreact = dh * (1 - h * h)
dbngain = (dhpreact * bnraw).sum(0, keepdim=True)
dbnbias = dhpreact.sum(0, keepdim=True)
dbnraw = dhpreact * bngain
dbndiff = dbnraw * bnvar_inv
dbnvar_inv = (dbnraw * bndiff).sum(0, keepdim=True)
dbnvar = dbnvar_inv * -0.5 * bnvar_inv**3
dbndiff2 = dbnvar / (n - 1) * torch.ones_like(bndiff2)
dbndiff += 2 * dbndiff2 * bndiff
dbnmeani = -dbndiff.sum(0)
dhprebn = dbndiff.clone()
dhprebn += dbnmeani / n
dembcat = dhprebn @ W1.T
dW1 = embcat.T @ dhprebn
db1 = dhprebn.sum(0)
demb = dembcat.view(emb.shape)
dC = torch.zeros_like(C)
for row, tokens in zip(demb, Xb):
    for gradient, token in zip(row, tokens):
        dC[token] += gradient
cmp('logprobs', dlogprobs, logprobs)
cmp('C', dC, C)""",
    "md:# Exercise 2",
    "dlogits = F.softmax(logits, 1)\ndlogits[range(n), Yb] -= 1\ndlogits /= n\ncmp('logits', dlogits, logits)",
    "md:# Exercise 3",
    "dhprebn = bngain * bnvar_inv / n * (n * dhpreact - dhpreact.sum(0)\n"
    "    - n / (n - 1) * bnraw * (dhpreact * bnraw).sum(0))",
    "md:# Exercise 4",
    "for i in range(200_000):\n    dlogits = F.softmax(logits, 1)\n    dC[Xb] += demb",
]


def tokens(text):
    """Those that Python reads."""
    read = tokenize.generate_tokens(io.StringIO(text).readline)
    return [token.string for token in read if token.type not in (tokenize.COMMENT, tokenize.NL)]


def texts_of(assignment):
    """Its scripts and solutions, in order."""
    tasks = [task.script for exercise in assignment.exercises for task in exercise.tasks]
    scripts = [assignment.inputs, *(exercise.script for exercise in assignment.exercises), *tasks]
    return [*(script.text for script in scripts), *solution_texts(assignment).values()]


@pytest.fixture(scope="module")
def makemore():
    return load_assignment("makemore")


def test_scripts_and_solutions_are_those_of_nameweave_in_other_names(makemore, assignment):
    pairs = list(zip(texts_of(assignment), texts_of(makemore), strict=True))
    assert len(pairs) >= 12
    for theirs, ours in (map(tokens, pair) for pair in pairs):
        assert len(theirs) == len(ours)
        assert len(set(zip(theirs, ours, strict=True))) == len(set(theirs)) == len(set(ours))


def test_nothing_of_it_is_in_a_name_of_nameweave(makemore):
    folder = {path.name: path.read_text(encoding="utf-8") for path in FOLDER.iterdir() if path.suffix != ".toml"}
    hints = [stage.hint for _, stage in makemore.stages]
    renamed = tomllib.loads((FOLDER / "assignment.toml").read_text(encoding="utf-8"))["rename"]
    left = re.compile(rf"\b(?:{'|'.join(old for old in renamed if old not in ('probabilities', 'embedding'))})\b")
    for text in [*folder.values(), *texts_of(makemore), *hints, *(exercise.text for exercise in makemore.exercises)]:
        assert not left.search(text)


@pytest.fixture
def graded(makemore, sandbox):
    def grade(path, selected=None):
        request = make_request(path)
        assert request.assignment.name == "makemore"
        examination = examine(request.assignment, selected or request.selected, seed="tests")
        return grade_submission(request.submission, examination, sandbox).result

    return grade


def gradients(assignment):
    """The stages of the first three exercises."""
    return frozenset().union(*(select(assignment, name) for name in GRADIENTS))


def test_the_solutions_pass_and_are_recognised(graded, makemore, tmp_path):
    for name, text in solution_texts(makemore).items():
        (tmp_path / name).write_text(text, encoding="utf-8")
    result = graded(tmp_path)
    assert result.score == result.max_score == 39


def test_every_stub_is_missing(graded):
    assert {stage.verdict for stage in graded(FOLDER).stages} == {"missing"}


def test_stubs_and_notebook_are_those_the_sources_give(makemore):
    made = stub_texts(makemore) | {"makemore.ipynb": notebook_text(makemore)}
    for name, text in made.items():
        assert (FOLDER / name).read_text(encoding="utf-8") == text, f"{name} is out of date: make stubs"


def test_the_course_batch_is_that_of_nameweave_in_other_names(makemore, assignment):
    theirs, ours = ([p[0] for p in examine(a, gradients(a), seed="x").probes.values()] for a in (makemore, assignment))
    for probe, other in zip(theirs, ours, strict=True):
        references = [[e.gradient for e in each.expected.values()] for each in (probe, other)]
        assert all(torch.equal(a, b) for a, b in zip(*references, strict=True))


def test_a_flat_notebook_as_people_write_it_has_all_points(graded, makemore, tmp_path):
    result = graded(write_notebook(tmp_path / "untitled.ipynb", FLAT), gradients(makemore))
    # the mean loses the axis of length 1 in one place, as it does in many notebooks
    assert {stage.name: stage.verdict for stage in result.stages if not stage.passed} == {}
    assert [stage.name for stage in result.stages if stage.verdict == "shape"] == ["dbnmeani"]
    assert {stage.integrity.status for stage in result.stages} == {"clean"} and result.submission.problems == []


def test_the_same_as_a_script(graded, makemore, tmp_path):
    path = tmp_path / "notes.py"
    path.write_text("\n\n".join(f"# {c[3:]}" if c.startswith("md:") else c for c in FLAT), encoding="utf-8")
    result = graded(path, gradients(makemore))
    assert result.score == result.max_score and result.submission.style == "flat"


def test_the_notebook_slip_with_the_table_is_found(graded, tmp_path):
    """Indexing on the left keeps one of several gradients of a row."""
    text = next(cell for cell in FLAT if "dC = torch" in cell)
    lines = ast.unparse(ast.Module([n for n in ast.parse(text).body if not isinstance(n, ast.For)], []))
    path = write_notebook(tmp_path / "a.ipynb", ["import torch", lines, "dC[Xb] += demb"])
    stages = stages_of(graded(path))
    assert stages["dC"].verdict == "wrong" and stages["demb"].passed
