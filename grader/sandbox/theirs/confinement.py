"""What a child gives up before student code runs: root, resources, files (Landlock), descriptors, system calls.

Needs Linux on x86-64 or aarch64, no privileges and no namespaces, so it works as an ordinary user and inside Docker's
default profile. What a kernel lacks is left out; whether each protection holds is found out by trying (canary.py).
"""

import ctypes
import itertools
import os
import platform
import struct
import sys
import sysconfig
from collections.abc import Iterable, Iterator
from contextlib import suppress
from functools import partial
from importlib.machinery import ModuleSpec
from importlib.util import find_spec
from pathlib import Path

from grader.sandbox.border.landlock import CREATE_RULESET, landlock_abi
from grader.sandbox.border.limits import end_with_parent, limit_self
from grader.sandbox.theirs.syscalls import MISSING, NEEDS, NEWEST, Allowed

NOBODY = 65534
EPERM, ENOSYS = 1, 38

# prctl
PR_SET_NO_NEW_PRIVS, PR_SET_SECCOMP, SECCOMP_MODE_FILTER, PR_SET_KEEPCAPS = 38, 22, 2, 8

# capabilities
CAPSET = {"x86_64": 126, "aarch64": 91}
CAPABILITY_VERSION, CAP_DAC_READ_SEARCH = 0x20080522, 1 << 2

# Landlock: system calls and access rights, the same on every architecture
ADD_RULE, RESTRICT_SELF = 445, 446
RULE_PATH_BENEATH = 1
READ_FILE, READ_DIR = 1 << 2, 1 << 3
RIGHTS_BY_ABI = {1: 13, 2: 14, 3: 15, 4: 15, 5: 16}
"""How many file access rights each version of Landlock handles; all of them are handled, reading is granted."""
TCP = 0b11
SCOPES = 0b11
GRANTED = (
    *("torch", "torchgen", "functorch", "numpy", "numpy.libs", "sympy", "mpmath", "networkx", "safetensors"),
    "einops",
)
"""Packages that torch may import late, and one that students write tensor maths with. The rest of site-packages, ours
included, stays closed."""

# BPF
LOAD, JUMP_EQUAL, JUMP_ABOVE, JUMP_SET, RETURN = 0x20, 0x15, 0x25, 0x45, 0x06
ALLOW, ERRNO, KILL_PROCESS = 0x7FFF0000, 0x00050000, 0x80000000
ARCHITECTURES = {"x86_64": 0xC000003E, "aarch64": 0xC00000B7}
NUMBER_OFFSET, ARCHITECTURE_OFFSET, ARGUMENTS_OFFSET = 0, 4, 16


