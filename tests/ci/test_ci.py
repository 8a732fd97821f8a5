"""The workflows and the autograder: read as their hosts read them, and run here, `pip` aside."""

import json
import os
import re
import shutil
import signal
import subprocess
import sys
import time
import zipfile
from pathlib import Path
from xml.etree import ElementTree

import pytest
import yaml

from grader.assignment import load_assignment
from grader.assignment.authoring.release import grading_files
from grader.ci.wheel import wheel
from grader.cli.main import run
from grader.errors import AssignmentError
from grader.report.json import to_line
from grader.version import __version__
from helpers.obeyed import acting
from helpers.places import MISTAKES, ROOT, SOLUTIONS
from helpers.results import a_result, a_stage
from helpers.runner import commands
from helpers.slope import INPUTS

pytestmark = pytest.mark.slow

BIN = Path(sys.executable).parent
STUB_OF_PIP = '#!/bin/sh\necho "$@" >>"$PIP_ASKED"\n'

ASSIGNMENT = """\
name = "slope"
title = "Slope: one layer"
inputs = "inputs.py"
seed = 3
gradient = "d{tensor}"

[sizes]
rows = { course = 5, probes = [6, 12] }
columns = { course = 4, probes = [6, 12] }

[[exercises]]
name = "layer"
title = "The layer"
script = "forward/layer.py"
stub = "layer.py"
stages = [{ tensor = "bent" }, { tensor = "x", points = 2 }]
"""
FORWARD = "bent = torch.sigmoid(x * slope)\nloss = (bent ** 2).mean()\n"
GOOD = """\
# grade: slope/layer
def dbent(bent, rows, columns):
    return 2 * bent / (rows * columns)


def dx(bent, slope, dbent):
    return dbent * bent * (1 - bent) * slope
"""
WRONG = GOOD.replace("return 2 * bent", "return bent")
HOSTILE = """\
# grade: slope/layer
MARKS = "::error::owned\\n::set-output name=result::100\\n ##[error]owned\\x1b[31m<script>owned</script>]]>"
print(MARKS)


def dbent(bent):
    print(MARKS)
    raise ValueError(MARKS)


def dx(dbent):
    import os

    os.write(1, MARKS.encode())
    for name in ("/dev/stdout", os.environ.get("GITHUB_OUTPUT", "x"), "results/results.json"):
        try:
            open(name, "w").write(MARKS)
        except OSError:
            pass
    os._exit(0)
"""
SUBMISSIONS = {"good": GOOD, "wrong": WRONG, "hostile": HOSTILE}


@pytest.fixture
def course(tmp_path):
    """A repository with an assignment of its own in `course/slope`, and its solution and a secret beside it."""
    repository = tmp_path / "repository"
    files = {
        "assignment.toml": ASSIGNMENT,
        "inputs.py": INPUTS,
        "forward/layer.py": FORWARD,
        "layer.py": GOOD,
        "solutions/layer.py": GOOD,
        "marks.txt": "secret",
    }
    for name, text in files.items():
        path = repository / "course" / "slope" / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")
    return repository


@pytest.fixture
def machine(tmp_path):
    """The environment of a job: a `pip` that only notes what it is asked, and the files that a runner names."""
    stubs = tmp_path / "stubs"
    program(stubs / "pip", STUB_OF_PIP)
    names = {name: str(tmp_path / name.lower()) for name in ("GITHUB_STEP_SUMMARY", "GITHUB_OUTPUT", "PIP_ASKED")}
    (tmp_path / "runner").mkdir()
    names["RUNNER_TEMP"] = str(tmp_path / "runner")
    return os.environ | names | {"PATH": f"{stubs}:{BIN}:{os.environ['PATH']}", "HOME": str(tmp_path)}


def program(path, text):
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text, encoding="utf-8")
    path.chmod(0o755)


def shell(script, folder, environment):
    """Run lines as a code host does: its exit code, and its log."""
    done = subprocess.run(
        ["bash", "--noprofile", "--norc", "-e", "-o", "pipefail", "-c", script],
        cwd=folder,
        env=environment,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        timeout=240,
        check=False,
    )
    return done.returncode, done.stdout.decode()


def run_job(job, folder, environment):
    """Run the steps of a job of GitHub's: whether all went well, and the log."""
    environment = environment | {"GITHUB_WORKSPACE": str(folder), "GITHUB_ACTIONS": "true"}
    well, log = True, ""
    for step in job["steps"]:
        if "run" in step and (well or step.get("if") == "always()"):
            code, said = shell(step["run"], folder, environment)
            well, log = well and code == 0, log + said
    return well, log


