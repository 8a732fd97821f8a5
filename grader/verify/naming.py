"""Whether a mutant is told the slip that was made, and no other that happens to explain it.

A diagnosis explains the mutant's values on every probe, or it would not be told. What is asked here is whether it is
about the edit: its kind is that of the edit, or one by which the same function could have been made in the same line;
and a line that it tells is the changed one.
"""

import ast
from collections.abc import Callable, Iterable, Mapping
from typing import Any

from grader.judge.why.arising import CODES
from grader.result import Diagnosis
from grader.sandbox.theirs.source.edits import scope_of, variants
from grader.verify.mutants import Mutant, MutantKind, broken, first_changed, scope_of_arguments, whole

IsSame = Callable[[str, str], bool]
"""Whether two texts define the same function."""

SPOKEN_OF: dict[str, dict[MutantKind, str]] = {
    "sign": {"sign": "the whole is negative"},
    "path-sign": {"sign": "one term is negative"},
    "zeros": {"too-much": "zeros are made of the answer"},
    "absolute": {"too-much": "it is the absolute value of the answer"},
    "one-number": {"axis": "the sum is over every axis", "too-much": "it is the mean of the answer"},
    "factor": {
        "factor": "a number is dropped from a product",
        "too-much": "the answer is multiplied by a number",
        "number": "another number in a product is a factor",
    },
    "factor-of-size": {
        "factor": "a size is dropped from a product",
        "too-much": "the answer is multiplied or divided by its length",
        "function": "a mean is a sum divided by the number of its terms",
    },
    "factor-of-sizes": {
        "name": "another size stands in a product or a quotient of sizes",
        "operator": "a product of sizes is a quotient, or the other way round",
    },
    "exponent": {
        "number": "it is the number in the exponent",
        "factor": "the exponent is dropped, or a power from a product",
        "sign": "it is the sign of the exponent",
    },
    "missing-path": {"addend": "each path is a term of a sum, and one is dropped"},
    "path-twice": {},
    "not-reshaped": {},
    "not-spread": {},
    "axis-gone": {},
    "not-summed": {"sum": "the sum is dropped"},
    "summed-over-all": {"axis": "the sum is over every axis"},
    "wrong-axis": {"axis": "the sum is over another axis"},
    "transposed": {
        "transposed": "rows and columns are swapped once more",
        "not-transposed": "rows and columns are not swapped",
    },
    "broadcast": {
        "transposed": "the axis is swapped",
        "not-transposed": "the axis is not swapped",
        "flag": "the axis is lost by a sum without keepdims",
    },
    "diagonal": {"operator": "@ for *"},
    "typed-in-size": {"number": "a number stands for the size"},
    "no-accumulation": {
        "flag": "the keyword that adds repeated rows up says no",
        "repeats": "the assignment keeps one of the repeated rows",
    },
    "upstream-unchanged": {
        "factor": "all but the upstream gradient is dropped from the product",
        "other-answer": "the upstream gradient is returned",
    },
    "forward-value": {
        "factor": "all but the value is dropped from the product",
        "other-answer": "the value is returned",
        "name": "the value stands where the gradient belongs",
    },
    "no-derivative": {"factor": "the derivative is dropped from the product"},
    "upstream-missing": {"factor": "the upstream gradient is dropped from the product"},
    "wrong-factor": {"name": "another factor has its place", "too-much": "a factor is there once more"},
    "wrong-operand": {"name": "another operand has its place"},
    "wrong-upstream": {"name": "another tensor has the place of the upstream gradient"},
    "upstream-added": {"operator": "+ for *"},
    "upstream-subtracted": {"operator": "- for *"},
    "derivative-subtracted": {"operator": "- for *"},
    "upstream-divides": {"operator": "/ for *"},
    "derivative-divides": {"operator": "* for /, or / for *"},
    "upstream-as-exponent": {"operator": "** for *"},
}
"""For each slip that is told of the gradient as a whole: the kinds of edits that make it, and how they do."""


def is_named_rightly(
    mutant: Mutant, diagnoses: Iterable[Diagnosis], own: frozenset[str], course: Mapping[str, Any], is_same: IsSame
) -> bool:
    """Whether everything that is told of a mutant is about the edit that was made.

    Args:
        mutant: with the edit.
        diagnoses: what is told, of each stage that is wrong.
        own: the names of slips that the assignment knows of. Their sentences are about a forward line with exactly this
            gradient, whichever edit makes it.
        course: what the function can ask for on the course batch, by name.
        is_same: asked with two texts.
    """
    return all(diagnosis.code in own or _is_about(diagnosis, mutant, course, is_same) for diagnosis in diagnoses)


def _is_about(diagnosis: Diagnosis, mutant: Mutant, course: Mapping[str, Any], is_same: IsSame) -> bool:
    if diagnosis.line is None:
        kinds = frozenset[str](SPOKEN_OF.get(diagnosis.code, {}))
        return mutant.kind in kinds or _could_be(kinds, mutant, course, is_same)
    if diagnosis.line != mutant.line:
        return False
    if diagnosis.code in CODES.values():
        return True
    kinds = frozenset({diagnosis.code.removeprefix("edit-")})
    return mutant.kind in kinds or _is_taken_back(kinds, mutant, course) or _could_be(kinds, mutant, course, is_same)


def _is_taken_back(kinds: frozenset[str], mutant: Mutant, course: Mapping[str, Any]) -> bool:
    """Whether an edit of one of these kinds gives the lines as they were."""
    function, right = mutant.broken, ast.unparse(mutant.right)
    given = {argument.arg: course[argument.arg] for argument in function.args.args}
    repaired = variants(function.body, scope_of(function.body, given), lambda rule: rule.repairs)
    return any(kind in kinds and ast.unparse(function) == right for kind, _ in repaired)


def _could_be(kinds: frozenset[str], mutant: Mutant, course: Mapping[str, Any], is_same: IsSame) -> bool:
    """Whether an edit of one of these kinds, in the same line, makes the same function of the solution."""
    function = mutant.right
    made = broken(function, scope_of_arguments(function, course))
    texts = (whole(text, mutant.above) for kind, text in made if kind in kinds)
    return any(first_changed(mutant.before, text) == mutant.line and is_same(mutant.text, text) for text in texts)
