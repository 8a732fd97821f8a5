"""What people are told who ask for what cannot be: one sentence on what, where and what next, and no traceback."""

import json
import os
import re
import subprocess
from pathlib import Path

import pytest

from grader.cli import main
from grader.cli.main import run
from helpers.command import GRADE
from helpers.places import SOLUTIONS

LONG = "a" * 300
HERE = {
    "plain.py": "x = 1\n",
    "two.txt": "Ada\nBob\n",
    "none.txt": "",
    "digits.txt": "123\n",
    "toml/assignment.toml": "name = \n",
    "keys/assignment.toml": 'name = "x"\n',
    "empty/.keep": "",
}
SOLUTION = str(SOLUTIONS)
WRONG = {
    # what is graded
    "nowhere": "nowhere does not exist. Give the file or folder",
    "empty": "There is no Python file or notebook in empty. Run `grade init`",
    "plain.py": "Nothing in plain.py is a stage of any assignment",
    "plain.py/x": "plain.py/x does not exist",
    LONG: "File name too long. Check the name.",
    os.devnull: f"{os.devnull} is neither a file nor a folder. Give a Python file",
    "SOLUTION other": "unexpected extra argument (other). See `grade --help`",
    # names
    "batch empty -o out --cluster tcp://127.0.0.1:9 --workers 2": "--workers is for this machine alone",
    "export SOLUTION --to csv --only-empty --replace": "Give either --only-empty or --replace",
    "SOLUTION --stage dCount": "There is no stage 'dCount'. Did you mean dCounts, dSumCounts or dSumCountsInverse?",
    "SOLUTION --stage=": "There is no stage ''. The names are:",
    "SOLUTION --stage": "'--stage' requires an argument. See `grade --help`",
    "SOLUTION --exercise softmax": "There is no exercise 'softmax'. The names are: every-expression",
    "SOLUTION --assignment nix": "There is no assignment 'nix'. Choose one of attention, layers, makemore, modules",
    "SOLUTION --assignment=": "There is no assignment ''. Choose one of",
    "SOLUTION --assignment empty": "There is no assignment 'empty'",
    "SOLUTION --assignment plain.py": "There is no assignment 'plain.py'",
    f"SOLUTION --assignment {LONG}": "File name too long",
    "SOLUTION --assignment toml": "toml/assignment.toml: this is not valid TOML: Invalid value (at line 1",
    "SOLUTION --assignment keys": "keys/assignment.toml: the key `title` is missing; it must be a string",
    # files that are read
    "SOLUTION --names nowhere.txt": "nowhere.txt cannot be read",
    "SOLUTION --names empty": "empty cannot be read",
    "SOLUTION --names binary.txt": "binary.txt is not UTF-8 at byte 0. A file of names is plain UTF-8 text",
    "SOLUTION --names none.txt": "none.txt has no names in it",
    "SOLUTION --names digits.txt": "digits.txt has no letters in it",
    # files that are written: told before anything is graded
    "SOLUTION --html empty": "Cannot write empty: it is a folder. Choose another place with --html",
    "SOLUTION --html absent/page.html": "there is no folder absent. Choose another place with --html",
    "SOLUTION --html ex1.py": "Cannot write ex1.py: that name is for code to be graded",
    "SOLUTION --json ex1.ipynb": "that name is for code to be graded. Choose another place with --json",
    "SOLUTION --json empty": "Cannot write empty: it is a folder. Choose another place with --json",
    f"SOLUTION --html {LONG}": "File name too long",
    # values
    "SOLUTION --timeout 0": "'--timeout': 0.0 is not in the range 0.1<=x<=86400",
    "SOLUTION --timeout nan": "'nan' is not a number of seconds. See `grade --help`",
    "SOLUTION --timeout inf": "inf is not in the range",
    "SOLUTION --timeout soon": "'soon' is not a valid number of seconds",
    "SOLUTION --colour": "No such option '--colour'",
    "SOLUTION --stag x": "No such option '--stag'. (Did you mean one of: '--stage'",
    "SOLUTION --execute": " is not a notebook, and --execute needs one. Give the .ipynb file itself",
    "nowhere.ipynb --execute": "nowhere.ipynb does not exist",
    # other commands
    "init plain.py": "there is a file where a folder should be. Choose another place with the argument FOLDER",
    "init here --assignment nix": "There is no assignment 'nix'",
    "init a b": "unexpected extra argument (b). See `grade init --help`",
    "hint": "Missing argument 'STAGE'. See `grade hint --help`",
    "hint dProbz": "There is no stage 'dProbz' in any assignment. Did you mean dprobs (makemore) or",
    "show affine_bakward": "Did you mean affine_backward (layers)",
    "hint qqqqq": "no stage 'qqqqq' in any assignment. `--assignment NAME` looks in one, and lists its stages.",
    "hint dCounts --assignment attention": "There is no stage 'dCounts'",
    "show dCounts --assignment empty": "There is no assignment 'empty'",
    "train nowhere": "nowhere does not exist",
    "train empty": "There is no Python file or notebook in empty",
    "train SOLUTION --steps 0": "'--steps': 0 is not in the range x>=1. See `grade train --help`",
    "train SOLUTION --steps many": "'many' is not a valid whole number",
    "train SOLUTION --html empty": "Cannot write empty: it is a folder",
    "batch nowhere -o out": "nowhere does not exist. Give the folder, or the zip, that has a file or a folder",
    "batch plain.py -o out": "plain.py is a single file. Give a folder or a zip",
    "batch empty -o out": "empty has no Python file, notebook or folder in it. Give a folder or a zip",
    "batch SOLUTION": "Missing option '-o' / '--out'. See `grade batch --help`",
    "batch SOLUTION -o out --workers 0": "'--workers': 0 is not in the range x>=1",
    "batch SOLUTION -o out --names absent": "absent cannot be read",
    f"batch {LONG} -o out": "File name too long",
    "ci": "Missing argument '{github|gitlab|gradescope}'. Choose from: github, gitlab, gradescope",
    "ci gitea": "'gitea' is not one of 'github', 'gitlab', 'gradescope'",
    "ci github plain.py": "there is a file where a folder should be",
    "verify": "Missing argument 'ASSIGNMENT'. See `grade verify --help`",
    "verify nix": "There is no assignment 'nix'",
    "verify nameweave --json empty": "Cannot write empty: it is a folder",
    "release nameweave": "Missing argument 'FOLDER'. See `grade release --help`",
    "release nameweave plain.py": (
        "there is a file where a folder should be. Choose another place with the argument FOLDER"
    ),
    "completion csh": "'csh' is not one of 'bash', 'zsh', 'fish'",
    "watch nowhere": "nowhere does not exist",
    f"watch {LONG}": "File name too long",
    "doctor more": "unexpected extra argument (more). See `grade doctor --help`",
}