def github(folder, *options):
    assert run(["ci", "github", str(folder), *options]) == 0
    text = (folder / ".github" / "workflows" / "grade.yml").read_text(encoding="utf-8")
    return yaml.safe_load(text)["jobs"]["grade"]


def gitlab(folder, *options):
    assert run(["ci", "gitlab", str(folder), *options]) == 0
    return yaml.safe_load((folder / ".gitlab-ci.yml").read_text(encoding="utf-8"))["grade"]


def submit(folder, name):
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "layer.py").write_text(SUBMISSIONS[name], encoding="utf-8")


def made_by(machine):
    """The folder that the job of GitHub's uploads."""
    return Path(machine["RUNNER_TEMP"]) / "graded"


def asked_of_pip(machine):
    return Path(machine["PIP_ASKED"]).read_text(encoding="utf-8").splitlines()


# --- the files ------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("host", ["github", "gitlab"])
@pytest.mark.parametrize(
    "options", [(), ("--class",), ("--assignment", "makemore"), ("--class", "--assignment", "makemore")]
)
def test_a_workflow_is_yaml_with_nothing_left_to_fill_in_and_is_never_overwritten(host, options, tmp_path, capsys):
    assert run(["ci", host, str(tmp_path), *options]) == 0
    (path,) = [path for path in tmp_path.rglob("*") if path.is_file()]
    text = path.read_text(encoding="utf-8")
    assert yaml.safe_load(text)["jobs" if host == "github" else "grade"]
    assert "@" not in re.sub(r"actions/[\w-]+@v\d", "", text) and "python" not in text.replace(
        "setup-python", ""
    ).replace("python-version", "").replace("image: python", "")
    assert not re.search(r"https?:|\w\.(?:org|com|io)\b", text)
    assert ("--assignment makemore" in text) == ("makemore" in options)
    assert ("grade batch submissions" in text) == ("--class" in options)
    path.write_text("mine", encoding="utf-8")
    assert run(["ci", host, str(tmp_path), *options]) == 0
    assert "kept" in capsys.readouterr().out and path.read_text(encoding="utf-8") == "mine"


@pytest.mark.parametrize(
    ("host", "of_class"), [("github", True), ("github", False), ("gitlab", True), ("gitlab", False)]
)
def test_torch_comes_from_the_index_that_is_asked_for_and_only_a_class_keeps_downloads(host, of_class, tmp_path):
    options = ["--class"] if of_class else []
    assert run(["ci", host, str(tmp_path), *options, "--torch-index", "https://index.example/whl/cpu"]) == 0
    (path,) = [path for path in tmp_path.rglob("*") if path.is_file()]
    text = path.read_text(encoding="utf-8")
    assert "pip install torch --index-url https://index.example/whl/cpu\n" in text.replace(")\n", "\n")
    assert ("cache" in text) == of_class and yaml.safe_load(text)


def test_an_address_that_a_shell_may_misread_is_refused(tmp_path, capsys):
    assert run(["ci", "github", str(tmp_path), "--torch-index", "https://x/$(id)"]) == 2
    assert "address of an index" in capsys.readouterr().err and not [*tmp_path.iterdir()]


@pytest.mark.parametrize("options", [(), ("--class",)])
def test_the_workflow_of_github_may_only_read_and_keeps_reports_of_failures_too(options, tmp_path):
    job = github(tmp_path, *options)
    text = (tmp_path / ".github" / "workflows" / "grade.yml").read_text(encoding="utf-8")
    assert yaml.safe_load(text)["permissions"] == {"contents": "read"} and "secrets" not in text
    assert "pull_request" not in text and job["steps"][0]["with"] == {"persist-credentials": False}
    *_, upload = job["steps"]
    assert upload["with"]["path"] == "${{ runner.temp }}/graded"
    assert upload["uses"].startswith("actions/upload-artifact@") and upload["if"] == "always()"


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["gradescope", "--class"], "one submission at a time"),
        (["jenkins"], "'jenkins' is not one of"),
        (["github", "--assignment", "absent"], "There is no assignment 'absent'"),
        (["gradescope", "--assignment", "absent"], "There is no assignment 'absent'"),
        (["github", "--assignment", "{course}/course/slope"], "Move its folder there"),
        (["github", "{course}", "--assignment", "{course}/course/my $(slope)"], "may misread"),
    ],
)
def test_a_request_that_makes_no_sense_is_told_in_a_sentence(arguments, said, course, tmp_path, monkeypatch, capsys):
    (tmp_path / "elsewhere").mkdir()
    monkeypatch.chdir(tmp_path / "elsewhere")
    shutil.copytree(course / "course" / "slope", course / "course" / "my $(slope)")
    assert run(["ci", *(argument.format(course=course) for argument in arguments)]) == 2
    assert said in capsys.readouterr().err and not list((tmp_path / "elsewhere").iterdir())


