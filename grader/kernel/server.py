"""The warm process that kernels are forked from: it has imported torch and ipykernel, and has run nothing.

Orders are lines of JSON over a socket: start a kernel, tell whether one has ended. It ends with whoever started it.
"""

import json
import os
import random
import signal
import socket
import sys
import traceback
from typing import Any

import torch  # noqa: F401
from ipykernel.kernelapp import IPKernelApp


def serve(control: socket.socket) -> None:
    """Carry out orders until the other side closes, then end every kernel."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    ended: dict[int, int] = {}
    running: set[int] = set()
    with control.makefile("r", encoding="utf-8") as orders:
        for line in orders:
            order = json.loads(line)
            if order["do"] == "start":
                pid = _start(control, order)
                running.add(pid)
                answer: dict[str, Any] = {"pid": pid}
            else:
                _reap(running, ended)
                answer = {"code": ended.get(order["pid"])}
            control.sendall(json.dumps(answer).encode() + b"\n")
    for pid in running:
        os.killpg(pid, signal.SIGKILL)


def _reap(running: set[int], ended: dict[int, int]) -> None:
    for pid in list(running):
        done, status = os.waitpid(pid, os.WNOHANG)
        if done:
            running.remove(pid)
            ended[pid] = os.waitstatus_to_exitcode(status)


def _start(control: socket.socket, order: dict[str, Any]) -> int:
    pid = os.fork()
    if pid:
        return pid
    try:
        os.setsid()
        signal.signal(signal.SIGINT, signal.default_int_handler)
        control.close()
        nowhere = os.open(os.devnull, os.O_RDWR)
        for descriptor in (0, 1, 2):  # what cells print goes over the kernel's own channels
            os.dup2(nowhere, descriptor)
        random.seed()
        os.environ.clear()
        os.environ.update(order["environment"])
        os.chdir(order["folder"])
        sys.path[:0] = [""]
        IPKernelApp.launch_instance(argv=[*order["arguments"], "--HistoryManager.enabled=False"])
    except BaseException:
        traceback.print_exc()
    finally:
        os._exit(0)


if __name__ == "__main__":
    serve(socket.socket(fileno=int(sys.argv[1])))
