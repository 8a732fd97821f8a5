"""The process that judges for a notebook, seen from the notebook's kernel: started once, and warm from then on.

It is a process of its own so that nothing the kernel has done to torch counts, and the kernel's own threads, random
numbers and settings stay as they are. It ends with the kernel: where that is gone, there are no more orders to read.
"""

import atexit
import os
import subprocess
import sys
import threading
from functools import cache

import msgspec

from grader.checking.messages import CheckOrder, CheckReply
from grader.errors import SandboxError

SERVER = "grader.checking.server"
SECONDS_TO_END = 5.0


class JudgeProcess:
    """The process, as far as it is asked."""

    def __init__(self) -> None:
        """
        Raises:
            SandboxError: there is no starting it.
        """
        command = [sys.executable, "-P", "-m", SERVER]
        try:
            # a session of its own: to interrupt the kernel is not to interrupt it halfway through an answer
            self._process = subprocess.Popen(
                command,
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                stderr=subprocess.DEVNULL,
                start_new_session=True,
            )
        except OSError as error:
            raise SandboxError(f"The process that judges cannot be started ({error}).") from error
        self._turn = threading.Lock()
        self.pid = self._process.pid

    def ask(self, order: CheckOrder) -> CheckReply:
        """What it says.

        Raises:
            SandboxError: it has ended.
        """
        with self._turn:
            try:
                return self._asked(order)
            except BaseException:  # an answer that nobody waits for would be taken for that to the next order
                self.close()
                raise

    def close(self) -> None:
        """End it, and with it all that it has started."""
        assert self._process.stdin and self._process.stdout
        try:
            self._process.stdin.close()
        except OSError:
            pass
        try:
            self._process.wait(SECONDS_TO_END)
        except subprocess.TimeoutExpired:
            self._process.kill()
            self._process.wait()
        self._process.stdout.close()

    @property
    def has_ended(self) -> bool:
        return self._process.poll() is not None

    def _asked(self, order: CheckOrder) -> CheckReply:
        assert self._process.stdin and self._process.stdout
        try:
            self._process.stdin.write(msgspec.json.encode(order) + b"\n")
            self._process.stdin.flush()
            return msgspec.json.decode(self._process.stdout.readline(), type=CheckReply)
        except (OSError, ValueError):
            message = "The process that judges has ended. Run the cell again; `grade doctor` says what is amiss here."
            raise SandboxError(message) from None


def judge_process() -> JudgeProcess:
    """The one of this process, which is started where there is none."""
    process = _started(os.getpid())
    if process.has_ended:
        _started.cache_clear()
        process = _started(os.getpid())
    return process


@cache
def _started(owner: int) -> JudgeProcess:
    """By the process it is for: a fork of a kernel is not to share the other's."""
    process = JudgeProcess()
    atexit.register(process.close)
    return process