class Confinement:
    """Made once, in the warm process; put on in each child."""

    def __init__(self) -> None:
        self._supported = sys.platform == "linux" and platform.machine() in ARCHITECTURES
        self._ruleset: int | None = None
        if self._supported:
            self._libc = ctypes.CDLL(None, use_errno=True)
            self._ruleset = self._make_ruleset() if landlock_abi() else None
            self._reads = self._ruleset is not None and not _open_to_all(Path(sysconfig.get_path("stdlib")))
            self._program = b"".join(_filter(platform.machine()))

    def put_on(self, channel: Iterable[int], memory: int) -> None:
        """Give up everything but computing and the given descriptors (and 0, 1, 2). There is no way back.

        Args:
            channel: the descriptors that stay open.
            memory: bytes this process may still grow by.
        """
        if self._supported:
            self._give_up_rights()
            end_with_parent()
        limit_self(memory)
        if self._supported:
            os.chdir("/")  # the folder that the grader runs in is none of theirs
            self._libc.prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0)
            if self._ruleset is not None:
                self._libc.syscall(RESTRICT_SELF, self._ruleset, 0)
            kept = sorted(channel)
            for last, following in itertools.pairwise([2, *kept, 1 << 20]):
                os.closerange(last + 1, following)
            self._close_calls()

    def _give_up_rights(self) -> None:
        """Root becomes nobody, and what a process may do beyond its user's rights is given up.

        If the interpreter is in a private folder, the right to read stays, which Landlock narrows. Where there is no id
        but root's, as in most user namespaces, what cannot be done is left out: root without rights is a plain user.
        """
        if os.getuid() == 0:
            self._libc.prctl(PR_SET_KEEPCAPS, int(self._reads), 0, 0, 0)
            nobody = (NOBODY, NOBODY, NOBODY)
            for become in (partial(os.setgroups, []), partial(os.setresgid, *nobody), partial(os.setresuid, *nobody)):
                with suppress(OSError):
                    become()
        if not (self._reads and self._keep_only(CAP_DAC_READ_SEARCH)):
            self._keep_only(0)

    def _keep_only(self, rights: int) -> bool:
        """Give up all but these capabilities; whether that worked, which it does not if one of them is not there."""
        header = struct.pack("=Ii", CAPABILITY_VERSION, 0)
        data = struct.pack("=6I", rights, rights, 0, 0, 0, 0)
        return bool(self._libc.syscall(CAPSET[platform.machine()], header, data) == 0)

    def _make_ruleset(self) -> int:
        abi = landlock_abi()
        rights = (1 << RIGHTS_BY_ABI.get(abi, RIGHTS_BY_ABI[5])) - 1
        attributes = struct.pack("=QQQ", rights, TCP if abi >= 4 else 0, SCOPES if abi >= 6 else 0)
        size = 24 if abi >= 6 else 16 if abi >= 4 else 8
        ruleset: int = self._libc.syscall(CREATE_RULESET, attributes, size, 0)
        for path in readable():
            descriptor = os.open(path, os.O_PATH | os.O_CLOEXEC)
            access = READ_FILE | READ_DIR if path.is_dir() else READ_FILE
            self._libc.syscall(ADD_RULE, ruleset, RULE_PATH_BENEATH, struct.pack("=Qi", access, descriptor), 0)
            os.close(descriptor)
        return ruleset

    def _close_calls(self) -> None:
        buffer = ctypes.create_string_buffer(self._program, len(self._program))
        header = struct.pack("HxxxxxxP", len(self._program) // 8, ctypes.addressof(buffer))
        self._libc.prctl(PR_SET_SECCOMP, SECCOMP_MODE_FILTER, header, 0, 0)


def readable() -> list[Path]:
    """What student code may read: the standard library, torch and what torch imports late, shared libraries."""
    library = Path(sysconfig.get_path("stdlib"))
    packages = {Path(sysconfig.get_path(name)) for name in ("purelib", "platlib")}
    inside = [folder / name for folder in packages for name in GRANTED]
    inside += [
        Path(place) for name in GRANTED if (spec := _found(name)) for place in spec.submodule_search_locations or ()
    ]
    shared = [Path(folder) for folder in ("/lib", "/lib64", "/usr/lib", "/usr/lib64", "/etc/ld.so.cache")]
    files = [Path("/dev/null"), Path("/dev/urandom"), Path("/dev/zero")]
    standard = [path for path in library.iterdir() if path.name != "site-packages"] if library.is_dir() else []
    return [path for path in [*standard, *inside, *shared, *files] if path.exists()]


def _found(package: str) -> ModuleSpec | None:
    """Where a package is, wherever that is."""
    return None if "." in package else find_spec(package)


def _open_to_all(path: Path) -> bool:
    return all(folder.stat().st_mode & 0o001 for folder in [path, *path.parents])


def _filter(machine: str) -> Iterator[bytes]:
    """The seccomp program: another architecture ends the process, what is in the table goes on, the rest is refused."""
    yield _instruction(LOAD, ARCHITECTURE_OFFSET)
    yield _instruction(JUMP_EQUAL, ARCHITECTURES[machine], 1, 0)
    yield _instruction(RETURN, KILL_PROCESS)
    yield _instruction(LOAD, NUMBER_OFFSET)
    yield _instruction(JUMP_ABOVE, NEWEST, 0, 1)
    yield _instruction(RETURN, ERRNO | ENOSYS)
    for number in MISSING:
        yield from _when(number, [_instruction(RETURN, ERRNO | ENOSYS)])
    for number, allowed in _numbered(machine):
        yield from _when(number, list(_allow(allowed)))
    yield _instruction(RETURN, ERRNO | EPERM)


def _numbered(machine: str) -> Iterable[tuple[int, Allowed]]:
    for rows in NEEDS.values():
        for allowed in rows:
            number = allowed.x86_64 if machine == "x86_64" else allowed.aarch64
            if number is not None:
                yield number, allowed


def _when(number: int, answer: list[bytes]) -> Iterator[bytes]:
    """What is answered to the call of that number; it ends in a return."""
    yield _instruction(JUMP_EQUAL, number, 0, len(answer))
    yield from answer


def _allow(allowed: Allowed) -> Iterator[bytes]:
    if allowed.argument is not None:
        yield _instruction(LOAD, ARGUMENTS_OFFSET + 8 * allowed.argument)
        for left, value in zip(reversed(range(len(allowed.values))), allowed.values, strict=True):
            yield _instruction(JUMP_EQUAL, value, left + 1, 0)
        if allowed.mask:
            yield _instruction(JUMP_SET, allowed.mask, 0, 1)
        yield _instruction(RETURN, ERRNO | EPERM)
    yield _instruction(RETURN, ALLOW)


def _instruction(code: int, value: int, if_true: int = 0, if_false: int = 0) -> bytes:
    return struct.pack("HBBI", code, if_true, if_false, value)
