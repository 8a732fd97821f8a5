"""What comes with a hand-in, or is done by it, to be graded by other rules than ours: none of it is worth a mark."""

import math
import os
import shutil
import signal
from pathlib import Path

import pytest
import safetensors.torch
import torch

from grader.report.json import to_json
from grader.result import PASSED
from grader.run.exam import examine
from grader.run.grade import grade_submission
from grader.run.request import select
from grader.sandbox.ours import Limits, Sandbox
from grader.submission import read_submission
from helpers.places import GRADIENTS, SOLUTIONS
from helpers.submissions import verdicts_of, without_search

TAKEN_OVER = "raise SystemExit('this file is none of the grader’s business')\n"  # noqa: RUF001

OUTSIDERS = {
    "assignment.toml": (
        'name = "nameweave"\ntitle = "Mine"\ninputs = "inputs.py"\nseed = 1\n'
        "[credit]\nwrong = 1.0\nerror = 1.0\nmissing = 1.0\n[sizes]\n[[exercises]]\n"
    ),
    "inputs.txt": "",
    "forward/every_expression.py": "loss = 0 * embeddingLookUpMatrix.sum()\n",
    "exercises/nameweave/assignment.toml": 'name = "nameweave"\ncredit = { wrong = 1.0 }\n',
    "exercises/nameweave/forward/every_expression.py": "loss = 0 * embeddingLookUpMatrix.sum()\n",
    "conftest.py": TAKEN_OVER,
    "setup.py": TAKEN_OVER,
    "sitecustomize.py": TAKEN_OVER,
    "usercustomize.py": TAKEN_OVER,
    "torch.py": "def equal(*_):\n    return True\n\n\nallclose = equal\n",
    "torch/__init__.py": TAKEN_OVER,
    "safetensors.py": TAKEN_OVER,
    "msgspec.py": TAKEN_OVER,
    "safetensors/torch.py": "def save(tensors):\n    return b''\n",
    "grader/__init__.py": TAKEN_OVER,
    "grader/judge/gradient.py": "def judge_gradient(*_, **__):\n    return 'exact'\n",
    "pyproject.toml": "[tool.pytest.ini_options]\naddopts = '--version'\n",
    "result.json": '{"score": 28.0, "status": "graded"}\n',
    "Datasets/Indian_Names.txt": "a\n",
}


def add_outsiders(folder: Path) -> None:
    for name, text in OUTSIDERS.items():
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")


def gradients(assignment):
    """The stages of the first three exercises."""
    return [stage for name in GRADIENTS for stage in assignment.exercise(name).stages]


@pytest.fixture
def zeros(assignment) -> str:
    """Answers that are all zero, of the right shape."""
    functions = (
        f"def {stage.name}({stage.tensor}):\n    return torch.zeros_like({stage.tensor})\n"
        for stage in gradients(assignment)
    )
    return "import torch\n\n\n" + "\n\n".join(functions)


@pytest.fixture
def with_zeros(grade_some, zeros):
    """The stages of a hand-in of zeros that has something else in it as well."""

    def grade(before: str = "", after: str = ""):
        with without_search():
            return grade_some(f"{before}\n{zeros}\n\n{after}")

    return grade


def marks(stages) -> float:
    return sum(stage.score for stage in stages.values())


# Files beside the answers


def test_zeros_earn_nothing_but_are_judged(judge_text, zeros):
    stages = judge_text(zeros)
    assert marks(stages) == 0
    assert {stage.verdict for stage in stages.values()} <= {"wrong", "shortcut"}


def test_the_solution_passes_whatever_lies_beside_it(judge_folder, tmp_path):
    add_outsiders(tmp_path)
    for path in SOLUTIONS.glob("*.py"):
        shutil.copy(path, tmp_path)
    result = judge_folder(tmp_path)
    assert (result.score, result.max_score, result.status) == (28, 28, "graded")
    assert result.assignment.title != "Mine"


def test_zeros_earn_nothing_whatever_lies_beside_them(grade_folder, tmp_path, zeros):
    add_outsiders(tmp_path)
    (tmp_path / "answers.py").write_text(zeros)
    result = grade_folder(tmp_path)
    assert (result.score, result.max_score, result.status) == (0, 28, "graded")


