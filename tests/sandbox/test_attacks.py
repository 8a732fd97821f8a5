"""Submissions that want marks for nothing, or to do harm: each earns nothing and harms nobody, the next one included.

Each file of `attacks/` is the attack and nothing else, below headers that say what must become of it:

    # attack: what it tries, in a line
    # stages: dCounts                      the attacked stages; separated by commas, like the honest ones
    # becomes: error PermissionError       VERDICT [EXCEPTION][, INTEGRITY] of each of them
    # problem: cannot fit                  a part of one problem of the submission, for each that it has
    # honest: dSumCounts                   the stages that keep their mark
    # exercise: training                   the last exercise, instead of the first three
    # assignment: layers                   a course with call scripts, whose stages are EXERCISE.NAME
    # limits: short                        for those that wait
    # allow: operations                    a mark, with nothing said, if the log shows many operations
    # supplied: frames                     texts of `attacks/supplied/` that go before it

What is not declared must not be there: no exception, no problem, an integrity that was not checked. `|` separates
alternatives. Whatever earns a mark must declare that a person is told to look (`exact, review`). The harness puts
`supplied/torch.py` before the attack, unless it is supplied with `nothing`, and the honest stages, which are in
`supplied/honest.py`, behind it; of a course with call scripts, before it, the solutions of the exercises, but for what
the attack defines itself. Headers are not handed in. ROOT and VICTIM become the checkout and a folder that anyone may
write to; `# file: name.py` begins another file of the same hand-in.
"""

import os
import platform
import re
import shutil
import sys
import tempfile
from collections.abc import Callable, Iterator
from functools import cache
from importlib.util import find_spec
from pathlib import Path

import pytest

from grader.assignment import load_assignment
from grader.border import Source
from grader.report.json import from_json, to_json
from grader.result import PASSED, Result, StageResult
from grader.run.exam import Examination, examine
from grader.run.grade import grade_submission
from grader.run.request import select
from grader.sandbox.border.landlock import landlock_abi
from grader.sandbox.ours import Limits, Sandbox
from grader.sandbox.ours.children import Forked
from grader.sandbox.theirs.confinement import ARCHITECTURES
from grader.submission import Submission
from helpers.corpus import ATTACKS, MANY, UNSEEN, Attack, Outcome, read_attack, supplied
from helpers.places import ROOT

pytestmark = [
    pytest.mark.skipif(
        sys.platform != "linux" or platform.machine() not in ARCHITECTURES or not landlock_abi(),
        reason="without confinement, these would do what they try",
    ),
    pytest.mark.usefixtures("short_search"),
]
QUICK = {
    "names": "argument_of_a_name_not_offered",
    "frames": "frame_verdict_exact",
    "replies": "frame_replay",
    "autograd": "launder_set_data",
    "torch": "patch_tensor_operators",
    "observer": "patch_observer_method",
    "reading": "reading_globals",
    "list": "unseen_singledispatch",
    "files": "harm_write_solution",
    "network": "harm_tcp",
    "processes": "harm_fork_bomb",
    "time": "harm_sleep",
    "memory": "harm_memory_tensor",
    "output": "harm_flood_stdout",
    "notebook": "import_hidden_by_a_class_flat",
    "flat": "flat_grad",
    "training": "train_progress_done",
    "calls": "calls_late_attribute",
    "numpy": "calls_library_put_in",
}
"""One attack of each class, for every run of the tests."""
TRACE = "left-behind"
PORT = 47011
OWN_SLIPS = {"NameError", "UnboundLocalError", "AttributeError", "TypeError", "ImportError", "ModuleNotFoundError"}
"""What an attack ends in that is written badly."""
NEXT = Source("answers.py", "def dNormalizedLogits(counts, dCounts):\n    return counts * dCounts\n")


@pytest.fixture(scope="module")
def victim() -> Iterator[Path]:
    """A folder and a file that only confinement protects."""
    folder = Path(tempfile.mkdtemp(prefix="victim-"))
    folder.chmod(0o777)
    (folder / "mark").write_text("untouched", encoding="utf-8")
    (folder / "mark").chmod(0o666)
    yield folder
    shutil.rmtree(folder)


@pytest.fixture
def hurried(sandbox, monkeypatch) -> None:
    """Less patience, for submissions that wait."""
    monkeypatch.setattr(sandbox, "limits", Limits(cpu=1.0, wall=4.0))


@pytest.fixture(scope="module")
def examined() -> Callable[[Attack], Examination]:
    """What asks for the exercises of an attack on call scripts."""

    @cache
    def of(course: str, *exercises: str) -> Examination:
        assignment = load_assignment(course)
        return examine(assignment, frozenset().union(*(select(assignment, each) for each in exercises)), seed="calls")

    return lambda attack: of(attack.one("assignment"), *attack.exercises)


@pytest.fixture
def children(monkeypatch) -> list[int]:
    """The process ids of the children made meanwhile; each leads a session of its own."""
    made = []
    start = Forked.start

    def noted(forked, wanted):
        channels = start(forked, wanted)
        made.append(channels.pid)
        return channels

    monkeypatch.setattr(Forked, "start", noted)
    return made


def grade(given: tuple[Source, ...], examination: Examination, sandbox: Sandbox) -> Result:
    submission = Submission("attacker", Path("attack.py"), given, (), {})
    return grade_submission(submission, examination, sandbox).result


