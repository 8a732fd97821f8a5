"""The system calls that student code may make, each with what it is needed for; numbers for x86-64 and aarch64.

Whatever is not listed is refused: another process or thread, another program, signals, the network, changes to files,
watching folders, leases and locks, memory that no limit counts, timers and queues of the kernel. The list has more than
one version of Python, torch and the C library needs, since a right answer must not be lost for want of a harmless call.
"""

from typing import NamedTuple

NEWEST = 462
"""mseal; what comes after it, the x32 calls included, is answered with ENOSYS."""

MISSING = (435, 437)
"""clone3 and openat2: answered with ENOSYS, upon which libraries take an older call that can be looked into."""

WRITING = 0x243
"""O_WRONLY, O_RDWR, O_CREAT, O_TRUNC."""

UNCACHED = {"x86_64": 0x4000, "aarch64": 0x10000}
"""O_DIRECT, by which every read waits for the disk: no time of its own passes meanwhile."""

ADVICE = (*range(5), 8, *range(10, 20), 22, 23, 25)
"""Of madvise: what is about memory of its own, no taking of pages from what all processes share, or of a file's to the
disk (MADV_COLD, MADV_PAGEOUT)."""

LOCKED, HUGE_PAGES = 0x2000, 0x40000
"""Mappings that take from what all processes share."""

COMMANDS = (0, 1, 2, 3, 1027, 1030, 1032)
"""Of fcntl: F_DUPFD, F_GETFD, F_SETFD, F_GETFL, F_DUPFD_QUERY, F_DUPFD_CLOEXEC, F_GETPIPE_SZ. No locks,
no leases, no watching of folders, no signals."""

REQUESTS = (0x5401, 0x802C542A, 0x5413, 0x541B, 0x5421, 0x5450, 0x5451)
"""Of ioctl: TCGETS and TCGETS2 (is it a terminal?), TIOCGWINSZ, FIONREAD, FIONBIO, FIONCLEX, FIOCLEX."""

OPTIONS = (
    *(2, 3, 7, 13, 15, 16, 21, 23, 27, 29, 30, 37, 38, 39, 40, 41, 42),
    *(50, 51, 52, 54, 55, 56, 60, 61, 63, 64, 66, 68, 0x41555856, 0x53564D41),
)
"""Of prctl: what only asks (PDEATHSIG, DUMPABLE, KEEPCAPS, TIMING, NAME, SECCOMP, CAPBSET, SECUREBITS, SUBREAPER, TID,
SPECULATION, MDWE, KSM, AUXV), the name of the thread and of its memory, timer slack, NO_NEW_PRIVS, huge pages; on
aarch64, lengths of vectors (SVE, SME), pointer authentication and tagged addresses."""


class Allowed(NamedTuple):
    """One row. `argument` narrows it to calls in which that argument is one of `values`, or has no bit of `mask`."""

    name: str
    x86_64: int | None
    aarch64: int | None
    argument: int | None = None
    values: tuple[int, ...] = ()
    mask: int = 0


def _all(*rows: tuple[str, int | None, int | None]) -> list[Allowed]:
    return [Allowed(*row) for row in rows]


