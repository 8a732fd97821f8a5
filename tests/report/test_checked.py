"""What `check` shows: nothing of a student's becomes markup, its styles reach nothing else, and it has two themes."""

import re

import pytest

from grader.report.checked import CheckedWork, notice_html, notice_text
from helpers.chromium import needs_chromium, opened
from helpers.hostile_texts import CORPUS
from helpers.obeyed import obeyed
from helpers.results import HARMLESS, hostile_maps, hostile_result

PAGE = """<!doctype html><meta charset="utf-8"><style>body {{ font: 20px serif; background: {background} }}</style>
<body {theme}><p id="other" class="why name"><code>x</code></p><div class="badge v-wrong map">other</div>{html}"""
LOOKS = """selector => { const look = getComputedStyle(document.querySelector(selector));
    return [look.backgroundColor, look.color] }"""
WHITE, DARK = "rgb(255, 255, 255)", "rgb(30, 32, 35)"
THEMES = (
    ("", "light", WHITE),
    ("", "dark", DARK),
    ('data-jp-theme-light="false"', "light", DARK),
    ('data-jp-theme-light="true"', "dark", WHITE),
    ('class="vscode-dark"', "light", DARK),
    ('class="vscode-light"', "dark", WHITE),
)
TAG = re.compile(r"<(/?[a-z]\w*)((?: [\w-]+=(?:\"[^\"]*\"|\w+))*)>")


@pytest.fixture(scope="module")
def work(assignment):
    def make(text, *, is_all=False):
        result, sources = hostile_result(assignment, text)
        return CheckedWork(result, assignment, sources, hostile_maps(result), is_all, numbered=True)

    return make


def tags(html):
    """The elements, but for code in a sentence and its colours, and the names of their attributes."""
    body = html[html.index("</style>") :]
    found = [(tag, re.findall(r" ([\w-]+)=", attributes)) for tag, attributes in TAG.findall(body)]
    return [each for each in found if each[0].strip("/") not in ("code", "span", "mark", "pre")]


@pytest.mark.parametrize("is_all", [False, True])
def test_no_text_of_a_students_is_more_than_text(work, is_all):
    expected = tags(work(HARMLESS, is_all=is_all).html)
    for name, text in CORPUS.items():
        shown = work(text, is_all=is_all)
        if text.strip():
            assert tags(shown.html) == expected or len(text) > 2_000, name
        assert not list(obeyed(shown.text)) and not re.search(r"^Score 39", shown.text, re.MULTILINE), name
        assert not list(obeyed(notice_text(text))) and "\n" not in notice_text(text), name
        assert len(tags(notice_html(text))) == 4, name


@needs_chromium
def test_it_has_the_theme_of_the_notebook_and_changes_nothing_else(browser, work, tmp_path):
    file = tmp_path / "output.html"
    file.write_text(PAGE.format(theme="", background="gray", html=""), encoding="utf-8")
    page = opened(browser, file)
    around = ("body", "#other", "#other code", ".badge")
    before = [page.evaluate(LOOKS, each) for each in around]
    for theme, system, background in THEMES:
        html = work("x" * 30).html
        file.write_text(PAGE.format(theme=theme, background="gray", html=html), encoding="utf-8")
        page.emulate_media(color_scheme=system)
        page.reload()
        assert [page.evaluate(LOOKS, each) for each in around] == before
        assert page.evaluate(LOOKS, ".backprop-check")[0] == background, theme
        assert page.evaluate(LOOKS, ".backprop-check .badge.v-wrong") == ["rgb(187, 52, 43)", WHITE]
    assert page.locator(".backprop-check td.h9").count() and page.complaints == []
    assert set(page.requests) == {file.as_uri()}
