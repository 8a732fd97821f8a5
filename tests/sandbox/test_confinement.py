"""What student code cannot do here, and that the grader says so only where it is true."""

import platform
import sys

import pytest

from grader.border import Source
from grader.cli.main import run
from grader.errors import IsolationMissing
from grader.sandbox.border.messages import Wanted, WantedStage
from grader.sandbox.ours import Sandbox, canary
from grader.sandbox.ours.offers import Offers
from grader.sandbox.ours.question import Question
from grader.sandbox.theirs import confinement
from grader.sandbox.theirs.syscalls import NEWEST, REASONS
from helpers.places import SOLUTIONS

LINUX = sys.platform == "linux" and platform.machine() in confinement.ARCHITECTURES
here = pytest.mark.skipif(not LINUX, reason="confinement is for Linux on x86-64 and aarch64")

ATTEMPTS = {
    "read a file of ours": "open(OURS).read()",
    "read a solution": "open(SOLUTION).read()",
    "read the password file": "open('/etc/passwd').read()",
    "read its own environment": "open('/proc/self/environ').read()",
    "read our command line": "open(f'/proc/{os.getppid()}/cmdline').read()",
    "read our memory": "open(f'/proc/{os.getppid()}/mem', 'rb').read(1)",
    "list a folder": "os.listdir('/')",
    "write a file": "open('/tmp/left-behind', 'w')",
    "make a folder": "os.mkdir('/tmp/left-behind')",
    "remove a file": "os.remove(OURS)",
    "rename a file": "os.rename(OURS, OURS + '.old')",
    "link a file": "os.symlink(OURS, '/tmp/left-behind')",
    "change a mode": "os.chmod(OURS, 0o777)",
    "change times": "os.utime(OURS)",
    "cut a file short": "os.truncate(OURS, 0)",
    "set an attribute": "os.setxattr(OURS, 'user.x', b'1')",
    "open a TCP socket": "socket.socket()",
    "open a UDP socket": "socket.socket(socket.AF_INET, socket.SOCK_DGRAM)",
    "open a local socket": "socket.socket(socket.AF_UNIX)",
    "make a pair of sockets": "socket.socketpair()",
    "send on the channel it was left": "socket.socket(fileno=3).send(b'x')",
    "fork": "os.fork()",
    "start a thread": "threading.Thread(target=print).start()",
    "start a program": "os.execv('/bin/true', ['true'])",
    "start a program beside it": "os.posix_spawn('/bin/true', ['true'], {})",
    "signal its parent": "os.kill(os.getppid(), 0)",
    "signal everyone": "os.kill(-1, 0)",
    "stop itself": "os.kill(os.getpid(), signal.SIGSTOP)",
    "have its descriptor send signals": "fcntl.fcntl(0, fcntl.F_SETOWN, os.getppid())",
    "trace its parent": "check(libc.ptrace(16, os.getppid(), 0, 0))",
    "outlive us": "check(libc.prctl(1, 0, 0, 0, 0))",
    "make memory that is not counted": "os.memfd_create('x')",
    "share memory that stays": "check(libc.shmget(4242, 4096, 0o1600))",
    "lower our priority": "os.setpriority(os.PRIO_PROCESS, os.getppid(), 19)",
    "leave its processor": "os.sched_setaffinity(os.getppid(), {0})",
    "lift its memory limit": "resource.setrlimit(resource.RLIMIT_AS, (-1, -1))",
    "limit its parent": "resource.prlimit(os.getppid(), resource.RLIMIT_CPU, (1, 1))",
    "open a terminal": "os.open('/dev/tty', os.O_RDWR)",
    "become root again": "os.setuid(0); check(-1 if os.getuid() else 0)",
    "leave the root folder": "os.chroot('/')",
    "call by an unknown number": "check(libc.syscall(900))",
}
PRELUDE = """
import ctypes, fcntl, os, resource, signal, socket, sys, threading, torch
libc = ctypes.CDLL(None, use_errno=True)
def check(status):
    if status < 0:
        raise OSError(ctypes.get_errno(), "refused")
"""


