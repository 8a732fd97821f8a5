"""The command in a process of its own, forked from one that has imported the libraries: that takes most of a start.

What is forked has its own streams, environment, folder and arguments, and `grader` is imported in it.
"""

import array
import importlib
import json
import os
import socket
import subprocess
import sys
import tempfile
from collections.abc import Mapping
from pathlib import Path

MESSAGE = 1 << 20
SECONDS = 300
LIBRARIES = (
    "click IPython.core.inputtransformer2 jinja2 msgspec nbformat numpy pygments.formatters pygments.lexers "
    "rich.console rich.progress rich.table safetensors.torch torch watchfiles"
)


class Warm:
    """A process that waits to be forked."""

    def __init__(self) -> None:
        self._server, theirs = socket.socketpair(socket.AF_UNIX, socket.SOCK_SEQPACKET)
        self._server.settimeout(SECONDS)
        self._process = subprocess.Popen(
            [sys.executable, __file__, str(theirs.fileno())],
            pass_fds=[theirs.fileno()],
            env=os.environ | {"OPENBLAS_NUM_THREADS": "1"},
        )
        theirs.close()

    def grade(
        self, *arguments: object, cwd: Path, env: Mapping[str, str] | None = None
    ) -> subprocess.CompletedProcess[str]:
        """Run `grade` as `subprocess.run` does with no input, and both streams captured."""
        said = list(map(str, arguments))
        asked = {"argv": ["grade", *said], "cwd": str(cwd), "env": dict(os.environ if env is None else env)}
        with tempfile.TemporaryFile() as out, tempfile.TemporaryFile() as err, open(os.devnull, "rb") as nothing:
            streams = array.array("i", [nothing.fileno(), out.fileno(), err.fileno()])
            rights = [(socket.SOL_SOCKET, socket.SCM_RIGHTS, streams)]
            self._server.sendmsg([json.dumps(asked).encode()], rights)
            code = int(self._server.recv(MESSAGE))
            texts = [(file.seek(0), file.read().decode("utf-8"))[1] for file in (out, err)]
        return subprocess.CompletedProcess(said, code, *texts)

    def close(self) -> None:
        self._server.close()
        self._process.terminate()
        self._process.wait()


def serve(client: socket.socket) -> dict | None:
    """Fork for each request: what is asked in the fork, None where all is done."""
    while True:
        message, streams, _, _ = socket.recv_fds(client, MESSAGE, 3)
        if not message:
            return None
        pid = os.fork()
        if pid == 0:
            client.close()
            for number, stream in enumerate(streams):
                os.dup2(stream, number)
                os.close(stream)
            return json.loads(message)
        for stream in streams:
            os.close(stream)
        client.send(str(os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1])).encode())


def become(asked: dict) -> None:
    """Be as a process that was started anew with these arguments."""
    os.chdir(asked["cwd"])
    os.environ.clear()
    os.environ.update(asked["env"])
    sys.argv = asked["argv"]
    sys.stdin = open(0, encoding="utf-8", closefd=False)
    sys.stdout = open(1, "w", encoding="utf-8", closefd=False)
    sys.stderr = open(2, "w", encoding="utf-8", closefd=False, buffering=1, errors="backslashreplace")
    folders = [folder for folder in asked["env"].get("PYTHONPATH", "").split(os.pathsep) if folder]
    sys.path[:] = [*folders, *(folder for folder in sys.path if folder not in folders)]
    for customize in (Path(folder) / "sitecustomize.py" for folder in folders):
        if customize.is_file():
            exec(compile(customize.read_text(encoding="utf-8"), str(customize), "exec"), {"__name__": "sitecustomize"})
            return


if __name__ == "__main__":
    sys.path.pop(0)  # the folder of the tests
    for library in LIBRARIES.split():
        importlib.import_module(library)
    if asked := serve(socket.socket(fileno=int(sys.argv[1]))):
        become(asked)
        from grader.cli.main import main

        sys.exit(main())
