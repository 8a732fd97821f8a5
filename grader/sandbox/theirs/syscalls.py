"""The system calls that student code is denied, each with its reason; numbers for x86-64 and aarch64.

Everything a pure computation needs stays allowed: memory, its pipes, reading what Landlock grants, clocks, randomness.
Calls newer than the last one known here do not exist for the confined process.
"""

from typing import NamedTuple

NEWEST = 462
"""mseal; what comes after it, the x32 calls included, is answered with ENOSYS."""


WRITING = 0x243
"""O_WRONLY, O_RDWR, O_CREAT, O_TRUNC."""


class Denied(NamedTuple):
    """One row. `argument` narrows it to calls in which that argument has one of `values`, or a bit of `mask`."""

    name: str
    x86_64: int | None
    aarch64: int | None
    argument: int | None = None
    values: tuple[int, ...] = ()
    mask: int = 0
    missing: bool = False


def _all(*rows: tuple[str, int | None, int | None]) -> list[Denied]:
    return [Denied(*row) for row in rows]


REASONS: dict[str, list[Denied]] = {
    "no process or thread beside this one: bombs, daemons, threads that escape the log of operations": [
        *_all(("clone", 56, 220), ("fork", 57, None), ("vfork", 58, None)),
        Denied("clone3", 435, 435, missing=True),  # ENOSYS: libraries then fall back to clone, and are denied that
        *_all(("unshare", 272, 97), ("setns", 308, 268)),
    ],
    "no other program": _all(("execve", 59, 221), ("execveat", 322, 281)),
    "no signal to anyone, this process included: stopping itself would hold up the run": [
        *_all(("kill", 62, 129), ("tkill", 200, 130), ("tgkill", 234, 131)),
        *_all(("rt_sigqueueinfo", 129, 138), ("rt_tgsigqueueinfo", 297, 240)),
        *_all(("pidfd_open", 434, 434), ("pidfd_send_signal", 424, 424), ("pidfd_getfd", 438, 438)),
        Denied("fcntl", 72, 25, 1, (8, 10, 15)),  # F_SETOWN, F_SETSIG, F_SETOWN_EX: a descriptor that sends signals
        Denied("ioctl", 16, 29, 1, (0x8901, 0x8902, 0x5412)),  # FIOSETOWN, SIOCSPGRP; TIOCSTI types into a terminal
    ],
    "no look into, or hand in, another process": [
        *_all(("ptrace", 101, 117), ("process_vm_readv", 310, 270), ("process_vm_writev", 311, 271)),
        *_all(("kcmp", 312, 272), ("process_madvise", 440, 440), ("process_mrelease", 448, 448)),
    ],
    "no network, and no local socket: Landlock covers neither UDP nor sockets by path": [
        *_all(("socket", 41, 198), ("socketpair", 53, 199), ("connect", 42, 203), ("bind", 49, 200)),
        *_all(("listen", 50, 201), ("accept", 43, 202), ("accept4", 288, 242)),
        *_all(("sendto", 44, 206), ("sendmsg", 46, 211), ("sendmmsg", 307, 269)),
        *_all(("recvfrom", 45, 207), ("recvmsg", 47, 212), ("recvmmsg", 299, 243)),
    ],
    "no change to a file's size, mode, owner, times or attributes: Landlock does not cover those": [
        *_all(("chmod", 90, None), ("fchmod", 91, 52), ("fchmodat", 268, 53), ("fchmodat2", 452, 452)),
        *_all(("chown", 92, None), ("fchown", 93, 55), ("lchown", 94, None), ("fchownat", 260, 54)),
        *_all(("utime", 132, None), ("utimes", 235, None), ("futimesat", 261, None), ("utimensat", 280, 88)),
        *_all(("setxattr", 188, 5), ("lsetxattr", 189, 6), ("fsetxattr", 190, 7)),
        *_all(("removexattr", 197, 14), ("lremovexattr", 198, 15), ("fremovexattr", 199, 16)),
        *_all(("truncate", 76, 45), ("ftruncate", 77, 46), ("fallocate", 285, 47)),
    ],
    "no change to files even where Landlock is missing": [
        Denied("open", 2, None, 1, mask=WRITING),
        Denied("openat", 257, 56, 2, mask=WRITING),
        Denied("openat2", 437, 437, missing=True),
        *_all(("creat", 85, None), ("mkdir", 83, None), ("mkdirat", 258, 34), ("rmdir", 84, None)),
        *_all(("unlink", 87, None), ("unlinkat", 263, 35), ("link", 86, None), ("linkat", 265, 37)),
        *_all(("symlink", 88, None), ("symlinkat", 266, 36), ("mknod", 133, None), ("mknodat", 259, 33)),
        *_all(("rename", 82, None), ("renameat", 264, 38), ("renameat2", 316, 276)),
    ],
    "no memory beside what RLIMIT_AS counts, and none that outlives the process": [
        *_all(("memfd_create", 319, 279), ("memfd_secret", 447, 447), ("mlock", 149, 228), ("mlockall", 151, 230)),
        *_all(("shmget", 29, 194), ("shmat", 30, 196), ("msgget", 68, 186), ("semget", 64, 190), ("mq_open", 240, 180)),
    ],
    "no limit, priority or processor of another process": [
        *_all(("setpriority", 141, 140), ("ioprio_set", 251, 30), ("sched_setaffinity", 203, 122)),
        *_all(("sched_setscheduler", 144, 119), ("sched_setparam", 142, 118), ("sched_setattr", 314, 274)),
        Denied("prlimit64", 302, 261, 0, mask=0xFFFFFFFF),  # of a process named by its number; 0 is this one
    ],
    "no outliving our process: the signal at the parent's death stays": [Denied("prctl", 157, 167, 0, (1,))],
    "no large or seldom used part of the kernel": [
        *_all(("io_uring_setup", 425, 425), ("io_uring_enter", 426, 426), ("io_uring_register", 427, 427)),
        *_all(("bpf", 321, 280), ("perf_event_open", 298, 241), ("userfaultfd", 323, 282), ("personality", 135, 92)),
        *_all(("keyctl", 250, 219), ("add_key", 248, 217), ("request_key", 249, 218)),
        *_all(("open_by_handle_at", 304, 265), ("name_to_handle_at", 303, 264)),
        *_all(("mount", 165, 40), ("umount2", 166, 39), ("chroot", 161, 51), ("pivot_root", 155, 41)),
    ],
}
