"""Every command that the README and the guides show does what they say, in a folder that has what they speak of."""

import os
import re
import shutil
import signal
import subprocess
import sys
import zipfile
from pathlib import Path

import pytest

from helpers.places import MISTAKES, ROOT, SOLUTIONS
from helpers.slope import SOLUTION, write_slope

COMMAND = re.compile(r"^    (grade .*?)(?: {2,}.*)?$", re.MULTILINE)
LINK = re.compile(r"\]\((?!https?:)([^)#]+)")
PAGES = {"docs/instructors.md": 19, "docs/students.md": 14, "README.md": 2, "docs/classes.md": 0}
"""With the least number of commands that each shows and those before it do not."""
ELSEWHERE = {
    "grade verify": "tests/verify/test_verify.py",
    "grade tests/submissions": "tests/cli/test_cli.py",
}
"""What takes minutes, or a checkout, and is tried in another test."""
FOR_EVER = "grade watch"
ENDED = (0, 1)
"""Exit codes of what was graded; 2 and 3 are for requests that cannot be met."""
CANVAS = """\
Student,ID,SIS User ID,SIS Login ID,Section,NameWeave (77)
    Points Possible,,,,,39
"Lovelace, Ada",11,s11,ada,A,
"Łukasz, Ben",12,s12,ben,A,
"""
MOODLE = """\
Identifier,Full name,Email address,Status,Grade,Maximum grade,Grade can be changed,Last modified (grade),Feedback
Participant 11,Ada Lovelace,ada@example.org,Submitted,,39.00,Yes,-,
Participant 12,Ben Łukasz,ben@example.org,Submitted,,39.00,Yes,-,
"""


@pytest.fixture
def folder(tmp_path):
    """Two hand-ins, also as the zip of a course system; a roster, a gradebook, a worksheet, names."""
    for name, source in {"ada": SOLUTIONS, "ben": MISTAKES}.items():
        shutil.copytree(source, tmp_path / "submissions" / name)
    with zipfile.ZipFile(tmp_path / "submissions.zip", "w") as archive:
        for user, (name, source) in enumerate({"lovelaceada": SOLUTIONS, "lukaszben": MISTAKES}.items(), start=11):
            for number, file in enumerate(sorted(source.glob("*.py"))):
                archive.write(file, f"{name}_{user}_{user}{number}_{file.name}")
    (tmp_path / "slope").mkdir()
    (write_slope(tmp_path / "slope") / "layer.py").write_text(f"# grade: slope/layer\n{SOLUTION}", encoding="utf-8")
    files = {
        "roster.csv": "id,name,canvas id,moodle\ns11,Ada Lovelace,11,Participant 11\ns12,Ben Łukasz,12,\n",
        "canvas.csv": CANVAS,
        "moodle.csv": MOODLE,
        "names.txt": "\n".join((ROOT / "Datasets" / "Indian_Names.txt").read_text(encoding="utf-8").split("\n")[:400]),
    }
    for name, text in files.items():
        (tmp_path / name).write_text(text, encoding="utf-8")
    return tmp_path


def environment(folder):
    """That of a person at a terminal, with this Python's `grade`, whose programs remember things below the folder."""
    known = {name: value for name, value in os.environ.items() if name not in ("CI", "GITHUB_ACTIONS")}
    return {
        **known,
        "PATH": f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}",
        "PYTHONUTF8": "1",
        "XDG_STATE_HOME": str(folder / "state"),
    }


def watched(command, folder):
    """What a command says that goes on until Ctrl-C, once it has said how far one is."""
    with subprocess.Popen(
        command.split(), cwd=folder, env=environment(folder), stdout=subprocess.PIPE, text=True
    ) as process:
        said = []
        for line in process.stdout:
            said.append(line)
            if line.startswith("Score"):
                process.send_signal(signal.SIGINT)
                break
        return process.wait(timeout=60), "".join(said)


def commands_of(page):
    return COMMAND.findall((ROOT / page).read_text(encoding="utf-8"))


def run_all(commands, folder):
    """Run what a page shows, one command after the other, in a folder that has what they speak of."""
    for command in commands:
        if any(command.startswith(begun) for begun in ELSEWHERE):
            continue
        if command.startswith(FOR_EVER):
            code, said = watched(command, folder)
        else:
            agreed = ["--trust"] if "--execute" in command else []  # at a terminal it asks
            done = subprocess.run(
                [*command.split(), *agreed],
                cwd=folder,
                env=environment(folder),
                capture_output=True,
                text=True,
                check=False,
                timeout=300,
            )
            code, said = done.returncode, done.stdout + done.stderr
        assert code in ENDED, f"{command}: exit code {code}\n{said}"
        if command.startswith("grade init"):
            shutil.copytree(SOLUTIONS, folder / "nameweave", dirs_exist_ok=True)


@pytest.mark.slow
@pytest.mark.timeout(900)
@pytest.mark.parametrize("page", PAGES)
def test_every_command_of_a_page_runs(page, folder):
    before = {command for each in list(PAGES)[: list(PAGES).index(page)] for command in commands_of(each)}
    commands = [command for command in commands_of(page) if command not in before or command.startswith("grade init")]
    assert len(commands) >= PAGES[page]
    run_all(commands, folder)
    if page == "docs/instructors.md":
        filled = (folder / "canvas-filled.csv").read_text(encoding="utf-8")
        assert '"Lovelace, Ada",11,s11,ada,A,39' in filled
        filled = (folder / "moodle-filled.csv").read_text(encoding="utf-8")
        assert re.search(r"^Participant 11,.*,39(\.00?)?,39.00,Yes", filled, re.MULTILINE)


@pytest.mark.parametrize(
    "page", ["README.md", "CONTRIBUTING.md", *sorted(f"docs/{p.name}" for p in (ROOT / "docs").glob("*.md"))]
)
def test_no_link_of_a_page_leads_nowhere(page):
    place = ROOT / page
    missing = [link for link in LINK.findall(place.read_text(encoding="utf-8")) if not (place.parent / link).exists()]
    assert missing == []
