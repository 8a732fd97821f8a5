"""What student code cannot do here, and that the grader says so only where it is true."""

import os
import platform
import re
import shutil
import struct
import subprocess
import sys
from errno import ENOSYS, EPERM
from pathlib import Path

import pytest

from grader.border import Source
from grader.cli.main import run
from grader.errors import IsolationMissing
from grader.sandbox.border.limits import DUMPABLE, ENVIRONMENT, hide_memory
from grader.sandbox.border.messages import Wanted, WantedStage
from grader.sandbox.ours import Sandbox, canary
from grader.sandbox.ours import sandbox as ours
from grader.sandbox.ours.offers import Offers
from grader.sandbox.ours.question import Question
from grader.sandbox.theirs import confinement
from grader.sandbox.theirs.syscalls import MISSING, NEEDS, NEWEST, Allowed
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
    "change attributes of a file": "fcntl.ioctl(os.open(os.__file__, os.O_RDONLY), 0x40086602, bytes(8))",
    "list the addresses of this machine": "fcntl.ioctl(1, 0x8912, bytes(40))",
    "watch a folder": "check(libc.inotify_init1(0))",
    "watch all files": "check(libc.fanotify_init(0, 0))",
    "be told of changes in a folder": "fcntl.fcntl(os.open(os.path.dirname(json.__file__), os.O_RDONLY), 1026, 1)",
    "take a lease": "fcntl.fcntl(os.open(os.__file__, os.O_RDONLY), 1024, 0)",
    "lock a file": "fcntl.flock(os.open(os.__file__, os.O_RDONLY), fcntl.LOCK_EX)",
    "lock a part of a file": "fcntl.lockf(os.open(os.__file__, os.O_RDONLY), fcntl.LOCK_SH)",
    "widen a pipe": "fcntl.fcntl(os.pipe()[0], 1031, 1 << 20)",
    "take up the machine's aio": "check(libc.syscall(CALLS['io_setup'], 64, ctypes.byref(ctypes.c_ulong())))",
    "write all disks": "check(libc.syncfs(1))",
    "have a timer made": "check(libc.timer_create(0, None, ctypes.byref(ctypes.c_void_p())))",
    "lock its memory": "check(libc.syscall(CALLS['mlock2'], None, 0, 0))",
    "map huge pages": "mmap.mmap(-1, 1 << 21, 0x40022)",
    "lead a session": "os.setsid()",
    "put another filter on": "check(libc.prctl(22, 2, None, 0, 0))",
    "let itself be traced": "check(libc.prctl(0x59616D61, -1, 0, 0, 0))",
    "wait for the disk at every read": "os.open(os.__file__, os.O_RDONLY | os.O_DIRECT)",
    "do so with a file that is open": "fcntl.fcntl(os.open(os.__file__, os.O_RDONLY), fcntl.F_SETFL, os.O_DIRECT)",
    "have a file read from the disk again": "os.posix_fadvise(os.open(os.__file__, os.O_RDONLY), 0, 0, 4)",
    "have its pages taken to the disk": "mmap.mmap(-1, 1 << 20).madvise(21)",
    "read the log of the kernel": "check(libc.klogctl(3, None, 0))",
}
PRELUDE = """
import ctypes, fcntl, json, mmap, os, platform, resource, signal, socket, sys, threading, torch
CALLS = {"x86_64": {"io_setup": 206, "mlock2": 325}, "aarch64": {"io_setup": 0, "mlock2": 284}}[platform.machine()]
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
def test_student_code_has_neither_our_folder_nor_our_environment_nor_arguments(outcome):
    told = outcome("print(os.getcwd(), sorted(os.environ), sys.argv, sys.orig_argv)")
    assert told == f"/ {sorted(ENVIRONMENT)} ['grade'] ['grade']\n"


@here
def test_a_file_beside_the_notebook_is_not_there(outcome):
    """Code that goes on without it is as good as where it was written."""
    assert "No such file or directory: 'names.txt'" in outcome("open('names.txt')")
    assert outcome("print(os.path.exists('names.txt'))") == "False\n"


@here
def test_where_everything_holds_the_canary_says_so(sandbox):
    if not confinement.landlock_abi():
        pytest.skip("this kernel has no Landlock")
    assert canary.gaps(sandbox.isolation) == []


FILES = {"/proc/PID/environ", "/proc/PID/maps", "/proc/PID/fd"}
"""Ways into another process that seccomp cannot close; a kernel may close /proc/PID/mem by itself."""

YAMA = Path("/proc/sys/kernel/yama")
"""Where it is, tracing may be left to ancestors."""


@here
def test_without_confinement_the_canary_finds_it_out(monkeypatch):
    """The zygote is forked from this process, so that what is switched off here is switched off there."""
    monkeypatch.setattr(confinement.Confinement, "put_on", lambda self, channel, memory: None)
    with Sandbox(start="fork") as sandbox:
        found = {"read", "write", "network", "processes", "signals", "metadata", "memory-of-others"}
        assert set(canary.gaps(sandbox.isolation)) >= found
        assert set(sandbox.isolation["open-ways"].split(", ")) >= FILES
        with pytest.raises(IsolationMissing, match="network"):
            sandbox.insist()


@pytest.fixture
def old_kernel(monkeypatch):
    """No Landlock; and this process, which others may want to look into, stays as it is."""
    hidden = []
    for module in (confinement, canary, ours):
        monkeypatch.setattr(module, "landlock_abi", lambda: 0)
    monkeypatch.setattr(ours, "hide_memory", lambda: hidden.append(True))
    return hidden


@here
def test_with_an_old_kernel_each_open_way_is_said_and_the_grader_hides(monkeypatch, old_kernel):
    """The code is of the same user here, whoever runs the tests."""
    monkeypatch.setattr(confinement.Confinement, "_give_up_rights", lambda self: None)
    with Sandbox(start="fork") as sandbox:
        assert old_kernel == [True]
        assert {"landlock", "read", "memory-of-others"} <= set(canary.gaps(sandbox.isolation))
        ways = set(sandbox.isolation["open-ways"].split(", "))
        assert FILES <= ways <= {*FILES, "/proc/PID/mem"} and sandbox.isolation["seccomp"] == "enforced"


@here
def test_a_hidden_process_is_closed_to_its_own_user():
    """Without Landlock this is what keeps the grader's memory: asked of two processes of an ordinary user."""
    open_ways = looked_into(lambda: None)
    assert open_ways >= FILES if YAMA.exists() else open_ways == set(canary.WAYS)
    assert looked_into(hide_memory) == set()


