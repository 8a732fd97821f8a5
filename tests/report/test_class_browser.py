"""The page of a class in a real browser: sorted, filtered, without scripts, by keyboard, and with many students."""

import re
from dataclasses import replace

import pytest

from grader.report.class_page import render_class
from helpers.chromium import needs_chromium, opened
from helpers.fake_class import fake_class

pytestmark = [pytest.mark.slow, needs_chromium]
MISSING = [(f"m{number}", f"Missing {number}") for number in range(12)]
UNFOLD = "document.querySelectorAll('details').forEach(d => d.open = true)"
COUNT_APPENDS = """() => {
  const append = Element.prototype.append;
  window.appends = 0;
  Element.prototype.append = function (...nodes) { window.appends += 1; return append.apply(this, nodes); };
}"""
IDS = "[...document.querySelectorAll('#everyone tbody tr:not([hidden]) small')].map(e => e.textContent)"


@pytest.fixture(scope="module")
def students(samples):
    """Thirty of them, some of each kind."""
    return fake_class(samples, 30, seed=4, cheats=0.08, lost=0.06)


@pytest.fixture(scope="module")
def written(tmp_path_factory):
    """The page of a class as a file, beside reports that only have places to lead to."""

    def write(class_):
        folder = tmp_path_factory.mktemp("class")
        (folder / "reports").mkdir()
        ids = [result.submission.id for result in class_]
        for id in ids[:50]:
            (folder / "reports" / f"{id}.html").write_text(f"<!doctype html><title>{id}</title>", encoding="utf-8")
        page = render_class(class_, ids, missing=MISSING, notes=["One hand-in has no name."], title="Spring term")
        (folder / "index.html").write_text(page, encoding="utf-8")
        return folder / "index.html"

    return write


@pytest.fixture(scope="module")
def page_file(written, students):
    return written(students)


def heading(page, text):
    return page.locator("#everyone thead").get_by_role("button", name=text, exact=True)


def shown(page):
    return page.evaluate(IDS)


@pytest.mark.parametrize("width", [360, 768, 1280])
@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_nothing_is_fetched_complained_of_or_wider_than_the_screen(browser, page_file, width, scheme):
    page = opened(browser, page_file, viewport={"width": width, "height": 800}, color_scheme=scheme)
    page.evaluate(UNFOLD)
    assert page.requests == [page_file.as_uri()] and page.complaints == []
    assert page.evaluate("document.documentElement.scrollWidth") <= width


def test_it_is_sorted_by_score_by_name_by_first_error_and_back(browser, page_file, students):
    page = opened(browser, page_file)
    before = shown(page)
    scores = {result.submission.id: -1 if result.score is None else result.score for result in students}
    heading(page, "score").click()
    ascending = [scores[id] for id in shown(page)]
    assert ascending == sorted(scores.values())
    heading(page, "score").click()
    assert [scores[id] for id in shown(page)] == sorted(scores.values(), reverse=True)
    names = {result.submission.id: result.submission.identities["name"] for result in students}
    heading(page, "student").click()
    assert [names[id] for id in shown(page)] == sorted(names.values(), key=lambda name: name.split()[::-1])
    order = [stage.name for stage in students[0].stages]
    first = {r.submission.id: next((order.index(s.name) for s in r.stages if not own(s)), 39) for r in students}
    heading(page, "first error").click()
    assert [first[id] for id in shown(page)] == sorted(first.values())
    heading(page, "to look at").click()
    assert shown(page) == before


def own(stage):
    """Whether a stage is no error of the student's own."""
    return stage.passed or stage.verdict in ("missing", "ungraded")


def test_the_heading_says_how_it_is_sorted_and_works_by_keyboard(browser, page_file):
    page = opened(browser, page_file)
    heading(page, "score").focus()
    page.keyboard.press("Enter")
    sorted_by = page.locator("#everyone [aria-sort]")
    assert (sorted_by.count(), sorted_by.get_attribute("aria-sort")) == (1, "ascending")
    page.keyboard.press("Space")
    assert sorted_by.get_attribute("aria-sort") == "descending"
    heading(page, "student").click()
    assert (sorted_by.count(), sorted_by.text_content().strip()) == (1, "student")


def test_a_stage_sorts_by_how_bad_it_is(browser, page_file, students):
    page = opened(browser, page_file)
    heading(page, "dCounts").click()
    verdicts = {result.submission.id: {s.name: s.verdict for s in result.stages}["dCounts"] for result in students}
    found = [verdicts[id] for id in shown(page)]
    assert found[-1] == "exact" and found.index("wrong") > found.index("missing")
    assert [verdict for verdict in found if verdict == "exact"] == found[found.index("exact") :]


def test_it_is_filtered_by_text_verdict_stage_and_flag(browser, page_file, students):
    page = opened(browser, page_file)
    total = len(students)
    assert page.locator("#shown").text_content() == f"{total} students"

    page.fill("#find", students[7].submission.identities["name"].upper().split()[1])
    family = students[7].submission.identities["name"].split()[1]
    expected = {r.submission.id for r in students if family in r.submission.identities["name"]}
    assert set(shown(page)) == expected
    assert page.locator("#shown").text_content() == f"{len(expected)} of {total} students"

    page.get_by_role("button", name="show all").click()
    page.wait_for_function(f"document.getElementById('shown').textContent === '{total} students'")
    page.select_option("#verdict", label="wrong")
    assert set(shown(page)) == {r.submission.id for r in students if any(s.verdict == "wrong" for s in r.stages)}
    page.select_option("#stage", label="dCounts")
    wrong = {r.submission.id for r in students if any((s.name, s.verdict) == ("dCounts", "wrong") for s in r.stages)}
    assert set(shown(page)) == wrong and 0 < len(wrong) < total

    page.get_by_role("button", name="show all").click()
    page.select_option("#flag", label="forbidden")
    cheats = {r.submission.id for r in students if any(s.verdict == "forbidden" for s in r.stages)}
    assert set(shown(page)) == cheats and cheats
    page.select_option("#flag", label="late")
    assert set(shown(page)) == {r.submission.id for r in students if r.submission.late}


