"""No name on the list runs an operation of a family that it has no word for."""

import warnings

import pytest
import torch
import torch.nn.functional as F

from grader.sandbox.border.families import FAMILIES, among, unnamed
from grader.sandbox.theirs.observe import Observer
from grader.sandbox.theirs.source.vocabulary import ATTRIBUTES

SETTINGS = frozenset(
    "cuda manual_seed pin_memory seed set_default_dtype set_float32_matmul_precision set_num_threads set_printoptions "
    "set_rng_state use_deterministic_algorithms".split()
)
X, Y = torch.rand(4, 4) + 0.5, torch.rand(4, 4) + 0.5
PLACES, IMAGES = torch.tensor([0, 1, 2, 3]), torch.rand(2, 4, 8, 8)
GIVEN = [
    (X,),
    (X, Y),
    (X, 1),
    (X, PLACES),
    (X, Y, X),
    (X[0], Y[0]),
    (X, (4,)),
    (X.T @ X,),
    (X[None], Y[None], X[None]),
    (IMAGES, torch.rand(4, 4, 3, 3)),
    (IMAGES, torch.rand(4), torch.rand(4)),
]


def operations(function, given) -> set[str]:
    """What a function runs of these families."""
    own = [each.clone() if isinstance(each, torch.Tensor) else each for each in given]
    with Observer() as observer, warnings.catch_warnings(action="ignore"):
        try:
            function(*own)
        except Exception:
            return set()
    return set(among(observer.observed(None).operations, FAMILIES))


@pytest.mark.parametrize("step", [7, pytest.param(1, marks=pytest.mark.slow)])
def test_no_name_on_the_list_hides_a_family(step):
    found: set[str] = set()
    for name in sorted(ATTRIBUTES - SETTINGS)[::step]:
        places = [place for place in (torch, F, torch.Tensor) if callable(getattr(place, name, None))]
        ran = {each for place in places for given in GIVEN for each in operations(getattr(place, name), given)}
        assert among(ran, unnamed([name])) == [], name
        found |= ran
    assert step > 1 or sum(bool(among(found, [name])) for name in FAMILIES) > 5


@pytest.mark.parametrize(
    ("code", "family", "named"),
    [("F.cross_entropy(x, y)", "softmax", True), ("x.exp() / x.sum()", "softmax", False), ("x.norm()", "linalg", True)],
)
def test_a_word_anywhere_names_a_family(code, family, named):
    assert (family not in unnamed(["import torch\n", f"def f(x, y):\n    return {code}\n"])) == named