@here
def test_where_there_is_no_other_id_code_runs_without_rights(monkeypatch):
    """As in a user namespace of one id: root of it is told to become somebody, and cannot."""

    def refuse(*_):
        raise OSError

    for name in ("setgroups", "setresgid", "setresuid"):
        monkeypatch.setattr(confinement.os, name, refuse)
    for is_root, missing in ((False, set()), (True, {"privileges"})):
        monkeypatch.setattr(canary, "root_is_root", lambda is_root=is_root: is_root)
        with Sandbox(start="fork") as sandbox:
            lacking = set() if confinement.landlock_abi() else {"landlock", "read", "memory-of-others"}
            assert set(canary.gaps(sandbox.isolation)) - lacking == (missing if os.getuid() == 0 else set())


@here
def test_in_a_user_namespace_of_one_id_the_doctor_says_what_holds():
    """Made with `unshare -r`, where that is allowed."""
    within = ["unshare", "--map-root-user"]
    if not shutil.which("unshare") or subprocess.run([*within, "true"], capture_output=True, check=False).returncode:
        pytest.skip("no user namespaces here")
    command = [*within, sys.executable, "-c", "from grader.cli.main import run; run(['doctor'])"]
    told = subprocess.run(command, capture_output=True, text=True, check=True).stdout
    states = dict(re.findall(r"isolation: (\S+) +(.+)", told))
    assert states["seccomp"] == states["network"] == states["processes"] == "enforced"
    assert states["privileges"] == ("enforced" if os.getuid() else "not enforced")
    assert ("run the grader as an ordinary user" in told) == (os.getuid() == 0)


def test_require_isolation_runs_nothing_where_a_protection_is_missing(monkeypatch, tmp_path, capsys):
    monkeypatch.setattr(Sandbox, "isolation", {"network": "not enforced"})
    ran = tmp_path / "ran"
    (tmp_path / "answers.py").write_text(f"open({str(ran)!r}, 'w')\ndef dCounts(counts): pass\n", encoding="utf-8")
    assert run([str(tmp_path), "--require-isolation", "--no-html"]) == 3
    assert "network" in capsys.readouterr().err and not ran.exists()