def test_sorting_keeps_what_is_filtered_out_out_of_sight(browser, page_file):
    page = opened(browser, page_file)
    page.select_option("#flag", label="forbidden")
    before = set(shown(page))
    heading(page, "score").click()
    assert set(shown(page)) == before


def test_a_cell_tells_its_stage_and_leads_to_it_in_the_students_report(browser, page_file):
    page = opened(browser, page_file)
    row = page.locator("#everyone tbody tr").nth(3)
    id = row.locator("small").text_content()
    place = [text.strip() for text in page.locator("#everyone thead th").all_text_contents()].index("dLogits")
    cell = row.locator("th, td").nth(place)
    cell.hover()
    assert re.fullmatch(r"dLogits: \w+", cell.get_attribute("title"))
    cell.click()
    page.wait_for_url(f"**/reports/{id}.html#dLogits")


def test_it_reads_without_scripts(browser, page_file, students):
    page = opened(browser, page_file, java_script_enabled=False, viewport={"width": 1280, "height": 900})
    assert not page.locator("#filters").is_visible()
    assert page.locator("#everyone button").count() == 0
    assert page.locator("#everyone tbody tr").count() == len(students)
    assert page.get_by_role("columnheader", name="dCounts", exact=True).is_visible()
    assert page.get_by_role("heading", name="Hardest stages").is_visible()
    page.get_by_text("4 more", exact=True).click()
    page.get_by_text("Missing 11").wait_for(state="visible")


def test_names_and_headings_stay_in_sight_while_the_table_is_scrolled(browser, page_file):
    page = opened(browser, page_file, viewport={"width": 700, "height": 700})
    box = page.locator(".heat")
    box.scroll_into_view_if_needed()
    place = "e => { const a = e.getBoundingClientRect(), b = e.closest('.heat').getBoundingClientRect(); "
    place += "return [Math.round(a.left - b.left), Math.round(a.top - b.top)]; }"
    box.evaluate("e => e.scrollTo(300, 400)")
    head, corner = page.locator("#everyone thead th").nth(20), page.locator("#everyone thead th").first
    name = page.locator("#everyone tbody th").nth(15)
    assert head.evaluate(place)[1] <= 2 and corner.evaluate(place) == [1, 1] and name.evaluate(place)[0] == 1


def test_paper_has_the_whole_table(browser, page_file):
    page = opened(browser, page_file, viewport={"width": 1000, "height": 700})
    page.emulate_media(media="print")
    assert page.locator(".heat").evaluate("e => [e.scrollHeight - e.clientHeight, getComputedStyle(e).overflow]") == [
        0,
        "visible",
    ]
    assert not page.locator("#filters").is_visible()


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_axe_finds_nothing_to_complain_of(browser, page_file, scheme):
    axe = pytest.importorskip("axe_playwright_python.sync_playwright").Axe()
    page = opened(browser, page_file, color_scheme=scheme, viewport={"width": 1280, "height": 900})
    page.evaluate(UNFOLD)
    page.evaluate("document.getElementById('all').scrollIntoView()")
    page.wait_for_timeout(200)
    violations = axe.run(page).response["violations"]
    assert {each["id"]: [node["html"] for node in each["nodes"][:3]] for each in violations} == {}


def work(session):
    """How often the page was laid out, and its styles worked out, since that has been counted."""
    metrics = {each["name"]: each["value"] for each in session.send("Performance.getMetrics")["metrics"]}
    return metrics["LayoutCount"], metrics["RecalcStyleCount"]


def test_a_thousand_students_are_there_and_sorted_with_little_work(browser, written, samples):
    """It is laid out a few times altogether, not once for each student, and the rows are moved in one go."""
    page = opened(browser, written(fake_class(samples, 1000)), viewport={"width": 1280, "height": 900})
    session = page.context.new_cdp_session(page)
    session.send("Performance.enable")
    page.reload()
    opening = work(session)
    page.evaluate(COUNT_APPENDS)
    heading(page, "score").evaluate("button => { button.click(); document.body.offsetHeight; }")
    sorting = work(session)
    assert page.evaluate("window.appends") == 1
    assert 0 < max(opening) < 40 and max(sorting) < max(opening) + 20
    assert len(shown(page)) == 1000 and page.complaints == []


def test_cells_are_reached_by_keyboard_and_names_are_found_without_their_dots(browser, written, students):
    named = replace(students[0].submission, identities={"name": "Özgür Weiß"})
    page = opened(browser, written([replace(students[0], submission=named), *students[1:20]]))
    cells = page.locator("#everyone tbody td[tabindex]")
    assert cells.count() == 1
    cells.focus()
    at = "[document.activeElement.cellIndex, document.activeElement.parentNode.rowIndex]"
    column, row = page.evaluate(at)
    for key in ("ArrowRight", "ArrowDown", "ArrowDown", "ArrowUp"):
        page.keyboard.press(key)
    assert page.evaluate(at) == [column + 1, row + 1] and cells.count() == 1
    assert ": " in page.evaluate("document.activeElement.title")
    page.locator("#find").fill("OZGUR weiss")
    assert shown(page) == [named.id]
    assert not page.complaints