@pytest.mark.parametrize("folder", ["solutions", "tests", "grader", ".hidden", "build"])
def test_a_solution_in_a_folder_that_is_passed_over_stands_in_for_nothing(judge_folder, tmp_path, zeros, folder):
    (tmp_path / "parts").mkdir()
    (tmp_path / "parts" / "answers.py").write_text(zeros)
    shutil.copytree(SOLUTIONS, tmp_path / folder / "nameweave")
    assert judge_folder(tmp_path).score == 0


@pytest.mark.parametrize("name", ["answers.py", "parts/answers.py"])
def test_a_link_out_of_the_hand_in_is_not_followed(judge_folder, tmp_path, name):
    """It would hand in a file of the one who grades, and show it in the report."""
    link = tmp_path / name
    link.parent.mkdir(exist_ok=True)
    link.symlink_to(SOLUTIONS / "ex2_cross_entropy.py")
    result = judge_folder(tmp_path)
    assert result.score == 0
    (stage,) = [stage for stage in result.stages if stage.name == "dLogitsFast"]
    assert stage.verdict == "error"
    assert "link" in stage.message


def test_a_link_inside_the_hand_in_is_followed(judge_folder, tmp_path):
    shutil.copy(SOLUTIONS / "ex2_cross_entropy.py", tmp_path / "first.txt")
    (tmp_path / "answers.py").symlink_to("first.txt")
    assert judge_folder(tmp_path).score == 1


def test_a_link_that_is_named_to_be_graded_is_followed(judge_folder, tmp_path):
    (tmp_path / "answers.py").symlink_to(SOLUTIONS / "ex2_cross_entropy.py")
    assert judge_folder(tmp_path / "answers.py").score == 1


def test_a_linked_folder_is_not_followed(judge_folder, tmp_path, zeros):
    (tmp_path / "more").mkdir()
    (tmp_path / "more" / "answers.py").write_text(zeros)
    (tmp_path / "parts").symlink_to(SOLUTIONS, target_is_directory=True)
    assert judge_folder(tmp_path).score == 0


@pytest.fixture
def impatient():
    """Ends a test that waits, after ten seconds."""

    def give_up(*_):
        pytest.fail("it waits")

    before = signal.signal(signal.SIGALRM, give_up)
    signal.alarm(10)
    yield
    signal.alarm(0)
    signal.signal(signal.SIGALRM, before)


@pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="there are no pipes among files here")
@pytest.mark.parametrize("name", ["answers.py", "parts/answers.py"])
def test_a_pipe_among_the_files_is_not_waited_for(impatient, tmp_path, zeros, name):
    (tmp_path / "parts").mkdir()
    (tmp_path / "parts" / "zeros.py").write_text(zeros)
    os.mkfifo(tmp_path / name)
    assert read_submission(tmp_path).files == ("parts/zeros.py",)


def test_started_in_the_folder_of_the_hand_in_the_grader_is_still_its_own(examination, tmp_path, monkeypatch, zeros):
    add_outsiders(tmp_path)
    (tmp_path / "answers.py").write_text(zeros)
    shutil.copy(SOLUTIONS / "ex2_cross_entropy.py", tmp_path)
    monkeypatch.chdir(tmp_path)
    with Sandbox(Limits(cpu=2.0, wall=20.0)) as sandbox:
        stages = verdicts_of(read_submission(Path()), examination, sandbox)
    assert [name for name, stage in stages.items() if stage.passed] == ["dLogitsFast"]


# Tampering with the libraries


TAMPERING = {
    "torch.equal": "torch.equal = torch.allclose = lambda *a, **k: True",
    "comparison": "torch.Tensor.__eq__ = torch.Tensor.__le__ = lambda *a: torch.ones(()).bool()",
    "finite": "torch.isfinite = torch.isclose = lambda x, *a: torch.ones_like(x).bool()",
    "zeros": "torch.Tensor.sub = torch.Tensor.__sub__ = lambda a, b: torch.zeros_like(a)",
    "builtins": "import builtins\nbuiltins.max = builtins.abs = lambda *a, **k: 0.0",
    "os": "import os\nos.kill = os.waitpid = lambda *a: (0, 0)",
}


