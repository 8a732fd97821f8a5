"""What a shell is offered to complete, asked for as a shell asks."""

import os
import shutil
import subprocess
import sys

import click
import pytest
from click.shell_completion import ShellComplete

from grader.assignment import load_assignment
from grader.assignment.authoring.answers import solution_texts
from grader.cli import main
from grader.cli.main import COMMANDS, grade, run
from helpers.command import GRADE
from helpers.places import ROOT, SOLUTIONS
from helpers.slope import write_slope

pytestmark = pytest.mark.usefixtures("here")


def offered(*words):
    """What is offered for the last of these words, by kind."""
    items = ShellComplete(grade, {}, "grade", "_GRADE_COMPLETE").get_completions(list(words[:-1]), words[-1])
    return {str(item.value): item.type for item in items}


def test_commands_and_paths_may_come_first():
    assert {"watch", "hint", "init", "completion"} < offered("").keys() and "run" not in offered("")
    assert list(offered("wa").items()) == [("wa", "file"), ("watch", "plain")], "bash forgets what comes before a file"


def test_options_of_grading_may_come_first_and_after_a_path():
    assert offered("--ex").keys() == {"--exercise", "--explain", "--execute"}
    assert offered("handin", "--ex").keys() == offered("--ex").keys()
    assert "--version" in offered("--") and offered("--vers").keys() == {"--version"}
    assert offered("watch", "--no").keys() == {"--no-html"}


def test_every_command_is_offered_its_own_options():
    for name in COMMANDS:
        assert "--help" in offered(name, "--"), name


def test_stages_are_offered_of_the_assignment_that_is_named():
    assert offered("hint", "--assignment", "makemore", "dlog").keys() == {
        *("dlogprobs", "dlogit_maxes", "dlogits", "dlogits_fast"),
    }
    assert offered("--assignment", "attention", "--stage", "dqu").keys() == {"dquery"}


def test_stages_are_offered_of_the_hand_in_that_is_here_and_of_the_others_where_it_has_none(here):
    solutions = solution_texts(load_assignment("makemore"))
    (here / "ex1_every_expression.py").write_text(solutions["ex1_every_expression.py"], encoding="utf-8")
    assert "dCounts" not in offered("hint", "dC") and "dC" in offered("hint", "dC")
    assert "dCounts" in offered("hint", "dCou")


def test_a_path_decides_whose_names_are_offered():
    assert offered(str(SOLUTIONS), "--exercise", "").keys() == {
        *("every-expression", "cross-entropy", "batch-norm", "training"),
    }
    assert offered("watch", str(ROOT / "solutions" / "attention"), "--exercise", "so").keys() == {"softmax"}


def test_names_of_an_assignment_that_the_folder_describes_are_offered_first(here):
    write_slope(here)
    (here / "layer.py").write_text("# grade: slope/layer\n")
    assert offered("hint", "dx").keys() == {"dx"} == offered("hint", "--assignment", "slope", "dx").keys()
    assert offered("--exercise", "").keys() == {"layer"}


def test_functions_that_answer_several_stages_are_offered_too():
    assert "backward" in offered("show", "back") and "backward.dBatchGains" in offered("show", "backward.")


def test_assignments_are_offered_and_folders_where_none_begins_like_that():
    assert offered("verify", "").keys() == {"attention", "layers", "makemore", "modules", "nameweave"}
    assert offered("init", "--assignment", "na").keys() == {"nameweave"}
    assert offered("release", "my/") == {"my/": "dir"}


def test_what_is_not_known_is_offered_nothing_and_no_error():
    assert offered("--assignment", "absent", "--stage", "d") == {}
    assert offered("nowhere", "--stage", "dCou").keys() == {"dCounts"}
    assert offered("hint", "zzz") == {}


@pytest.mark.parametrize("name", COMMANDS)
def test_no_option_that_takes_a_name_is_left_out(name):
    """Options and arguments of these names know what to offer, in every command there is."""
    command = grade.get_command(click.Context(grade), name)
    for param in command.params:
        if param.name in ("stage", "exercise", "assignment"):
            assert param._custom_shell_complete is not None, param.name


@pytest.mark.parametrize("shell", ["bash", "zsh", "fish"])
def test_the_script_for_a_shell_asks_this_command(shell, capsys):
    assert run(["completion", shell]) == 0
    said = capsys.readouterr().out
    assert "_GRADE_COMPLETE" in said and f"{shell}_complete" in said and "grade" in said


def test_a_shell_there_is_no_script_for_is_told(capsys):
    assert run(["completion", "csh"]) == 2
    assert "'bash', 'zsh', 'fish'" in capsys.readouterr().err


@pytest.mark.skipif(not shutil.which("bash"), reason="there is no bash here")
@pytest.mark.parametrize(
    ("words", "wanted"),
    [(["hint", "dCou"], "dCounts"), (["--stage", "dMaxL"], "dMaxLogits"), (["doc"], "doctor")],
)
def test_bash_completes_with_it(words, wanted):
    script = (
        'eval "$(grade completion bash)"; shopt -s expand_aliases; compopt() { :; }\n'
        f"COMP_WORDS=(grade {' '.join(words)}); COMP_CWORD={len(words)}\n"
        '_grade_completion grade; echo "${COMPREPLY[@]}"'
    )
    path = f"{GRADE.parent}{os.pathsep}{os.environ['PATH']}"
    done = subprocess.run(
        ["bash", "--norc", "-c", script], env=os.environ | {"PATH": path}, capture_output=True, text=True, check=False
    )
    assert done.stdout.split() == [wanted], done.stderr


def test_nothing_that_is_asked_for_a_completion_imports_torch_or_runs_what_is_here(here):
    (here / "answers.py").write_text("open('ran', 'w')\ndef dCounts(counts): pass\n", encoding="utf-8")
    code = (
        "import sys; from click.shell_completion import ShellComplete; from grader.cli.main import grade\n"
        "found = ShellComplete(grade, {}, 'grade', '_GRADE_COMPLETE').get_completions(['hint'], 'dCou')\n"
        "assert [item.value for item in found] == ['dCounts']; sys.exit('torch' in sys.modules)"
    )
    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0
    assert not (here / "ran").exists()


def test_a_command_word_stays_a_command(monkeypatch):
    """The list of first words is the one that commands are found by."""
    monkeypatch.setitem(main.COMMANDS, "later", ("grader.cli.ci", "Comes later."))
    assert "later" in offered("la")
