"""Where Jupyter gets a warm kernel from: a kernel provisioner, found by its entry point `backprop-warm`.

Name it in a kernel's `kernel.json`: `"metadata": {"kernel_provisioner": {"provisioner_name": "backprop-warm"}}`. Where
there is no safe fork, or the kernel is not the ordinary one of this Python, it starts kernels as Jupyter does.
"""

import atexit
import json
import os
import signal
import socket
import subprocess
import sys
import time
from functools import cache
from typing import Any

from jupyter_client.provisioning.local_provisioner import LocalProvisioner

LAUNCHER = ["-m", "ipykernel_launcher"]
REPLY_SECONDS = 60.0
HAS_WARM_PROCESS = sys.platform == "linux"
"""On a Mac, a process that has run torch's libraries cannot be forked safely; on Windows, none can."""


class WarmProvisioner(LocalProvisioner):
    """Forks kernels from a process that has imported torch; all else is as for a kernel of this machine."""

    async def launch_kernel(self, cmd: list[str], **kwargs: Any) -> Any:
        """See `LocalProvisioner`."""
        if cmd[0] != sys.executable or cmd[1:3] != LAUNCHER or not HAS_WARM_PROCESS:
            return await super().launch_kernel(cmd, **kwargs)
        folder = kwargs.get("cwd") or os.getcwd()
        try:
            process = _server().start(cmd[3:], str(folder), dict(kwargs.get("env") or os.environ))
        except (OSError, ValueError):
            _server.cache_clear()
            return await super().launch_kernel(cmd, **kwargs)
        self.process = process  # type: ignore[assignment]
        self.pid = self.pgid = process.pid
        self.cwd = folder
        return self.connection_info


class ForkedKernel:
    """A kernel, as far as `LocalProvisioner` needs to know a process."""

    stdin = stdout = stderr = None

    def __init__(self, pid: int, server: "Server") -> None:
        self.pid = pid
        self._server = server
        self._code: int | None = None

    def poll(self) -> int | None:
        """The exit code, or None while it runs."""
        if self._code is None:
            self._code = self._server.code(self.pid)
        return self._code

    def wait(self) -> int:
        while (code := self.poll()) is None:
            time.sleep(0.02)
        return code

    def send_signal(self, number: int) -> None:
        os.kill(self.pid, number)

    def kill(self) -> None:
        self.send_signal(signal.SIGKILL)

    def terminate(self) -> None:
        self.send_signal(signal.SIGTERM)


class Server:
    """The warm process."""

    def __init__(self) -> None:
        self._control, theirs = socket.socketpair()
        command = [sys.executable, "-m", "grader.kernel.server", str(theirs.fileno())]
        self._process = subprocess.Popen(command, stdin=subprocess.DEVNULL, pass_fds=[theirs.fileno()])
        theirs.close()
        self._control.settimeout(REPLY_SECONDS)
        self._replies = self._control.makefile("r", encoding="utf-8")

    def start(self, arguments: list[str], folder: str, environment: dict[str, str]) -> ForkedKernel:
        """Fork a kernel.

        Raises:
            OSError, ValueError: the warm process is gone or silent.
        """
        order = {"do": "start", "arguments": arguments, "folder": folder, "environment": environment}
        return ForkedKernel(int(self._ask(order)["pid"]), self)

    def code(self, pid: int) -> int | None:
        """The exit code of a kernel, or None while it runs; that of a kernel lost with this process is -9."""
        try:
            code = self._ask({"do": "poll", "pid": pid})["code"]
        except (OSError, ValueError):
            return -signal.SIGKILL
        return None if code is None else int(code)

    def close(self) -> None:
        """End the process, and with it every kernel."""
        self._replies.close()
        self._control.close()
        self._process.wait()

    def _ask(self, order: dict[str, Any]) -> dict[str, Any]:
        self._control.sendall(json.dumps(order).encode() + b"\n")
        reply: dict[str, Any] = json.loads(self._replies.readline())
        return reply


@cache
def _server() -> Server:
    server = Server()
    atexit.register(server.close)
    return server
