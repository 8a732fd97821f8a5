"""`grade train`: the student's own model, trained beside autograd's."""

import os
import re
import signal
import subprocess
import sys
import time
from dataclasses import dataclass
from functools import partial
from pathlib import Path

import nbformat
import pytest
import safetensors.torch
import torch
from nbformat import v4

from grader import course_data
from grader.cli.main import run
from grader.report.curve import draw_curves
from grader.sandbox.ours import Limits
from helpers.command import GRADE, grade
from helpers.places import ROOT
from helpers.solution import TRAINING as SOLUTION

STEPS = 300
pytestmark = [pytest.mark.slow, pytest.mark.usefixtures("here")]


@dataclass(frozen=True)
class Done:
    """What came of the command, as of a process."""

    returncode: int
    stdout: str
    stderr: str


@pytest.fixture
def trained(here, capsys):
    """What the command says of one file, on both streams."""

    def train(text, *options):
        Path("mine.py").write_text(text, encoding="utf-8")
        code = run(["train", "mine.py", "--steps", str(STEPS), *options])
        return Done(code, *capsys.readouterr())

    return train


@pytest.fixture(scope="module")
def solution_trained(tmp_path_factory):
    """The folder in which the solution was trained, by a process of its own, and what that said."""
    folder = tmp_path_factory.mktemp("trained")
    (folder / "mine.py").write_text(SOLUTION, encoding="utf-8")
    return folder, grade("train", "mine.py", "--steps", STEPS, cwd=folder)


def numbers(line, text):
    """The two numbers in a line of the table: one's own, and autograd's."""
    found = re.search(rf"^{line} +([\d.,]+) +([\d.,]+)", text, re.MULTILINE)
    assert found, text
    return [float(each.replace(",", "")) for each in found.groups()]


def test_the_solution_trains_as_autograd_does_and_leaves_page_curve_and_parameters(solution_trained):
    folder, done = solution_trained
    assert done.returncode == 0, done.stderr
    for line in ("training loss", "validation loss"):
        own, autograd = numbers(line, done.stdout)
        assert own == pytest.approx(autograd, abs=2e-4) and 1.5 < own < 3
    names = done.stdout.split("as fast)")[1].split("Page:")[0].split()
    assert len(names) == 20 and all(re.fullmatch(r"[^\W\d_]*\.", name) for name in names), names
    tenths = re.findall(r"([\d,]+) / 300  loss ([\d.]+)", done.stderr)
    assert [int(step) for step, _ in tenths] == [30 * number for number in range(1, 11)]
    assert float(tenths[-1][1]) < float(tenths[0][1])
    page = (folder / "training.html").read_text(encoding="utf-8")
    assert page.startswith("<!doctype html>") and all(name in page for name in names) and "<svg" in page
    assert (folder / "training.svg").read_text(encoding="utf-8").startswith("<svg xmlns=")
    parameters = safetensors.torch.load_file(folder / "training.safetensors")
    assert len(parameters) == 7 and all(torch.isfinite(value).all() for value in parameters.values())


def test_the_parameters_are_those_of_training_by_hand_in_a_plain_loop(solution_trained, assignment):
    """The loop of the command against one written out, with the solution's functions imported."""
    from grader import course_batch

    folder, _ = solution_trained
    namespace: dict = {}
    exec(compile(SOLUTION, "solution", "exec"), namespace)
    values = {name: value.detach() if isinstance(value, torch.Tensor) else value
              for name, value in course_batch("nameweave").items()}  # fmt: skip
    inputs, outputs = course_data("nameweave")["training"]
    names = assignment.exercise("training").parameters
    script = assignment.exercise("training").script.text
    generator = torch.Generator().manual_seed(6942069420)
    for step in range(STEPS):
        rows = torch.randint(0, inputs.shape[0], (32,), generator=generator)
        values |= {"inputBatch": inputs[rows], "outputBatch": outputs[rows], "torch": torch, "F": torch.nn.functional}
        exec(script, values)
        code = namespace["backward"].__code__
        gradients = namespace["backward"](**{name: values[name] for name in code.co_varnames[: code.co_argcount]})
        rate = 0.1 if step < STEPS / 2 else 0.01
        values |= zip(names, namespace["update"]([values[name] for name in names], gradients, rate), strict=True)
    for name, value in safetensors.torch.load_file(folder / "training.safetensors").items():
        torch.testing.assert_close(value, values[name], rtol=1e-3, atol=1e-4)


def test_wrong_gradients_train_too_and_the_two_losses_differ(trained):
    done = trained(SOLUTION.replace("dLogits /= batchSize", "dLogits = dLogits / batchSize ** 2"))
    own, autograd = numbers("training loss", done.stdout)
    assert done.returncode == 0 and own > autograd + 0.1


def test_a_function_that_fails_later_is_replaced_by_ours_and_that_is_said(trained):
    done = trained(SOLUTION.replace("    return F.cross_entropy(logits, splitOutputs)", "    return None"))
    own, autograd = numbers("validation loss", done.stdout)
    assert own == pytest.approx(autograd, abs=2e-4)
    assert "split_loss: It returned None" in done.stderr and "The grader's own was used" in done.stderr