NEEDS: dict[str, list[Allowed]] = {
    "memory of its own": [
        *_all(("brk", 12, 214)),
        Allowed("mmap", 9, 222, 3, mask=LOCKED | HUGE_PAGES),
        *_all(("munmap", 11, 215), ("mremap", 25, 216), ("mprotect", 10, 226)),
        Allowed("madvise", 28, 233, 2, ADVICE),
        *_all(("mincore", 27, 232), ("msync", 26, 227), ("munlock", 150, 229), ("munlockall", 152, 231)),
        *_all(("pkey_mprotect", 329, 288), ("pkey_alloc", 330, 289), ("pkey_free", 331, 290), ("mbind", 237, 235)),
        *_all(("get_mempolicy", 239, 236), ("set_mempolicy", 238, 237), ("set_mempolicy_home_node", 450, 450)),
        *_all(("map_shadow_stack", 453, 453), ("mseal", 462, 462)),
    ],
    "the descriptors it holds": [
        *_all(("read", 0, 63), ("write", 1, 64), ("readv", 19, 65), ("writev", 20, 66), ("pread64", 17, 67)),
        *_all(("pwrite64", 18, 68), ("preadv", 295, 69), ("pwritev", 296, 70), ("lseek", 8, 62)),
        Allowed("preadv2", 327, 286, 5, (0,)),
        Allowed("pwritev2", 328, 287, 5, (0,)),
        *_all(("close", 3, 57), ("close_range", 436, 436), ("dup", 32, 23), ("dup2", 33, None), ("dup3", 292, 24)),
        Allowed("fcntl", 72, 25, 1, COMMANDS),
        Allowed("ioctl", 16, 29, 1, REQUESTS),
        *_all(("poll", 7, None), ("ppoll", 271, 73), ("select", 23, None), ("pselect6", 270, 72), ("pipe", 22, None)),
        *_all(("pipe2", 293, 59), ("epoll_create", 213, None), ("epoll_create1", 291, 20), ("epoll_ctl", 233, 21)),
        *_all(("epoll_wait", 232, None), ("epoll_pwait", 281, 22), ("epoll_pwait2", 441, 441)),
        *_all(("eventfd", 284, None), ("eventfd2", 290, 19), ("signalfd", 282, None), ("signalfd4", 289, 74)),
        *_all(("timerfd_create", 283, 85), ("timerfd_settime", 286, 86), ("timerfd_gettime", 287, 87)),
    ],
    "files to read": [
        Allowed("open", 2, None, 1, mask=WRITING | UNCACHED["x86_64"]),
        Allowed("openat", 257, None, 2, mask=WRITING | UNCACHED["x86_64"]),
        Allowed("openat", None, 56, 2, mask=WRITING | UNCACHED["aarch64"]),
        *_all(("stat", 4, None), ("fstat", 5, 80), ("lstat", 6, None), ("newfstatat", 262, 79), ("statx", 332, 291)),
        *_all(("access", 21, None), ("faccessat", 269, 48), ("faccessat2", 439, 439), ("readlink", 89, None)),
        *_all(("readlinkat", 267, 78), ("getdents", 78, None), ("getdents64", 217, 61), ("statfs", 137, 43)),
        *_all(("fstatfs", 138, 44), ("getcwd", 79, 17), ("chdir", 80, 49), ("fchdir", 81, 50), ("umask", 95, 166)),
    ],
    "its one thread": [
        *_all(("futex", 202, 98), ("futex_waitv", 449, 449), ("futex_wake", 454, 454), ("futex_wait", 455, 455)),
        *_all(("futex_requeue", 456, 456), ("set_robust_list", 273, 99), ("set_tid_address", 218, 96)),
        *_all(("rseq", 334, 293), ("membarrier", 324, 283), ("sched_yield", 24, 124), ("getcpu", 309, 168)),
        *_all(("arch_prctl", 158, None)),
        Allowed("prctl", 157, 167, 0, OPTIONS),
        *_all(("exit", 60, 93), ("exit_group", 231, 94), ("wait4", 61, 260), ("waitid", 247, 95)),
    ],
    "its own signals": [
        *_all(("rt_sigaction", 13, 134), ("rt_sigprocmask", 14, 135), ("rt_sigreturn", 15, 139)),
        *_all(("rt_sigpending", 127, 136), ("rt_sigsuspend", 130, 133), ("rt_sigtimedwait", 128, 137)),
        *_all(("sigaltstack", 131, 132), ("pause", 34, None), ("restart_syscall", 219, 128), ("getitimer", 36, 102)),
        *_all(("setitimer", 38, 103), ("alarm", 37, None)),
    ],
    "time and chance": [
        *_all(("clock_gettime", 228, 113), ("clock_getres", 229, 114), ("clock_nanosleep", 230, 115)),
        *_all(("nanosleep", 35, 101), ("gettimeofday", 96, 169), ("time", 201, None), ("getrandom", 318, 278)),
    ],
    "what it is and may use": [
        *_all(("getpid", 39, 172), ("gettid", 186, 178), ("getppid", 110, 173), ("getpgrp", 111, None)),
        *_all(("getpgid", 121, 155), ("getsid", 124, 156), ("getuid", 102, 174), ("geteuid", 107, 175)),
        *_all(("getgid", 104, 176), ("getegid", 108, 177), ("getresuid", 118, 148), ("getresgid", 120, 150)),
        *_all(("getgroups", 115, 158), ("capget", 125, 90), ("uname", 63, 160), ("sysinfo", 99, 179)),
        *_all(("times", 100, 153), ("getrusage", 98, 165), ("getrlimit", 97, 163), ("setrlimit", 160, 164)),
        Allowed("prlimit64", 302, 261, 0, (0,)),
        *_all(("getpriority", 140, 141), ("ioprio_get", 252, 31), ("sched_getaffinity", 204, 123)),
        *_all(("sched_getscheduler", 145, 120), ("sched_getparam", 143, 121), ("sched_getattr", 315, 275)),
        *_all(("sched_get_priority_max", 146, 125), ("sched_get_priority_min", 147, 126)),
        *_all(("sched_rr_get_interval", 148, 127)),
    ],
}
