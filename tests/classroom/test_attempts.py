"""Which attempt counts, where a layout has several of one student."""

import pytest

from grader.classroom.layout import open_class
from grader.marks.due import parse_due
from grader.marks.late import DueDate
from helpers.classes import METADATA, build


@pytest.mark.parametrize(
    ("wanted", "extension", "attempts"),
    [
        ("newest", "", ["submission_102", "submission_101", "submission_104"]),
        ("in-time", "", ["submission_102", "submission_103", "submission_102"]),
        ("in-time", "+9", ["submission_102", "submission_101", "submission_102"]),
    ],
)
def test_the_newest_in_time_is_by_everyones_own_due_date(tmp_path, wanted, extension, attempts):
    folder = build(tmp_path / "export", [f"submission_{n}/a.py" for n in (101, 102, 103, 104)])
    (folder / "submission_metadata.yml").write_text(METADATA, encoding="utf-8")
    roster = tmp_path / "roster.csv"
    roster.write_text(f"sid,extension,section\n0014,,B\n0012,{extension},A\n0013,,B\n", encoding="utf-8")
    due = DueDate(parse_due("2024-03-03T03:05:12Z", "--due"))
    with open_class(folder, roster=roster, attempt=wanted, due=due) as classroom:
        found = sorted(classroom.submissions, key=lambda each: each.id != "0014")
        assert [each.path.name for each in found] == attempts
        assert [each.id for each in found] == ["0014", "0012", "0013"]
        assert [each.arrival.section for each in found] == ["B", "A", "B"]
        assert not any(each.earlier for each in found)


def test_all_are_kept_where_the_best_is_wanted(tmp_path):
    folder = build(tmp_path / "export", [f"submission_{n}/a.py" for n in (101, 102, 103, 104)])
    (folder / "submission_metadata.yml").write_text(METADATA, encoding="utf-8")
    with open_class(folder, attempt="best") as classroom:
        found = [(each.id, each.path.name) for each in classroom.submissions]
    assert found == [
        ("Ann Lee", "submission_101"),
        ("Ann Lee", "submission_103"),
        ("Ben Ray", "submission_104"),
        ("Ben Ray", "submission_102"),
        ("Cy Woo", "submission_102"),
    ]
