"""Which protections hold here, found out by attacking: a child made like any other tries, and tells what it could do.

The canary is an ordinary submission. What it finds is the only thing that a result says about isolation.
"""

import os
import re
import sys
from collections.abc import Iterator, Sequence
from contextlib import ExitStack, contextmanager, suppress
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Protocol

from grader.border import Answer, Source
from grader.sandbox.border.landlock import landlock_abi
from grader.sandbox.border.messages import Wanted, WantedStage
from grader.sandbox.ours.offers import Offers
from grader.sandbox.ours.question import Question
from grader.sandbox.ours.session import Session

ENFORCED, NOT_ENFORCED, UNAVAILABLE = "enforced", "not enforced", "unavailable"
ATTACKS = ("read", "write", "metadata", "network", "processes", "signals", "memory", "privileges")
ID_MAP = Path("/proc/self/uid_map")
WAYS = {
    "ptrace": "trace",
    "process_vm_readv": "read_memory",
    "process_vm_writev": "write_memory",
    "pidfd_getfd": "take_descriptor",
    "/proc/PID/mem": "open_memory",
    "/proc/PID/environ": "open_environment",
    "/proc/PID/maps": "open_maps",
    "/proc/PID/fd": "follow_descriptor",
}
"""The ways into the memory of others, and the function below that tries each of them."""
MEMORY_OF_OTHERS, OPEN_WAYS = "memory-of-others", "open-ways"
PROTECTIONS = (*ATTACKS, MEMORY_OF_OTHERS)
NAMES = ("landlock", "seccomp", *PROTECTIONS)
SOURCE = """
import ctypes, errno, os, socket, struct

import torch

libc = ctypes.CDLL(None, use_errno=True)

def refused(attack, *given):
    try:
        attack(*given)
    except (OSError, MemoryError, RuntimeError):
        return True
    return False

def fork():
    if os.fork() == 0:
        os._exit(0)

def read(path):
    with open(path) as file:
        file.read(1)

def write(path):
    with open(path, "a"):
        pass

def make(path):
    write(path + ".canary")
    os.remove(path + ".canary")

def change_mode(path):
    os.chmod(path, os.stat(path).st_mode)

def change_times(path):
    now = os.stat(path)
    os.utime(path, ns=(now.st_atime_ns, now.st_mtime_ns))

def check(result):
    # an address that is nowhere is looked at only by who may look
    if result < 0 and ctypes.get_errno() != errno.EFAULT:
        raise OSError

def trace(process):
    if process == os.getppid():  # to trace whoever waits for the answer would hold it up
        check(libc.ptrace(0x4206, process, None, None))
    else:
        raise OSError

def read_memory(process):
    pieces = (ctypes.c_size_t * 2)(8, 8)
    check(libc.process_vm_readv(process, pieces, 1, pieces, 1, 0))

def write_memory(process):
    pieces = (ctypes.c_size_t * 2)(8, 8)
    check(libc.process_vm_writev(process, pieces, 1, pieces, 1, 0))

def take_descriptor(process):
    check(libc.syscall(438, os.pidfd_open(process), 0, 0))

def open_memory(process):
    os.close(os.open(f"/proc/{process}/mem", os.O_RDONLY))

def open_environment(process):
    os.close(os.open(f"/proc/{process}/environ", os.O_RDONLY))

def open_maps(process):
    os.close(os.open(f"/proc/{process}/maps", os.O_RDONLY))

def follow_descriptor(process):
    os.stat(f"/proc/{process}/fd/0")

def mine(process):
    try:
        return os.stat(f"/proc/{process}").st_uid == os.getuid()
    except OSError:
        return False

def others():
    known = {GRADER, os.getppid()}
    try:
        known |= {int(name) for name in os.listdir("/proc") if name.isdigit() and mine(name)}
    except OSError:
        pass
    return known - {os.getpid()}

def keep_rights():
    header, rights = struct.pack("=Ii", 0x20080522, 0), ctypes.create_string_buffer(24)
    libc.capget(header, rights)
    low, high = struct.unpack("=6I", rights.raw)[:3], struct.unpack("=6I", rights.raw)[3:]
    is_root = IS_ROOT and os.getuid() == 0
    if not is_root and not any(high) and not any(each & ~4 for each in low):  # the right to read may stay
        raise OSError

def canary():
    processes = others()
    return torch.tensor([
        all(refused(read, path) for path in FILES),
        all(refused(way, path) for path in FILES for way in (write, make)),
        all(refused(way, path) for path in FILES for way in (change_mode, change_times)),
        refused(lambda: socket.socket(socket.AF_INET, socket.SOCK_DGRAM)),
        refused(fork),
        refused(lambda: os.kill(os.getppid(), 0)),
        refused(lambda: bytearray(2 * MEMORY)),
        refused(keep_rights),
        *(all(refused(way, process) for process in processes) for way in (WAYS)),
    ], dtype=torch.float32)
"""


