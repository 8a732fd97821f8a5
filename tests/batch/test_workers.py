"""What workers have in common."""

import subprocess
import sys

import pytest

SCRIPT = """
import socket, sys
from grader.batch.workers import _fork_workers
ours, theirs = socket.socketpair()
ours.close()
assert "torch" not in sys.modules
_fork_workers(theirs, "fork")
print("torch" in sys.modules)
"""


@pytest.mark.skipif(sys.platform != "linux", reason="workers are forked on Linux alone")
def test_torch_is_imported_once_for_all_of_them():
    done = subprocess.run([sys.executable, "-c", SCRIPT], capture_output=True, text=True, check=True)
    assert done.stdout == "True\n"
