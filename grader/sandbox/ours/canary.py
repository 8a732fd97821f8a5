"""Which protections hold here, found out by attacking: a child made like any other tries, and tells what it could do.

The canary is an ordinary submission. What it finds is the only thing that a result says about isolation.
"""

import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Protocol

from grader.border import Source
from grader.sandbox.border.landlock import landlock_abi
from grader.sandbox.border.messages import Wanted, WantedStage
from grader.sandbox.ours.offers import Offers
from grader.sandbox.ours.question import Question
from grader.sandbox.ours.session import Session

ENFORCED, NOT_ENFORCED, UNAVAILABLE = "enforced", "not enforced", "unavailable"
ATTACKS = ("read", "write", "metadata", "network", "processes", "signals", "memory-of-others", "memory", "privileges")
NAMES = ("landlock", "seccomp", *ATTACKS)
SOURCE = """
import ctypes, os, signal, socket

import torch

def refused(attack):
    try:
        attack()
    except (OSError, MemoryError, RuntimeError):
        return 1.0
    return 0.0

def fork():
    if os.fork() == 0:
        os._exit(0)

def write():
    with open(OUTSIDE + ".canary", "w"):
        pass
    os.remove(OUTSIDE + ".canary")

def look_into():
    buffer = ctypes.create_string_buffer(8)
    pieces = (ctypes.c_size_t * 2)(ctypes.addressof(buffer), 8)
    if ctypes.CDLL(None).process_vm_readv(os.getppid(), pieces, 1, pieces, 1, 0) < 0:
        raise OSError
    with open(f"/proc/{os.getppid()}/mem", "rb"):
        pass

def keep_root():
    if os.getuid() != 0:
        raise OSError

def canary():
    outside = OUTSIDE
    return torch.tensor([
        refused(lambda: open(outside).read(1)),
        refused(write),
        refused(lambda: os.chmod(outside, os.stat(outside).st_mode)),
        refused(lambda: socket.socket(socket.AF_INET, socket.SOCK_DGRAM)),
        refused(fork),
        refused(lambda: os.kill(os.getppid(), 0)),
        refused(look_into),
        refused(lambda: bytearray(2 * MEMORY)),
        refused(keep_root),
    ])
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
    outside = str(Path(__file__).resolve())
    text = SOURCE.replace("OUTSIDE", repr(outside)).replace("MEMORY", str(memory))
    findings = dict.fromkeys(ATTACKS, NOT_ENFORCED)
    with opener.open((Source("canary.py", text),), Wanted((WantedStage("canary"),))) as session:
        found = session.loaded.functions.get("canary")
        answer = session.ask(Question("canary", found[0], Offers([{}]))).answers[0] if found else None
    if answer is not None and answer.tensor is not None:
        held = answer.tensor.tolist()
        findings |= {attack: ENFORCED for attack, value in zip(ATTACKS, held, strict=True) if value}
    abi = landlock_abi()
    landlock = findings["read"] if abi else UNAVAILABLE
    return {"landlock": landlock, "landlock-abi": str(abi), "seccomp": findings["network"], **findings}


def gaps(findings: dict[str, str]) -> list[str]:
    """The protections that do not hold."""
    return [name for name, state in findings.items() if state in (NOT_ENFORCED, UNAVAILABLE)]