# --- GitHub and GitLab ----------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("name", "passes", "annotated"), [("good", True, 0), ("wrong", False, 1), ("hostile", False, 2)]
)
def test_the_job_of_a_student_fails_if_and_only_if_a_stage_did(name, passes, annotated, course, machine, capsys):
    job = github(course, "--assignment", str(course / "course" / "slope"))
    submit(course, name)
    well, log = run_job(job, course, machine)
    assert well == passes, log
    assert asked_of_pip(machine) == ["install torch", f"install backprop-grader=={__version__}"]
    found = list(commands(log))
    assert [kind for kind, _, _ in found] == ["error"] * annotated, log
    assert all(given["file"] == "layer.py" and given["title"] in ("dbent", "dx") for _, given, _ in found)
    assert "Score" in log and {path.name for path in made_by(machine).iterdir()} == {"report.html", "result.json"}
    summary = Path(machine["GITHUB_STEP_SUMMARY"]).read_text(encoding="utf-8")
    assert "<script" not in summary and "| <code>dbent</code> |" in summary
    assert re.fullmatch(r"result=[\w+/=]+\n", Path(machine["GITHUB_OUTPUT"]).read_text(encoding="utf-8"))


def test_the_job_of_a_repository_without_a_hand_in_fails_and_says_so(tmp_path, machine):
    well, log = run_job(github(tmp_path), tmp_path, machine)
    assert not well and "There is no Python file or notebook in" in log and "Traceback" not in log


def test_the_job_finds_out_by_itself_which_assignment_it_is(tmp_path, machine):
    for path in SOLUTIONS.glob("*.py"):
        shutil.copy(path, tmp_path)
    well, log = run_job(github(tmp_path), tmp_path, machine)
    assert well and "Score 39 / 39" in log, log


@pytest.mark.parametrize(("name", "code"), [("good", 0), ("wrong", 1), ("hostile", 1)])
def test_the_job_of_gitlab_fails_if_and_only_if_a_stage_did_and_leaves_its_tests(name, code, course, machine):
    job = gitlab(course, "--assignment", str(course / "course" / "slope"))
    submit(course, name)
    got, log = shell("\n".join(job["script"]), course, machine)
    assert got == code, log
    assert asked_of_pip(machine) == ["install torch", f"install backprop-grader=={__version__}"]
    assert job["artifacts"]["paths"] == ["graded"]
    assert {path.name for path in (course / "graded").iterdir()} == {"report.html", "result.json", "junit.xml"}
    tests = ElementTree.parse(course / job["artifacts"]["reports"]["junit"]).getroot()
    assert {case.get("name") for case in tests.iter("testcase")} == {"dbent", "dx"}
    assert "\x1b" not in log and job["artifacts"]["when"] == "always"


@pytest.mark.parametrize("host", [github, gitlab])
def test_the_job_of_a_class_judges_everyone_and_fails_nobody(host, course, machine):
    job = host(course, "--class", "--assignment", str(course / "course" / "slope"))
    for name in SUBMISSIONS:
        submit(course / "submissions" / name, name)
    submit(course / "submissions" / "::error::owned", "wrong")
    script = "\n".join(job.get("script", ()))
    well, log = (shell(script, course, machine)[0] == 0, "") if script else run_job(job, course, machine)
    assert well and not list(commands(log)), log
    made = course / "graded" if script else made_by(machine)
    assert {path.name for path in made.iterdir()} >= {"index.html", "gradebook.csv", "results.jsonl"}
    if script:
        tests = ElementTree.parse(made / "junit.xml").getroot()
        assert {suite.get("name") for suite in tests} >= {"good.slope", "wrong.slope", "hostile.slope"}
    else:
        summary = Path(machine["GITHUB_STEP_SUMMARY"]).read_text(encoding="utf-8")
        assert summary.count("\n| <code>") == 4 and "| 3 / 3 |" in summary and "owned</code>" in summary


