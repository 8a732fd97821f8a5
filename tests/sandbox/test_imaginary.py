"""Complex numbers are noticed wherever they come from, and nothing else is."""

import ast
import builtins
import operator
import warnings

import numpy as np
import pytest
import torch

from grader.sandbox.theirs.imaginary import SEEN, watch_powers, with_powers_seen
from grader.sandbox.theirs.observe import Observer


@pytest.fixture(autouse=True)
def watched(monkeypatch):
    """Every power is looked at, for as long as a test takes."""
    for place, name in ((builtins, "pow"), (operator, "pow"), (operator, "ipow")):
        monkeypatch.setattr(place, name, getattr(place, name))
    monkeypatch.setattr(np.exceptions.ComplexWarning, "__init__", np.exceptions.ComplexWarning.__init__)
    monkeypatch.setattr(Observer, "before", False)
    watch_powers()
    yield
    delattr(builtins, SEEN)


def run(text: str) -> bool:
    """Whether complex numbers were noticed while these lines ran."""
    given = {"np": np, "torch": torch, "operator": operator, "x": torch.ones(3), "a": np.ones(3)}
    body = [each for node in ast.parse(text).body for each in with_powers_seen(node)]
    with Observer() as observer, warnings.catch_warnings(action="ignore"):
        exec(compile(ast.Module(body, []), "lines", "exec"), given)
    return observer.observed(None).imaginary


IMAGINARY = [
    "(-1) ** 0.5",
    "half = 0.5\nunit = (-1) ** half",
    "n = -1\nn **= 0.5",
    "parts = [-1]\nparts[0] **= 0.5",
    "pow(-1, 0.5)",
    "operator.pow(-1, 0.5)",
    "list(map(pow, [-1], [0.5]))",
    "np.array([-1], object) ** 0.5",
    "a.astype('c' + '16').astype(float)",
    "a[:] = np.ones(3, complex)",
    "x * 1j",
    "x + complex(0, 1)",
    "torch.complex(x, x)",
    "x.to(torch.complex64)",
    "torch.from_numpy(np.ones(3, complex)).real * 2",
]
REAL = [
    "2 ** 0.5",
    "(-1) ** 2",
    "n = 4\nn **= -0.5",
    "pow(2, 0.5)",
    "a ** 0.5",
    "x ** -0.5",
    "a.astype(int)",
    "x.long()",
]


@pytest.mark.parametrize("text", IMAGINARY)
def test_a_complex_number_is_noticed(text):
    assert run(text)


@pytest.mark.parametrize("text", REAL)
def test_a_real_one_is_not(text):
    assert not run(text)


def test_what_a_statement_looks_like_stays():
    node = ast.parse("def f(x):\n    x **= 2\n    return x ** 2 + 1").body[0]
    before = ast.dump(node)
    (watched,) = with_powers_seen(node)
    assert ast.dump(node) == before != ast.dump(watched)


def test_a_power_that_fails_says_so_in_its_own_line():
    with pytest.raises(TypeError, match=r"unsupported operand type\(s\) for \*\*") as caught:
        run("1\n'a' ** 2")
    assert caught.traceback[-1].lineno == 1
