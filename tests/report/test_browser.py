"""The report in a real browser: nothing fetched, nothing complained of, nothing to scroll sideways."""

from dataclasses import replace

import pytest
from nbformat import v4

from grader.report.executed import executed_page
from grader.report.page import render
from grader.report.training_page import RunFacts, TrainingFacts, training_page
from grader.result import Diagnosis, Warned
from grader.run.grade import grade_submission
from grader.submission import read_submission
from helpers.chromium import needs_chromium, opened
from helpers.places import MISTAKES, SOLUTIONS

pytestmark = [pytest.mark.slow, needs_chromium]


@pytest.fixture(scope="module")
def report(assignment, examination, sandbox, tmp_path_factory):
    """The report of the sample hand-in, as a file."""
    submission = read_submission(MISTAKES)
    graded = grade_submission(submission, examination, sandbox)
    path = tmp_path_factory.mktemp("report") / "report.html"
    sources = {source.name: source.text for source in submission.sources}
    path.write_text(render(graded.result, assignment, sources, graded.error_maps), encoding="utf-8")
    return path


@pytest.fixture(scope="module")
def marked(assignment, examination, sandbox, tmp_path_factory):
    """The same with the line of a slip, a stage that could not be judged, and text that was printed."""
    submission = read_submission(MISTAKES)
    graded = grade_submission(submission, examination, sandbox)
    slip = Diagnosis("edit-sign", "Line 20: a sign is wrong in `-2`. Everything else is right.", other="x", line=20)
    new = {
        "dSumCounts": {"diagnosis": slip, "printed": "a line\n" * 40},
        "dEmbedding": {"verdict": "ungraded", "score": None, "message": "The process was lost."},
        "dLogits": {"verdict": "timeout", "warnings": [Warned("x", "A warning.")]},
    }
    (first, *others) = graded.result.exercises
    stages = [replace(stage, **new.get(stage.name, {})) for stage in first.stages]
    result = replace(graded.result, exercises=[replace(first, stages=stages), *others], status="partly", score=None)
    path = tmp_path_factory.mktemp("marked") / "report.html"
    sources = {source.name: source.text for source in submission.sources}
    page = render(result, assignment, sources, graded.error_maps, "report-executed.html")
    path.write_text(page, encoding="utf-8")
    return path


@pytest.fixture(scope="module")
def notebook_page(tmp_path_factory):
    """The page of an executed notebook with outputs of each kind."""
    frame = "<table class='dataframe'><thead><tr><th></th>" + "<th>column</th>" * 40 + "</tr></thead></table>"
    picture = "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR4nGNgYPj/HwADAgH/eL9GtQAAAABJRU5ErkJggg=="
    outputs = [
        v4.new_output("stream", name="stdout", text="x" * 500),
        v4.new_output("display_data", data={"image/png": picture}),
        v4.new_output("display_data", data={"text/html": f"<style>td {{ color: red }}</style>{frame}"}),
        v4.new_output("error", ename="E", evalue="e", traceback=["\x1b[31mE\x1b[0m: e"]),
    ]
    text = "# Mine\n\n[a link](https://example.org) ![](https://example.org/x.png)\n\n```python\nif x: 'y' # z\n```"
    text = text.replace("# z", f"# {'z ' * 99}")
    cells = [v4.new_markdown_cell(text), v4.new_code_cell("print(1)  # one", outputs=outputs)]
    path = tmp_path_factory.mktemp("notebook") / "executed.html"
    path.write_text(executed_page(v4.new_notebook(cells=cells), "mine.ipynb", "It stopped."), encoding="utf-8")
    return path


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


@pytest.mark.parametrize("width", [360, 768, 1280])
@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_nothing_is_fetched_complained_of_or_wider_than_the_screen(browser, report, width, scheme):
    page = opened(browser, report, viewport={"width": width, "height": 800}, color_scheme=scheme)
    page.evaluate("document.querySelectorAll('details').forEach(d => d.open = true)")
    assert page.requests == [report.as_uri()] and page.complaints == []
    assert page.evaluate("document.documentElement.scrollWidth") <= width


@pytest.mark.parametrize("width", [360, 1280])
def test_the_page_of_a_notebook_shows_its_outputs_and_fits(browser, notebook_page, width):
    page = opened(browser, notebook_page, viewport={"width": width, "height": 800})
    assert [url for url in page.requests if not url.startswith("data:")] == [notebook_page.as_uri()]
    assert page.complaints == [] and page.evaluate("document.documentElement.scrollWidth") <= width
    assert page.get_by_role("img", name="A picture that code cell 1 made").evaluate("e => e.naturalWidth") == 1
    assert page.get_by_role("columnheader", name="column").count() == 40
    assert not page.get_by_text("color: red").count() and page.get_by_text("E: e", exact=True).is_visible()


