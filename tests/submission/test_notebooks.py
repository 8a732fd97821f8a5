"""Notebooks: the generated one from its first cell to its last, and those that people hand in."""

import ast
import json
import re
import tracemalloc

import nbformat
import pytest
from IPython.core.inputtransformer2 import TransformerManager

import grader
from grader.assignment import load_assignment
from grader.assignment.authoring.answers import solution_text
from grader.assignment.authoring.notebook import notebook_text
from grader.border import Source
from grader.checking.desk import Desk
from grader.cli.main import run
from grader.submission import read_submission
from grader.submission.notebook import as_python, read_notebook
from grader.submission.notebook_table import CODE_CAP
from grader.submission.reading_budget import MAGIC_WORK
from helpers.kernel import kernel
from helpers.places import SOLUTIONS, STUBS
from helpers.submissions import stages_of, write_notebook

GENERATED = STUBS / "nameweave.ipynb"
COUNTS = """\
import torch
def dCounts(counts, sumCountsInverse, dProbabilities, dSumCounts):
    return sumCountsInverse * dProbabilities + torch.ones_like(counts) * dSumCounts
"""
FLAT_COUNTS = "dCounts = sumCountsInverse * dProbabilities\ndCounts += torch.ones_like(counts) * dSumCounts"
SUM_COUNTS = "dSumCounts = -(sumCounts ** -2) * dSumCountsInverse"


def definitions(name):
    """The functions and classes of the solutions of an assignment, by name; and what else there is in them."""
    assignment = load_assignment(name)
    nodes = [node for each in assignment.exercises for node in ast.parse(solution_text(assignment, each)).body]
    found = {node.name: node for node in nodes if isinstance(node, ast.FunctionDef | ast.ClassDef)}
    asked = {*found} & {*assignment.asked_names}
    others = [ast.unparse(node) for node in nodes if getattr(node, "name", "") not in asked]
    return found, "\n".join(dict.fromkeys(others))


def filled_in(name="nameweave", added=""):
    """The generated notebook with the solutions in it, which ask for other arguments than their stubs.

    Args:
        name: of the assignment.
        added: an argument that each function asks for as well.
    """
    notebook = nbformat.read(STUBS.parent / name / f"{name}.ipynb", as_version=4)
    solutions, above = definitions(name)
    for cell in notebook.cells:
        if cell.cell_type == "code" and (match := re.match(r"(?:def|class) (\w+)", cell.source)):
            node = solutions[match[1]]
            if added and not any(argument.arg == added for argument in node.args.args):
                node.args.args.insert(0, ast.arg(added))
            cell.source = f"{above}\n{ast.unparse(node)}"
    return notebook


def run_all(notebook, desk):
    """What `check` says in each of its cells, once all cells have run."""
    with kernel(desk) as run:
        shown = [run(cell.source, cell.id) for cell in notebook.cells if cell.cell_type == "code"]
    return [each for each in shown if isinstance(each, grader.Checked)]


@pytest.fixture
def handed_in(tmp_path):
    """A notebook of these cells, written to a file."""

    def write(*cells, name="answers.ipynb", **metadata):
        return write_notebook(tmp_path / name, cells, **metadata)

    return write


@pytest.fixture
def graded(grade_folder, handed_in):
    def grade(*cells, **metadata):
        result = grade_folder(handed_in(*cells, **metadata))
        return result, stages_of(result)

    return grade


def test_the_notebook_that_ships_is_the_one_the_sources_give_and_valid(assignment):
    text = GENERATED.read_text(encoding="utf-8")
    assert text == notebook_text(assignment), "it is out of date: make stubs"
    notebook = json.loads(text)
    assert (notebook["nbformat"], notebook["nbformat_minor"]) == (4, 5)
    ids = [cell["id"] for cell in notebook["cells"]]
    assert len(set(ids)) == len(ids)


def test_the_notebook_has_a_cell_for_every_stage_and_no_answer(assignment):
    code = [cell.source for cell in nbformat.read(GENERATED, as_version=4).cells if cell.cell_type == "code"]
    for name in assignment.asked_names:
        assert sum(text.startswith(f"def {name}(") and "raise NotImplementedError" in text for text in code) == 1
        assert code.count(f"check({name})") == 1
    assert code[-1] == "check()"


def test_a_gradient_that_is_given_has_its_shape_in_the_table():
    """Of a function that answers several stages as well."""
    notebook = nbformat.read(STUBS.parent / "attention" / "attention.ipynb", as_version=4)
    (text,) = [cell.source for cell in notebook.cells if cell.id == "attend_backward-text"]
    assert "| `dattended` | (batch, time, head) |" in text and "| `head` | an integer |" in text


