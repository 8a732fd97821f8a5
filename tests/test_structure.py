"""The house rules of the code: imports go one way along the flow, and the packages hold what they say."""

import ast
import subprocess
import sys
import tarfile
import zipfile

import pytest
from conftest import ROOT

PACKAGE = ROOT / "grader"
NOUNS = {"answer", "errors", "result", "version"}
MAY_IMPORT = {
    "errors": set(),
    "version": set(),
    "answer": set(),
    "result": set(),
    "loop": set(),
    "assignment": {"errors", "loop"},
    "submission": {"answer", "errors"},
    "sandbox": {"answer", "errors", "loop"},
    "judge": {"answer", "assignment", "errors", "loop", "result"},
    "report": {"assignment", "errors", "result"},
    "request": {"assignment", "errors", "submission"},
    "examination": {"assignment", "judge", "sandbox"},
    "asking": {"answer", "assignment", "examination", "judge", "sandbox", "submission"},
    "tasking": {"answer", "asking", "assignment", "examination", "judge", "result", "sandbox", "submission"},
    "two_steps": {"answer", "asking", "assignment", "examination", "sandbox"},
    "mending": {"answer", "asking", "assignment", "examination", "judge", "result", "sandbox"},
    "grading": {
        *NOUNS,
        *("asking", "assignment", "examination", "judge", "mending", "sandbox", "submission", "tasking", "two_steps"),
    },
    "trainer": {"answer", "asking", "assignment", "errors", "loop", "sandbox", "submission"},
    "verify": {*NOUNS, "assignment", "examination", "grading", "judge", "sandbox", "submission"},
    "kernel": set(),
    "batch": {*NOUNS, "assignment", "examination", "grading", "report", "sandbox", "submission"},
    "watching": {"assignment", "errors", "examination", "grading", "report", "result", "sandbox", "submission"},
    "api": {"assignment", "errors", "examination", "grading", "request", "result", "sandbox"},
    "pytest_plugin": {*NOUNS, "assignment", "examination", "grading", "report", "sandbox", "submission"},
    "ci": {"assignment", "errors", "version"},
    "cli": {
        *NOUNS,
        *(
            "assignment",
            "batch",
            "ci",
            "examination",
            "grading",
            "kernel",
            "loop",
            "report",
            "request",
            "sandbox",
            "trainer",
        ),
        "verify",
        "watching",
    },
    "__init__": {"api", "errors", "version"},
}


def modules():
    return sorted(PACKAGE.rglob("*.py"))


def imported(path):
    """The parts of the grader that a module imports, also inside functions."""
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        names = []
        if isinstance(node, ast.ImportFrom) and node.module:
            names = [node.module] if node.module != "grader" else [f"grader.{alias.name}" for alias in node.names]
        elif isinstance(node, ast.Import):
            names = [alias.name for alias in node.names]
        yield from (name.split(".")[1] for name in names if name.startswith("grader."))


@pytest.mark.parametrize("path", modules(), ids=lambda path: str(path.relative_to(PACKAGE)))
def test_imports_go_only_along_the_flow(path):
    part = path.relative_to(PACKAGE).parts[0].removesuffix(".py")
    assert set(imported(path)) - {part} <= MAY_IMPORT[part]


def test_the_allowed_imports_have_no_cycle():
    order = []
    while len(order) < len(MAY_IMPORT):
        ready = [part for part, needs in MAY_IMPORT.items() if part not in order and needs <= set(order)]
        assert ready, "a cycle"
        order += ready


def test_modules_do_not_import_each_other_in_a_circle():
    names = {".".join(path.relative_to(ROOT).with_suffix("").parts): path for path in modules()}
    done = set()

    def visit(name, trail):
        assert name not in trail, " -> ".join([*trail, name])
        if name in done or name not in names:
            return
        for node in ast.parse(names[name].read_text(encoding="utf-8")).body:
            if isinstance(node, ast.ImportFrom) and node.module:
                visit(node.module, [*trail, name])
        done.add(name)

    for name in names:
        visit(name, [])


def test_no_assignment_is_named_inside_the_engine():
    for path in modules():
        if path.name != "catalog.py":
            assert "nameweave" not in path.read_text(encoding="utf-8").lower(), path


def test_import_grader_does_not_import_torch():
    code = "import sys, grader; sys.exit('torch' in sys.modules)"
    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0


def test_wheel_and_sdist_carry_exercises_and_names_and_no_solution(tmp_path):
    command = [sys.executable, "-m", "hatchling", "build", "-d", str(tmp_path)]
    subprocess.run(command, cwd=ROOT, check=True, capture_output=True)
    (wheel,), (sdist,) = tmp_path.glob("*.whl"), tmp_path.glob("*.tar.gz")
    inside = {"wheel": zipfile.ZipFile(wheel).namelist(), "sdist": tarfile.open(sdist).getnames()}
    for names in inside.values():
        assert not [name for name in names if "solution" in name or "tests/" in name or "submissions" in name]
        assert [name for name in names if name.endswith("exercises/nameweave/assignment.toml")]
        assert [name for name in names if name.endswith("exercises/nameweave/forward/batch_norm.py")]
        assert [name for name in names if name.endswith("Datasets/Indian_Names.txt")]
    assert "grader/exercises/nameweave/ex1_every_expression.py" in inside["wheel"]
    assert "grader/report/templates/report.html.j2" in inside["wheel"]