@pytest.mark.parametrize("kind", TAMPERING)
def test_tampering_with_a_library_reaches_the_students_process_only(with_zeros, kind):
    assert marks(with_zeros(f"import torch\n{TAMPERING[kind]}")) == 0
    assert torch.equal(torch.ones(2), torch.ones(2))
    assert not torch.equal(torch.ones(2), torch.zeros(2))


SAVES = {
    "no bytes": "lambda tensors, **k: b''",
    "noise": "lambda tensors, **k: bytes(range(256))",
    "a long header": "lambda tensors, **k: b'\\xff' * 64",
    "text": "lambda tensors, **k: 'exact'",
    "another name": "lambda tensors, **k: real({'expected': torch.zeros(3)})",
    "two tensors": "lambda tensors, **k: real({'answer': torch.zeros(3), 'more': torch.zeros(3)})",
    "integers": "lambda tensors, **k: real({'answer': torch.zeros(3).long()})",
    "complex numbers": "lambda tensors, **k: real({'answer': torch.zeros(3) + 0j})",
    "no elements": "lambda tensors, **k: real({'answer': torch.zeros(0)})",
    "half precision": "lambda tensors, **k: real({'answer': tensors['answer'].half()})",
    "nothing but NaN": "lambda tensors, **k: real({'answer': tensors['answer'] / 0})",
}


@pytest.fixture(scope="module")
def two_stages(assignment):
    """An examination of exercises 2 and 3 alone."""
    return examine(
        assignment, select(assignment, "cross-entropy") | select(assignment, "batch-norm"), seed="two stages"
    )


@pytest.mark.parametrize("kind", SAVES)
def test_tampering_with_what_is_sent_earns_nothing(two_stages, sandbox, tmp_path, zeros, kind):
    tampering = (
        f"import safetensors.torch, torch\nreal = safetensors.torch.save\nsafetensors.torch.save = {SAVES[kind]}"
    )
    (tmp_path / "answers.py").write_text(f"{tampering}\n{zeros}")
    result = grade_submission(read_submission(tmp_path), two_stages, sandbox).result
    assert (result.score, result.status) == (0, "graded")
    assert {stage.verdict for stage in result.stages} <= {"wrong", "nonfinite", "error", "shortcut"}
    assert torch.equal(safetensors.torch.load(safetensors.torch.save({"x": torch.ones(2)}))["x"], torch.ones(2))


# Looking for the expected values


def searching(assignment, how: str) -> str:
    """Answers that look for a tensor of the right shape with `how`, and are zero where there is none."""
    functions = (
        f"def {stage.name}({stage.tensor}):\n    return found({stage.name!r}, {stage.tensor})\n"
        for stage in gradients(assignment)
    )
    return f"import gc\nimport sys\n\nimport torch\n\n\n{how}\n\n" + "\n\n".join(functions)


IN_MEMORY = """
def found(name, like):
    for thing in gc.get_objects():
        if type(thing) is torch.Tensor and thing is not like and thing.is_floating_point():
            if thing.shape == like.shape and not torch.equal(thing, like):
                return thing.float().clone()
    return torch.zeros_like(like)
"""
IN_CONTAINERS = """
def found(name, like):
    for thing in gc.get_objects():
        if type(thing) is dict:
            for key, value in list(thing.items()):
                if key in (name, "gradient", "expected", "exact") and isinstance(value, torch.Tensor):
                    if value.shape == like.shape:
                        return value.float().clone()
    return torch.zeros_like(like)
"""
IN_FRAMES = """
def found(name, like):
    frame = sys._getframe()
    while frame:
        for value in list(frame.f_locals.values()) + list(frame.f_globals.values()):
            for tensor in value.values() if type(value) is dict else [value]:
                if type(tensor) is torch.Tensor and tensor.shape == like.shape and not torch.equal(tensor, like):
                    return tensor.float().clone()
        frame = frame.f_back
    return torch.zeros_like(like)
"""


