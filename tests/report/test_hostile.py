"""Nothing of a student's becomes markup, runs, or acts on a terminal: a corpus in every field, in every rendering."""

import json
import os
import re
from collections import Counter
from dataclasses import fields, is_dataclass, replace
from functools import cache
from html.parser import HTMLParser
from io import StringIO

import nbformat
import pytest
from rich.console import Console

from grader.report import safe, verdicts
from grader.report.class_page import render_class
from grader.report.executed import executed_page
from grader.report.json import from_json, to_json, to_line
from grader.report.page import DETAILS, LARGEST, render
from grader.report.safe.html import CLASSES, TAGS
from grader.report.terminal import show
from grader.report.training_page import RunFacts, TrainingFacts, curve_file, training_page
from helpers.chromium import needs_chromium, opened
from helpers.hostile_texts import CORPUS
from helpers.obeyed import COLOURS, acting, obeyed
from helpers.results import HARMLESS, OURS, hostile_maps, hostile_result


def in_a_browser(test):
    """A real one, which takes seconds to start and tenths of a second for each page."""
    return pytest.mark.slow(needs_chromium(test))


each_string = pytest.mark.parametrize("text", CORPUS.values(), ids=CORPUS.keys())
WATCH = "window.pwned = 0; window.alert = window.confirm = window.prompt = () => { window.pwned = 1; };"
ELEMENTS = """() => [...document.querySelectorAll('*')].filter(e => !e.closest('.source *')).map(e =>
    [e.localName, ...[...e.attributes].map(a => a.name).sort()].join(' '))"""
SHADOWS = """() => [...document.querySelectorAll('*')].flatMap(e => [...e.attributes]
    .filter(a => /^on|^style$|^srcdoc$/.test(a.name) || /^\\s*(javascript\\s*:|data:text)/i.test(a.value))
    .map(a => a.name))"""


class Elements(HTMLParser):
    """Every element of a page with the names of its attributes, but for those of highlighted code; and its text."""

    def __init__(self, page):
        super().__init__()
        self.seen, self.values, self.words, self._within = [], [], [], ""
        self.feed(page)
        self.close()

    def handle_starttag(self, tag, attrs):
        self.values += attrs
        if self._within:
            return
        self.seen.append(" ".join([tag, *sorted(name for name, _ in attrs)]))
        if ("class", "source") in attrs or (tag == "pre" and ("class", "code") in attrs):
            self._within = tag

    def handle_endtag(self, tag):
        self._within = "" if tag == self._within else self._within

    def handle_data(self, data):
        self.words.append(data)


def same(found, expected, text):
    """Whether elements are the same, but for what is code in a sentence of ours; or fewer, where there is much text."""
    found, expected = ([each for each in elements if each != "code"] for elements in (found, expected))
    return found == expected or (len(text) > 2_000 and set(Counter(found) - Counter(expected)) <= {"p"})


@pytest.fixture(scope="module")
def page_of(assignment):
    """The report with a text in every field, and in the name of the executed notebook beside it."""

    @cache
    def make(text):
        result, sources = hostile_result(assignment, text)
        return render(result, assignment, sources, hostile_maps(result), f"{safe.printable(text)}-executed.html")

    return make


@pytest.fixture(scope="module")
def harmless(page_of):
    return page_of(HARMLESS)