@pytest.mark.parametrize("width", [360, 1280])
def test_the_pages_of_training_have_their_curves_and_fit(browser, training_pages, width):
    for path in training_pages:
        page = opened(browser, path, viewport={"width": width, "height": 800})
        page.evaluate("document.querySelectorAll('details').forEach(d => d.open = true)")
        assert page.requests == [path.as_uri()]
        assert page.complaints == [] and page.evaluate("document.documentElement.scrollWidth") <= width
        curves = page.locator("svg.curve")
        assert curves.count() == 1 and curves.bounding_box()["width"] > 200
        assert page.get_by_text("loss.backward()", exact=True).first.is_visible()
    assert page.get_by_text("<script>alert(1)</script>.").is_visible()


def test_it_reads_without_scripts_and_a_click_in_the_drawing_leads_to_the_stage(browser, report):
    page = opened(browser, report, java_script_enabled=False, viewport={"width": 1000, "height": 800})
    assert page.get_by_text("19 / 28", exact=True).is_visible()
    page.locator(".graph").get_by_role("link", name="dCounts: wrong", exact=True).click()
    page.wait_for_url("**#dCounts")
    page.locator("#dCounts").get_by_text("Evidence", exact=True).click()
    page.locator("#dCounts").get_by_text("dCounts | Exact: False").wait_for(state="visible")


def test_a_link_to_a_folded_stage_unfolds_it_also_without_scripts(browser, report):
    page = opened(browser, report, java_script_enabled=False, viewport={"width": 1280, "height": 800})
    assert not page.locator("#dLogProbabilities").is_visible()
    page.locator(".graph").get_by_role("link", name="dLogProbabilities: exact", exact=True).click()
    page.locator("#dLogProbabilities").wait_for(state="visible")
    inside = page.locator("#dHiddenLayerPreBatchNormStatesFast")  # in an exercise that is folded as a whole
    assert not inside.is_visible()
    page.locator("nav").get_by_role("link", name="dHiddenLayerPreBatchNormStatesFast: missing").click()
    inside.wait_for(state="visible")


def test_by_keyboard_the_next_thing_to_do_comes_first_and_its_focus_shows(browser, report):
    page = opened(browser, report, viewport={"width": 1280, "height": 800})
    page.keyboard.press("Tab")
    assert page.evaluate("document.activeElement.getAttribute('href')") == "#dSumCounts"
    assert page.evaluate("getComputedStyle(document.activeElement).outlineStyle") == "solid"
    page.keyboard.press("Enter")
    page.wait_for_url("**#dSumCounts")
    node = page.locator(".graph").get_by_role("link", name="dBatchVariance: error", exact=True)
    node.focus()
    page.keyboard.press("Shift+Tab")
    page.keyboard.press("Tab")
    width = "e => getComputedStyle(e.querySelector('circle, rect')).strokeWidth"
    assert page.evaluate("document.activeElement.getAttribute('href')") == "#dBatchVariance"
    assert node.evaluate(width) == "4px" and page.locator(".graph a").first.evaluate(width) != "4px"
    page.keyboard.press("Enter")
    page.wait_for_url("**#dBatchVariance")


@pytest.mark.parametrize("width", [360, 1280])
def test_a_cell_of_the_heatmap_tells_its_numbers_when_pointed_at(browser, report, width):
    page = opened(browser, report, java_script_enabled=False, viewport={"width": width, "height": 800})
    said = "[2,0]: got -0.00581, expected 0.00581, off by 0.0116"
    content = "getComputedStyle(document.querySelector('#dSumCounts .map td:' + c), '::after').content"
    told = f"c => {content}.replaceAll('\" \"', '').slice(1, -1)"
    cell = page.locator("#dSumCounts .map td").nth(2)
    cell.hover()
    assert page.evaluate(told, "hover") == said
    cell.click()  # as a finger does, which then goes elsewhere
    page.mouse.move(0, 0)
    page.locator("#dSumCounts .map td:focus").wait_for()
    assert page.evaluate(told, "focus") == said
    assert page.evaluate("document.documentElement.scrollWidth") <= width


def test_a_filter_shows_what_is_wrong_and_whatever_a_link_leads_to(browser, report):
    page = opened(browser, report, java_script_enabled=False, viewport={"width": 1280, "height": 800})
    passed, missing = page.locator("summary").get_by_text("dProbabilities"), page.get_by_text("Exercise 3: batch norm")
    page.locator("label[for=show-wrong]").click()
    passed.wait_for(state="hidden")
    assert page.locator("#dCounts").is_visible() and not missing.last.is_visible()
    page.locator(".graph").get_by_role("link", name="dProbabilities: exact", exact=True).click()
    passed.wait_for(state="visible")
    page.get_by_role("radio", name="passed").press("Space")
    page.locator("#dCounts").wait_for(state="hidden")


def test_the_page_of_a_typical_hand_in_is_short(browser, report):
    page = opened(browser, report, viewport={"width": 1280, "height": 800})
    assert page.evaluate("document.documentElement.scrollHeight") < 5_000
    assert page.get_by_role("link", name="Next wrong: dCounts").is_visible()