@pytest.fixture(scope="module")
def outcome(sandbox):
    """What an attempt comes to in a confined process: what it printed."""

    def attempt(code: str) -> str:
        body = f"def stage():\n    try:\n        {code}\n    except (OSError, RuntimeError, ValueError) as error:\n"
        text = f"{PRELUDE}\n{body}        print('refused', error)\n    return torch.zeros(1)\n"
        text = text.replace("OURS", repr(confinement.__file__)).replace(
            "SOLUTION", repr(str(SOLUTIONS / "ex2_cross_entropy.py"))
        )
        with sandbox.open((Source("attempt.py", text),), Wanted((WantedStage("stage"),))) as session:
            assert not session.loaded.faults
            return session.ask(Question("stage", session.loaded.functions["stage"][0], Offers([{}]))).printed

    return attempt


@here
@pytest.mark.parametrize("attempt", ATTEMPTS)
def test_student_code_cannot(attempt, outcome):
    assert outcome(ATTEMPTS[attempt]).startswith("refused")


@here
@pytest.mark.parametrize(
    "code",
    [
        "import statistics, csv, json, random, numpy, math, itertools, torch.nn.functional; random.random()",
        "torch.randn(3, 3).softmax(1); torch.einsum('ij,jk->ik', torch.ones(2, 2), torch.ones(2, 2))",
        "torch.linalg.svd(torch.randn(4, 4)); torch.fft.fft(torch.randn(4))",
        "torch.func.vmap(lambda x: x * 2)(torch.ones(3))",
        "from grader import compare_gradients; compare_gradients('x', torch.ones(1), torch.ones(1))",
    ],
)
def test_student_code_can_compute_as_usual(code, outcome):
    assert outcome(code) == ""


@here
def test_where_everything_holds_the_canary_says_so(sandbox):
    if not confinement.landlock_abi():
        pytest.skip("this kernel has no Landlock")
    assert canary.gaps(sandbox.isolation) == []


@here
def test_without_confinement_the_canary_finds_it_out(monkeypatch):
    """The zygote is forked from this process, so that what is switched off here is switched off there."""
    monkeypatch.setattr(confinement.Confinement, "put_on", lambda self, channel, memory: None)
    with Sandbox(start="fork") as sandbox:
        assert set(canary.gaps(sandbox.isolation)) >= {"read", "write", "network", "processes", "signals", "metadata"}
        with pytest.raises(IsolationMissing, match="network"):
            sandbox.insist()


@here
def test_with_an_old_kernel_what_is_missing_is_said(monkeypatch):
    for module in (confinement, canary):
        monkeypatch.setattr(module, "landlock_abi", lambda: 0)
    with Sandbox(start="fork") as sandbox:
        assert {"landlock", "read"} >= set(canary.gaps(sandbox.isolation)) >= {"landlock"}


def test_require_isolation_runs_nothing_where_a_protection_is_missing(monkeypatch, tmp_path, capsys):
    monkeypatch.setattr(Sandbox, "isolation", {"network": "not enforced"})
    ran = tmp_path / "ran"
    (tmp_path / "answers.py").write_text(f"open({str(ran)!r}, 'w')\ndef dCounts(counts): pass\n", encoding="utf-8")
    assert run([str(tmp_path), "--require-isolation", "--no-html"]) == 3
    assert "network" in capsys.readouterr().err and not ran.exists()


@pytest.mark.parametrize("machine", confinement.ARCHITECTURES)
def test_the_filter_of_each_architecture_is_well_formed(machine):
    """Every jump lands on an instruction, the program is short enough, and no number is denied twice."""
    program = list(confinement._filter(machine))
    assert len(program) < 4096 and {len(instruction) for instruction in program} == {8}
    for position, instruction in enumerate(program):
        code, if_true, if_false = instruction[0], instruction[2], instruction[3]
        if code in (confinement.JUMP_EQUAL, confinement.JUMP_ABOVE):
            assert position + 1 + max(if_true, if_false) < len(program)
    numbers = [number for number, _ in confinement._numbered(machine)]
    assert len(numbers) == len(set(numbers)) and max(numbers) <= NEWEST
    assert all(reason.startswith("no ") and rows for reason, rows in REASONS.items())