def assert_nothing_is_left(victim: Path, before: tuple, children: list[int]) -> None:
    assert state(victim) == before
    for folder in (Path("/tmp"), Path("/var/tmp"), Path("/dev/shm"), ROOT, Path.cwd()):
        assert not list(folder.glob(f"{TRACE}*")), folder
    assert not {process for process, session in processes() if session in children}
    ports = [Path(f"/proc/net/{kind}") for kind in ("tcp", "tcp6", "udp", "udp6")]
    assert not any(f":{PORT:04X} " in file.read_text(encoding="utf-8") for file in ports if file.exists())
    assert TRACE not in Path("/proc/net/unix").read_text(encoding="utf-8", errors="replace")


def state(folder: Path) -> tuple:
    """Everything about a folder and its files that could change."""
    found = folder / "mark"
    about = found.stat()
    listed = sorted(path.name for path in folder.iterdir())
    return listed, found.read_bytes(), about.st_mode, about.st_mtime_ns, os.listxattr(found)


def processes() -> Iterator[tuple[int, int]]:
    """Every process and its session."""
    for entry in Path("/proc").iterdir():
        if entry.name.isdigit():
            try:
                fields = (entry / "stat").read_text(encoding="utf-8", errors="replace").rpartition(")")[2].split()
            except OSError:
                continue
            yield int(entry.name), int(fields[3])


def assert_next_is_unharmed(examination: Examination, sandbox: Sandbox) -> None:
    stages = {stage.name: stage for stage in grade((NEXT,), examination, sandbox).stages}
    found = stages.pop("dNormalizedLogits")
    assert (found.verdict, found.score, found.integrity.status) == ("exact", 1, "clean")
    assert {stage.verdict for stage in stages.values()} == {"missing"}


def marked(path: Path):
    """An attack as a case, slow unless it stands for its class."""
    return pytest.param(path, id=path.stem, marks=() if path.stem in QUICK.values() else pytest.mark.slow)


@pytest.mark.parametrize("path", [marked(path) for path in ATTACKS])
def test_attack(path, examination, training_examination, sandbox, victim, children, examined, request):
    attack = read_attack(path)
    if attack.one("limits") == "short":
        request.getfixturevalue("hurried")
    elif "CpuLimit" in attack.becomes.failure:
        request.getfixturevalue("hasty")
    exam = training_examination if attack.one("exercise") == "training" else examination
    exam = examined(attack) if attack.one("assignment") else exam
    before = state(victim)

    result = grade(attack.submission(victim), exam, sandbox)

    assert_nothing_is_left(victim, before, children)
    assert_next_is_unharmed(examination, sandbox)
    assert from_json(to_json(result)).status == "graded"
    assert_problems(attack, result.submission.problems)
    stages = {stage.name: stage for stage in result.stages}
    for name in attack.names("stages"):
        assert_becomes(attack, stages[name])
    for name in attack.names("honest"):
        found = stages[name]
        assert found.score == found.max_score, f"{name}: {found.verdict} {found.message[:300]}"


def assert_problems(attack: Attack, found: list[str]) -> None:
    declared = attack.all("problem")
    assert len(found) == len(declared), found
    assert all(part in problem for part, problem in zip(declared, found, strict=True)), found


def assert_becomes(attack: Attack, stage: StageResult) -> None:
    said = f"{stage.name}: {stage.verdict} {stage.score} {stage.integrity} {stage.error} {stage.message[:300]}"
    assert attack.becomes.allows(Outcome.of(stage)), said
    assert not stage.score or stage.integrity.status not in UNSEEN or laborious(attack, stage), said


def laborious(attack: Attack, stage: StageResult) -> bool:
    return attack.one("allow") == "operations" and sum(stage.operations.values()) > MANY


@pytest.mark.slow
def test_a_source_of_fifty_megabytes_is_not_even_read(examination, sandbox, tmp_path, children):
    from grader.submission import read_submission

    huge = tmp_path / "huge.py"
    huge.write_bytes(b"# grade: nameweave/every-expression\nx = [" + b"0," * 25_000_000 + b"]\n")
    result = grade_submission(read_submission(huge), examination, sandbox).result
    assert result.score == 0 and "limit" in result.submission.problems[0]
    assert_next_is_unharmed(examination, sandbox)


def test_every_attack_says_what_must_become_of_it():
    assert len(ATTACKS) >= 300
    for attack in map(read_attack, ATTACKS):
        assert {key for key, _ in attack.heads} >= {"attack", "stages", "becomes"}, attack.name
        assert not set(attack.names("stages")) & set(attack.names("honest")), attack.name
        unseen = set(attack.becomes.status.split("|")) & UNSEEN
        passes = set(attack.becomes.verdict.split("|")) & PASSED
        assert not (unseen and passes) or attack.one("allow") == "operations", attack.name


def test_an_attack_that_merely_crashes_is_not_what_any_says():
    for attack in map(read_attack, ATTACKS):
        assert not any(attack.becomes.allows(Outcome("error", slip, "not-checked")) for slip in OWN_SLIPS), attack.name


def test_every_class_of_attacks_has_one_in_the_quick_run():
    assert set(QUICK.values()) <= {path.stem for path in ATTACKS}


def test_attacks_on_modules_of_the_grader_name_those_that_there_are():
    """Renamed, they would end in an error of their own."""
    texts = [supplied("frames"), *(read_attack(path).text for path in ATTACKS)]
    named = {name for text in texts for name in re.findall(r"(?<![\w/.])grader(?:\.[a-z_]+)+(?=['\"\s])", text)}
    assert len(named) > 6
    assert not [name for name in named - {"grader.py"} if not find_spec(name)]