@pytest.mark.parametrize("how", [IN_MEMORY, IN_CONTAINERS, IN_FRAMES], ids=["memory", "containers", "frames"])
def test_the_expected_values_are_nowhere_in_the_students_process(judge_text, assignment, how):
    stages = judge_text(searching(assignment, how))
    assert marks(stages) == 0
    assert {stage.verdict for stage in stages.values()} <= {"wrong", "nonfinite", "overfit", "shortcut"}


@pytest.mark.parametrize("how", [IN_MEMORY, IN_FRAMES], ids=["memory", "frames"])
def test_what_is_in_the_students_process_is_found(judge_text, assignment, how):
    """The searches above would succeed, if there were anything to find."""
    planted = (
        "\n\ndef dBatchBiases(dHiddenLayerPreActivationStates):\n"
        "    right = dHiddenLayerPreActivationStates.sum(0, keepdim=True)\n"
        "    return found('dBatchBiases', torch.zeros(right.shape))\n"
    )
    assert judge_text(searching(assignment, how) + planted)["dBatchBiases"].passed


KEEPING = """
KEPT = {}


def answer(name, like, given):
    KEPT.update(((key, value.shape), value) for key, value in given.items() if isinstance(value, torch.Tensor))
    return KEPT.get((ALIASES[name], like.shape), torch.zeros_like(like)).clone()
"""


def keeping(assignment) -> str:
    """Answers that keep everything they are ever given, and give back what was kept under their own name."""
    aliases = {stage.name: assignment.gradient_name(stage.tensor) for stage in gradients(assignment)}
    functions = (
        f"def {stage.name}({stage.tensor}, **given):\n    return answer({stage.name!r}, {stage.tensor}, given)\n"
        for stage in gradients(assignment)
    )
    return f"import torch\n\nALIASES = {aliases!r}\n{KEEPING}\n\n" + "\n\n".join(functions)


def test_what_is_kept_from_stage_to_stage_is_not_worth_a_mark(judge_text, assignment):
    stages = judge_text(keeping(assignment))
    assert marks(stages) == 0


def test_a_gradient_of_exercise_1_is_only_overfit_in_exercise_2(judge_text, assignment):
    stages = judge_text(keeping(assignment))
    assert stages["dLogitsFast"].verdict == "overfit"
    assert stages["dLogitsFast"].approximate
    assert stages["dHiddenLayerPreBatchNormStatesFast"].verdict == "overfit"


# Forging replies. `channel` finds the descriptor, `asked` the number of the running ask.

FORGE = """
import json, os, stat, struct, sys
import safetensors.torch, torch

SAVE = safetensors.torch.save

def channel():
    for number in range(3, 1024):
        try:
            mode = os.fstat(number).st_mode
        except OSError:
            continue
        if stat.S_ISSOCK(mode) or stat.S_ISFIFO(mode):
            return number
    raise LookupError("no channel")

def write(data):
    while data:
        data = data[os.write(channel(), data):]

def frame(header, body=b""):
    header = json.dumps(header).encode()
    return struct.pack("<II", len(header), len(body)) + header + body

def asked():
    place = sys._getframe()
    while place:
        for value in list(place.f_locals.values()):
            if {"number", "function"} <= set(getattr(type(value), "__dataclass_fields__", ())):
                return value.number
        place = place.f_back
    raise LookupError("no ask")

def told(probe, fault=None, number=None, seconds=0.0, **more):
    number = asked() if number is None else number
    return dict(number=number, place=probe, fault=fault, notes=[], seconds=seconds, **more)

def fault(verdict, **more):
    return dict(verdict=verdict, type="Forged", message="forged", traceback="") | more

def done():
    os._exit(0)
"""


@pytest.fixture
def forged(with_zeros):
    """The verdict on a `dCounts` that does these things to the channel; the other stages, all zero, earn nothing."""

    def stage(*lines: str):
        body = "".join(f"    {line}\n" for line in lines)
        stages = with_zeros(FORGE, f"def dCounts(counts):\n{body}    return torch.zeros_like(counts)\n")
        assert marks(stages) == 0
        assert all(other.verdict in ("wrong", "shortcut") for name, other in stages.items() if name != "dCounts")
        return stages["dCounts"]

    return stage


