"""The page of a class: the right numbers, those to look at first, and nothing of a student's that could do anything."""

import base64
import hashlib
import itertools
import re
from dataclasses import replace
from html.parser import HTMLParser

import pytest

from grader.report import class_facts
from grader.report.class_page import HANDFUL, LETTERS, last_name_first, render_class
from grader.report.worklist import worklist
from grader.result import Arrival, Diagnosis, Integrity
from helpers.fake_class import fake_class, totalled

EVIL = "</td></script><script>alert(1)</script><img src=x onerror=alert(1)>\"'{{7*7}}\x1b[31m\u202e"


def student(result, id, **facts):
    """A result as that of a student."""
    return replace(result, submission=replace(result.submission, id=id, **facts))


def with_stage(result, name, **changes):
    """A result in which one stage is another."""
    exercises = [
        replace(
            exercise, stages=[replace(stage, **changes) if stage.name == name else stage for stage in exercise.stages]
        )
        for exercise in result.exercises
    ]
    return totalled(replace(result, exercises=exercises))


def text_of(page):
    """The words of a page, without those of style and script, one space apart."""
    bare = re.sub(r"<(style|script)>.*?</\1>|<[^>]*>", " ", page, flags=re.DOTALL)
    return re.sub(r"\s+", " ", bare)


class Tags(HTMLParser):
    """Every tag with its attributes, and the text of each row of the table of everyone."""

    def __init__(self, page):
        super().__init__()
        self.seen = []
        self.feed(page)

    def handle_starttag(self, tag, attrs):
        self.seen.append((tag, dict(attrs)))

    @property
    def links(self):
        return [attributes["href"] for tag, attributes in self.seen if tag == "a"]


def test_the_numbers_at_a_glance_are_those_of_the_class(samples):
    right = samples["right"]
    scores = [0, 10, 20, 30]
    class_ = [replace(right, score=float(score)) for score in scores] + [samples["ungraded"], samples["mistakes"]]
    class_[5] = replace(student(class_[5], "x", late=True), score=40.0)
    glance = class_facts.glance(class_)
    assert (glance.submissions, glance.scores, glance.mean, glance.late) == (6, [*scores, 40], 20, 1)
    assert glance.quartiles == (10, 20, 30)
    assert glance.passed_all == 4
    page = text_of(render_class(class_, [None] * 6, missing=[("id1", "Zoe Absent"), ("id2", "")]))
    assert "handed in 6 with a score 5 not handed in 2 late 1 passed everything 4" in page
    assert "mean 20 / 39 median 20 / 39 middle half 10 \u2013 30" in page
    assert "Zoe Absent id1" in page and " id2 " in page


@pytest.mark.parametrize("most", [1, 4, 19, 20, 28, 39, 1000])
def test_every_score_is_in_one_bin_and_the_bins_reach_to_full_marks(most):
    scores = [0, 0.5, most / 3, most - 0.25, most, most]
    bins = class_facts.distribution(scores, most)
    assert len(bins) <= class_facts.MOST_BINS and (bins[0].low, bins[-1].high) == (0, most)
    assert all(before.high + 1 == after.low for before, after in itertools.pairwise(bins))
    assert [each.count for each in bins] == [
        sum(each.low <= score < each.high + 1 for score in scores) for each in bins
    ]


def test_a_stage_is_as_hard_as_the_share_of_those_who_tried_it(samples):
    class_ = [samples[key] for key in ("right", "right", "mistakes", "stubs", "ungraded", "cheat")]
    facts = {each.name: each for each in class_facts.stages(class_)}
    counts = facts["dCounts"]
    assert (counts.passed, counts.tried, counts.missing, counts.ungraded) == (2, 4, 1, 1)
    assert dict(counts.others) == {"wrong": 1, "forbidden": 1} and counts.share == 0.5
    assert facts["dProbabilities"].share == 0.75
    order = [each.share for each in class_facts.hardest(list(facts.values()))]
    assert order == sorted(order) and len(order) == 39


def test_stages_that_nobody_tried_are_not_called_hard(samples):
    assert class_facts.hardest(class_facts.stages([samples["stubs"]])) == []
    assert "Nobody has tried any yet." in render_class([samples["stubs"]], [None])
    assert "Everyone passed every stage they tried." in render_class([samples["right"]], [None])