class Opener(Protocol):
    """Where a session comes from."""

    def open(self, sources: Sequence[Source], wanted: Wanted) -> Session: ...


def fly(opener: Opener, memory: int) -> dict[str, str]:
    """Let the canary try, and say of each protection whether it held: `enforced`, `not enforced` or `unavailable`.

    Where there are none to try, nothing is attacked.
    """
    if sys.platform != "linux":
        return dict.fromkeys(NAMES, UNAVAILABLE)
    findings = dict.fromkeys((*ATTACKS, *WAYS), NOT_ENFORCED)
    with _files() as files:
        answer = _answer(opener, _text(files, memory))
    if answer is not None and answer.tensor is not None:
        held = answer.tensor.tolist()
        findings |= {attack: ENFORCED for attack, value in zip(findings, held, strict=True) if value}
    return _reported(findings)


@contextmanager
def _files() -> Iterator[list[str]]:
    """Files that only confinement protects: ours, and one that anyone may change, where there is a place for it."""
    with ExitStack() as stack:
        files = [Path(__file__).resolve()]
        with suppress(OSError):
            folder = Path(stack.enter_context(TemporaryDirectory(prefix="canary-", ignore_cleanup_errors=True)))
            files.append(folder / "mark")
            files[-1].write_text("mark", encoding="utf-8")
            for path, mode in ((folder, 0o777), (files[-1], 0o666)):
                path.chmod(mode)
        yield [str(path) for path in files]


def _answer(opener: Opener, text: str) -> Answer | None:
    with opener.open((Source("canary.py", text),), Wanted((WantedStage("canary"),))) as session:
        found = session.loaded.functions.get("canary")
        return session.ask(Question("canary", found[0], Offers([{}]))).answers[0] if found else None


def _text(files: Sequence[str], memory: int) -> str:
    """The canary's source, with what it attacks."""
    meant = {
        "FILES": repr(files),
        "MEMORY": str(memory),
        "GRADER": str(os.getpid()),
        "IS_ROOT": str(root_is_root()),
        "WAYS": ", ".join(WAYS.values()),
    }
    return re.sub("|".join(meant), lambda found: meant[found[0]], SOURCE)


def root_is_root() -> bool:
    """Whether the user of number 0 is root here; in a user namespace it may be anyone."""
    try:
        return int(ID_MAP.read_text(encoding="utf-8").split()[1]) == 0
    except (OSError, IndexError, ValueError):
        return True


def _reported(findings: dict[str, str]) -> dict[str, str]:
    """The findings as they are told: of the ways into others' memory, those that are open."""
    abi = landlock_abi()
    ways = [way for way in WAYS if findings[way] != ENFORCED]
    return {
        "landlock": findings["read"] if abi else UNAVAILABLE,
        "landlock-abi": str(abi),
        "seccomp": findings["network"],
        **{attack: findings[attack] for attack in ATTACKS},
        MEMORY_OF_OTHERS: NOT_ENFORCED if ways else ENFORCED,
        **({OPEN_WAYS: ", ".join(ways)} if ways else {}),
    }


def gaps(findings: dict[str, str]) -> list[str]:
    """The protections that do not hold."""
    return [name for name, state in findings.items() if state in (NOT_ENFORCED, UNAVAILABLE)]
