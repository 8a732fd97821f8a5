"""A mutant is named rightly by the name of its own edit, or of one that makes the same function in the same line."""

import re

import pytest
import torch

from grader.result import Diagnosis
from grader.verify.mutants import mutants
from grader.verify.naming import SPOKEN_OF, is_named_rightly
from helpers.places import ROOT

SOLUTION = """\
def dx(x, n, dy):
    up = dy
    return (x - up) / n
"""
COURSE = {"x": torch.ones(2, 3), "n": 32, "dy": torch.ones(2, 3)}
EVERY = {mutant.change: mutant for mutant in mutants(SOLUTION, COURSE)}
SUM, LINE = "return (x - up) / n", 7


def same(one, other):
    """Whether two texts compute the same for random arguments."""
    return all(torch.equal(first, second) for first, second in zip(values(one), values(other), strict=True))


def values(text):
    generator = torch.Generator().manual_seed(0)
    for n in (2, 3):
        given = [torch.rand(2, 3, generator=generator), n, torch.rand(2, 3, generator=generator)]
        namespace = {}
        exec(text, namespace)
        yield torch.as_tensor(namespace["dx"](*given))


def told(change, *codes, line=None):
    diagnoses = [Diagnosis(code, "", line=line) for code in codes]
    return is_named_rightly(EVERY[change], diagnoses, frozenset({"of-the-author"}), COURSE, same)


RIGHT = [
    ("return (x + up) / n", ["edit-sign"], LINE),
    ("return (x + up) / n", ["edit-operator"], LINE),
    ("return (up - x) / n", ["edit-swapped"], LINE),
    ("return (up - x) / n", ["edit-sign"], LINE),
    ("return (up - x) / n", ["sign"], None),
    ("return x - up", ["factor-of-size"], None),
    ("return (x - up) / 32", ["typed-in-size"], None),
    ("return (x - up) * n", ["of-the-author"], None),
    ("return dy", ["upstream-unchanged"], None),
    ("up = x", ["edit-name"], 6),
]
WRONG = [
    ("return (x + up) / n", ["edit-sign"], 6),
    ("return (x + up) / n", ["edit-factor"], LINE),
    ("return (x - up) * n", ["factor-of-size"], None),
    ("return (x - up) * n", ["sign"], None),
    ("return (x - up) ** n", ["exponent"], None),
    ("return (x - up) / 32", ["edit-sign"], LINE),
    ("return x - up", ["nobody-knows"], None),
    ("return (up - x) / n", ["sign", "zeros"], None),
]


@pytest.mark.parametrize(("change", "codes", "line"), RIGHT)
def test_the_name_of_an_edit_and_of_one_that_makes_the_same_are_right(change, codes, line):
    assert told(change, *codes, line=line)


@pytest.mark.parametrize(("change", "codes", "line"), WRONG)
def test_any_other_name_and_any_other_line_is_not(change, codes, line):
    assert not told(change, *codes, line=line)


def test_whatever_is_said_of_a_gradient_as_a_whole_has_its_kinds_of_edits():
    sources = "".join(path.read_text("utf-8") for path in (ROOT / "grader/judge/why").glob("*.py"))
    said = set(re.findall(r'\b(?:Guess|Diagnosis|Factor)\(\s*"([a-z-]+)"', sources)) | set(
        re.findall(r'"([a-z-]+)": \("', sources)
    )
    assert said - {"dtype"} == set(SPOKEN_OF)