def full_of_cells(text):
    """A notebook with a text wherever a notebook has one, whether or not it may."""
    kinds = ("text/html", "text/markdown", "text/plain", "text/latex", "image/svg+xml", "image/png", "image/jpeg")
    kinds += ("application/javascript", "application/vnd.jupyter.widget-view+json", "application/x-unknown")
    metadata = {"tags": [text], "alt": text, "name": text, "text/html": {"isolated": True}}
    metadata |= {kind: {"width": text, "height": text, "alt": text} for kind in ("image/png", "image/jpeg")}
    outputs = [{"output_type": "display_data", "data": {kind: text}, "metadata": metadata} for kind in kinds]
    outputs += [
        {"output_type": "stream", "name": text, "text": text},
        {"output_type": "error", "ename": text, "evalue": text, "traceback": [text, text]},
        {"output_type": "error", "ename": text, "evalue": text, "traceback": []},
        {"output_type": text, "text": text},
    ]
    common = {"id": text, "metadata": metadata | {"raw_mimetype": "text/html"}, "source": text}
    code = {"cell_type": "code", "execution_count": text, "outputs": outputs}
    shown = {"cell_type": "markdown", "attachments": {text: {"image/png": text}, "x": {text: text}}}
    cells = [cell | common for cell in (code, shown, {"cell_type": "raw"})]
    language = {"name": text, "language": text, "pygments_lexer": text}
    facts = {"kernelspec": language, "language_info": language, "title": text, "authors": [language]}
    return nbformat.from_dict({"cells": cells, "metadata": facts, "nbformat": 4, "nbformat_minor": 5})


def strings(value, path=""):
    """Every string of a result, with the field that it is in."""
    if is_dataclass(value):
        for each in fields(value):
            yield from strings(getattr(value, each.name), each.name)
    elif isinstance(value, dict):
        yield from strings([*value.keys(), *value.values()], path)
    elif isinstance(value, list):
        for each in value:
            yield from strings(each, path)
    elif isinstance(value, str):
        yield path, value


def test_the_corpus_is_large_and_in_every_field_that_is_a_students(assignment):
    assert len(CORPUS) == len(set(CORPUS.values())) >= 60
    result, _ = hostile_result(assignment, "EVIL")
    ours = {field for field, text in strings(result) if text != "EVIL"}
    assert ours == OURS - {"version", "torch", "seed"} | {"version", "torch", "seed", "identities"}
    assert {stage.verdict for stage in result.stages} == set(verdicts.GLYPHS)


@each_string
def test_the_report_has_the_elements_of_a_harmless_one(page_of, harmless, text):
    page = page_of(text)
    found, expected = Elements(page), Elements(harmless)
    assert same(found.seen, expected.seen, text)
    places, elsewhere = links_of(found)
    assert places <= links_of(expected)[0]
    assert {f"#{value}" for name, value in found.values if name == "id"} >= places
    (executed,) = elsewhere
    assert re.fullmatch(r"[\w./~%-]+-executed\.html", executed)
    assert not acting(page) and "\r" not in page
    assert len(page.encode("utf-8")) < LARGEST
    assert safe.printable(safe.shortened(text, 200)) in "".join(found.words)


def links_of(page):
    """What leads to places of the page, and what leads elsewhere."""
    links = {value for name, value in page.values if name in ("href", "src")}
    places = {link for link in links if link.startswith("#")}
    return places, links - places


@in_a_browser
def test_in_a_browser_the_report_does_nothing_but_show_the_text(browser, page_of, harmless, tmp_path):
    file = tmp_path / "report.html"
    file.write_text(harmless, encoding="utf-8")
    page = opened(browser, file)
    page.context.add_init_script(WATCH)
    dialogs = []
    page.on("dialog", lambda dialog: (dialogs.append(dialog.message), dialog.dismiss()))
    expected = page.evaluate(ELEMENTS)
    for name, text in CORPUS.items():
        file.write_text(page_of(text), encoding="utf-8")
        page.goto(file.as_uri())
        assert page.locator("h1").text_content() == safe.printable(safe.shortened(text, 200)), name
        assert same(page.evaluate(ELEMENTS), expected, text), name
        assert page.evaluate(SHADOWS) == [] and page.evaluate("window.pwned") == 0, name
        assert page.evaluate("document.documentElement.scrollWidth <= innerWidth"), name
    assert dialogs == [] and page.complaints == [] and set(page.requests) == {file.as_uri()}


@in_a_browser
def test_long_words_and_deep_accents_stay_in_their_boxes(browser, page_of, tmp_path):
    for name in ("a long word", "a long word with tags", "accents", "lines"):
        file = tmp_path / "report.html"
        file.write_text(page_of(CORPUS[name]), encoding="utf-8")
        page = opened(browser, file)
        page.evaluate("document.querySelectorAll('details').forEach(d => d.open = true)")
        for width in (360, 1280):
            page.set_viewport_size({"width": width, "height": 100})
            assert page.evaluate("document.documentElement.scrollWidth") <= width, (name, width)
        page.close()


