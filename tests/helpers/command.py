"""The command, run as its users run it."""

import os
import subprocess
import sys
from pathlib import Path

GRADE = Path(sys.executable).with_name("grade")
MAIN = "from grader.cli.main import main; main()"
"""The same as code for Python."""


def grade(*arguments: object, cwd: Path, **environment: str) -> subprocess.CompletedProcess[str]:
    """Run the command in a folder, with these variables besides those that there are."""
    return subprocess.run(
        [GRADE, *map(str, arguments)],
        cwd=cwd,
        env=os.environ | environment,
        capture_output=True,
        encoding="utf-8",
        timeout=300,
        check=False,
    )