def test_a_forged_reply_arrives_and_is_judged_like_any_other(forged):
    stage = forged("zeros = SAVE({'answer': torch.zeros(32, 27)})", "write(frame(told(0), zeros))", "done()")
    assert stage.verdict == "wrong"
    assert stage.shape == [32, 27]


@pytest.mark.parametrize("line", [-1, 0, 3, 10**6, 10**18, 10**30, 2.5, "7", None])
def test_a_line_that_is_sent_is_one_of_the_stage_or_none(forged, line):
    through = [["answers.py", line], ["elsewhere.py", line]] * 30
    send = f"write(frame(told(probe, fault('error', through={through}))))"
    stage = forged("for probe in range(5):", f"    {send}", "done()")
    assert stage.verdict == "error" and stage.error.line is None


def test_a_line_of_the_stage_is_believed(forged):
    line = "    write(frame(told(probe, fault('error', through=[['answers.py', sys._getframe().f_lineno]]))))"
    stage = forged("import sys", "for probe in range(5):", line, "done()")
    assert stage.verdict == "error" and stage.error.line == stage.where.first_line + 3


@pytest.mark.parametrize("verdict", [*sorted(PASSED), "ungraded", "forbidden", "bogus", ""])
def test_a_verdict_that_is_sent_is_not_believed(forged, verdict):
    stage = forged("for probe in range(5):", f"    write(frame(told(probe, fault({verdict!r}))))", "done()")
    assert (stage.verdict, stage.score) == ("error", 0)


@pytest.mark.parametrize("verdict", ["exact", "ungraded", "bogus"])
def test_a_verdict_that_is_sent_while_loading_is_not_believed(judge_text, assignment, verdict):
    line = f"write(frame(dict(functions={{}}, faults=[dict(source='answers.py', fault=fault({verdict!r}))])))"
    stages = judge_text(f"{FORGE}\n{line}\ndone()\n# {' '.join(assignment.stage_names)}\n")
    assert marks(stages) == 0
    assert {stage.verdict for stage in stages.values()} <= {"error", "missing"}


@pytest.mark.parametrize(
    "loaded",
    [
        "dict(functions={}, faults=[dict(source='elsewhere.py', fault=fault('error'))])",
        "dict(functions={'dCounts': [dict(source='elsewhere.py')]}, faults=[])",
        "dict(functions={'dCounts': [dict(source='answers.py', first_line=-5, last_line=10**15)]}, faults=[])",
        "dict(functions={'dCounts': [dict(source='answers.py', definitions=10**15)]}, faults=[])",
        "dict(functions={'dCounts': []}, faults=[])",
        "dict(functions={'dCounts': [dict(source='answers.py', required=['x'] * 10_000)]}, faults=[])",
        "dict(functions={'unknown': [dict(source='answers.py')]}, faults=[])",
        "dict(functions=[], faults={})",
        "['exact']",
        "None",
    ],
)
def test_a_forged_account_of_what_was_loaded_earns_nothing(judge_text, zeros, loaded):
    stages = judge_text(f"{FORGE}\n{zeros}\nwrite(frame({loaded}))\n")
    assert marks(stages) == 0
    assert {stage.verdict for stage in stages.values()} <= {"error", "missing", "wrong", "shortcut"}


def test_replies_sent_before_they_are_asked_for_are_not_believed(judge_text, zeros):
    forged = (
        "write(frame(dict(functions={'dLogProbabilities': [dict(source='answers.py')]}, faults=[])))\n"
        "for probe in range(5):\n    write(frame(told(probe, fault('exact'), number=1)))\n"
    )
    stages = judge_text(f"{FORGE}\n{zeros}\n{forged}")
    assert marks(stages) == 0
    assert stages["dLogProbabilities"].verdict == "error"


