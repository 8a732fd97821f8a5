"""A hand-in in which everything is wrong: the solution with noise on whatever it returns."""

import ast

from grader.border import Source
from grader.submission import Submission
from helpers.places import SOLUTIONS

NOISE = """

def spoilt(value):
    if isinstance(value, torch.Tensor):
        noise = torch.sin(torch.arange(value.numel(), dtype=torch.float32) * 12.9898) * 43758.5453
        return value * 1.5 + (0.3 * value.abs().max() + 0.01) * (noise - noise.floor()).reshape(value.shape)
    if isinstance(value, (tuple, list)):
        return tuple(spoilt(each) for each in value)
    return "zzz."
"""


def spoilt_solution():
    """All exercises of NameWeave, every function in them with noise."""
    sources = tuple(
        Source(path.name, _spoilt(path.read_text(encoding="utf-8"))) for path in sorted(SOLUTIONS.glob("*.py"))
    )
    return Submission("everything_wrong", SOLUTIONS, sources, (), {})


def _spoilt(text):
    lines = text.split("\n")
    for node in ast.walk(ast.parse(text)):
        if isinstance(node, ast.Return):
            first, last = node.lineno - 1, node.end_lineno - 1
            lines[first] = lines[first].replace("return ", "return spoilt(", 1)
            lines[last] += ")"
    return "\n".join(lines) + NOISE
