"""The page of a submission: whole, safe, and of use."""

import re
from html.parser import HTMLParser
from pathlib import Path

import pytest
from conftest import GRADIENTS, ROOT, SOLUTIONS
from pygments import highlight
from pygments.formatters.html import HtmlFormatter
from pygments.lexers.python import PythonLexer

from grader.answer import Source
from grader.grading import grade_submission
from grader.report.code import highlighted
from grader.report.html import render
from grader.report.words import printable
from grader.result import Where
from grader.submission import Submission, read_submission

MISTAKES = ROOT / "tests" / "submissions" / "typical_mistakes"
EVIL = "</pre></style><script>alert(1)</script><img src=x onerror=alert(1)>\"'{{7*7}}\x1b[31m\u202e"


@pytest.fixture(scope="module")
def page_of(assignment, examination, sandbox):
    """The page of a submission."""

    def make(submission):
        graded = grade_submission(submission, examination, sandbox)
        return render(graded.result, assignment, {s.name: s.text for s in submission.sources}, graded.error_maps)

    return make


@pytest.fixture(scope="module")
def page(page_of):
    return page_of(read_submission(MISTAKES))


class Tags(HTMLParser):
    """Every tag with its attributes, as a browser would see them."""

    def __init__(self, page):
        super().__init__()
        self.seen = []
        self.feed(page)

    def handle_starttag(self, tag, attrs):
        self.seen.append((tag, dict(attrs)))


def test_it_tells_the_score_and_the_first_error_and_links_there(page):
    assert "<strong>19 / 28</strong>" in page
    assert re.search(r'Look first at</span> <a href="#dSumCounts">dSumCounts</a>', page)


def test_every_stage_has_a_place_and_the_drawing_leads_to_it(page, assignment):
    tags = Tags(page).seen
    ids = {attributes.get("id") for _, attributes in tags}
    links = {attributes["href"] for tag, attributes in tags if tag == "a"}
    names = [stage.name for name in GRADIENTS for stage in assignment.exercise(name).stages]
    assert ids.issuperset(names)
    assert links == {f"#{name}" for name in names}


def test_the_drawing_has_a_line_for_every_use_and_the_verdict_of_every_tensor(page, assignment):
    exercise = assignment.exercises[0]
    uses = sum(len(exercise.consumers(stage.tensor)) for stage in exercise.stages)
    drawing = page[page.index("<svg") : page.index("</svg>")]
    assert drawing.count("<path") == uses
    assert re.search(r'aria-label="counts: wrong"', drawing) and re.search(r'aria-label="logits: shortcut"', drawing)


def test_a_wrong_stage_shows_line_shapes_place_picture_code_and_hint(page):
    stage = page[page.index('id="dCounts"') : page.index('id="dNormalizedLogits"')]
    assert "dCounts | Exact: False | Approximate: False | MaxDiff: 0.005" in stage
    assert "got [32, 27], expected [32, 27]" in stage
    assert "worst element" in stage and 'src="data:image/png;base64,' in stage
    assert "sumCountsInverse" in stage and "the two add up" in stage


def test_an_error_shows_the_students_own_lines_only(page):
    stage = page[page.index('id="dBatchVariance"') : page.index('id="dBatchDifferencePow2"')]
    assert "NameError" in stage and "batchVarience" in stage and "ex1_every_expression.py" in stage
    assert "site-packages" not in stage and "grader/" not in stage


def test_it_fetches_nothing_runs_nothing_and_is_small(page):
    tags = Tags(page).seen
    assert not [tag for tag, _ in tags if tag in ("script", "link", "iframe", "object", "embed", "base")]
    sources = [value for _, attributes in tags for name, value in attributes.items() if name in ("src", "href")]
    assert all(value.startswith(("#", "data:image/png")) for value in sources)
    assert "default-src 'none'" in page
    assert not re.search(r"url\(|@import", page)
    assert len(page.encode()) < 400_000


def test_the_page_of_a_whole_solution_is_small_too(page_of):
    assert len(page_of(read_submission(SOLUTIONS)).encode()) < 400_000


def test_nothing_from_a_student_becomes_markup(page_of, examination):
    text = (
        f"def dCounts(counts):\n    {EVIL!r}\n    print({EVIL!r})\n    raise ValueError({EVIL!r})\n"
        f"def dLogits(logits):\n    raise type({EVIL!r}, (Exception,), {{}})('x')\n"
        f"def dMaxLogits(maxLogits):\n    return type({EVIL!r}, (), {{}})()\n"
        f"def dProbabilities(**k):  # {EVIL}\n    return k['probabilities']\n"
    )
    submission = Submission(EVIL, Path("x"), (Source(EVIL, text.replace("\x1b", "?")),), (), {})
    page = page_of(submission)
    tags = Tags(page).seen
    assert not [tag for tag, _ in tags if tag == "script"]
    assert not [name for _, attributes in tags for name in attributes if name.startswith("on")]
    assert "<img src=x" not in page and "49" not in re.findall(r"\{\{.*?\}\}|49(?=\\x1b)", page)
    assert "\x1b" not in page and "\u202e" not in page
    assert "&lt;script&gt;" in page


def test_a_submission_with_nothing_in_it_has_a_page(page_of):
    page = page_of(Submission("nobody", Path("x"), (), (), {}))
    assert "0 / 28" in page and "28 not written yet" in page


@pytest.mark.parametrize(
    "text", ["def f(x):\n    return x < 1 and '''\n<b>\n''' \n\n", "\n\n# x", "def f(:\n\tö  ", "x\r\n'&'"]
)
@pytest.mark.parametrize("first", [1, 8, 98])
def test_code_is_numbered_as_pygments_would_do_it(text, first):
    lines = text.split("\n")
    padded = "\n" * (first - 1) + text
    formatter = HtmlFormatter(linenos="inline", linenostart=first, cssclass="code", wrapcode=True)
    ours = highlighted(Where("a.py", first, first + len(lines) - 1), {"a.py": padded})
    assert ours == highlight(printable(text), PythonLexer(stripnl=False), formatter)