@pytest.mark.parametrize(
    "line",
    [
        "write(os.urandom(100))",
        "write(b'\\xff' * 8)",
        "write(struct.pack('<II', 2**31, 0))",
        "write(struct.pack('<II', 10, 2**32 - 1))",
        "write(struct.pack('<II', 0, 0))",
        "write(struct.pack('<II', 2, 0) + b'{}')",
        "write(struct.pack('<II', 4, 0) + b'\\xff\\xfe\\xfd\\xfc')",
        "write(struct.pack('<II', 100_000, 0) + b'[' * 100_000)",
        "write(frame('exact'))",
        "write(frame(None))",
        "write(frame(told('zero')))",
        "write(frame(told(10**30)))",
        "write(frame(told(0, seconds='long')))",
        "write(frame(told(0, seconds=float('nan'))))",
        "write(frame(told(0)))",
        "write(frame(told(0), b'not a tensor'))",
        "write(frame(told(0), struct.pack('<Q', 2**62) + b'{}'))",
        "write(frame(told(0), SAVE({'answer': torch.zeros(3).long()})))",
        "write(frame(told(0, number=asked() + 1)))",
        "write(frame(told(0, number=asked() - 1)))",
        "write(frame(told(1)))",
        "write(frame(told(-1)))",
    ],
)
def test_a_reply_that_is_none_is_an_error_of_its_stage_alone(forged, line):
    stage = forged(line)
    assert stage.verdict == "error"
    assert stage.message


def test_a_reply_that_never_ends_is_a_timeout(hasty, forged):
    stage = forged("write(struct.pack('<II', 100, 100))", "while True:", "    pass")
    assert stage.verdict == "timeout"


def test_a_flood_of_replies_is_an_error_of_its_stage_alone(forged):
    stage = forged("reply = frame(told(4), bytes(1 << 20))", "while True:", "    write(reply)")
    assert stage.verdict == "error"


def test_an_extra_reply_does_not_answer_the_next_stage(with_zeros):
    lines = (
        "def dLogProbabilities(logProbabilities, batchSize):\n"
        "    if batchSize != 32:\n"
        "        return torch.zeros_like(logProbabilities)\n"
        "    answer = SAVE({'answer': torch.zeros_like(logProbabilities)})\n"
        "    for probe in range(5):\n"
        "        write(frame(told(probe), answer))\n"
        "    for probe in range(5):\n"
        "        write(frame(told(probe, fault('exact'), number=asked() + 1)))\n"
        "    return torch.zeros_like(logProbabilities)\n"
    )
    stages = with_zeros(FORGE, lines)
    assert marks(stages) == 0
    assert {stage.verdict for stage in stages.values()} <= {"wrong", "shortcut", "error"}


@pytest.mark.parametrize("seconds", ["1e308", "-5.0", "1e400"])
def test_seconds_that_are_sent_cannot_spoil_the_result(with_zeros, seconds):
    lines = (
        "def dCounts(counts):\n"
        "    zeros = SAVE({'answer': torch.zeros(32, 27)})\n"
        "    for probe in range(5):\n"
        f"        write(frame(told(probe, seconds={seconds}), zeros))\n"
        "    done()\n"
    )
    stage = with_zeros(FORGE, lines)["dCounts"]
    assert math.isfinite(stage.seconds)
    assert 0 <= stage.seconds < 1_000


def test_a_process_that_ends_after_it_has_answered_costs_no_other_stage(grade_text, solution_text):
    lines = (
        "def dCounts(counts):\n"
        "    for probe in range(5):\n"
        "        write(frame(told(probe, fault('error'))))\n"
        "    done()\n"
    )
    stages = grade_text(f"{FORGE}\n{solution_text}\n\n{lines}")
    assert [name for name, stage in stages.items() if not stage.passed] == ["dCounts"]


def test_a_process_whose_descriptors_are_closed_is_an_error_of_its_stage_alone(forged):
    assert forged("os.closerange(0, 1024)").verdict == "error"


def test_killing_the_parent_process_costs_the_killer_alone(forged):
    assert forged("os.kill(os.getppid(), 9)").verdict == "error"


def test_a_result_of_forged_replies_can_be_written_down(grade_folder, tmp_path, zeros):
    forged = "def dCounts(counts):\n    write(frame(told(0, fault('error', message='\\x00\\x1b[31m' * 1_000))))\n"
    (tmp_path / "answers.py").write_text(f"{FORGE}\n{zeros}\n\n{forged}")
    result = grade_folder(tmp_path)
    assert result.score == 0
    assert to_json(result)