def in_terminal(result, **options):
    out = StringIO()
    show(result, Console(file=out, highlight=False, **options), explain=True)
    return out.getvalue()


@each_string
def test_the_terminal_gets_no_control_character_and_a_log_no_command(assignment, text):
    """Nor does a log with colours: where FORCE_COLOR is set, a CI service's log is a terminal."""
    result, _ = hostile_result(assignment, text)
    for width in (80, 200):
        shown = in_terminal(result, width=width)
        assert not list(obeyed(shown))
        assert [line[:12] for line in shown.splitlines() if line.startswith("Score")] == ["Score 3 / 13"]
    for width in (60, 200):
        assert not list(obeyed(COLOURS.sub("", in_terminal(result, width=width, force_terminal=True))))


def test_no_line_of_a_log_is_broken_so_that_a_command_begins_the_next(assignment):
    for length in range(0, 160, 3):
        for text in ("w" * length + "::error::x", "w " * (length // 2) + "::error::x"):
            result, _ = hostile_result(assignment, text)
            lines = in_terminal(result, width=160).splitlines()
            assert not [line for line in lines if line.lstrip().startswith("::")]


def test_a_file_name_that_is_no_text_is_graded_like_any_other(grade_folder, assignment, tmp_path):
    try:
        name = os.path.join(os.fsencode(tmp_path), b"a\xff\x9b31m\nScore 28 of 28.py")
        with open(name, "w", encoding="utf-8") as file:
            file.write("def dNormalizedLogits(counts, dCounts):\n    return counts - dCounts\n")
    except OSError:
        pytest.skip("no such file name on this system")
    result = grade_folder(tmp_path)
    assert {stage.verdict for stage in result.stages if stage.name == "dNormalizedLogits"} == {"wrong"}
    shown = in_terminal(result, width=200)
    assert not acting(shown) and "\nScore 28" not in shown and "a\\udcff" in shown
    for text in (render(result, assignment, {}, {}), to_json(result).decode("utf-8")):
        assert not acting(text) and "udcff" in text


def test_square_brackets_are_no_styles_in_a_terminal(assignment):
    result, _ = hostile_result(assignment, CORPUS["rich markup"])
    shown = in_terminal(result, width=400, force_terminal=True)
    assert "[bold red]x[/bold red]" in shown and "\x1b]8;" not in shown


@each_string
def test_result_json_holds_the_text_and_no_control_character(assignment, text):
    result, _ = hostile_result(assignment, text)
    for data in (to_json(result), to_line(result)):
        assert not acting(data.decode("utf-8"))
        told = json.loads(data)["submission"]["id"]
        assert told == text.encode("utf-8", "backslashreplace").decode("utf-8")
        assert from_json(data).submission.id == told
    assert len(to_line(result).splitlines()) == 1 and to_line(result).count(b"\n") == 1


def class_of(assignment, texts):
    results = [hostile_result(assignment, text)[0] for text in texts]
    return render_class(
        results,
        [f"s{number}" for number, _ in enumerate(texts)],
        missing=[(text, f"{text}, {text}") for text in texts],
        notes=list(texts),
        title=texts[0],
    )


def test_the_page_of_a_class_has_the_elements_of_a_harmless_one(assignment):
    texts = list(CORPUS.values())
    page = class_of(assignment, texts)
    tame = class_of(assignment, [f"{HARMLESS} {number}" for number, _ in enumerate(texts)])
    assert sorted(Elements(page).seen) == sorted(Elements(tame).seen)
    assert not acting(page)
    links = {value for name, value in Elements(page).values if name == "href"}
    assert all(re.fullmatch(r"reports/s\d+\.html(#[\w.]+)?|gradebook\.csv", link) for link in links)


@in_a_browser
def test_in_a_browser_the_page_of_a_class_does_nothing_but_its_own(browser, assignment, tmp_path):
    file = tmp_path / "index.html"
    file.write_text(class_of(assignment, list(CORPUS.values())), encoding="utf-8")
    page = opened(browser, file)
    assert page.evaluate("window.pwned") is None and page.evaluate(SHADOWS.replace("^style$|", "")) == []
    assert page.complaints == [] and page.requests == [file.as_uri()]
    assert page.locator("#shown").text_content() == f"{len(CORPUS)} students"


def training_of(texts):
    own = RunFacts(40, 1.0, [3.0, 2.5], 2.0, 2.1, list(texts))
    facts = TrainingFacts("A title", texts[0], 50, own, RunFacts(50, 1.0, [3.0, 2.4]), list(texts))
    return training_page(facts), curve_file(facts)


@each_string
def test_the_page_of_a_training_run_has_the_elements_of_a_harmless_one(text):
    page, _ = training_of([text])
    assert Elements(page).seen == Elements(training_of([HARMLESS])[0]).seen
    assert not acting(page)


@in_a_browser
def test_in_a_browser_the_page_of_a_training_run_does_nothing(browser, tmp_path):
    file = tmp_path / "training.html"
    file.write_text(training_of(list(CORPUS.values()))[0], encoding="utf-8")
    page = opened(browser, file, viewport={"width": 360, "height": 800})
    assert page.evaluate(SHADOWS) == [] and page.complaints == [] and page.requests == [file.as_uri()]
    assert page.evaluate("document.documentElement.scrollWidth") <= 360
    assert page.locator(".names li").count() == len(CORPUS)


@each_string
def test_the_page_of_an_executed_notebook_has_only_text_tables_and_pictures(text):
    page = executed_page(full_of_cells(text), text, text)
    found = Elements(page)
    layout = {"html", "head", "meta", "title", "style", "body", "header", "main", "bdi", "pre", "code"}
    assert {each.split()[0] for each in found.seen} <= TAGS | layout
    allowed = {"alt", "aria-label", "charset", "class", "colspan", "content", "href", "http-equiv", "lang", "name"}
    assert {name for name, _ in found.values} <= allowed | {"role", "rowspan", "src", "tabindex", "title"}
    for name, value in found.values:
        assert name != "href" or re.match("https?://", value)
        assert name != "src" or re.fullmatch(r"data:image/(svg\+xml|png|jpeg);base64,[A-Za-z0-9+/=]*", value)
    ours = {"kicker", "notice", "cells", "cell", "label", "code", "text", "rich"}
    assert {each for name, value in found.values if name == "class" for each in value.split()} <= CLASSES | ours
    assert not acting(page)
    assert sum(each.startswith("div class") for each in found.seen) >= 3


@in_a_browser
def test_in_a_browser_the_page_of_an_executed_notebook_does_nothing(browser, tmp_path):
    notebook = full_of_cells(HARMLESS)
    notebook.cells = [cell for text in CORPUS.values() for cell in full_of_cells(text).cells]
    file = tmp_path / "executed.html"
    file.write_text(executed_page(notebook, "x.ipynb", ""), encoding="utf-8")
    page = opened(browser, file, viewport={"width": 360, "height": 800})
    assert page.locator("main > .cell").count() == 3 * len(CORPUS)
    assert page.evaluate(SHADOWS) == [] and page.complaints == []
    assert [url for url in page.requests if not url.startswith("data:")] == [file.as_uri()]
    assert page.evaluate("document.documentElement.scrollWidth") <= 360


def test_a_page_that_would_be_too_large_tells_less_of_the_same(assignment):
    """The longest texts that come out of the sandbox, in every field."""
    result, _ = hostile_result(assignment, "\u202e<" * 2_000)
    sources = {name: "\n".join(["x = '<' * 1"] * 5_000) for name in {s.where.file for s in result.stages}}
    exercises = [replace(each, stages=[*each.stages]) for each in result.exercises]
    page = render(replace(result, exercises=exercises), assignment, sources, hostile_maps(result))
    assert len(page.encode("utf-8")) < LARGEST and len(DETAILS) > 1
    assert Elements(page).seen.count("h3") == len(result.stages)
