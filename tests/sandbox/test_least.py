"""How many operations a source runs at least: never more than run, whatever is written; and most of the plain ones."""

import ast
import itertools

import pytest
import torch

from grader.assignment import Assignment
from grader.border import Source
from grader.sandbox.border.messages import Wanted, WantedStage
from grader.sandbox.theirs.observe import Observer
from grader.sandbox.theirs.source.outline import Outline
from grader.sandbox.theirs.source.reading import read_sources
from grader.verify.mutants import mutants
from helpers.places import ALTERNATIVES, SOLUTIONS

HEAD = "import math\nimport torch\nimport torch.nn.functional as F\nfrom contextlib import suppress\nEPS = 1e-5\n\n\n"
OFFERED = ("x", "y", "n", "i")


def least_of(text: str, offered: tuple[str, ...] = OFFERED, sizes: tuple[str, ...] = ("n",)) -> dict[str, int]:
    """Of each function of a text."""
    names = [node.name for node in ast.parse(text).body if isinstance(node, ast.FunctionDef)]
    wanted = Wanted(tuple(WantedStage(name, offered=offered, only_function=True) for name in names), sizes=sizes)
    readings = read_sources([Outline(Source("answers.py", text), wanted)])["answers.py"]
    return {name: reading.least for name, reading in readings.items()}


def ran(text: str, given: dict, stage: str = "f") -> int | None:
    """How many operations a function runs; None where it fails."""
    namespace: dict = {}
    exec(compile(text, "answers.py", "exec"), namespace)
    taken = namespace[stage].__code__.co_varnames[: namespace[stage].__code__.co_argcount]
    with Observer() as observer:
        try:
            value = namespace[stage](**{name: given[name] for name in taken if name in given})
        except Exception:
            return None
    return sum(observer.observed(value).operations.values())


COUNTED = {
    "arithmetic": ("return -x * y + n / x - x ** 2", 6),
    "a product": ("return x @ y", 1),
    "methods": ("return x.exp().sum(0, keepdim=True)", 2),
    "functions": ("return torch.exp(x) - F.softmax(x, dim=1)", 3),
    "names on the way": ("a = x * 2\n    b = a + y\n    return b.sum()", 3),
    "shapes and numbers": ("rows, columns = x.shape\n    return x * (1 / rows) / math.sqrt(columns) * x.size(0)", 3),
    "a constant of the file": ("return (x + EPS) * 2", 2),
    "in place": ("a = torch.zeros_like(x)\n    a += x\n    a[0] += y[0]\n    return a", 3),
    "places": ("a = torch.zeros_like(x)\n    a[:, 0] = 1.0\n    return a", 1),
    "what makes tensors": ("return torch.cat([x, y]) * F.one_hot(i, 4).sum() + torch.einsum('ij,ij->', x, y)", 4),
    "a comparison": ("return (x > 0).float() * y", 2),
    "two branches": ("if n > 3:\n        return x + y + 1\n    return x + y", 1),
    "one of two values": ("return x * 2 if n > 3 else x + y + 1", 1),
    "what a branch leaves": ("a = x + 1\n    if n > 3:\n        a = 2\n    return a * 3", 1),
    "a helper": ("return twice(x) + twice(y)", 3),
    "without gradients": ("with torch.no_grad():\n        return x + y", 1),
    "a default": ("def g(x, eps=1e-5):\n        return 0\n    return x + y", 1),
    "a check beside it": ("assert (x.sum() - 1).abs().max() > -1\n    return x", 3),
}
NOT_COUNTED = {
    "an input": "return x",
    "views": "return x.view(-1).T.float().detach().unsqueeze(0).reshape(x.shape).data",
    "numbers": "a = n * 2 + x.shape[0] ** 2 - len(x)\n    return x",
    "a loop": "for row in range(n):\n        x = x + row\n    return x",
    "a loop that is left": "while True:\n        if n > 3:\n            return x\n        x = x + 1",
    "a comprehension": "a = [row * 2 for row in x]\n    return x",
    "a function that is not called": "a = lambda z: z * 2\n    return x",
    "what may fail": "try:\n        return 1 / 0 * x\n    except ZeroDivisionError:\n        return x",
    "what may be left": "with suppress(ZeroDivisionError):\n        a = 1 / 0 * x + y\n    return x",
    "what is not evaluated": "a = n > 3 or (x * 2).sum()\n    return x",
    "a name bound on the way": "a = [x := 2]\n    x * 3\n    return y",
    "a name that is something else now": "x = [1.0]\n    a = x * 3\n    return y",
    "arrays": "a = x.numpy() * 2 + 1\n    return x",
    "a class of one's own": "a = 2 * (x * Odd())\n    return x",
    "a module that is none": "torch = Odd()\n    a = torch.zeros(3) * x\n    return x",
    "kept from before": "if 'x' in KEPT:\n        return KEPT['x']\n    KEPT['x'] = x * 2\n    return x",
    "memory": "return remembered(x)",
    "one of many": "return each(x)[0]",
}
HELPERS = (
    "\n\ndef twice(z):\n    return z * 2\n\n\nimport functools\nKEPT = {'x': torch.ones(1)}\n\n\n"
    "@functools.cache\ndef remembered(z):\n    return z * 2\n\n\n"
    "class Odd:\n    __array_priority__ = 1\n\n    def __rmul__(self, other):\n        return self\n\n"
    "    def zeros(self, n):\n        return self\n\n\n"
    "def each(z):\n    return [z for _ in range(2)]\n"
)
GIVEN = {
    "x": torch.rand((4, 4), generator=torch.Generator().manual_seed(1)) + 0.5,
    "y": torch.rand((4, 4), generator=torch.Generator().manual_seed(2)) + 0.5,
    "n": 4,
    "i": torch.tensor([1, 0, 1, 3]),
}


