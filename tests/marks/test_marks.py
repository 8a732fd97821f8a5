"""Marks: due dates by the clocks of a zone, what lateness costs, what instructors change; all of it exact."""

from dataclasses import replace
from datetime import datetime

import pytest

from grader.errors import UnusableMarks
from grader.marks.adjust import Adjustments, Person, read_adjustments
from grader.marks.due import extended, parse_due
from grader.marks.late import DueDate, parse_rule
from grader.marks.mark import counted_exercise, marked
from grader.marks.rounding import points
from grader.report.marks import CLOSE, OPEN, mark_lines, mark_score, with_mark
from grader.result import Adjustment
from helpers.results import a_result, a_stage

BERLIN = "Europe/Berlin"
STAGES = {"dCounts": 1, "dProbs": 2, "dLogits": 2.5}
PEOPLE = [
    Person("ann", {"name": "Ann Lee", "email": "ann@x.edu"}),
    Person("bob", {"name": "Bob Ray", "login": "br"}),
    Person("cy", {"name": "Bob Ray"}),
]


@pytest.mark.parametrize(
    ("text", "moment"),
    [
        ("2026-11-30T23:59 Europe/Berlin", "2026-11-30T22:59:59.999999+00:00"),
        ("2026-11-30T23:59+Europe/Berlin", "2026-11-30T22:59:59.999999+00:00"),
        ("2026-07-01 23:59[Europe/Berlin]", "2026-07-01T21:59:59.999999+00:00"),
        ("2026-11-30T23:59:30-0500", "2026-12-01T04:59:30+00:00"),
        ("2026-11-30T12:00Z", "2026-11-30T12:00:59.999999+00:00"),
    ],
)
def test_a_due_date_is_in_the_zone_behind_it_and_lasts_its_whole_minute(text, moment):
    assert parse_due(text, "--due").moment == datetime.fromisoformat(moment)


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("tomorrow", "no date with a time"),
        ("2026-11-30", "no date with a time"),
        ("2026-02-30T12:00", "in the calendar"),
        ("2026-11-30T25:00", "in the calendar"),
        ("9999-11-30T12:00", "in the calendar"),
        ("2026-11-30T12:00 Europe/Berlim", "knows no time zone 'Europe/Berlim'"),
        ("2026-11-30T12:00+Europe", "knows no time zone"),
        ("2026-11-30T12:00+99:00", "knows no time zone"),
        ("2026-03-29T02:30 Europe/Berlin", "does not exist there"),
        ("2026-10-25T02:30 Europe/Berlin", "comes twice there"),
    ],
)
def test_what_is_no_due_date_is_one_sentence(text, says):
    with pytest.raises(UnusableMarks, match=says) as caught:
        parse_due(text, "--due")
    assert str(caught.value).startswith("--due: ") and "\n" not in str(caught.value)


@pytest.mark.parametrize(
    ("due", "submitted", "days"),
    [
        ("2026-11-30T23:59", "2026-11-30T23:59:59+01:00", 0),
        ("2026-11-30T23:59", "2026-12-01T00:00:00+01:00", 1),
        ("2026-11-30T23:59", "2026-12-01T23:59:59+01:00", 1),
        ("2026-11-30T23:59", "2026-12-02T00:00:00+01:00", 2),
        ("2026-10-24T23:59", "2026-10-25T23:59:30+01:00", 1),  # a day of 25 hours
        ("2026-10-24T23:59", "2026-10-26T00:00:30+01:00", 2),
        ("2026-03-28T23:59", "2026-03-29T23:59:30+02:00", 1),  # and one of 23
        ("2026-03-28T23:59", "2026-03-30T00:00:30+02:00", 2),
        ("2026-03-28T02:30", "2026-03-29T03:30:00+02:00", 1),  # due at an hour that the next night leaves out
        ("2026-10-24T02:30", "2026-10-25T02:30:00+01:00", 1),  # and at one that it has twice
        ("2026-10-24T23:59", "2027-03-29T00:30:00+02:00", 156),
    ],
)
def test_a_day_is_from_one_time_of_day_to_the_same_one_on_the_next_date(due, submitted, days):
    facts = DueDate(parse_due(f"{due} {BERLIN}", "--due")).judged(submitted, "", None, "")
    assert (facts.status, facts.periods) == ("late" if days else "in time", days)


def test_hours_are_hours_whatever_the_clocks_do():
    due_date = DueDate(parse_due(f"2026-10-24T23:59:00 {BERLIN}", "--due"), parse_rule("1 point/hour"))
    assert due_date.judged("2026-10-25T03:59:00+01:00", "", None, "").periods == 5


