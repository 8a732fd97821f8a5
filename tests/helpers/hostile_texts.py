"""Texts that a student can put into messages, prints, names and paths, and results made of them."""

from grader.result import (
    SCHEMA,
    AssignmentFacts,
    Diagnosis,
    ExerciseResult,
    Failure,
    GraderFacts,
    Result,
    StageResult,
    SubmissionFacts,
    Warned,
    Where,
)

HOSTILE = {
    "command": "::error file=x,line=1::owned",
    "command after spaces": "fine\n \t\u00a0::set-output name=score::39",
    "old command": "well ##[add-mask]e ###[error]x ##vso[task.complete] ##VSO[task.setvariable]y",
    "escapes of commands": "%0A::error::x%25%0D",
    "stop": "\n::stop-commands::x\n",
    "line ends": "a\r\n::error::b\rc\u2028::error::d\u0085::error::e\x0b::error::f",
    "formula": "=cmd()|' /C calc'!A0",
    "plus": "+1",
    "minus": "-2+3",
    "at": "@SUM(1)",
    "tab": "\t=1",
    "wide formula": " \ufeff\uff1d1",
    "formula after a separator": 'a;=cmd(),=cmd()\t=cmd()\n=cmd()";=cmd()',
    "script": "<script>alert(1)</script><img src=x onerror=alert(1)>&lt;b&gt;",
    "end of CDATA": "]]>&amp;<![CDATA[<!--",
    "attachment": "[[ATTACHMENT|/etc/passwd]] [[attachment|x]]",
    "markdown": "|x|\n\n# h\n- [a](javascript:x) ![i](http://e/x) `c` **b** ~~s~~",
    "links": "www.example.org http://example.org a@example.org @all #1 :x:",
    "fence": "```\n</code></pre>\n~~~\n\\",
    "template": "${{ secrets.X }} $(id) `id` {{ 7 * 7 }}",
    "zero": "a\x00b",
    "escape": "\x1b[2J\x1b]0;owned\x07\x9b31m",
    "section": "section_start:1:x\r\x1b[0Kx",
    "direction": "\u202eexe.py\u2066",
    "surrogate": "\ud800x\udfff",
    "no character": "\ufffe\uffff\ufdd0",
    "long": "x" * 1_000_000,
    "long and escaped": "\x1b::\n" * 250_000,
    "nothing": "",
    "spaces": " \t\n ",
}

CONTROLS = {*map(chr, range(9)), *map(chr, range(11, 32)), *map(chr, range(0x7F, 0xA0)), "\u202e", "\u2066", "\u2028"}


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