def whole(body: str) -> str:
    return f"{HEAD}def f(x, y, n, i):\n    {body}\n{HELPERS}"


@pytest.mark.parametrize("case", COUNTED)
def test_what_surely_runs_is_counted(case):
    body, least = COUNTED[case]
    text = whole(body)
    assert least_of(text)["f"] == least <= ran(text, GIVEN)


@pytest.mark.parametrize("case", NOT_COUNTED)
def test_what_may_not_run_is_not(case):
    assert least_of(whole(NOT_COUNTED[case]))["f"] == 0


@pytest.mark.parametrize("above", ["@hidden\n", "f = print\n\n\n", "def f(x):\n    return 0\n\n\n"])
def test_a_function_that_may_be_another_counts_nothing(above):
    assert least_of(f"{HEAD}{above}def f(x):\n    return x * 2\n")["f"] == 0


def test_in_numpy_nothing_is_counted():
    wanted = Wanted((WantedStage("f", offered=("x",), only_function=True),), arrays="numpy")
    text = f"{HEAD}def f(x):\n    return torch.zeros_like(x) * 2\n"
    assert read_sources([Outline(Source("answers.py", text), wanted)])["answers.py"]["f"].least == 0


def test_lines_at_top_level_count_as_those_of_a_function():
    stages = (WantedStage("dx", offered=OFFERED), WantedStage("dy", offered=OFFERED))
    text = "import torch\na = x * 2\ndx = -a * y\ndx += x\ntry:\n    dy = x * y\nexcept ValueError:\n    pass\n"
    readings = read_sources([Outline(Source("answers.py", text), Wanted(stages, sizes=("n",)))])["answers.py"]
    assert {name: reading.least for name, reading in readings.items()} == {"dx": 0, "dy": 0}
    text = "import torch\ndx = -x * y\ndx += x\ndy = n * 2 + dx.sum()\n"
    readings = read_sources([Outline(Source("answers.py", text), Wanted(stages, sizes=("n",)))])["answers.py"]
    assert readings["dx"].least == 3


@pytest.fixture(scope="module")
def course(examination):
    """What stages may ask for on the course batch, by name."""
    given: dict = {}
    for exercise in examination.exercises:
        for stage in exercise.stages:
            given |= examination.probes[exercise.name][0].offer(stage)
    return given


def assert_none_runs_fewer(text: str, assignment: Assignment, course: dict) -> tuple[int, int]:
    """How many operations are counted of those that run."""
    counted = total = 0
    least = least_of(text, tuple(course), tuple(assignment.sizes))
    for name in least.keys() & set(assignment.stage_names):
        operations = ran(text, course, name)
        assert operations is None or least[name] <= operations, (name, text)
        counted, total = counted + least[name], total + (operations or 0)
    return counted, total


def test_of_the_solutions_most_is_counted(assignment, course):
    counts = [
        assert_none_runs_fewer(path.read_text(encoding="utf-8"), assignment, course)
        for path in sorted(SOLUTIONS.glob("ex[123]*.py"))
    ]
    assert sum(counted for counted, _ in counts) > 0.6 * sum(total for _, total in counts)


@pytest.mark.parametrize("path", ALTERNATIVES, ids=lambda path: path.stem)
def test_no_alternative_runs_fewer(path, assignment, course):
    assert_none_runs_fewer(path.read_text(encoding="utf-8"), assignment, course)


@pytest.mark.parametrize("step", [31, pytest.param(1, marks=pytest.mark.slow)])
def test_no_slip_runs_fewer(step, assignment, course):
    for path in sorted(SOLUTIONS.glob("ex[123]*.py")):
        for mutant in itertools.islice(mutants(path.read_text(encoding="utf-8"), course), 0, None, step):
            assert_none_runs_fewer(mutant.text, assignment, course)
