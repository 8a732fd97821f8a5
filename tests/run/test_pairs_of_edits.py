"""Which two edits would together put a stage right, by what is answered with each alone."""

import torch

from grader.border import AS_IT_IS, Edit
from grader.run.pairs_of_edits import pairs

DRAWN = torch.Generator().manual_seed(0)
A, B, C, D = torch.rand(4, 5, 6, generator=DRAWN, dtype=torch.float64)


def tried(*answers):
    return [(Edit(n, "sign" if n else AS_IT_IS, 1, 0, 0), answer.float()) for n, answer in enumerate(answers)]


def numbers(found):
    return [(first.number, second.number) for first, second in found]


def test_slips_in_two_terms_are_found_in_what_either_leaves():
    """`a - b` for `2 * a + b`, among edits that have nothing to do with it."""
    assert numbers(pairs(tried(A - B, A - C, A + B, C - B, 2 * A - B, D), 2 * A + B)) == [(4, 2)]


def test_slips_in_two_factors_are_found_in_what_either_leaves():
    """`a * b / c` for `a * b ** 2 * c`."""
    assert numbers(pairs(tried(A * B / C, A / C, A * B * C, A * B**2 / C, D), A * B**2 * C)) == [(3, 2)]


def test_where_there_are_none_none_are_found():
    assert pairs(tried(A - B, A - C, C - B, torch.full_like(A, torch.nan), A / 0), D) == []
    assert pairs([], D) == [] and pairs(tried(A)[1:], D) == []
    answers = tried(A, B)[1:]  # the lines as they are answer nothing of this shape
    assert pairs(answers, B) == []


def test_the_simplest_pairs_come_first_and_there_are_few():
    answers = [A - B, *[2 * A - B + n * C for n in range(9)], *[A + B - n * C for n in range(9)]]
    found = numbers(pairs(tried(*answers), 2 * A + B))
    assert found[0] == (10, 1) and len(found) == 6