def each_notebook(quick):
    """One of the notebooks every time, and the others where there are minutes."""
    others = sorted({"attention", "layers", "makemore", "modules", "nameweave"} - {quick})
    return pytest.mark.parametrize("name", [quick, *(pytest.param(each, marks=pytest.mark.slow) for each in others)])


@each_notebook("layers")
def test_untouched_it_runs_to_its_end_and_says_that_nothing_is_written(name, desk, here):
    *stages, everything = run_all(nbformat.read(STUBS.parent / name / f"{name}.ipynb", as_version=4), desk)
    assert all(repr(each).startswith("· not written yet: ") for each in stages)
    assert re.match(r"Score 0 / \d+  0 of (\d+) stages passed.*, \1 not written yet", repr(everything))


@each_notebook("attention")
def test_with_right_answers_it_says_right_everywhere_whatever_their_arguments(name, desk, here):
    added = {"attention": "channels", "nameweave": "embeddingSize", "makemore": "n_embd"}.get(name, "")
    every = run_all(shortened(filled_in(name, added)), desk)
    assert len(every) > 5 and [repr(each) for each in every if not each.passed] == []


def shortened(notebook, steps=200):
    """With less training."""
    for cell in notebook.cells:
        cell.source = cell.source.replace("steps = 20_000", f"steps = {steps}")
    return notebook


@pytest.mark.slow
def test_in_a_kernel_it_trains_and_draws_names(tmp_path):
    from nbclient import NotebookClient

    notebook = shortened(filled_in(), 2_000)
    NotebookClient(notebook, timeout=300, resources={"metadata": {"path": str(tmp_path)}}).execute()
    outputs = [output for cell in notebook.cells for output in cell.get("outputs", [])]
    shown = [output.data for output in outputs if output.output_type == "execute_result"]
    assert all(re.match("[✓≈]|Exercise", each["text/plain"].strip()) for each in shown), shown
    assert all("backprop-check" in each["text/html"] for each in shown)
    told = "".join(output.text for output in outputs if "text" in output).splitlines()
    losses = [float(line.split(": ")[1]) for line in told if " / " in line]
    assert len(losses) == 10 and losses[-1] < losses[0]
    assert [line.split()[0] for line in told if line.startswith(("training", "validation"))] == [
        "training",
        "validation",
    ]
    assert sum(line.endswith(".") for line in told) == 20


@pytest.fixture(scope="module")
def desk(sandbox):
    return Desk(sandbox)


def test_with_the_solutions_in_it_the_generated_notebook_has_all_points(grade_folder, tmp_path):
    nbformat.write(filled_in(), tmp_path / "renamed.ipynb")
    result = grade_folder(tmp_path / "renamed.ipynb")
    assert result.score == result.max_score
    assert result.submission.problems == [] and result.submission.style == "functions"
    assert {stage.integrity.status for stage in result.stages} == {"clean"}


def test_as_it_is_given_out_every_stage_is_missing(grade_folder):
    result = grade_folder(GENERATED)
    assert {stage.verdict for stage in result.stages} == {"missing"} and result.submission.problems == []


def test_an_untouched_notebook_beside_the_stubs_takes_nothing_away(grade_folder, tmp_path):
    for path in SOLUTIONS.glob("*.py"):
        (tmp_path / path.name).write_text(path.read_text("utf-8"), encoding="utf-8")
    (tmp_path / GENERATED.name).write_text(GENERATED.read_text("utf-8"), encoding="utf-8")
    result = grade_folder(tmp_path)
    assert result.score == result.max_score
    assert not [warning for stage in result.stages for warning in stage.warnings]


def test_magics_plots_and_libraries_that_are_not_here_do_no_harm(graded):
    result, stages = graded(
        "%matplotlib inline\n!pip install torch\nfiles = !ls\nimport pandas as pd, seaborn as sns\nsns.set_theme()",
        "%%time\n" + COUNTS,
        "import matplotlib.pyplot as plt\nplt.figure(); plt.show()\ndisplay(1)\n?print",
        "%%bash\nrm -rf /",
    )
    assert stages["dCounts"].passed and result.submission.problems == []


def test_a_library_that_is_not_here_costs_only_the_stages_that_use_it(graded):
    uses = "import pandas as pd\ndef dLogits(logits):\n    return pd.DataFrame(logits)\n"
    _, stages = graded("import pandas as pd\nimport torch", uses, COUNTS)
    assert stages["dCounts"].passed and stages["dLogits"].verdict == "error"