def test_a_slip_tells_how_many_made_it_and_leads_to_each_of_them(samples):
    wrong, number = samples["mistakes"], HANDFUL + 3
    class_ = [student(wrong, f"s{place}") for place in range(number)] + [samples["right"]]
    class_[0] = with_stage(wrong, "dCounts", diagnosis=Diagnosis("sign", "The sign is wrong."))
    page = render_class(class_, [f"slug-{place}" for place in range(number + 1)])
    slip = page[page.index("The path through `sumCounts` is missing") :]
    slip = slip[: slip.index('<div class="slip">')]
    assert f"<summary>{number - 1} students</summary>" in slip
    links = Tags(slip).links
    assert links == [f"reports/slug-{place}.html#dCounts" for place in range(1, number)]
    assert class_facts.slips(class_)[0].students == list(range(number))
    (alone,) = [each for each in class_facts.slips(class_) if each.message == "The sign is wrong."]
    assert (alone.stage, alone.students) == ("dCounts", [0])


def test_ungraded_and_forbidden_come_first_with_the_reason_and_the_lines(samples):
    doubtful = Integrity("review", [7], "This goes beyond tensor maths.")
    class_ = [
        student(samples["right"], "ada", sha256="a"),
        with_stage(student(samples["right"], "ben", sha256="b"), "dCounts", integrity=doubtful),
        student(samples["cheat"], "cleo"),
        student(samples["ungraded"], "zoe"),
    ]
    page = render_class(class_, ["a", "b", "c", "z"])
    first = text_of(page[page.index('id="first"') : page.index('id="hardest"')])
    assert first.index("zoe") < first.index("cleo") < first.index("ben") and " ada " not in first
    assert re.search(r"This goes beyond tensor maths\. ben ?: dCounts , line 7", first)
    assert re.search(r"zoe : .*; and 36 more", first)
    table = page[page.index("<tbody>", page.index('id="everyone"')) :]
    assert re.findall(r"reports/(\w)\.html\"", table) == ["z", "c", "b", "a"]


def test_what_could_not_be_judged_is_nobodys_error(samples):
    page = render_class([with_stage(samples["right"], "dCounts", verdict="ungraded", score=None)], [None])
    row = page[page.index("<tr data-o=0") :]
    assert "data-s=-1" in row and "data-e=39" in row and '<td class="u">?' in row
    assert '<td class=i><td class=r><span class="badge flag ungraded">' in row


def test_a_row_has_id_name_lateness_notes_and_problems(samples):
    facts = {
        "late": True,
        "notes": ["The newest of 3 attempts."],
        "identities": {"name": "Ada Lovelace"},
        "problems": ["ex2.py is empty."],
    }
    page = render_class([student(samples["mistakes"], "s0815", **facts)], ["s0815"])
    row = page[page.index("<tr data-o=0") : page.index("</tbody>", page.index("<tr data-o=0"))]
    assert 'data-f="late notes problems"' in row
    assert "Ada Lovelace s0815 29" in text_of(row) and "late The newest of 3 attempts." in text_of(row)
    assert "<summary>1 problem</summary><p>ex2.py is empty.</p>" in row
    assert '#dSumCounts">dSumCounts</a></bdi> wrong' in row


def test_every_cell_has_text_and_the_class_of_its_verdict(samples):
    page = render_class([samples[key] for key in ("right", "mistakes", "stubs", "cheat", "ungraded")], [None] * 5)
    cells = re.findall(r'<td class="(\w)( b)?">([^<\n]*)', page)
    assert len(cells) == 5 * 39 and all(text for _, _, text in cells)
    assert {letter for letter, _, _ in cells} >= {LETTERS[v] for v in ("exact", "wrong", "missing", "forbidden")}
    assert sum(bool(border) for _, border, _ in cells) == 5 * 3
    assert len(set(LETTERS.values())) == len(LETTERS)


def test_a_hand_in_that_was_asked_less_has_empty_cells(samples):
    short = totalled(replace(samples["right"], exercises=samples["right"].exercises[:1]))
    page = render_class([samples["right"], short], [None, None])
    assert len(re.findall(r'<td class="z[ b]*">', page)) == 13


def test_nothing_from_a_student_becomes_markup(samples):
    evil = student(
        samples["cheat"],
        EVIL,
        identities={"name": EVIL + "name"},
        notes=[EVIL],
        problems=[EVIL],
        files=[EVIL],
        late=True,
    )
    evil = with_stage(evil, "dCounts", message=EVIL, diagnosis=Diagnosis(EVIL, EVIL))
    evil = with_stage(evil, "dProbabilities", integrity=Integrity("review", [1], EVIL))
    page = render_class([evil], [f'../"><b>{EVIL}'], missing=[(EVIL, EVIL + "2")], notes=[EVIL], title=EVIL)
    tags = Tags(page).seen
    assert [tag for tag, _ in tags].count("script") == 1 and "img" not in {tag for tag, _ in tags}
    assert not [name for _, attributes in tags for name in attributes if name.startswith("on")]
    assert "\x1b" not in page and "\u202e" not in page and "{{7*7}}" in page
    assert "&lt;script&gt;alert(1)" in page and "<b>" not in page