CAUGHT = "import os, pathlib\npathlib.Path({mark!r}).touch()\n"
IMPORTED = ("secrets", "random", "json", "torch", "numpy", "pip", "grader", "click", "sitecustomize", "usercustomize")


def set_traps(folder, machine):
    """What someone may commit beside a submission: modules that would be imported, and results of their own."""
    mark = folder.parent / "caught"
    for name in IMPORTED:
        (folder / name).mkdir()
        (folder / name / "__init__.py").write_text(CAUGHT.format(mark=str(mark)), encoding="utf-8")
    perfect = a_result("mine", [a_stage(), a_stage("dx")])
    for name in ("result.json", "graded/result.json", "graded/results.jsonl", "reports/results.jsonl"):
        (folder / name).parent.mkdir(exist_ok=True)
        (folder / name).write_bytes(to_line(perfect))
    for name in ("junit.xml", "graded/junit.xml", "report.html", "graded/report.html"):
        (folder / name).write_text("owned", encoding="utf-8")
    return mark


def test_nothing_that_is_committed_is_run_or_believed_by_the_job_of_github(tmp_path, machine):
    folder = tmp_path / "repository"
    folder.mkdir()
    job, mark = github(folder), set_traps(folder, machine)
    well, log = run_job(job, folder, machine)
    assert not well and not mark.exists(), log
    assert not list(made_by(machine).iterdir()) and not Path(machine["GITHUB_OUTPUT"]).exists()


def test_nothing_that_is_committed_is_run_or_believed_by_the_job_of_gitlab(tmp_path, machine):
    folder = tmp_path / "repository"
    folder.mkdir()
    job, mark = gitlab(folder), set_traps(folder, machine)
    code, log = shell("\n".join(job["script"]), folder, machine)
    assert code == 2 and not mark.exists(), log
    assert not list((folder / "graded").iterdir())


def test_the_grades_of_an_earlier_run_are_not_taken_from_the_repository(course, machine):
    """A run that made them would have found nothing new."""
    job = gitlab(course, "--class", "--assignment", str(course / "course" / "slope"))
    submit(course / "submissions" / "wrong", "wrong")
    shell("\n".join(job["script"]), course, machine)
    again = shell("\n".join(job["script"]), course, machine)
    assert "1 of 1 judged." in again[1] and "Nothing was new" not in again[1]


@pytest.mark.parametrize("options", [(), ("--class",)])
def test_rules_that_somebody_changed_are_not_graded_by(options, course, machine):
    chosen = (*options, "--assignment", str(course / "course" / "slope"))
    job, other = github(course, *chosen), gitlab(course, *chosen)
    submit(course / "submissions" / "wrong", "wrong")
    forward = course / "course" / "slope" / "forward" / "layer.py"
    forward.write_text(f"{FORWARD}# easier\n", encoding="utf-8")
    well, log = run_job(job, course, machine)
    assert not well and "Write it again" in log and not made_by(machine).exists()
    code, log = shell("\n".join(other["script"]), course, machine)
    assert code and "Write it again" in log and not (course / "graded").exists()


# --- Gradescope -----------------------------------------------------------------------------------------------------


def unpacked(archive, folder):
    """Unpack a zip as `unzip` does, with the bits that say what may be run."""
    with zipfile.ZipFile(archive) as packed:
        for entry in packed.infolist():
            path = Path(packed.extract(entry, folder))
            path.chmod(entry.external_attr >> 16 & 0o777)
    return folder


@pytest.fixture
def autograder(course, tmp_path, machine):
    """Gradescope's machine with an autograder of the assignment of one's own: its root, and the environment."""
    root = tmp_path / "autograder"
    assert run(["ci", "gradescope", str(tmp_path), "--assignment", str(course / "course" / "slope")]) == 0
    unpacked(tmp_path / "autograder.zip", root / "source")
    (root / "submission").mkdir()
    return root, machine | {"AUTOGRADER": str(root)}


def autograde(autograder):
    """Run it as Gradescope does: its exit code, its log, and what it left."""
    root, environment = autograder
    code, log = shell(str(root / "source" / "run_autograder"), root, environment)
    assert [path.name for path in (root / "results").iterdir()] == ["results.json"]
    return code, log, json.loads((root / "results" / "results.json").read_text(encoding="utf-8"))