def test_a_run_that_fails_on_the_way_keeps_what_there_is(trained):
    text = SOLUTION.replace("    # cross entropy\n", "    CALLS.append(1)\n    assert len(CALLS) < 200, 'enough'\n")
    done = trained("CALLS = []\n" + text)
    assert done.returncode == 1 and "Training stopped" in done.stderr and "enough" in done.stderr
    assert numbers("training loss", done.stdout) and Path("training.html").exists()


@pytest.mark.skipif(sys.platform == "win32", reason="no SIGINT for another process there")
def test_ctrl_c_keeps_what_there_is():
    Path("mine.py").write_text(SOLUTION, encoding="utf-8")
    command = [GRADE, "train", "mine.py", "--steps", "10000000"]
    with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, encoding="utf-8",
                          start_new_session=True) as process:  # fmt: skip
        time.sleep(1)
        deadline = time.monotonic() + 60
        while not _children_train(process.pid) and time.monotonic() < deadline:
            time.sleep(0.1)
        time.sleep(1.5)
        os.killpg(process.pid, signal.SIGINT)
        try:
            out, err = process.communicate(timeout=120)
        finally:
            process.kill()
    assert process.returncode == 0, err
    assert "Stopped after" in out and "these are the results so far" in out and "Traceback" not in err
    own, _ = numbers("training loss", out)
    assert own < 3.3 and len(re.findall(r"\S+\.(?=\s)", out.split("as fast)")[1])) >= 20


def _children_train(pid):
    """Whether the process has got far enough to have more than one child of its own making."""
    threads = Path(f"/proc/{pid}/task")
    return not threads.exists() or len(list(threads.iterdir())) > 1


def test_other_names_are_trained_on(trained):
    Path("names.txt").write_text("\n".join(["zoë", "zizou", "zaza"] * 40), encoding="utf-8")
    done = trained(SOLUTION, "--names", "names.txt")
    names = done.stdout.split("as fast)")[1].split("Page:")[0].split()
    assert done.returncode == 0 and set("".join(names)) <= set("zoëiua.")


def test_the_same_in_a_notebook():
    cells = [v4.new_markdown_cell("# mine"), v4.new_code_cell(SOLUTION), v4.new_code_cell("while True: pass")]
    nbformat.write(v4.new_notebook(cells=cells), "mine.ipynb")
    assert run(["train", "mine.ipynb", "--steps", "20"]) == 0


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ((ROOT / "exercises" / "nameweave" / "ex4_training.py").read_text(encoding="utf-8"), "Still the stub"),
        ("# grade: nameweave/training\n", "no function backward"),
        ("# grade: nameweave/training\ndef backward():\n    pass\n", "no function update"),
        ("# grade: nameweave/training\ndef backward(wrong):\n    pass\n", "`wrong` is not something"),
        ("# grade: nameweave/training\ndef backward(:\n", "line 2"),
    ],
)
def test_what_cannot_be_trained_is_told_in_one_sentence(text, said, capsys):
    Path("mine.py").write_text(text, encoding="utf-8")
    assert run(["train", "mine.py"]) == 2
    err = capsys.readouterr().err
    assert said in err and "Traceback" not in err and not Path("training.html").exists()


def test_a_page_that_cannot_be_written_is_told(capsys):
    Path("mine.py").write_text(SOLUTION, encoding="utf-8")
    assert run(["train", "mine.py", "--steps", "5", "--html", "absent/page.html"]) == 2
    assert "absent/page.html" in capsys.readouterr().err


def test_course_data_has_rows_for_every_split_and_the_vocabulary():
    data = course_data("makemore")
    assert data["vocabulary"][0] == "." and len(set(data["vocabulary"])) == len(data["vocabulary"])
    for split in ("training", "validation", "test"):
        inputs, outputs = data[split]
        assert inputs.dtype == outputs.dtype == torch.int64 and inputs.shape == (len(outputs), 3)
    assert len(data["training"][1]) > 5 * len(data["validation"][1])


def test_a_curve_goes_down_where_the_loss_does_and_breaks_where_there_is_none():
    curves = draw_curves({"mine": [3.0, 2.0, None, 1.0], "other": [3.0, 2.5, 2.2, 2.0]}, 400)
    heights = [float(y) for y in re.findall(r"[ML][\d.]+ ([\d.]+)", curves.lines[0].path)]
    assert heights == sorted(heights) and curves.lines[0].path.count("M") == 2
    assert [text for _, text in curves.across] == ["0", "100", "200", "300", "400"]
    assert [text for _, text in curves.up] == ["1", "1.5", "2", "2.5", "3"]
    assert draw_curves({"mine": []}, 400) is None and draw_curves({"mine": [None]}, 1) is None
    assert draw_curves({"mine": [2.0]}, 1) is not None


def test_a_run_uphill_ends_with_what_can_be_said_of_it(trained, monkeypatch):
    """Its sampler never comes to an end."""
    monkeypatch.setattr("grader.sandbox.ours.Limits", partial(Limits, cpu=3.0))
    done = trained(SOLUTION.replace("dLogits /= batchSize", "dLogits = -9 * dLogits"))
    assert done.returncode == 0 and "Traceback" not in done.stderr and Path("training.html").exists()
    assert "sample: The code was still computing after 3 s" in done.stderr