def test_the_page_runs_its_own_script_only_and_fetches_nothing(samples):
    page = render_class([samples["mistakes"]], ["s"])
    script = re.search(r"<script>(.*?)</script>", page, re.DOTALL)[1]
    style = re.search(r"<style>(.*?)</style>", page, re.DOTALL)[1]
    run, styled = (base64.b64encode(hashlib.sha256(text.encode()).digest()).decode() for text in (script, style))
    assert f"default-src 'none'; script-src 'sha256-{run}'; style-src 'sha256-{styled}'; base-uri" in page
    assert " style=" not in page
    sources = [value for _, facts in Tags(page).seen for name, value in facts.items() if name in ("src", "href")]
    assert sources and all(value.startswith(("reports/s.html", "gradebook.csv")) for value in sources)
    assert not re.search(r"url\(|@import|https?:", page)
    assert not re.search(r"eval|innerHTML|insertAdjacentHTML|document\.write", script)


def test_where_there_are_no_reports_there_are_no_links(samples):
    assert Tags(render_class([samples["mistakes"]] * 3, [None] * 3)).links == ["gradebook.csv"]


def test_a_class_of_which_nobody_handed_in_has_a_page():
    page = text_of(render_class([], [], missing=[("ada", "Ada")], notes=["The folder was empty."]))
    assert "0 submissions" in page and "not handed in 1" in page and "The folder was empty." in page


def test_a_thousand_students_make_a_page_of_a_few_megabytes(samples):
    class_ = fake_class(samples, 1000)
    page = render_class(class_, [f"student-number-{number}" for number in range(1000)])
    assert page.count("<tr data-o=") == 1000
    assert len(page.encode()) < 3_000_000
    assert "1,000 submissions" in page


def test_each_kind_of_work_is_named_once_with_its_causes_and_students(samples):
    right, wrong = samples["right"], samples["mistakes"]
    doubtful = [Integrity("review", [line], text) for line, text in ((7, "Beyond."), (9, "Beyond."), (1, "Other."))]
    class_ = [
        *(
            with_stage(student(right, f"r{n}", sha256=str(n)), "dCounts", integrity=each)
            for n, each in enumerate(doubtful)
        ),
        student(wrong, "same1", sha256="x", path="one"),
        student(wrong, "same2", sha256="x", path="two"),
        replace(student(wrong, "team1", sha256="y", path="one"), arrival=Arrival(groups=["A"])),
        replace(student(wrong, "team2", sha256="y", path="two"), arrival=Arrival(groups=["A"])),
        student(samples["stubs"], "stub1", sha256="z", problems=[]),
        student(samples["stubs"], "stub2", sha256="z", problems=[]),
        student(samples["cheat"], "cheat", sha256="c"),
        student(samples["stubs"], "lost", sha256="l", problems=["ex1.py, line 3: invalid syntax."], unread=True),
    ]
    found = {
        item.flag: {cause.text: [class_[each.number].submission.id for each in cause.students] for cause in item.causes}
        for item in worklist(class_)
    }
    assert list(found["review"].items()) == [("Beyond.", ["r0", "r1"]), ("Other.", ["r2"])]
    assert found["identical"] == {"Byte for byte": ["same1", "same2"]}
    assert [*found["forbidden"].values()] == [["cheat"]]
    assert {id for flag in ("unread",) for ids in found.get(flag, {}).values() for id in ids} == {"lost"}
    assert "ungraded" not in found


def test_names_are_sorted_by_the_last_one_and_umlauts_stand_with_their_vowels(samples):
    names = ["Zoe Abel", "Ann Özil", "Ludwig van Beethoven", "Bo Olsen", "Ång, Per", "cher"]
    assert sorted(names, key=last_name_first) == [
        "Zoe Abel",
        "Ång, Per",
        "cher",
        "Bo Olsen",
        "Ann Özil",
        "Ludwig van Beethoven",
    ]
    page = render_class([student(samples["right"], "a")], [None])
    assert '<a href="gradebook.csv">' in page and ">38\u201339</span>" in page


def test_the_same_slip_in_other_stages_stands_with_it(samples):
    sign, mean = Diagnosis("sign", "The sign is wrong."), Diagnosis("mean", "A mean.")
    by_stage = [("dCounts", sign), ("dCounts", sign), ("dLogits", mean), ("dLogits", sign)]
    class_ = [
        with_stage(student(samples["right"], str(n)), name, diagnosis=each) for n, (name, each) in enumerate(by_stage)
    ]
    assert [(each.stage, each.code) for each in class_facts.slips(class_)] == [
        ("dCounts", "sign"),
        ("dLogits", "sign"),
        ("dLogits", "mean"),
    ]
