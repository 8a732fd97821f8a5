"""Results as a class is looked at: without the evidence, so that many fit into memory."""

from dataclasses import replace

import msgspec

from grader.result import Integrity, Result, StageResult

CLEAN = Integrity("clean")
SHOWN = (
    *("name", "tensor", "verdict", "score", "max_score", "bonus"),
    *("message", "diagnosis", "pattern", "warnings", "budget"),
)
"""What a class page and its tables show of a stage as it is."""


class Shortener:
    """Reads results without what only their own report shows; stages that then say the same are kept once."""

    def __init__(self) -> None:
        self._kept: dict[bytes, StageResult] = {}
        self._decoder = msgspec.json.Decoder(Result)

    def __call__(self, line: bytes) -> Result:
        result = self._decoder.decode(line)
        exercises = [
            replace(exercise, stages=[self._short(stage) for stage in exercise.stages]) for exercise in result.exercises
        ]
        return replace(result, exercises=exercises)

    def _short(self, stage: StageResult) -> StageResult:
        short = StageResult(
            **{name: getattr(stage, name) for name in SHOWN},
            chained=stage.chained and replace(stage.chained, max_diff=None),
            integrity=stage.integrity if stage.integrity != CLEAN else CLEAN,
        )
        return self._kept.setdefault(msgspec.json.encode(short), short)
