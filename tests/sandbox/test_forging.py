"""NumPy's class of arrays takes numbers in memory for objects: where it may be told to, that is seen in the source."""

import ast

import numpy as np
import pytest

from grader.sandbox.theirs.source.owned import own_of
from grader.sandbox.theirs.strides import watch_strides

HARMLESS = [
    "def f(x: np.ndarray) -> Tuple[np.ndarray, int]: pass",
    "isinstance(x, np.ndarray)",
    "isinstance(x, (list, np.ndarray))",
    "assert type(x) is np.ndarray",
    "type(x) in (list, np.ndarray)",
    "Array = np.ndarray\ndef f(x: Array): pass",
    "Cache = Tuple[np.ndarray, np.ndarray]",
    "Array: TypeAlias = np.ndarray",
    "Fn = Callable[[np.ndarray], float]",
    "a = np.ndarray((3, 4))",
    "a = np.ndarray(3, float)",
    "A = np.ndarray\nx = A(shape=(3,), dtype=float)",
    "from numpy.typing import NDArray\nV = NDArray[np.float64]\ndef f(x: V) -> V: return x",
    "class C:\n    x: np.ndarray\n    y: Optional[np.ndarray] = None",
    "np.ndarray.sum(x)",
    "f'{np.ndarray}'",
    "def f():\n    x: Array = 1\nArray = np.ndarray\ndef g(a: Array = 0) -> Tuple[Array, int]: pass",
    "from dataclasses import dataclass\nA = np.ndarray\n@dataclass\nclass C:\n    x: A\n    y: A = None",
    "U = np.ndarray | float",
    "Dict[str, np.ndarray]",
    "grads: dict[str, np.ndarray] = {}",
    "from numpy import ndarray\ndef f(a: ndarray): return isinstance(a, ndarray)",
    "if type(x).__name__ == 'ndarray': pass",
    "match x:\n    case np.ndarray(): pass",
]
FORGING = [
    "from dataclasses import dataclass, fields\n@dataclass\nclass C:\n    x: np.ndarray\n"
    "fields(C)[0].type(1, object, b)",
    "np.ndarray(1, object, b)",
    "np.ndarray(1, dtype=object, buffer=b)",
    "np.ndarray(*a)",
    "np.ndarray(1, **k)",
    "A = np.ndarray\nA(1, object, b)",
    "A = np.ndarray\nB = A\nB(1, object, b)",
    "[np.ndarray][0](1, object, b)",
    "f(np.ndarray)",
    "f(x=np.ndarray)",
    "Own()[np.ndarray]",
    "np.ndarray in Own()",
    "d[np.ndarray] = 1",
    "NDArray[int](1, object, b)",
    "V = NDArray[int]\nV(1, object, b)",
    "(A := np.ndarray)(1, object, b)",
    "def f(A=np.ndarray): pass",
    "lambda: np.ndarray",
    "class C:\n    A = np.ndarray\nC.A(1, object, b)",
    "from numpy import ndarray as A\nA(1, object, b)",
    "getattr(np, 'ndarray')(1, object, b)",
    "Annotated[np.ndarray, 1](1, object, b)",
    "A, B = np.ndarray, 1",
    "x.a = np.ndarray",
    "for A in (np.ndarray,): A(1, object, b)",
    "match np.ndarray:\n    case A: A(1, object, b)",
    "(np.ndarray if x else 0)(1, object, b)",
    "def f():\n    return np.ndarray",
    "partial(np.ndarray, 1)",
    "with np.ndarray as x: pass",
    "Annotated[Annotated[np.ndarray, 1], 2](1, object, b)",
    "A = Annotated[np.ndarray, 1]\nA(1, object, b)",
    "import helper\nhelper.A(1, object, b)\nA = np.ndarray",
    "np.ndarray[int](1, object, b)",
]


@pytest.mark.parametrize("text", HARMLESS)
def test_as_a_type_or_with_a_shape_it_is_harmless(text):
    assert not own_of(ast.parse(text).body).forges


@pytest.mark.parametrize("text", FORGING)
def test_with_memory_or_out_of_hand_it_is_not(text):
    assert own_of(ast.parse(text).body).forges


def test_strides_lead_into_the_middle_of_no_object(monkeypatch):
    stride_tricks = np.lib.stride_tricks
    monkeypatch.setattr(stride_tricks, "as_strided", stride_tricks.as_strided)
    watch_strides()
    numbers = np.zeros(2, [("object", "O"), ("number", "u8")])
    with pytest.raises(ValueError, match="middle"):
        stride_tricks.as_strided(numbers, (2,), (8,))
    assert stride_tricks.as_strided(np.arange(4), (2, 2), (8, 8)).tolist() == [[0, 1], [1, 2]]