def test_the_zip_holds_what_grading_takes_and_no_solution(autograder):
    root, _ = autograder
    names = {path.relative_to(root / "source").as_posix() for path in (root / "source").rglob("*") if path.is_file()}
    assert names == {
        *("setup.sh", "run_autograder", f"backprop_grader-{__version__}-py3-none-any.whl"),
        *("assignment/assignment.toml", "assignment/inputs.py", "assignment/forward/layer.py"),
    }
    assert [name for name in sorted(names) if os.access(root / "source" / name, os.X_OK)] == [
        "run_autograder",
        "setup.sh",
    ]
    for name in ("setup.sh", "run_autograder"):
        text = (root / "source" / name).read_text(encoding="utf-8")
        assert "@" not in text and not re.search(r"https?:|\w\.(?:org|com|io)\b", text) and "\r" not in text


def test_setup_asks_for_torch_and_for_the_grader_that_came_along_and_ends_with_what_is_protected(autograder):
    root, environment = autograder
    code, log = shell(str(root / "source" / "setup.sh"), root, environment)
    assert code == 0, log
    assert asked_of_pip(environment) == [
        "install torch",
        f"install {root}/source/backprop_grader-{__version__}-py3-none-any.whl",
    ]
    assert "isolation: network" in log


def test_setup_brings_a_newer_python_where_the_images_own_is_too_old(autograder, tmp_path):
    root, environment = autograder
    program(tmp_path / "stubs" / "python3", "#!/bin/sh\nexit 1\n")
    program(tmp_path / "stubs" / "apt-get", '#!/bin/sh\necho "apt-get $@" >>"$PIP_ASKED"\n')
    program(tmp_path / "stubs" / "python3.11", f'#!/bin/sh\nmkdir -p "$3/bin"\nln -s {tmp_path}/new "$3/bin/pip"\n')
    program(tmp_path / "new", '#!/bin/sh\necho "new pip $@" >>"$PIP_ASKED"\n')
    code, log = shell(str(root / "source" / "setup.sh"), root, environment)
    assert code == 0, log
    assert asked_of_pip(environment)[:3] == [
        "apt-get update -qq",
        "apt-get install -y -qq python3.11 python3.11-venv",
        "new pip install torch",
    ]


@pytest.mark.parametrize(("name", "score"), [("good", 3), ("wrong", 2), ("hostile", 0)])
def test_a_submission_gets_its_points_and_nothing_it_says_gets_anywhere_raw(name, score, autograder):
    root, _ = autograder
    submit(root / "submission", name)
    code, log, document = autograde(autograder)
    assert (code, document["score"], len(document["tests"])) == (0, score, 2), log
    shown = json.dumps(document, ensure_ascii=False)
    assert "owned" not in log and not acting(shown) and not list(commands(log))
    assert {test["output_format"] for test in document["tests"]} == {document["output_format"]} == {"text"}
    assert ("owned" in document["tests"][0]["output"]) == (name == "hostile")


def test_a_submission_that_is_none_is_judged_and_told_why(autograder):
    root, _ = autograder
    (root / "submission" / "essay.pdf").write_bytes(b"%PDF")
    os.mkfifo(root / "submission" / "pipe.py")
    (root / "submission" / "link.py").symlink_to(root / "source" / "assignment" / "inputs.py")
    code, log, document = autograde(autograder)
    assert (code, document["score"]) == (0, 0), log
    assert "link" in document["output"]


def test_the_assignment_that_ships_is_graded_by_its_name(tmp_path, machine):
    root = tmp_path / "autograder"
    assert run(["ci", "gradescope", str(tmp_path)]) == 0
    unpacked(tmp_path / "autograder.zip", root / "source")
    for number, file in enumerate(sorted(MISTAKES.glob("*.py")), 1):  # folders as students make them
        folder = root / "submission" / f"submission_{number}"
        folder.mkdir(parents=True)
        shutil.copy(file, folder)
    code, log, document = autograde((root, machine | {"AUTOGRADER": str(root)}))
    assert (code, document["score"], len(document["tests"])) == (0, 19, 39), log
    assert not (root / "source" / "assignment").exists()


def without_a_number(document):
    return "score" not in document and "tests" not in document and document["output_format"] == "text"


