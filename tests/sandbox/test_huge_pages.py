"""Memory in huge pages has in it what it had, and a fork of it as well."""

import subprocess
import sys

import pytest

SCRIPT = """
import os
from pathlib import Path
from grader.sandbox.theirs.huge_pages import take_huge_pages

def huge():
    lines = Path("/proc/self/smaps_rollup").read_text().splitlines()
    return sum(int(line.split()[1]) for line in lines if line.startswith("AnonHugePages"))

things = [[number, str(number)] for number in range(200_000)]
before = huge()
take_huge_pages()
same = all(thing == [number, str(number)] for number, thing in enumerate(things))
child = os.fork()
if child == 0:
    things[7][0] = -1
    os._exit(things[8][0])
code = os.waitstatus_to_exitcode(os.waitpid(child, 0)[1])
print(same, code, things[7][0], huge() > before)
"""


@pytest.mark.skipif(sys.platform != "linux", reason="huge pages are asked for on Linux alone")
def test_what_is_there_stays_as_it_is():
    done = subprocess.run([sys.executable, "-c", SCRIPT], capture_output=True, text=True, check=True)
    *told, more = done.stdout.split()
    assert told == ["True", "8", "7"]
    if more == "False":
        pytest.skip("this kernel gives no huge pages to who asks for them")
