"""The house rules of the code: imports go down the floors, and nothing of ours is where student code runs."""

import ast
import re
import subprocess
import sys
import tarfile
import zipfile
from functools import cache

import pytest

from grader.border import Source
from grader.sandbox.border.messages import Wanted, WantedStage
from grader.sandbox.ours import Sandbox
from grader.sandbox.ours.offers import Offers
from grader.sandbox.ours.question import Question
from helpers.places import ROOT

PACKAGE = ROOT / "grader"
FLOORS = (
    ("border", "errors", "garbage", "lazily", "result", "sandbox", "version"),
    ("kernel", "report/safe", "submission", "sandbox/border", "writing"),
    ("remembered", "sandbox/theirs/dataflow"),
    ("alike", "assignment", "marks"),
    ("assignment/authoring", "judge", "report", "sandbox/theirs/source"),
    ("ci", "classroom/unpack", "judge/why", "report/export", "sandbox/theirs"),
    ("classroom/layouts", "sandbox/ours"),
    ("classroom", "run"),
    ("checking",),
    ("api", "batch", "pytest_plugin", "verify", "watching"),
    ("__init__", "cli"),
)
"""The rooms of `grader/`. A module imports from its own room and from the floors below it."""
STARTED = {"grader.sandbox.theirs.zygote"}
"""All that our side of the sandbox imports of theirs: what it starts."""


def name_of(path):
    """The dotted name of a module or package."""
    parts = path.relative_to(ROOT).with_suffix("").parts
    return ".".join(parts[:-1] if parts[-1] == "__init__" else parts)


MODULES = {name_of(path): path for path in sorted(PACKAGE.rglob("*.py"))}


def room(name):
    """The folder a module lies in; of one at the top, its own name."""
    path = MODULES[name].relative_to(PACKAGE)
    return path.parent.as_posix() if path.parent.name else path.stem


@cache
def imports(name):
    """The modules of the grader that one imports, with `from package import module` resolved to the module; imports
    inside functions count as well."""
    return tuple(_imports(name))


def _imports(name):
    for node in ast.walk(ast.parse(MODULES[name].read_text(encoding="utf-8"))):
        if isinstance(node, ast.ImportFrom):
            assert not node.level, f"{name}: a relative import"
            for alias in node.names:
                whole = f"{node.module}.{alias.name}"
                yield from (each for each in [whole if whole in MODULES else node.module] if each in MODULES)
        elif isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names if alias.name in MODULES)


def test_every_room_is_on_one_floor():
    rooms = [each for floor in FLOORS for each in floor]
    assert len(rooms) == len(set(rooms)) and set(rooms) == {room(name) for name in MODULES}


def test_imports_go_down_the_floors():
    floor = {each: number for number, floor in enumerate(FLOORS) for each in floor}
    among = [(name, other) for name in MODULES for other in imports(name) if room(other) != room(name)]
    assert [f"{name} -> {other}" for name, other in among if floor[room(other)] >= floor[room(name)]] == []


def test_modules_do_not_import_each_other_in_a_circle():
    done = set()

    def visit(name, trail):
        assert name not in trail, " -> ".join([*trail, name])
        if name not in done:
            for other in imports(name):
                visit(other, [*trail, name])
        done.add(name)

    for name in MODULES:
        visit(name, [])


def test_our_side_of_the_sandbox_imports_nothing_of_theirs_but_what_it_starts():
    """The other way round, the floors forbid it."""
    ours = [name for name in MODULES if room(name) == "sandbox/ours"]
    assert len(ours) > 5
    assert {other for name in ours for other in imports(name) if "theirs" in other} <= STARTED


LOOKS_ROUND = """
import sys

def seen():
    print(*[name for name in sys.modules if name.split(".")[0] == "grader"])
"""


@pytest.mark.parametrize("start", ["zygote", "spawn"])
def test_where_student_code_runs_there_is_nothing_of_ours(start):
    """A hand-in says what has been imported around it."""
    printed = ""
    with Sandbox(start=start) as sandbox:
        session = sandbox.open((Source("seen.py", LOOKS_ROUND),), Wanted((WantedStage("seen"),)))
        with session:
            seen = Question("seen", session.loaded.functions["seen"][0], Offers([{}]))
            for _ in range(50):  # what is printed may come after the answer: it has a pipe of its own
                printed = printed or session.ask(seen).printed
    rooms = {room(name) for name in printed.split() if name in MODULES}
    assert "sandbox/theirs" in rooms
    assert not {each for each in rooms if not each.startswith("sandbox")} - {"__init__", "border", "errors", "version"}
    assert "sandbox/ours" not in rooms


def test_no_assignment_is_named_inside_the_engine():
    for path in MODULES.values():
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


def test_what_kind_a_stage_is_of_is_asked_by_its_kind():
    for path in MODULES.values():
        assert not re.search(r"isinstance\([^)]*\b(?:Stage|Task)\b", path.read_text(encoding="utf-8")), path