@pytest.mark.parametrize(
    ("extension", "moment"),
    [
        ("2026-12-02T12:00", "2026-12-02T12:00:59.999999+01:00"),
        ("2026-12-02", "2026-12-02T23:59:59.999999+01:00"),
        ("+2", "2026-12-02T23:59:59.999999+01:00"),
        ("2 days", "2026-12-02T23:59:59.999999+01:00"),
        ("36h", "2026-12-02T11:59:59.999999+01:00"),
        ("2026-12-02T12:00Z", "2026-12-02T12:00:59.999999+00:00"),
    ],
)
def test_an_extension_is_a_date_or_so_much_longer(extension, moment):
    assert extended(parse_due(f"2026-11-30T23:59 {BERLIN}", ""), extension, "").moment == datetime.fromisoformat(moment)


def test_a_bad_extension_is_told_with_its_line():
    due_date = DueDate(parse_due("2026-11-30T23:59Z", ""))
    with pytest.raises(UnusableMarks, match=r"^roster\.csv:7: 'next week' is no date"):
        due_date.judged("2026-12-01T12:00Z", "next week", None, "roster.csv:7")


@pytest.mark.parametrize(
    ("rule", "days", "mark"),
    [
        ("10%/day", 1, "23.4"),
        ("10%/day", 3, "18.2"),
        ("10%/day,max 3", 20, "18.2"),
        ("10 % per day, max 3, then 0", 3, "18.2"),
        ("10%/day,max 3,then 0", 4, "0"),
        ("10%/day", 11, "0"),
        ("10%/day of max", 1, "22.1"),
        ("2.5 points/day", 2, "21"),
        ("50%", 9, "13"),
        ("3 points", 9, "23"),
        ("0.1%/day", 1, "25.97"),
    ],
)
def test_what_lateness_takes_is_exact(rule, days, mark):
    result = a_result("ann", [a_stage("dCounts", score=26.0, max_score=39)])
    lateness = DueDate(parse_due("2026-11-01T12:00:00Z", ""), parse_rule(rule)).judged(
        f"2026-11-{1 + days:02}T11:00Z", "", None, ""
    )
    late = marked(result, [], lateness)
    assert points(late.final_score) == mark and late.score == 26.0 and late.is_late


@pytest.mark.parametrize("rule", ["", "10", "10%/week", "101%/day", "10%/day,then 0", "10%/day,maximum 3", "3/day"])
def test_what_is_no_rule_is_one_sentence(rule):
    with pytest.raises(UnusableMarks, match=r"^--late: .*Write it like") as caught:
        parse_rule(rule)
    assert "\n" not in str(caught.value)


def test_what_is_not_known_of_lateness_is_no_guess():
    due_date = DueDate(parse_due("2026-11-30T23:59Z", ""), parse_rule("10%/day"))
    assert due_date.judged("", "", None, "").status == "unknown"
    assert due_date.judged("", "", False, "").status == "in time"
    assert due_date.judged("", "+2", True, "").status == "unknown"  # late by the course's date, not by their own
    flagged = due_date.judged("", "", True, "")
    assert (flagged.status, flagged.periods) == ("late", None)
    late = marked(a_result("ann", late=True), [], flagged)
    assert late.final_score == late.score and late.mark.deducted == 0


def read(tmp_path, text):
    file = tmp_path / "adjust.csv"
    file.write_text(text, encoding="utf-8")
    return read_adjustments(file, PEOPLE, STAGES)


def test_students_are_named_by_what_is_theirs_alone(tmp_path):
    found = read(
        tmp_path,
        "student,stage,points,reason\nANN@x.edu,dCounts,1,talk\nbr,total,+2,\n"
        "*,dProbs,excuse,not taught\nann,late,excuse,ill\n",
    )
    own = (Adjustment("dCounts", "set", 1.0, "talk"), Adjustment("late", "excuse", 0, "ill"))
    assert found == Adjustments(
        (Adjustment("dProbs", "excuse", 0, "not taught"),),
        {"ann": own, "bob": (Adjustment("total", "add", 2.0),)},
    )


def test_columns_may_be_in_any_order_and_numbers_have_a_comma(tmp_path):
    found = read(tmp_path, "\ufeffReason;Points;Stage;Student\n;2,5;dLogits;cy\n;-1;total;cy\n")
    assert found.of("cy") == [Adjustment("dLogits", "set", 2.5), Adjustment("total", "add", -1.0)]
    assert read(tmp_path, "cy,dLogits,2.5,why\n").of("cy") == [Adjustment("dLogits", "set", 2.5, "why")]


