"""The report in a real browser: nothing fetched, nothing complained of, nothing to scroll sideways."""

import shutil
from pathlib import Path

import pytest
from conftest import ROOT, SOLUTIONS

from grader.grading import grade_submission
from grader.report.html import render
from grader.report.training_page import RunFacts, TrainingFacts, training_page
from grader.submission import read_submission

CHROMIUM = shutil.which("chromium") or shutil.which("chromium-browser") or shutil.which("google-chrome")
pytestmark = pytest.mark.skipif(
    CHROMIUM is None, reason="no Chromium on this machine (Debian: apt-get install chromium)"
)
QUIET = ["--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking", "--disable-sync"]


@pytest.fixture(scope="module")
def report(assignment, examination, sandbox, tmp_path_factory):
    """The report of the sample hand-in, as a file."""
    submission = read_submission(ROOT / "tests" / "submissions" / "typical_mistakes")
    graded = grade_submission(submission, examination, sandbox)
    path = tmp_path_factory.mktemp("report") / "report.html"
    sources = {source.name: source.text for source in submission.sources}
    path.write_text(render(graded.result, assignment, sources, graded.error_maps), encoding="utf-8")
    return path


@pytest.fixture(scope="module")
def browser():
    from playwright.sync_api import sync_playwright

    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=QUIET, chromium_sandbox=False)
        yield browser
        browser.close()


@pytest.fixture(scope="module")
def training_pages(assignment, training_examination, sandbox, tmp_path_factory):
    """The report of exercise 4 with a run that goes astray, and the page of a training run."""
    folder = tmp_path_factory.mktemp("training")
    text = (
        (SOLUTIONS / "ex4_training.py")
        .read_text(encoding="utf-8")
        .replace("parameter - learning", "parameter + learning")
    )
    (folder / "ex4.py").write_text(text, encoding="utf-8")
    submission = read_submission(folder / "ex4.py")
    graded = grade_submission(submission, training_examination, sandbox)
    sources = {source.name: source.text for source in submission.sources}
    report = render(graded.result, assignment, sources, graded.error_maps)
    (folder / "report.html").write_text(report, encoding="utf-8")
    own = RunFacts(40, 1.0, [3.0, 2.5, None, 2.0], 2.0, 2.1, ["anna.", "<script>alert(1)</script>."])
    facts = TrainingFacts("A title", "<b>me</b>", 50, own, RunFacts(50, 1.0, [3.0, 2.4, 2.2, 2.0]), ["<i>slow</i>"])
    (folder / "training.html").write_text(training_page(facts), encoding="utf-8")
    return [folder / "report.html", folder / "training.html"]


def opened(browser, report: Path, **context):
    page = browser.new_context(**context).new_page()
    page.requests, page.complaints = [], []
    page.on("request", lambda request: page.requests.append(request.url))
    page.on("console", lambda message: page.complaints.append(message.text))
    page.on("pageerror", lambda error: page.complaints.append(str(error)))
    page.goto(report.as_uri())
    return page


@pytest.mark.parametrize("width", [360, 768, 1280])
@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_nothing_is_fetched_complained_of_or_wider_than_the_screen(browser, report, width, scheme):
    page = opened(browser, report, viewport={"width": width, "height": 800}, color_scheme=scheme)
    page.evaluate("document.querySelectorAll('details').forEach(d => d.open = true)")
    assert [url for url in page.requests if not url.startswith("data:")] == [report.as_uri()]
    assert page.complaints == []
    assert page.evaluate("document.documentElement.scrollWidth") <= width


@pytest.mark.parametrize("width", [360, 1280])
def test_the_pages_of_training_have_their_curves_and_fit(browser, training_pages, width):
    for path in training_pages:
        page = opened(browser, path, viewport={"width": width, "height": 800})
        page.evaluate("document.querySelectorAll('details').forEach(d => d.open = true)")
        assert [url for url in page.requests if not url.startswith("data:")] == [path.as_uri()]
        assert page.complaints == [] and page.evaluate("document.documentElement.scrollWidth") <= width
        curves = page.locator("svg.curve")
        assert curves.count() == 1 and curves.bounding_box()["width"] > 200
        assert page.get_by_text("loss.backward()", exact=True).first.is_visible()
    assert page.get_by_text("<script>alert(1)</script>.").is_visible()


def test_it_reads_without_scripts_and_a_click_in_the_drawing_leads_to_the_stage(browser, report):
    page = opened(browser, report, java_script_enabled=False, viewport={"width": 1000, "height": 800})
    assert page.get_by_text("19 / 28", exact=True).is_visible()
    page.get_by_role("link", name="counts: wrong", exact=True).click()
    assert page.url.endswith("#dCounts")
    assert page.locator("#dCounts").get_by_text("dCounts | Exact: False").is_visible()


def test_text_stands_out_enough_from_what_is_behind_it(browser, report):
    """Contrast of at least 4.5 : 1 for the badges (WCAG 2.1, 1.4.3), in both schemes."""
    script = """() => [...document.querySelectorAll('.badge, .dot')].map(e => {
        const light = c => { const [r, g, b] = c.match(/[\\d.]+/g).slice(0, 3).map(v => v / 255)
            .map(v => v <= .03928 ? v / 12.92 : ((v + .055) / 1.055) ** 2.4);
            return .2126 * r + .7152 * g + .0722 * b; };
        const style = getComputedStyle(e), a = light(style.color), b = light(style.backgroundColor);
        return [e.className, (Math.max(a, b) + .05) / (Math.min(a, b) + .05)]; })"""
    for scheme in ("light", "dark"):
        ratios = dict(opened(browser, report, color_scheme=scheme).evaluate(script))
        assert {name: round(ratio, 2) for name, ratio in ratios.items() if ratio < 4.5} == {}, scheme