@pytest.fixture(autouse=True)
def files(here):
    for name, text in HERE.items():
        (here / name).parent.mkdir(exist_ok=True)
        (here / name).write_text(text, encoding="utf-8")
    (here / "binary.txt").write_bytes(b"\xff\xfe\0")


@pytest.mark.parametrize("words", WRONG, ids=lambda words: words.replace(LONG, "LONG"))
def test_a_request_that_cannot_be_is_one_sentence_and_exit_code_2(words, capsys):
    before = {path for path in Path.cwd().rglob("*")}
    assert run([SOLUTION if word == "SOLUTION" else word for word in words.split(" ")]) == 2
    out, err = capsys.readouterr()
    assert WRONG[words] in err.replace(os.sep, "/") and not out
    assert err.startswith("grade: ") and err.count("\n") == 1 and err.rstrip().endswith((".", "?"))
    assert "Traceback" not in err and "grade run" not in err and "Errno" not in err
    assert {path for path in Path.cwd().rglob("*")} == before, "nothing was written"


@pytest.mark.parametrize("where", ["open", "scandir"])
def test_a_folder_or_file_one_may_not_read_is_told(where, here, monkeypatch, capsys):
    def refuse(path, *_):
        raise PermissionError(13, "Permission denied", str(path))

    if where == "scandir":
        monkeypatch.setattr(Path, "iterdir", refuse)
        assert run(["."]) == 2
    else:
        monkeypatch.setattr(Path, "exists", refuse)
        assert run(["secret"]) == 2
    err = capsys.readouterr().err
    assert re.fullmatch(r"grade: (\.|secret): Permission denied\. Choose another place, .*\n", err)


def test_an_error_of_the_system_that_is_a_fault_of_ours_is_called_one(monkeypatch, capsys):
    def fail(*_, **__):
        raise FileNotFoundError(2, "No such file or directory", "report.html.j2")

    monkeypatch.setattr(main.grade, "main", fail)
    assert run(["."]) == 3
    assert "fault of the grader" in capsys.readouterr().err


@pytest.mark.skipif(not os.path.exists("/dev/full"), reason="there is no full device here")
@pytest.mark.parametrize("arguments", [["--help"], ["hint", "dCounts"], [SOLUTION, "--stage", "dCounts", "--no-html"]])
def test_a_full_disk_behind_the_output_is_told(arguments):
    with open("/dev/full", "w", encoding="utf-8") as full:
        done = subprocess.run([GRADE, *arguments], stdout=full, stderr=subprocess.PIPE, encoding="utf-8", check=False)
    assert done.returncode == 2 and done.stderr.startswith("grade: the output: No space left"), done.stderr


@pytest.mark.parametrize(
    "arguments", [["--help"], ["hint", "dCounts"], [SOLUTION, "--stage", "dCounts", "--json", "-"]]
)
def test_whoever_stops_reading_is_told_nothing(arguments):
    with subprocess.Popen([GRADE, *arguments], stdout=subprocess.PIPE, stderr=subprocess.PIPE) as process:
        process.stdout.close()
        assert process.stderr.read() == b""
        assert process.wait() in (0, 1)


def test_a_report_asked_for_where_it_can_be_written_is_written(here):
    assert run([str(SOLUTIONS), "--stage", "dCounts", "--html", "page.html", "--json", "empty/r.json"]) == 0
    assert (here / "page.html").exists() and json.loads((here / "empty" / "r.json").read_text(encoding="utf-8"))


def test_the_words_of_help_name_no_command_there_is_not(capsys):
    for name in main.COMMANDS:
        if name != main.GRADE:
            assert run([name, "--help"]) == 0
            said = capsys.readouterr().out
            assert said.startswith(f"Usage: grade {name}") and "RANGE" not in said, name


def test_an_interrupted_library_is_an_interrupt_and_no_fault_of_ours(monkeypatch, capsys):
    def load(*arguments, **options):
        try:
            raise KeyboardInterrupt
        except KeyboardInterrupt:
            raise ImportError("cannot load") from None

    monkeypatch.setattr(main.grade, "main", load)
    assert main.run([]) == 130
    assert capsys.readouterr().err == "grade: stopped.\n"
