"""Results that were never graded: short ones, and one with a text in every field that is a student's."""

from dataclasses import fields, is_dataclass, replace

import torch

from grader.judge.error_map import error_map
from grader.result import (
    SCHEMA,
    AssignmentFacts,
    Budget,
    Chained,
    Departure,
    Diagnosis,
    ExerciseResult,
    Failure,
    GraderFacts,
    Integrity,
    LossCurve,
    ProbeResult,
    Result,
    StageResult,
    SubmissionFacts,
    Warned,
    Where,
    Worst,
)

HARMLESS = "harmless"
VERDICTS = "wrong exact approximate shape shortcut overfit nonfinite error timeout forbidden missing ungraded".split()
OURS = {
    *("schema", "version", "torch", "seed", "isolation", "sha256", "title", "tensor", "kind", "sizes", "parameters"),
    *("name", "verdict", "status", "style", "code", "origin"),
}
"""The fields of a result that hold no text of a student's."""


def hostile_result(assignment, text):
    """A result that has a text in every field that is a student's, with its sources; a stage for each verdict."""
    exercises, number = [], 0
    for exercise in (assignment.exercise(name) for name in ("cross-entropy", "batch-norm", "training")):
        stages = []
        for asked in exercise.everything:
            verdict = VERDICTS[number % len(VERDICTS)]
            stages.append(_stage(asked.name, getattr(asked, "tensor", ""), verdict, number))
            number += 1
        exercises.append(ExerciseResult(exercise.name, exercise.title, 1.0, len(stages), stages))
    facts = SubmissionFacts("id", "path", "0", ["file"] * 3, ["problem"], "flat", True, ["note"], {"name": "n"})
    grader = GraderFacts("0", "0", "0", {"landlock": "enforced"})
    of = AssignmentFacts(assignment.name, assignment.title, "0")
    result = Result(SCHEMA, of, facts, grader, 3.0, number, "graded", 0.1, exercises)
    return _filled(result, text), {text: "\n".join(f"def f{n}(x):  # {text}\n    '''{text}'''" for n in range(9))}


def hostile_maps(result):
    """Heatmaps for half of its stages."""
    answer = torch.arange(12.0).reshape(3, 4)
    return {stage.name: error_map(answer, answer.double() * 2) for stage in result.stages[::2]}


def _stage(name, tensor, verdict, number):
    """One with all that a stage can have; what excludes each other is by turns."""
    return StageResult(
        name=name,
        tensor=tensor,
        verdict=verdict,
        score=None if verdict == "ungraded" else 0.0,
        max_score=1,
        message="message",
        max_diff=0.5,
        shape=[3, 4],
        expected_shape=[3, 4],
        worst=Worst([0, 0], 1.0, None),
        diagnosis=Diagnosis("sign", "message", "other", 0.1, 2 + number % 3) if number % 2 else None,
        pattern="pattern",
        evidence=["line", "line"],
        chained=Chained("wrong", 0.5) if number % 3 else None,
        warnings=[Warned("shape", "message")] * 2,
        integrity=Integrity("forbidden" if verdict == "forbidden" else "review", [2], "message"),
        probes=[ProbeResult("course", "course", {"batchSize": 32}, 0.1, 0.01, False)],
        error=Failure("type", "message", "traceback") if verdict in ("error", "timeout", "nonfinite") else None,
        operations={"operation": 2},
        budget=Budget(3, 2, 2),
        printed="printed",
        where=Where("file", 3, 6, 1, 2) if number % 4 else Where("file", 5, 6),
        curve=LossCurve(20, [3.0, None, 2.0], [3.0, 2.5, 2.0], Departure(3, ["logits"])) if number % 5 == 0 else None,
        names=["name"] * 3 if number % 4 == 1 else [],
    )


def _filled(value, text, field=""):
    """The value with a text in the place of every string that is not ours."""
    if is_dataclass(value):
        named = {each.name: getattr(value, each.name) for each in fields(value)}
        return replace(value, **{name: _filled(each, text, name) for name, each in named.items()})
    if field in OURS:
        return value
    if isinstance(value, str):
        return text
    if isinstance(value, list):
        return [_filled(each, text, field) for each in value]
    if isinstance(value, dict):
        keep = field == "identities"
        return {key if keep else text: _filled(each, text, field) for key, each in value.items()}
    return value


def a_stage(name="dCounts", verdict="exact", score=None, max_score=1, **fields):
    """A stage that earns all of its points if it is passed, and none otherwise."""
    passed = verdict in ("exact", "approximate", "shape")
    if score is None and verdict != "ungraded":
        score = float(max_score if passed else 0)
    return StageResult(name, name[1:].lower(), verdict, score, max_score, **fields)


def a_result(id="ada", stages=(), *, score=None, problems=(), path="handin", late=False, notes=(), **identities):
    """The result of a hand-in with one exercise. `score` is not what the stages add up to, if given."""
    stages = list(stages) or [a_stage()]
    ungraded = [stage for stage in stages if stage.score is None]
    if score is None and not ungraded:
        score = round(sum(stage.score for stage in stages), 2)
    most = sum(stage.max_score for stage in stages)
    return Result(
        schema=SCHEMA,
        assignment=AssignmentFacts("nameweave", "NameWeave: by hand", "0" * 64),
        submission=SubmissionFacts(
            id, path, "1" * 64, ["a.py"], list(problems), late=late, notes=list(notes), identities=identities
        ),
        grader=GraderFacts("0.1.0", "2.13.0", "secret-seed", {}),
        score=score,
        max_score=most,
        status="graded" if not ungraded else "ungraded" if len(ungraded) == len(stages) else "partly",
        seconds=1.25,
        exercises=[ExerciseResult("every-expression", "Exercise 1: every expression", score, most, stages)],
    )


def a_hostile_result(text, verdict="error"):
    """One that says the text wherever a student can have put it."""
    stages = [
        a_stage(),
        a_stage(
            "dLogits",
            verdict,
            message=text,
            pattern=text,
            diagnosis=None if verdict == "error" else Diagnosis("x", text),
            warnings=[Warned("x", text)],
            error=Failure(text, text, text),
            printed=text,
            where=Where(text, 3, 4),
        ),
        a_stage("dProbs", "wrong", message=text, where=Where("a.ipynb", 30, 31, 2, 5)),
    ]
    made = a_result(text, stages, problems=[text], path=text or ".", notes=[text], name=text, github=text)
    made.submission.files.append(text)
    return made
