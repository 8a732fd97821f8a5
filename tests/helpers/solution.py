"""The published solution of NameWeave as text: an exercise each, with its header line."""

import ast

from helpers.places import SOLUTIONS

EVERY_EXPRESSION, CROSS_ENTROPY, BATCH_NORM, TRAINING = (
    path.read_text(encoding="utf-8") for path in sorted(SOLUTIONS.glob("ex*.py"))
)
ONE_BY_ONE = (EVERY_EXPRESSION, CROSS_ENTROPY, BATCH_NORM)
"""The exercises in which each function answers one stage."""


def flat_solution(path):
    """The functions of a solution as statements at top level, each followed by a comparison."""
    names = {
        "dLogitsFast": "dLogits",
        "dHiddenLayerPreBatchNormStatesFast": "dHiddenLayerPreBatchNormStates",
    }
    for node in ast.parse(path.read_text(encoding="utf-8")).body:
        if isinstance(node, ast.FunctionDef):
            variable = names.get(node.name, node.name)
            *before, last = [ast.unparse(statement) for statement in node.body]
            lines = [*before, last.replace("return", f"{variable} =", 1)]
            tensor = variable[1].lower() + variable[2:]
            yield "\n".join([*lines, f"cmp('{tensor}', {variable}, {tensor})"])


FILES = {path.name: path.read_text(encoding="utf-8") for path in sorted(SOLUTIONS.glob("ex[123]_*.py"))}
"""The files of the first three exercises, as a student has them."""
ONE, TWO, THREE = FILES
UNDIVIDED = FILES[TWO].replace("return gradient / batchSize", "return gradient")
