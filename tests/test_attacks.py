"""Submissions that want marks for nothing, or to do harm: each earns nothing and harms nobody, the next one included.

Each file of `attacks/` says in its first lines what it tries (`attack`), for which stages (`stages`: they end with
score 0), which stages of it are honest (`honest`: they keep their mark), and if need be the `verdict` (one of several,
with `|`), what is let pass (`allow: review`: a mark, if a person is told to look; `allow: operations`: a mark, if the
log shows many operations), `limits: short` for those that wait, and `exercise: training` for the last exercise. ROOT
and VICTIM in the text become the checkout and a folder that anyone may write to; `# file: name.py` begins another file
of the same hand-in.
"""

import os
import platform
import re
import shutil
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest
from conftest import ROOT

from grader.border import Source
from grader.report.json import from_json, to_json
from grader.result import Result
from grader.run.exam import Examination
from grader.run.grade import grade_submission
from grader.sandbox.border.landlock import landlock_abi
from grader.sandbox.ours import Limits, Sandbox
from grader.sandbox.ours.children import Forked
from grader.sandbox.theirs.confinement import ARCHITECTURES
from grader.submission import Submission

pytestmark = [
    pytest.mark.slow,
    pytest.mark.skipif(
        sys.platform != "linux" or platform.machine() not in ARCHITECTURES or not landlock_abi(),
        reason="without confinement, these would do what they try",
    ),
]
FOLDER = ROOT / "tests" / "attacks"
ATTACKS = sorted(FOLDER.glob("*.py"))
TRACE = "left-behind"
PORT = 47011
MANY = 100
"""Operations on the course batch that no answer by hand comes near."""
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


@pytest.fixture(scope="module")
def hurried() -> Iterator[Sandbox]:
    """Less patience, for submissions that wait."""
    with Sandbox(Limits(cpu=1.0, wall=4.0)) as sandbox:
        yield sandbox


@pytest.fixture
def children(monkeypatch) -> list[int]:
    """The process ids of the children made meanwhile; each leads a session of its own."""
    made = []
    start = Forked.start

    def noted(forked):
        channels = start(forked)
        made.append(channels.pid)
        return channels

    monkeypatch.setattr(Forked, "start", noted)
    return made


def heads(text: str) -> dict[str, str]:
    """The header lines of an attack."""
    return dict(re.findall(r"^# (attack|stages|honest|verdict|allow|limits|exercise): (.+)$", text, re.MULTILINE))


def names(listed: str) -> list[str]:
    return [name.strip() for name in listed.split(",") if name.strip()]


def sources(text: str) -> tuple[Source, ...]:
    """The files of an attack: the first, and one for each line that begins another."""
    first, *others = re.split(r"^# file: (\S+)\n", text, flags=re.MULTILINE)
    pairs = zip(others[::2], others[1::2], strict=True)
    return (Source("attack.py", first), *(Source(name, part) for name, part in pairs))


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


@pytest.mark.parametrize("path", ATTACKS, ids=lambda path: path.stem)
def test_attack(path, examination, training_examination, sandbox, hurried, victim, children):
    text = path.read_text(encoding="utf-8").replace("ROOT", str(ROOT)).replace("VICTIM", str(victim))
    head = heads(text)
    place = hurried if head.get("limits") == "short" else sandbox
    before = state(victim)

    result = grade(sources(text), training_examination if head.get("exercise") == "training" else examination, place)

    assert_nothing_is_left(victim, before, children)
    assert_next_is_unharmed(examination, place)
    assert from_json(to_json(result)).status == "graded"
    stages = {stage.name: stage for stage in result.stages}
    for name in names(head["stages"]):
        found = stages[name]
        said = f"{name}: {found.verdict} {found.score} {found.integrity} {found.message[:300]}"
        reviewed = head.get("allow") == "review" and found.integrity.status in ("review", "forbidden")
        laborious = head.get("allow") == "operations" and sum(found.operations.values()) > MANY
        assert found.score == 0 or reviewed or laborious, said
        assert found.verdict in head.get("verdict", found.verdict).split("|"), said
    for name in names(head.get("honest", "")):
        found = stages[name]
        assert found.score == found.max_score, f"{name}: {found.verdict} {found.message[:300]}"


def test_a_source_of_fifty_megabytes_is_not_even_read(examination, sandbox, tmp_path, children):
    from grader.submission import read_submission

    huge = tmp_path / "huge.py"
    huge.write_bytes(b"# grade: nameweave/every-expression\nx = [" + b"0," * 25_000_000 + b"]\n")
    result = grade_submission(read_submission(huge), examination, sandbox).result
    assert result.score == 0 and "limit" in result.submission.problems[0]
    assert_next_is_unharmed(examination, sandbox)


def test_every_attack_says_what_it_is():
    assert len(ATTACKS) >= 60
    for path in ATTACKS:
        head = heads(path.read_text(encoding="utf-8"))
        assert head.keys() >= {"attack", "stages"}, path.name
        assert not set(names(head["stages"])) & set(names(head.get("honest", ""))), path.name