def test_the_drawing_is_cut_nowhere(browser, report):
    page, figure = opened(browser, report), "document.querySelector('.graph')"
    for height in (560, 720, 930):
        page.set_viewport_size({"width": 1280, "height": height})
        page.locator("#dEmbedding").evaluate("e => e.closest('details').scrollIntoView({block: 'center'})")
        page.wait_for_function(
            f"(box => 0 <= box.top && box.bottom <= {height})({figure}.getBoundingClientRect())", timeout=5_000
        )
        assert page.evaluate(f"{figure}.scrollHeight <= {figure}.clientHeight")


def test_the_drawing_stays_in_sight_beside_the_stages_on_a_wide_screen(browser, report):
    page = opened(browser, report, viewport={"width": 1280, "height": 900})
    page.locator("#dEmbedding").evaluate("e => e.closest('details').scrollIntoView({block: 'center'})")
    box = page.locator(".graph").first.bounding_box()
    assert 0 <= box["y"] < 100 and box["x"] + box["width"] < page.locator(".stages").first.bounding_box()["x"]


def test_the_line_to_look_at_is_marked_and_reached_by_its_link(browser, marked):
    page = opened(browser, marked, viewport={"width": 1000, "height": 700})
    page.locator(".next .place a").click()
    line = page.locator("#dSumCounts mark")
    page.wait_for_url("**#dSumCounts-line-20")
    line.wait_for(state="visible")
    page.wait_for_function(
        "(y => 0 < y && y < 700)(document.querySelector('#dSumCounts mark').getBoundingClientRect().y)"
    )
    assert line.evaluate("e => getComputedStyle(e).borderLeftWidth") == "4px"


@pytest.mark.parametrize(("scheme", "width"), [("light", 1280), ("dark", 360)])
def test_axe_finds_nothing_to_complain_of(browser, marked, training_pages, notebook_page, scheme, width):
    axe = pytest.importorskip("axe_playwright_python.sync_playwright").Axe()
    for path in (marked, *training_pages, notebook_page):
        page = opened(browser, path, color_scheme=scheme, viewport={"width": width, "height": 900})
        page.evaluate("document.querySelectorAll('details').forEach(d => d.open = true)")
        violations = axe.run(page).response["violations"]
        found = {each["id"]: [node["html"] for node in each["nodes"][:3]] for each in violations}
        assert found == {}, path.name


def test_axe_finds_nothing_to_complain_of_as_the_page_is_opened(browser, report):
    axe = pytest.importorskip("axe_playwright_python.sync_playwright").Axe()
    page = opened(browser, report, viewport={"width": 1280, "height": 900})
    assert [each["id"] for each in axe.run(page).response["violations"]] == []


def test_paper_shows_what_matters_with_nothing_cut_off_and_no_fill_to_tell_by(browser, report):
    page = opened(browser, report, viewport={"width": 718, "height": 1000})
    page.emulate_media(media="print")
    assert page.locator("#dSumCounts .heatmap table").last.is_visible()
    assert page.locator("#dSumCounts .evidence li").first.is_visible()
    assert page.get_by_text("right on every probe, within float32 rounding", exact=True).is_visible()
    assert not page.get_by_text("Point at a cell").first.is_visible()
    wide = """() => [...document.querySelectorAll('body *')].filter(e => !e.closest('svg')
        && e.getClientRects().length && e.getBoundingClientRect().right > innerWidth + 1).map(e => e.className)"""
    assert page.evaluate(wide) == []
    assert page.locator(".badge").first.evaluate("e => getComputedStyle(e).color") == "rgb(0, 0, 0)"
    pages = page.pdf(format="A4", prefer_css_page_size=True)
    assert pages.startswith(b"%PDF") and 2 < pages.count(b"/Type /Page\n") <= 6


def test_text_stands_out_enough_from_what_is_behind_it(browser, report):
    """Contrast of at least 4.5 : 1 for badges and marks (WCAG 2.1, 1.4.3), in both schemes."""
    script = """() => [...document.querySelectorAll('.badge, .key')].filter(e => e.getClientRects().length).map(e => {
        const light = c => { const [r, g, b] = c.match(/[\\d.]+/g).slice(0, 3).map(v => v / 255)
            .map(v => v <= .03928 ? v / 12.92 : ((v + .055) / 1.055) ** 2.4);
            return .2126 * r + .7152 * g + .0722 * b; };
        const style = getComputedStyle(e), a = light(style.color), b = light(style.backgroundColor);
        return [e.className, (Math.max(a, b) + .05) / (Math.min(a, b) + .05)]; })"""
    for scheme in ("light", "dark"):
        ratios = dict(opened(browser, report, color_scheme=scheme).evaluate(script))
        assert {"key s-right", "key s-carried", "key s-wrong", "key s-untried", "badge s-wrong"} <= set(ratios)
        assert {name: round(ratio, 2) for name, ratio in ratios.items() if ratio < 4.5} == {}, scheme
