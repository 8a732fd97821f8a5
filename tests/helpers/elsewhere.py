"""Another operating system, as far as Python can pretend one: what Linux alone has is gone when `grader` is imported.

It reaches every process that is started: the children, and the workers of a class. What is not pretended: paths with
backslashes, a console that is not UTF-8, files that cannot be replaced while they are open.
"""

import os
from pathlib import Path

GONE = {
    "win32": {
        "modules": "fcntl grp posix pwd resource termios tty",
        "os": "fork forkpty killpg setsid getuid geteuid getgid getegid setuid setgroups setresuid setresgid getpgid "
        "O_PATH O_CLOEXEC WNOHANG sysconf chroot uname sched_setaffinity posix_spawn",
        "signal": "SIGKILL SIGALRM SIGPROF SIGHUP SIGCHLD SIGSTOP SIGXCPU setitimer ITIMER_PROF alarm pthread_sigmask",
        "socket": "AF_UNIX send_fds recv_fds",
        "time": "clock_gettime",
    },
    "darwin": {
        "modules": "",
        "os": "fork forkpty setresuid setresgid O_PATH sched_setaffinity memfd_create",
        "signal": "",
        "socket": "send_fds recv_fds",
        "time": "clock_gettime",
    },
}
CUSTOMIZE = '''
import importlib.abc, sys, types

PLATFORM, GONE = "{platform}", {gone}


def leave_linux():
    """Libraries stay as they are: they are loaded before. What is taken away is taken from our code."""
    import asyncio, concurrent.futures, ctypes, importlib, os, signal, socket, subprocess, tempfile, time
    import multiprocessing.context, multiprocessing.popen_spawn_posix, multiprocessing.resource_tracker
    import multiprocessing.spawn, multiprocessing.synchronize
    import IPython.core.inputtransformer2, click, jinja2, msgspec, nbformat, numpy, psutil, pygments.formatters
    import pygments.lexers, rich.console, rich.progress, rich.table, safetensors.torch, torch, watchfiles

    kept = multiprocessing.popen_fork, multiprocessing.popen_spawn_posix, multiprocessing.resource_tracker, subprocess
    for library in kept:
        for module in (os, signal):
            if hasattr(library, module.__name__):
                setattr(library, module.__name__, types.SimpleNamespace(**vars(module)))
    for name in GONE["modules"].split():
        sys.modules[name] = None
    for module in (os, signal, socket, time):
        for name in GONE[module.__name__].split():
            if hasattr(module, name):
                delattr(module, name)
    if PLATFORM == "win32":
        socket.socketpair = over_the_loopback(socket)
        os.O_BINARY = 0
        sys.modules["msvcrt"] = types.SimpleNamespace(setmode=lambda number, mode: None)
    real = ctypes.CDLL
    ctypes.CDLL = lambda name, *rest, **more: real(name, *rest, **more) if name else no_library()
    sys.addaudithook(no_proc)
    sys.platform = PLATFORM


def over_the_loopback(socket):
    """Windows has no pairs of sockets; Python makes them like this there."""
    def socketpair(*_):
        with socket.create_server(("127.0.0.1", 0)) as server:
            one = socket.create_connection(server.getsockname())
            return one, server.accept()[0]
    return socketpair


def no_library():
    raise TypeError("there is no such library here")


def no_proc(event, arguments):
    if event == "open" and str(arguments[0]).startswith("/proc"):
        frame, names = sys._getframe(1), []
        while frame:
            names.append(frame.f_globals.get("__name__", ""))
            frame = frame.f_back
        if names[0].startswith("grader") or (names[0] == "pathlib" and any(n.startswith("grader") for n in names[:4])):
            raise FileNotFoundError(arguments[0])


class Leave(importlib.abc.MetaPathFinder):
    def find_spec(self, name, path, target=None):
        if name == "grader":
            sys.meta_path.remove(self)
            leave_linux()


sys.meta_path.insert(0, Leave())
'''


def elsewhere(folder: Path, platform: str) -> dict[str, str]:
    """The environment in which Python believes to be there: `win32` or `darwin`.

    Args:
        folder: for what brings that about.
        platform: as `sys.platform` calls it.
    """
    folder.mkdir(exist_ok=True)
    text = CUSTOMIZE.replace("{platform}", platform).replace("{gone}", repr(GONE[platform]))
    (folder / "sitecustomize.py").write_text(text, encoding="utf-8")
    others = os.environ.get("PYTHONPATH")
    return os.environ | {"PYTHONPATH": os.pathsep.join([str(folder), others] if others else [str(folder)])}