def test_a_run_that_is_ended_leaves_a_file_that_says_so_and_holds_no_number(autograder, tmp_path):
    root, environment = autograder
    program(tmp_path / "stubs" / "grade", "#!/bin/sh\nsleep 100\n")
    command = [str(root / "source" / "run_autograder")]
    process = subprocess.Popen(command, cwd=root, env=environment, start_new_session=True)
    results, deadline = root / "results" / "results.json", time.monotonic() + 30
    while not (results.exists() and results.read_bytes().endswith(b"}\n")) and time.monotonic() < deadline:
        time.sleep(0.02)
    os.killpg(process.pid, signal.SIGKILL)
    process.wait()
    document = json.loads(results.read_bytes())
    assert without_a_number(document) and "did not finish" in document["output"]


def test_a_grader_that_fails_is_a_failed_autograder_and_no_score_of_0(autograder, tmp_path):
    program(tmp_path / "stubs" / "grade", "#!/bin/sh\nexit 2\n")
    code, _, document = autograde(autograder)
    assert code == 2 and without_a_number(document) and "did not finish" in document["output"]


def test_what_could_not_be_judged_is_a_failed_autograder_and_no_score_of_0(autograder, tmp_path):
    (tmp_path / "lines").write_bytes(to_line(a_result("x", [a_stage(), a_stage("dx", "ungraded")])))
    batch = f'if [ "$1" = batch ]; then mkdir -p "$4"; cp {tmp_path}/lines "$4/results.jsonl"; exit 3; fi'
    program(tmp_path / "stubs" / "grade", f'#!/bin/sh\n{batch}\nexec {BIN}/grade "$@"\n')
    code, log, document = autograde(autograder)
    assert code == 3 and without_a_number(document) and "could not judge" in document["output"], log


@pytest.mark.parametrize("change", [("inputs.py", "../inputs.py"), ("inputs.py", "link.py")])
def test_an_assignment_with_a_file_elsewhere_does_not_go_into_the_zip(change, course):
    folder = course / "course" / "slope"
    shutil.move(folder / "inputs.py", course / "course" / "inputs.py")
    (folder / "link.py").symlink_to(course / "course" / "inputs.py")
    (folder / "assignment.toml").write_text(ASSIGNMENT.replace(*change), encoding="utf-8")
    with pytest.raises(AssignmentError, match="must be inside the assignment's folder"):
        grading_files(load_assignment(folder))


def test_the_zip_is_the_same_every_time(course, tmp_path):
    for name in ("one", "two"):
        assert run(["ci", "gradescope", str(tmp_path / name)]) == 0
    assert (tmp_path / "one" / "autograder.zip").read_bytes() == (tmp_path / "two" / "autograder.zip").read_bytes()


# --- the wheel ------------------------------------------------------------------------------------------------------


def test_the_wheel_has_the_files_of_the_one_that_is_released(tmp_path):
    command = [sys.executable, "-m", "hatchling", "build", "-t", "wheel", "-d", str(tmp_path)]
    subprocess.run(command, cwd=ROOT, check=True, capture_output=True)
    (released,) = tmp_path.glob("*.whl")
    name, data = wheel()
    (tmp_path / "ours").mkdir()
    (tmp_path / "ours" / name).write_bytes(data)
    assert name == released.name
    texts = []
    for path in (released, tmp_path / "ours" / name):
        with zipfile.ZipFile(path) as archive:
            texts.append({n: archive.read(n) for n in archive.namelist() if ".dist-info/" not in n})
    assert texts[0] == texts[1]


def test_the_wheel_can_be_installed_and_used(tmp_path):
    name, data = wheel()
    (tmp_path / name).write_bytes(data)
    place = tmp_path / "installed"
    options = ["--quiet", "--no-index", "--no-deps", "--disable-pip-version-check", "--target", str(place)]
    subprocess.run([sys.executable, "-m", "pip", "install", *options, str(tmp_path / name)], check=True)
    code = "import grader, sys; print(grader.__file__); from grader.cli.main import main; main(sys.argv[1:])"
    environment = os.environ | {"PYTHONPATH": str(place)}
    command = [sys.executable, "-c", code, "init", str(tmp_path / "work")]
    done = subprocess.run(command, env=environment, check=True, capture_output=True, text=True, cwd=tmp_path)
    assert str(place) in done.stdout and (tmp_path / "work" / "ex1_every_expression.py").is_file()
    assert (place / "bin" / "grade").is_file()