READ_BACK = {
    "judge/altered.py": "a known slip is recognised by failing with the words that Python has for it",
    "judge/samples.py": "the same, of a sampler",
    "judge/why/diagnose.py": "a size that is typed in shows as a number in the exception of another size",
    "sandbox/ours/discreet.py": "a message is passed on if its numbers may be sizes",
    "sandbox/theirs/faults.py": "torch has no exception of its own for memory that it does not get, only words",
    "assignment/authoring/hints.py": "the hint that it puts at the end of a docstring it takes off there as well",
}
"""Where the words of a message are looked into, and why: but for the last, they are words of Python and torch."""
SENTENCES = {
    "message",
    "reason",
    "hint",
    "sentence",
    "general",
    "anywhere",
    "words",
    "remark",
    "traceback",
    "why",
    "doc",
}
"""What texts for people are called, as variables, fields and functions."""
READING = {"startswith", "endswith", "partition", "rpartition", "split", "rsplit", "find", "rfind", "index", "count"}
READING |= {"replace", "removeprefix", "removesuffix"}
SEARCHING = {"search", "match", "fullmatch", "findall", "finditer", "sub", "subn"}


def has_sentence(node):
    """Whether a text for people is in an expression: one by its name, or an exception as a string."""
    for each in ast.walk(node):
        called = each.func if isinstance(each, ast.Call) else each
        name = getattr(called, "attr", getattr(called, "id", ""))
        if name in SENTENCES or (name == "str" and re.search("err|exc", ast.unparse(each))):
            return True
    return False


def reads_a_sentence(node):
    """Whether something is made of what a sentence says; to cut it into lines, or at its spaces, is not that."""
    match node:
        case ast.Call(ast.Attribute(value, method), [first, *_]) if method in READING:
            return has_sentence(value) and not (isinstance(first, ast.Constant) and str(first.value).isspace())
        case ast.Call(ast.Attribute(_, method), arguments) if method in SEARCHING:
            return any(has_sentence(each) for each in arguments)
        case ast.Compare(left, [ast.In() | ast.NotIn()], [ast.Name() | ast.Attribute() | ast.Call() as right]):
            return has_sentence(right) and not isinstance(left, ast.Tuple)
        case ast.Compare(left, [ast.Eq() | ast.NotEq()], [ast.Constant(str(text))]):
            return bool(text) and has_sentence(left)
    return False


def test_no_sentence_of_ours_is_read_back():
    """What a submission's source says is read in a room of its own."""
    found = {
        f"{room_and_name(path)}:{ast.unparse(node)}"
        for name, path in MODULES.items()
        if room(name) != "sandbox/theirs/source"
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8")))
        if reads_a_sentence(node)
    }
    assert {each.partition(":")[0] for each in found} == set(READ_BACK), found


@pytest.mark.parametrize(
    "text",
    [
        'stage.message.startswith("Still")',
        'str(error).partition(". Run ")',
        '(ast.get_docstring(node) or doc).partition("Hint:")[0]',
        "RAISED.findall(stage.error.traceback)",
        r'PLACE.sub(r"\1", remark(stage))',
        '"line" in fault.message',
        'stage.message == "Still the stub."',
    ],
)
def test_reading_is_noticed(text):
    assert any(reads_a_sentence(node) for node in ast.walk(ast.parse(text)))


def room_and_name(path):
    return path.relative_to(PACKAGE).as_posix()


def test_the_name_of_a_class_means_one_thing():
    names = [
        node.name
        for path in MODULES.values()
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8")))
        if isinstance(node, ast.ClassDef)
    ]
    assert sorted({name for name in names if names.count(name) > 1}) == []


TESTS = ROOT / "tests"
CORPORA = {"alternatives", "attacks", "habits", "slips", "submissions"}
TEST_FILES = [path for path in sorted(TESTS.rglob("*.py")) if path.relative_to(TESTS).parts[0] not in CORPORA]


def test_the_tests_of_a_room_are_in_a_folder_of_its_name():
    rooms = {path.parent.name for path in PACKAGE.glob("*/__init__.py")}
    folders = {path.name for path in TESTS.iterdir() if path.is_dir() and path.name != "__pycache__"}
    assert folders == rooms | CORPORA | {"helpers", "whole"}
    assert not list(TESTS.glob("test_*.py"))


def test_no_test_imports_another_one():
    """What several need is in `helpers/`, or a fixture of `conftest.py`."""
    for path in TEST_FILES:
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            names = [alias.name for alias in node.names] if isinstance(node, ast.Import) else []
            names += [node.module] if isinstance(node, ast.ImportFrom) else []
            assert not [name for name in names if re.search(r"(^|\.)(test_\w+|tests|conftest)(\.|$)", name)], path


def test_what_several_tests_need_is_written_once():
    """The same function of several statements, or the same long value, is not in two files."""
    found = {}
    for path in TEST_FILES:
        for node in ast.parse(path.read_text(encoding="utf-8")).body:
            is_long = isinstance(node, ast.FunctionDef) and len(node.body) > 1
            is_long |= isinstance(node, ast.Assign) and len(ast.unparse(node.value)) > 60
            if is_long:
                found.setdefault(ast.unparse(node), set()).add(path.name)
    assert {text: files for text, files in found.items() if len(files) > 1} == {}