OTHERS = {"x86_64": 200, "aarch64": 150}
"""At least so many calls are of no use to a computation."""
INSTEAD = dict(
    pair.split(":")
    for pair in (
        "dup2:dup3 pipe:pipe2 poll:ppoll select:pselect6 open:openat stat:newfstatat lstat:newfstatat access:faccessat "
        "readlink:readlinkat getdents:getdents64 epoll_create:epoll_create1 epoll_wait:epoll_pwait eventfd:eventfd2 "
        "signalfd:signalfd4 pause:ppoll alarm:setitimer time:gettimeofday getpgrp:getpgid arch_prctl:prctl"
    ).split()
)
"""What x86-64 alone has, and what does it on aarch64."""
HEADERS = {
    "x86_64": Path("/usr/include/x86_64-linux-gnu/asm/unistd_64.h"),
    "aarch64": Path("/usr/include/asm-generic/unistd.h"),
}


@pytest.mark.parametrize("machine", confinement.ARCHITECTURES)
def test_the_filter_of_each_architecture_lets_through_what_is_listed_and_nothing_else(machine):
    """The program is run as the kernel would run it, on every number and on what it looks at."""
    program = [struct.unpack("HBBI", each) for each in confinement._filter(machine)]
    rows = dict(confinement._numbered(machine))
    assert len(program) < 4096 and max(rows) <= NEWEST
    assert len(rows) == len(list(confinement._numbered(machine))), "a number is listed twice"
    for number in range(NEWEST + 2):
        expected = ENOSYS if number in MISSING or number > NEWEST else "allowed" if number in rows else EPERM
        row = rows.get(number, Allowed("", None, None))
        for value in row.values or (0,):
            assert answered(program, machine, number, row.argument or 0, value) == expected
        if row.values:
            assert answered(program, machine, number, row.argument or 0, 0x8912) == EPERM
        for bit in range(32):
            if row.mask & 1 << bit:
                assert answered(program, machine, number, row.argument or 0, 1 << bit) == EPERM
    assert NEWEST + 1 - len(rows) > OTHERS[machine]
    assert answered(program, machine, 0x40000001, 0, 0) == ENOSYS
    assert answered(program, "another", 0, 0, 0) == "killed"


def test_both_architectures_have_the_same_calls():
    allowed = [row for rows in NEEDS.values() for row in rows]
    on_x86_64 = {row.name for row in allowed if row.x86_64 is not None}
    both = on_x86_64 & {row.name for row in allowed if row.aarch64 is not None}
    assert {row.name for row in allowed} - both == set(INSTEAD)
    assert set(INSTEAD.values()) <= both
    assert {row.name for row in allowed} == on_x86_64


@pytest.mark.parametrize("machine", HEADERS)
def test_the_numbers_are_those_of_the_kernel(machine):
    if not HEADERS[machine].exists():
        pytest.skip("the kernel's headers are not installed")
    text = HEADERS[machine].read_text(encoding="utf-8").replace("fstatat", "newfstatat").replace("newnew", "new")
    numbers = {name: int(number) for name, number in re.findall(r"#define __NR(?:3264)?_(\w+)\s+(\d+)", text)}
    for number, row in confinement._numbered(machine):
        assert numbers.get(row.name, number) == number, row.name


def answered(program, machine, number, argument, value):
    """What comes of a call with one argument that counts, as the kernel reads the program."""
    words = {0: number, 4: confinement.ARCHITECTURES.get(machine, 0), 16 + 8 * argument: value}
    place, loaded = 0, 0
    while True:
        code, if_true, if_false, operand = program[place]
        place += 1
        if code == confinement.RETURN:
            break
        if code == confinement.LOAD:
            loaded = words[operand]
            continue
        true = {
            confinement.JUMP_EQUAL: loaded == operand,
            confinement.JUMP_ABOVE: loaded > operand,
            confinement.JUMP_SET: bool(loaded & operand),
        }[code]
        place += if_true if true else if_false
    named = {confinement.ALLOW: "allowed", confinement.KILL_PROCESS: "killed"}
    return named.get(operand, operand & 0xFFFF)


def looked_into(prepare):
    """By which ways a process can look into its parent, which is an ordinary user's and has prepared itself."""
    reading, writing = os.pipe()
    tries = {}
    exec(canary._text((), 0), tries)
    parent = os.fork()
    if parent == 0:
        try:
            if os.getuid() == 0:
                confinement.Confinement()._give_up_rights()
            tries["libc"].prctl(DUMPABLE, 1)
            prepare()
            child = os.fork()
            if child == 0:
                ways = [w for w, name in canary.WAYS.items() if not tries["refused"](tries[name], os.getppid())]
                os.write(writing, " ".join(ways).encode())
            else:
                os.waitpid(child, 0)
        finally:
            os._exit(0)
    os.close(writing)
    os.waitpid(parent, 0)
    with open(reading, encoding="utf-8") as told:
        return set(told.read().split())