@pytest.mark.parametrize(
    ("row", "says"),
    [
        ("ane,dCounts,1,", "nobody in the class is called 'ane'. Did you mean ann?"),
        ("Bob Ray,dCounts,1,", "'Bob Ray' could be bob, cy. Write the id."),
        (",dCounts,1,", "no student is named"),
        ("ann,dCount,1,", "there is no stage 'dCount'. Did you mean dCounts?"),
        ("ann,dCounts,one,", "'one' is no number of points"),
        ("ann,dCounts,nan,", "'nan' is no number of points"),
        ("ann,dCounts,2,", r"dCounts is worth 1, so it cannot be set to 2. To give more than that, write \+2."),
        ("ann,total,6,", "total is worth 5.5"),
        ("ann,late,1,", "lateness can only be excused"),
        ("ann,dProbs,1,\nann,dProbs,2,", r"has dProbs set already, in .*adjust.csv:3"),
    ],
)
def test_a_row_that_is_of_no_use_is_told_with_its_line(tmp_path, row, says):
    text = f"student,stage,points,reason\nann,total,+1,\n{row}\n"
    with pytest.raises(UnusableMarks, match=says) as caught:
        read(tmp_path, text)
    line = len(text.splitlines())
    assert str(caught.value).startswith(f"{tmp_path / 'adjust.csv'}:{line}: ") and "\n" not in str(caught.value)


def ann(*verdicts):
    stages = [a_stage(name, verdict, max_score=STAGES[name]) for name, verdict in zip(STAGES, verdicts, strict=True)]
    return a_result("ann", stages)


@pytest.mark.parametrize(
    ("adjustments", "score"),
    [
        ([("dCounts", "set", 1)], "5.5 / 5.5"),
        ([("dCounts", "set", 0.5), ("dCounts", "add", 0.25)], "5.25 / 5.5"),
        ([("dProbs", "add", -9)], "2.5 / 5.5"),
        ([("dProbs", "excuse", 0)], "2.5 / 3.5"),
        ([("dProbs", "excuse", 0), ("dProbs", "set", 1)], "3.5 / 5.5"),
        ([("total", "add", 2)], "6.5 / 5.5"),
        ([("total", "set", 3), ("total", "add", 0.1)], "3.1 / 5.5"),
        ([("total", "excuse", 0)], "excused"),
    ],
)
def test_stages_are_adjusted_then_added_then_the_total(adjustments, score):
    judged = ann("wrong", "exact", "exact")
    after = marked(judged, [Adjustment(*each) for each in adjustments], None)
    assert mark_score(after) == score
    assert replace(after, mark=None) == judged


def test_the_total_has_the_last_word_and_lateness_can_be_excused():
    due_date = DueDate(parse_due("2026-11-01T12:00Z", ""), parse_rule("10%/day"))
    lateness = due_date.judged("2026-11-02T11:00Z", "", None, "")
    result = ann("wrong", "exact", "exact")
    assert mark_score(marked(result, [], lateness)) == "4.05 / 5.5"
    assert mark_score(marked(result, [Adjustment("dCounts", "set", 1)], lateness)) == "4.95 / 5.5"
    assert mark_score(marked(result, [Adjustment("total", "set", 5)], lateness)) == "5 / 5.5"
    assert mark_score(marked(result, [Adjustment("late", "excuse", 0, "ill")], lateness)) == "4.5 / 5.5"


def test_a_stage_that_could_not_be_judged_can_be_set_and_not_added_to():
    result = ann("ungraded", "exact", "exact")
    assert result.score is None
    assert marked(result, [Adjustment("dCounts", "add", 1)], None).final_score is None
    assert marked(result, [Adjustment("dCounts", "set", 1)], None).final_score == 5.5
    assert marked(result, [Adjustment("dCounts", "excuse")], None).final_score == 4.5
    assert marked(result, [Adjustment("total", "set", 3)], None).final_score == 3


def test_subtotals_count_what_is_adjusted():
    after = marked(
        ann("wrong", "exact", "exact"), [Adjustment("dProbs", "excuse"), Adjustment("dCounts", "set", 1)], None
    )
    assert counted_exercise(after, after.exercises[0]) == (3.5, 3.5)


def test_what_is_said_stands_beside_what_was_judged():
    adjustments = [Adjustment("dCounts", "set", 1, "<b>right idea"), Adjustment("total", "add", -1, "copied")]
    after = marked(ann("wrong", "exact", "exact"), adjustments, None)
    assert [line.whole for line in mark_lines(after)] == [
        "dCounts: judged 0, adjusted to 1: <b>right idea",
        "1 point taken off the total: copied",
    ]
    page = f"<title>4.5 / 5.5 · ann · x</title><p>{OPEN}{CLOSE}</p>"
    shown = with_mark(page, after)
    assert "&lt;b&gt;right idea" in shown and "<title>4.5 / 5.5 · ann" in shown
    assert with_mark(shown, after) == shown
    assert with_mark(shown, replace(after, mark=None)) == page


@pytest.mark.parametrize(
    ("value", "shown"), [(0.125, "0.13"), (2.675, "2.68"), (15.2, "15.2"), (0.005, "0.01"), (26, "26")]
)
def test_two_decimals_and_halves_up(value, shown):
    assert points(value) == shown
