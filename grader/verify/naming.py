"""Whether what a mutant is told fits the edit that was made."""

from grader.result import Diagnosis
from grader.verify.mutants import Mutant

_SCALE = {"sign", "path-sign", "factor", "factor-of-size", "zeros"}

_FACTOR = {"wrong-factor", "wrong-operand", "wrong-upstream", "upstream-unchanged", "no-derivative", "forward-value"}

_PATHS = {"missing-path", "path-twice", "path-sign"}

_TOGETHER = {
    "upstream-added",
    "upstream-subtracted",
    "derivative-subtracted",
    "upstream-divides",
    "derivative-divides",
    "upstream-as-exponent",
    "upstream-missing",
}

_POWER = {"exponent"}

_SHAPE = {"broadcast", "transposed", "not-summed", "summed-over-all", "wrong-axis", "one-number", "typed-in-size"}

EDITS: dict[str, set[str]] = {
    "other operator": {"operator", "sign", "swapped", "too-much"},
    "swapped operands": {"swapped", "sign", "operator"},
    "dropped operand": {"factor", "addend", "number", "sign"},
    "wrong sign": {"sign", "number", "swapped", "operator", "axis"},
    "other number": {"number", "axis", "sign"},
    "other function": {"function"},
    "sum forgotten": {"sum", "axis"},
    "keepdims": {"flag", "axis", "sum"},
    "without accumulation": {"flag", "repeats"},
    "transposed": {"transposed", "not-transposed"},
    "wrong tensor": {"name"},
    "every row": {"rows"},
    "typed-in size": {"number", "name"},
    "other answer": {"too-much", "sign", "number", "factor", "sum"},
    "more axes": {"too-much"},
    "line left out": {"operator", "addend"},
}
"""By the rule of an edit, the kinds of edits that take it back."""

KINDS: dict[str, set[str]] = {
    "other operator": _SCALE | _FACTOR | _PATHS | _TOGETHER | _POWER,
    "swapped operands": {"sign", "path-sign", "transposed", "exponent", "derivative-subtracted", "factor-of-size"}
    | {"derivative-divides", "upstream-divides", "upstream-subtracted"},
    "dropped operand": _SCALE | _FACTOR | _PATHS | {"upstream-missing", "exponent"},
    "wrong sign": {
        "sign",
        "path-sign",
        "exponent",
        "factor",
        "factor-of-size",
        "wrong-axis",
        "upstream-subtracted",
        "derivative-divides",
    },
    "other number": _SCALE | _PATHS | _POWER | _FACTOR | {"wrong-axis", "typed-in-size"},
    "other function": _SCALE | {"missing-path", "wrong-factor"},
    "sum forgotten": {"not-summed", "summed-over-all", "one-number", "factor-of-size", "missing-path"},
    "keepdims": _SHAPE,
    "without accumulation": {"no-accumulation"},
    "transposed": {"transposed", "broadcast"},
    "wrong tensor": _FACTOR | _PATHS | {"exponent", "upstream-missing", "zeros"},
    "every row": set(),
    "typed-in size": {"typed-in-size"},
    "other answer": _SCALE | _PATHS | {"absolute", "one-number", "forward-value", "upstream-unchanged"},
    "more axes": _SHAPE,
    "line left out": _PATHS | {"zeros", "factor-of-size"},
}
"""By the rule of an edit, the names of slips that say what it did. Slips of the assignment are forward passes of their
own, and fit any rule."""


def is_told_by(mutant: Mutant, diagnosis: Diagnosis) -> bool:
    """Whether a diagnosis is of the kind of this edit, and in its line if it speaks of one."""
    if diagnosis.line is None:
        return diagnosis.code in KINDS[mutant.rule]
    line = mutant.text.split("\n")[diagnosis.line - 1].strip()
    return diagnosis.code.removeprefix("edit-") in EDITS[mutant.rule] and line in mutant.change