def test_a_cell_that_fails_does_not_lose_the_others_and_is_told_by_its_number(graded):
    result, stages = graded("md:# Hello", "import torch\ndef f(:", COUNTS, "def dLogits(logits):\n    return x")
    assert stages["dCounts"].passed
    assert "code cell 1, line 2" in result.submission.problems[0]
    assert stages["dLogits"].where.cell == 3 and stages["dLogits"].where.line == 1
    assert "answers.ipynb, code cell 3" in stages["dLogits"].error.traceback


def test_the_last_definition_counts(graded):
    _, stages = graded("def dCounts(counts):\n    return counts", COUNTS)
    assert stages["dCounts"].passed
    assert [warning.code for warning in stages["dCounts"].warnings] == ["duplicate"]


def test_training_need_not_run(graded):
    _, stages = graded(COUNTS, "for step in range(10**12):\n    loss = step\nwhile True: pass")
    assert stages["dCounts"].passed


def test_a_needed_cell_that_does_not_end_costs_only_what_needs_it(graded):
    slow = "count = 0\nwhile True:\n    count += 1"
    result, stages = graded(slow, "def dLogits(logits):\n    return logits * count", COUNTS)
    assert stages["dCounts"].passed and stages["dLogits"].verdict != "approximate"
    assert any("If this is your training loop" in problem for problem in result.submission.problems)


def test_metadata_of_other_editors_makes_no_difference(graded):
    colab = {"colab": {"provenance": []}, "accelerator": "GPU", "kernelspec": {"name": "python3", "display_name": "x"}}
    assert graded(COUNTS, **colab)[1]["dCounts"].passed


def older(version):
    """The notebook in an older format, ids missing or twice the same."""
    if version == 3:
        cell = {"cell_type": "code", "input": COUNTS.splitlines(keepends=True), "outputs": [], "language": "python"}
        metadata = {"name": "x"}
        return {"nbformat": 3, "nbformat_minor": 0, "metadata": metadata, "worksheets": [{"cells": [cell]}]}
    cell = {"cell_type": "code", "source": COUNTS, "outputs": [], "metadata": {}, "execution_count": None}
    if version == 4.5:
        cell["id"] = "same"
    minor = round(version % 1 * 10)
    return {"nbformat": 4, "nbformat_minor": minor, "metadata": {}, "cells": [cell, dict(cell)]}


@pytest.mark.parametrize("version", [3, 4.0, 4.2, 4.4, 4.5, 4.9])
def test_every_version_is_read(version, tmp_path, grade_folder):
    path = tmp_path / "old.ipynb"
    path.write_text(json.dumps(older(version)), encoding="utf-8")
    stages = stages_of(grade_folder(path))
    assert stages["dCounts"].passed


def test_a_hundred_megabytes_of_output_are_no_matter(tmp_path):
    notebook = older(4.4)
    output = {"output_type": "stream", "name": "stdout", "text": "x" * 100_000_000}
    notebook["cells"][0]["outputs"] = [output]
    path = tmp_path / "large.ipynb"
    path.write_text(json.dumps(notebook), encoding="utf-8")
    (source,) = read_submission(path).sources
    assert "dCounts" in source.text and len(source.text) < 1000


@pytest.mark.parametrize(
    ("content", "words"),
    [
        ("", "is empty"),
        ("def dCounts(counts):\n    return counts\n", "not JSON"),
        ("[1, 2]", "not a notebook"),
        ('{"cells": 3}', "not a notebook"),
        ("[" * 100_000, "not JSON"),
        (json.dumps(older(4.4) | {"metadata": {"kernelspec": {"language": "R", "name": "ir"}}}), "notebook in R"),
        (json.dumps(older(4.4)).replace("return", "return " + "1 + " * CODE_CAP), "kB of code"),
        (json.dumps(older(4.4) | {"cells": older(4.4)["cells"] * 3000}), "5000 cells"),
    ],
    ids=["empty", "text", "list", "no cells", "deep", "another language", "long", "many cells"],
)
def test_what_is_no_notebook_of_ours_is_told_in_a_sentence(content, words, tmp_path):
    path = tmp_path / "odd.ipynb"
    path.write_text(content, encoding="utf-8")
    (fault,) = read_submission(path).faults
    assert words in fault.fault.message and fault.fault.message.count("\n") == 0


def test_the_file_is_never_written_to(handed_in, grade_folder):
    path = handed_in(COUNTS)
    before = path.read_bytes()
    grade_folder(path)
    assert path.read_bytes() == before


def test_cells_with_nothing_but_comments_are_fine(graded):
    result, stages = graded("# nothing yet", "", COUNTS, "'''only text'''")
    assert stages["dCounts"].passed and result.submission.problems == []


