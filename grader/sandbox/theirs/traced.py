"""In the student's process: run what answers a stage once more, to see where its first NaN or infinity arose."""

import warnings
from collections.abc import Callable
from functools import cache
from typing import Any

from grader.border import Arising
from grader.sandbox.border.messages import Ask
from grader.sandbox.theirs.called import run
from grader.sandbox.theirs.calling import call
from grader.sandbox.theirs.nonfinite import Witness
from grader.sandbox.theirs.program import Program
from grader.sandbox.theirs.returned import several
from grader.sandbox.theirs.source.watched import Spot, Watched


def traced(program: Program, ask: Ask, given: dict[str, Any], place: int) -> Arising | None:
    """Where what is not finite in one of the things that are answered arose; None where that was not seen.

    Args:
        program: the submission.
        ask: what answers.
        given: on the one probe, by name.
        place: which of the things.
    """
    warnings.simplefilter("ignore")
    spots: list[Spot] = []
    witness = Witness(spots)
    try:
        if ask.calls:
            return _traced_in_calls(program, ask, given, witness, spots, ask.returns[place])
        watched = Watched(ask.source, spots)
        stage = program.shown_stage(ask.source, ask.function, given, watched, witness.show)
        return witness.arising(several(call(stage, given), ask.returns)[place])
    except BaseException:
        return None


def _traced_in_calls(
    program: Program, ask: Ask, given: dict[str, Any], witness: Witness, spots: list[Spot], name: str
) -> Arising | None:
    assert ask.calls

    @cache
    def shown(source: str) -> dict[str, Any]:
        return program.shown(source, Watched(source, spots), witness.show)

    def find(source: str, name: str) -> Callable[..., Any]:
        return shown(source)[name]  # type: ignore[no-any-return]

    made = run(ask.calls, find, given, [name], witness.arising)
    found = made.taken[name]
    return found if isinstance(found, Arising) else None
