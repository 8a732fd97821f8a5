"""Strings that would do something if a page, a terminal or a file took them for more than text; results of them."""

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
CORPUS = {
    # tags that run something
    "script": "<script>pwned=1;alert(1)</script>",
    "script in capitals": "<SCRIPT SRC=https://example.org/x.js></SCRIPT>",
    "script, broken up": "<scr<script>ipt>alert(1)</scr</script>ipt>",
    "script with a slash": "<script/x>alert(1)</script/>",
    "script that does not end": "<script>alert(1)//",
    "script in a namespace": "<x:script xmlns:x='http://www.w3.org/1999/xhtml'>alert(1)</x:script>",
    "script module": "<script type=module>import('https://example.org/x.js')</script>",
    "picture that fails": "<img src=x onerror=pwned=1>",
    "picture without spaces": "<img/src=x/onerror=alert`1`>",
    "picture of data": "<img src='data:image/svg+xml,<svg onload=alert(1)>' onload=pwned=1>",
    "svg": "<svg onload=alert(1)><animate onbegin=alert(1) attributeName=x dur=1s></svg>",
    "svg with a link": "<svg><a xlink:href=javascript:alert(1)><text y=20>go</text></a><use href=#x /></svg>",
    "mathml": "<math><mtext><table><mglyph><style><img src=x onerror=alert(1)></style></mglyph></table></mtext></math>",
    "mathml link": "<math href='javascript:alert(1)'><mi>x</mi></math>",
    "frame": "<iframe srcdoc='<script>parent.pwned=1</script>' src=javascript:alert(1)></iframe>",
    "object": "<object data=javascript:alert(1)></object><embed src=https://example.org/x.swf>",
    "details": "<details open ontoggle=alert(1)><summary>x</summary></details>",
    "focus": "<input autofocus onfocus=alert(1)><form action=https://example.org><button>send</button></form>",
    "base": "<base href=https://example.org/><link rel=stylesheet href=x.css>",
    "refresh": "<meta http-equiv=refresh content='0;url=https://example.org/'>",
    "video": "<video><source onerror=alert(1)></video><audio src=https://example.org/x onerror=alert(1)></audio>",
    "template": "<template><script>alert(1)</script></template><slot name=x></slot>",
    # out of where the text stands
    "out of an attribute": '" onmouseover="alert(1)" x="',
    "out of an attribute, single": "' onfocus='alert(1)' autofocus tabindex='1",
    "out of an attribute, bare": " onmouseover=alert(1) style=position:fixed;inset:0 ",
    "out of a style sheet": "</style><style>@import 'https://example.org/x.css';body{display:none}</style>",
    "out of a title": "</title><script>alert(1)</script>",
    "out of preformatted text": "</code></pre></details></div></main><h1>100 / 100</h1>",
    "out of a textarea": "</textarea></noscript></xmp></template><script>alert(1)</script>",
    "out of a comment": "--><script>alert(1)</script><!--",
    "comment": "<!-- <script>alert(1)</script> --!><img src=x onerror=alert(1)>",
    "conditional comment": "<!--[if IE]><script>alert(1)</script><![endif]-->",
    "cdata": "]]><script>alert(1)</script><![CDATA[",
    "processing instruction": "<?xml version='1.0'?><?php echo 1 ?><!DOCTYPE x [<!ENTITY y 'z'>]>&y;",
    # links
    "javascript": "javascript:alert(document.domain)",
    "javascript, spelled oddly": "java\tscript:alert(1)",
    "javascript as entities": "&#106;&#97;vascript&colon;alert(1)",
    "link": "<a href=javascript:alert(1)>go</a><a href='data:text/html,<script>alert(1)</script>'>go</a>",
    "markdown link": "[go](javascript:alert(1)) ![x](https://example.org/x.png) [y](data:text/html;base64,PHM+)",
    "markdown title": '[x](https://example.org "\\" onmouseover=alert(1) ")',
    "markdown autolink": '<javascript:alert(1)> <https://example.org/?"onclick=alert(1)>',
    "markdown fence": '```html\n<script>alert(1)</script>\n```\n``` "><img src=x onerror=alert(1)>\nx\n```',
    # templates and entities
    "jinja": "{{ 7 * 7 }}{% for x in ().__class__.__base__.__subclasses__() %}{{ x }}{% endfor %}{# x #}",
    "other templates": "${7*7} #{7*7} <%= 7*7 %> [[7*7]] {{constructor.constructor('alert(1)')()}}",
    "entities": "&lt;script&gt;alert(1)&lt;/script&gt; &#60;b&#62; &amp;lt; &nosuch; &#0; &#x110000;",
    "backticks": '`<b>` `a` ` `` `"onclick=alert(1)` `',
    "rich markup": "[bold red]x[/bold red] [link=https://example.org]y[/link] [/] [@click=app.quit]z[/]",
    "lines that are ours": "x\nScore 39 / 39  39 of 39 stages passed.\n  ::error::x\n##[error]y\n\t::debug::z",
    "pipeline command": "x ##vso[task.complete result=Succeeded]y ##VSO[task.setvariable variable=a]b",
    "workflow command": "::error file=x.py,line=1::broken%0A::set-output name=x::y\n::stop-commands::x",
    "formula": '=HYPERLINK("https://example.org","x")|cmd!A0',
    # control characters
    "null": "a\x00b<\x00script>alert(1)</\x00script>",
    "control characters": "".join(map(chr, range(1, 32))) + "\x7f",
    "more control characters": "".join(map(chr, range(0x80, 0xA0))),
    "colours": "\x1b[31mred\x1b[0m \x1b[2J\x1b[1;1Hover \x1b]0;title\x07 \x1b]8;;https://example.org\x1b\\x\x1b]8;;\x1b\\",
    "carriage return": "wrong\rexact\b\b\b\x0b\x0c\x85\u2028\u2029end",
    # letters
    "direction override": "\u202egnp.exe\u202c \u202dx \u200f \u200e \u061c",
    "direction isolate": "\u2066abc \u2067def \u2068ghi",
    "words from right to left": "שלום (1) <b>مرحبا</b> 12",
    "nothing to see": "a\u200bb\u2060c\ufeffd\u00ade\u180ef\u3164\U000e0041\U000e007f",
    "half a character": "a\ud800b\udfffc \udc9b31m",
    "accents": "Z" + "\u0301\u0489\u20dd" * 2_000 + "algo",
    "a long word": "w" * 10_000,
    "a long word with tags": "<b>" * 1_000,
    "families": "\U0001f469\u200d\U0001f469\u200d\U0001f467 \U0001f3f4\U000e0067\U000e007f \u0915\u094d\u200d\u0937",
    "wide letters": "\uff1cscript\uff1ealert(1)\uff1c/script\uff1e \u2039img\u203a \ufe64b\ufe65",
    "no characters": "\ufffe\uffff\U0001ffff\ufdd0",
    "lines": "first\nsecond\n\n\n# third\r\nfourth\n" + "\n" * 40,
    "bytes in latin": "\xbc\xf3\xe3\xf2\xe9\xf0\xf4\xbe \xaf\xbf+ADw-script+AD4-",
}
"""By what they try. The last are UTF-7 and its like."""

VERDICTS = "wrong exact approximate shape shortcut overfit nonfinite error timeout forbidden missing ungraded".split()
OURS = {
    *("schema", "version", "torch", "seed", "isolation", "sha256", "title", "tensor", "kind", "sizes", "parameters"),
    *("name", "verdict", "status", "style", "code"),
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