@pytest.mark.parametrize(
    ("cell", "python"),
    [
        ("x = 1", "x = 1"),
        ("x = 7 % 3\ny = 'a!'\nif x != y: pass", "x = 7 % 3\ny = 'a!'\nif x != y: pass"),
        ("%%time\nx = 1", "# %%time\nx = 1"),
        ("%time x = 1", "x = 1"),
        ("%%html\n<b>", "# %%html\n# <b>"),
    ],
)
def test_cells_become_python(cell, python):
    assert as_python(cell).strip() == python


def test_many_magics_are_left_out_without_much_ado():
    assert as_python("!ls\n" * 5000 + "x = 1").endswith("x = 1")


def test_of_long_texts_the_beginning_is_kept(handed_in):
    (source,) = read_submission(handed_in("md:# Exercise 2\n" + "x" * 10_000_000, COUNTS)).sources
    assert "# # Exercise 2" in source.text and len(source.text) < 10_000


def test_lines_know_their_cell():
    source = Source("a.ipynb", "# %%\nx\n# %%\ny\nz\n", (2, 4))
    assert [source.place(line) for line in (2, 4, 5)] == [(1, 1), (2, 1), (2, 2)]


def test_a_notebook_is_found_in_a_folder_and_by_the_command(handed_in, capsys):
    path = handed_in(COUNTS)
    assert run([str(path.parent), "--no-html", "--stage", "dCounts"]) == 0
    assert "1 of 1" in capsys.readouterr().out


def big(**parts):
    """A notebook of a stranger's, as text: what would be large to build is repeated here."""
    given = {"nbformat": "4", "nbformat_minor": "4", "metadata": "{}", "cells": json.dumps(older(4.4)["cells"])}
    return "{" + ", ".join(f'"{name}": {value}' for name, value in (given | parts).items()) + "}"


def many(value, count):
    return f"[{', '.join([value] * count)}]"


@pytest.mark.parametrize(
    "content",
    [
        big(metadata=f'{{"x": {many("[]", 3_000_000)}}}'),
        big(metadata=many("{}", 600_000)),
        big(cells=many("{}", 600_000)),
        big(cells=many('{"cell_type": "code"}', 100_000)),
        big(cells=many("[]", 3_000_000)),
        big(cells=f'[{{"cell_type": "markdown", "source": {many(json.dumps("a"), 500_000)}}}]'),
        big(cells=f'[{{"cell_type": "code", "source": {many(json.dumps("a"), 500_000)}}}]'),
        big(nonsense=many("NaN", 2_500_000)),
        big(nonsense="[" * 1_000_000 + "]" * 1_000_000),
    ],
    ids=["metadata", "list", "no cells", "cells", "lists", "text", "code", "fallback", "deep"],
)
def test_no_notebook_is_built_that_is_larger_than_a_notebook(content, tmp_path):
    """By what is allocated: for some of these it would have been hundreds of megabytes."""
    path = tmp_path / "large.ipynb"
    path.write_text(content, encoding="utf-8")
    read_notebook(path, path.name)
    tracemalloc.start()
    read = read_notebook(path, path.name)
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert peak < 3 * len(content) + (32 << 20)
    assert isinstance(read, Source) or read.fault.message.count("\n") == 0


def test_what_is_not_quite_json_is_read_all_the_same(tmp_path):
    path = tmp_path / "odd.ipynb"
    table = older(4.4)
    table["cells"][0]["outputs"] = [{"data": float("nan"), "half": "\ud83d"}]
    path.write_text(json.dumps(table), encoding="utf-8")
    assert read_notebook(path, path.name) == read_notebook(written(path.with_name("even.ipynb"), older(4.4)), path.name)


def written(path, table):
    path.write_text(json.dumps(table), encoding="utf-8")
    return path


@pytest.mark.parametrize(
    "cell",
    [
        "%x\n" + "/f x\n" * 3_000,
        "%x\n" + ",f x\n" * 3_000,
        "%x\n" + ";f x\n" * 3_000,
        "%x\n" + "\x1c%x" * 4_000,
        "%x\n" * 40 + "\n" * 15_900,
        "x?\n" * 3_000,
        "\n" * 100_000 + "x = 1",
    ],
)
def test_no_cell_is_passed_over_again_and_again(cell, monkeypatch):
    """By what IPython is asked to read, in characters, or in lines where those are short."""
    read = 0

    class Counted(TransformerManager):
        def do_one_token_transform(self, lines):
            nonlocal read
            read += max(sum(map(len, lines)), 30 * len(lines))
            return super().do_one_token_transform(lines)

    monkeypatch.setattr("IPython.core.inputtransformer2.TransformerManager", Counted)
    as_python(cell)
    assert read <= 2 * MAGIC_WORK
