"""What is one and the same value, however it is written, and what is another one."""

import pytest

from grader.alike.reading import Answers, parts_of

SAME = {
    "names of locals": ("t = a * b\n    return t.sum(0)", "q = a * b\n    return q.sum(0)"),
    "order of factors": ("return a * b.exp()", "return b.exp() * a"),
    "order of terms": ("return a - b * a", "return -(a * b) + a"),
    "division": ("return a / b", "return (1.0 / b) * a"),
    "power": ("return a ** -2 * b", "return b / (a * a)"),
    "square": ("return a ** 2 - b", "return torch.square(a) - b"),
    "lines split": ("return (a * b).sum(1)", "t = a * b\n    s = t.sum(1)\n    return s"),
    "in place": ("t = a.exp()\n    t *= b\n    return t", "return a.exp() * b"),
    "method or function": ("return torch.sum(a, 1, keepdim=True)", "return a.sum(dim=1, keepdims=True)"),
    "numpy's words": ("return np.sum(a, axis=0)", "return a.sum(0)"),
    "products of matrices": ("return torch.matmul(a, b.t())", "return a @ b.T"),
    "a new axis": ("return a.unsqueeze(1) * b", "return a[:, None] * b"),
    "length": ("return a / len(b)", "return a / b.shape[0]"),
    "another alias": ("return F.softmax(a, 1)", "return torch.softmax(a, dim=1)"),
    "comparison": ("return a > b", "return b < a"),
    "loop": (
        "for i in range(3):\n        a[i] += b\n    return a",
        "for k in range(3):\n        a[k] = a[k] + b\n    return a",
    ),
    "comprehension": ("return [x * b for x in a]", "return [row * b for row in a]"),
    "comments and docstrings": ("'''Says so.'''\n    return a * b  # so", "return (\n        a\n        * b\n    )"),
    "annotations": ("t: int = a * b\n    return t", "t = a * b\n    return t"),
}
OTHER = {
    "order of matrices": ("return a @ b", "return b @ a"),
    "sign": ("return a - b", "return a + b"),
    "axis": ("return (a * b).sum(0)", "return (a * b).sum(1)"),
    "what is given": ("return a * a", "return b * b"),
    "order of a division": ("return a / b", "return b / a"),
    "order of a comparison": ("return a < b", "return b < a"),
}


def pieces(body, name="dX", given="a, b"):
    text = f"import torch\nimport numpy as np\nimport torch.nn.functional as F\n\ndef {name}({given}):\n    {body}\n"
    return {digest for part in parts_of([Answers(text)], {"dX"}) for digest, *_ in part.pieces}


@pytest.mark.parametrize(("first", "second"), SAME.values(), ids=SAME)
def test_the_same_value_is_one_piece_however_it_is_written(first, second):
    """All of the shorter one is in the other: where lines are split, there are pieces besides."""
    one, other = sorted((pieces(first), pieces(second)), key=len)
    assert one and one <= other


@pytest.mark.parametrize(("first", "second"), OTHER.values(), ids=OTHER)
def test_another_value_is_another_piece(first, second):
    assert pieces(first) != pieces(second)


def test_parameters_are_given_names_where_the_exercise_asks_and_numbers_elsewhere():
    assert pieces("return a * b") != pieces("return c * d", given="c, d")
    assert pieces("return a * b", "helper") == pieces("return c * d", "other", "c, d")


def test_a_notebook_has_the_pieces_of_the_same_answers_as_functions():
    flat = "scaled = a * 2\ndX = scaled.sum(0) - b\n"
    (first, second) = parts_of([Answers(flat, (), 1, 2)], {"dX"})
    assert {first.answer, second.answer} == {"dX"}
    as_function = pieces("return (2.0 * a).sum(0) - b")
    assert {digest for part in (first, second) for digest, *_ in part.pieces} & as_function


def test_of_a_flat_file_only_the_lines_between_the_answers_count_and_a_broken_cell_costs_itself():
    text = "data = load(a, 3)\ndX = a * b\n)(\nplot(dX, a, b)\n"
    (part,) = parts_of([Answers(text, (1, 2, 3, 4), 2, 2)], {"dX"})
    assert (part.first, part.last) == (2, 2)
