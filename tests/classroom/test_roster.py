"""The roster: read however it was made, and mapped to hand-ins by what is certain, or not at all."""

import unicodedata

import pytest

from grader.classroom.layout import describe, open_class
from grader.classroom.roster import Student, read_roster
from grader.errors import UnreadableRoster
from helpers.classes import METADATA, build, opened

CANVAS = """\
Student,ID,SIS User ID,SIS Login ID,Section,Backprop (77)
,,,,,Manual Posting
    Points Possible,,,,,39.0
"Lee, Ann",11,S-11,ann.lee,CS1,
"Ray, Ben",12,S-12,ben,CS1,
"Ray, Ben",12,S-12,ben,CS1,
"Student, Test",99,,fd3a,CS1,
"""
MOODLE = """\
Identifier,"Full name","Email address",Status,Grade,"Maximum grade","Last modified (grade)"
"Participant 11","Ann Lee",ann@x.edu,Submitted,-,39.00,-
"Participant 12","Ben Ray",ben@x.edu,"No submission",-,39.00,-
"""
ROSTERS = {
    "id and name": (
        "Student ID,Name\n007,Ann Lee\n8,Ben Ray\n",
        [Student("007", "Ann Lee", {"name": "Ann Lee"}), Student("8", "Ben Ray", {"name": "Ben Ray"})],
    ),
    "semicolons and two columns for the name": (
        "Surname;First name;E-Mail;Login\nLee;Ann;ann@x.edu;al\n",
        [Student("al", "Ann Lee", {"email": "ann@x.edu", "login": "al", "name": "Ann Lee"})],
    ),
    "tabs": ("SID\tGitHub username\n5\tann-lee\n", [Student("5", "", {"github": "ann-lee"})]),
    "all kinds": (
        'id,name,email,login,github,canvas id,moodle id,SIS User ID,group\n5,Ann,a@x,al,gh,11,P 12,s,"A; B"\n',
        [
            Student(
                "5",
                "Ann",
                {
                    "name": "Ann",
                    "email": "a@x",
                    "login": "al",
                    "github": "gh",
                    "canvas": "11",
                    "moodle": "12",
                    "sis": "s",
                },
                ("A", "B"),
            )
        ],
    ),
    "Canvas": (
        CANVAS,
        [
            Student("S-11", "Lee, Ann", {"name": "Lee, Ann", "canvas": "11", "sis": "S-11", "login": "ann.lee"}),
            Student("S-12", "Ray, Ben", {"name": "Ray, Ben", "canvas": "12", "sis": "S-12", "login": "ben"}),
        ],
    ),
    "Moodle": (
        MOODLE,
        [
            Student("ann@x.edu", "Ann Lee", {"moodle": "11", "name": "Ann Lee", "email": "ann@x.edu"}),
            Student("ben@x.edu", "Ben Ray", {"moodle": "12", "name": "Ben Ray", "email": "ben@x.edu"}),
        ],
    ),
    "Moodle in German, without names": (
        "ID;Status;Bewertung\nTeilnehmer/in 11;-;\nTeilnehmer/in 12;-;\n",
        [Student("Participant 11", "", {"moodle": "11"}), Student("Participant 12", "", {"moodle": "12"})],
    ),
    "Canvas in Spanish": (
        CANVAS.replace("Points Possible", "Puntos posibles").replace(",", ";").replace("Lee;", "Lee,"),
        [
            Student("S-11", "Lee, Ann", {"name": "Lee, Ann", "canvas": "11", "sis": "S-11", "login": "ann.lee"}),
            Student("S-12", "Ray; Ben", {"name": "Ray; Ben", "canvas": "12", "sis": "S-12", "login": "ben"}),
            Student("fd3a", "Student; Test", {"name": "Student; Test", "canvas": "99", "login": "fd3a"}),
        ],
    ),
    "GitHub Classroom": (
        "identifier,github_username,github_id,name\nann2,ann-lee,3,\nb@x.edu,,,\n",
        [Student("ann2", "", {"github": "ann-lee"}), Student("b@x.edu")],
    ),
}


def same(student):
    return student.id, student.name, dict(student.identities), student.groups


@pytest.mark.parametrize("case", ROSTERS)
def test_a_roster_is_read_however_it_was_made(case, tmp_path):
    text, students = ROSTERS[case]
    file = build(tmp_path, [("roster.csv", text)]) / "roster.csv"
    assert [same(student) for student in read_roster(file).students] == [same(student) for student in students]


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "cp1252", "utf-16"])
def test_a_roster_is_read_as_spreadsheets_save_it(encoding, tmp_path):
    file = tmp_path / "roster.csv"
    file.write_bytes('ID;Name\r\n1;Zoë Müller\r\n\r\n2;"Søren;\nÅs"\r\n'.encode(encoding))
    assert [student.name for student in read_roster(file).students] == ["Zoë Müller", "Søren; Ås"]


USELESS = {
    "empty": (b"", "is empty"),
    "no heading": (b"Ann Lee\nBen Ray\n", "has no heading that says"),
    "nobody": (b"id,name\n,\n", "names no students"),
    "binary": (bytes(range(256)) * 40, "no heading|is not CSV|is empty"),
    "a zip": (b"PK\3\4" + b"\0" * 100, "no heading|is not CSV|is empty"),
    "a long cell": (b'id,name\n1,"' + b"x" * 200_000, "is not CSV|names no students|no heading"),
    "huge": (b"id,name\n" + b"1,a\n" * (5 << 20), "is larger than 16 MB"),
}


@pytest.mark.parametrize("case", USELESS)
def test_a_roster_of_no_use_is_told_in_a_sentence(case, tmp_path):
    data, told = USELESS[case]
    file = tmp_path / "roster.csv"
    file.write_bytes(data)
    with pytest.raises(UnreadableRoster, match=f"({told}).*a CSV file whose first line"):
        read_roster(file)
    with pytest.raises(UnreadableRoster, match="cannot be read"):
        read_roster(tmp_path)


SAID = {
    "id,Full name,Section,github_username": (
        "id, Full name (as name), Section, github_username (as github); not used: none."
    ),
    "id": "id; not used: none.",
    "id,a,b,c,d,e,f,g": "id; not used: a, b, c, d, e and 2 more.",
    "Student,ID,SIS User ID,Section": (
        "Student (as name), ID (as canvas), SIS User ID (as sis), Section; not used: none."
    ),
    "name,canvas_user_id,user_id,group_name,x": (
        "name, canvas_user_id (as canvas), user_id (as sis), group_name (as group); not used: x."
    ),
}


@pytest.mark.parametrize("headings", SAID)
def test_which_columns_were_used_is_said_in_one_line(headings, tmp_path):
    row = ",".join(map(str, range(headings.count(",") + 1)))
    file = build(tmp_path / "r", [("r.csv", f"{headings}\n{row}\n")]) / "r.csv"
    with open_class(build(tmp_path / "class", ["ann.py"]), roster=file) as classroom:
        said = list(describe(classroom))[1]
    assert said == f"Columns of the roster that were used: {SAID[headings]}"


def test_an_id_that_is_there_twice_is_told(tmp_path):
    roster = read_roster(build(tmp_path, [("r.csv", "id,name\n1,Ann\n1,Ben\n2,Cy\n2,Cy\n")]) / "r.csv")
    assert [student.name for student in roster.students] == ["Ann", "Cy"]
    assert roster.notes == ["1 is on the roster twice; only the first row counts."]


def test_cells_are_shown_on_one_line_without_control_characters(tmp_path):
    roster = read_roster(build(tmp_path, [("r.csv", 'id,name\n"=cmd()\n\x1b[2J","a\u202eb\x00"\n')]) / "r.csv")
    (student,) = roster.students
    assert student.id == "=cmd() \\x1b[2J" and student.name.isprintable()


# Mapping


def mapped(tmp_path, roster, names, **options):
    """Which hand-in, by the file it holds, has which id; and the class."""
    file = build(tmp_path, [("roster.csv", roster)]) / "roster.csv"
    classroom, submissions = opened(build(tmp_path / "class", names), roster=file, **options)
    return {id: each.path.name for id, each in submissions.items()}, classroom, submissions


def test_canvas_is_mapped_by_the_number_of_the_user_and_the_rest_is_missing_or_unlisted(tmp_path):
    names = ["leeann_11_501_a.py", "someoneelse_77_502_a.py"]
    ids, classroom, submissions = mapped(tmp_path, CANVAS, names)
    assert ids == {"S-11": "leeann_11_501_a.py", "someoneelse": "someoneelse_77_502_a.py"}
    assert [student.id for student in classroom.missing] == ["S-12"] and classroom.unlisted == ["someoneelse"]
    known = {"name": "Lee, Ann", "canvas": "11", "sis": "S-11", "login": "ann.lee"}
    assert submissions["S-11"].identities == known


def test_without_a_number_names_are_compared_in_any_order_and_run_together(tmp_path):
    students = ("Ann Maria de la Cruz Lee", "Anne-Marie O'Brien", "Zoë Ünal", "राम शर्मा", "One Two Three Four Five Six")
    roster = "id,name\n" + "".join(f"{number},{name}\n" for number, name in enumerate(students, 1))
    names = [
        "delacruzleeannmaria_11_501_a.py",
        "obrienannemarie_12_502_a.py",
        "ünalzoë_13_503_a.py",
        "शर्माराम_14_504_a.py",
        "sixonetwothreefourfive_15_505_a.py",
    ]
    ids, classroom, _ = mapped(tmp_path, roster, names)
    assert ids == dict(zip("12345", names, strict=True)) and not classroom.missing and not classroom.unlisted


def test_of_two_students_of_one_name_neither_is_guessed(tmp_path):
    roster = "id,name\n1,Wei Wang\n2,Wang Wei\n3,Cy Woo\n"
    ids, classroom, submissions = mapped(tmp_path, roster, ["wangwei_11_501_a.py", "woocy_12_502_a.py"])
    assert set(ids) == {"wangwei", "3"}
    assert submissions["wangwei"].notes == (
        "This could be any of Wei Wang (1), Wang Wei (2) on the roster; it was matched to none.",
    )
    assert classroom.unlisted == ["wangwei"] and not classroom.missing  # one of them did hand in


def test_a_name_alone_maps_nobody_whose_number_differs(tmp_path):
    roster = "id,name,canvas id\n1,Wei Wang,11\n"
    ids, classroom, _ = mapped(tmp_path, roster, ["wangwei_12_501_a.py"])
    assert set(ids) == {"wangwei"} and [student.id for student in classroom.missing] == ["1"]


def test_number_and_name_that_are_of_two_students_map_to_neither(tmp_path):
    roster = "id,name,canvas id\n1,Ann Lee,11\n2,Ben Ray,12\n"
    ids, classroom, submissions = mapped(tmp_path, roster, ["rayben_11_501_a.py"])
    assert set(ids) == {"rayben"} and not classroom.missing
    assert "this is Ann Lee (1) on the roster, but by its name Ben Ray (2)" in submissions["rayben"].notes[0]


def test_nobody_gets_the_row_of_someone_else_by_a_name_they_chose(tmp_path):
    roster = "id,name,canvas id\n1,Ann Lee,11\n"
    names = ["leeann_11_501_a.py", "x_11_9_LATE_13_502_a.py"]
    ids, _, submissions = mapped(tmp_path, roster, names)
    assert ids["1"] == "leeann_11_501_a.py" and set(ids) == {"1", "x"}  # by name, since the number is of two
    assert "Another submission has canvas 11 as well" in submissions["1"].notes[0]


def test_two_hand_ins_of_one_student_are_left_to_the_instructor(tmp_path):
    ids, classroom, submissions = mapped(tmp_path, "id,name\n7,Ann Lee\n", ["7.py", "Ann Lee.py", "Lee Ann.py"])
    assert ids == {"7": "7.py", "Ann Lee": "Ann Lee.py", "Lee Ann": "Lee Ann.py"}  # the id is the strongest reason
    assert ("Another submission belongs to Ann Lee (7) as well") in submissions["Lee Ann"].notes[0] and not submissions[
        "7"
    ].notes
    ids, classroom, _ = mapped(tmp_path / "b", "id,name\n7,Ann Lee\n8,Bo\n", ["Ann Lee.py", "Lee Ann.py"])
    assert set(ids) == {"Ann Lee", "Lee Ann"} and [each.id for each in classroom.missing] == ["8"]


def test_an_id_of_the_roster_is_given_to_nobody_else(tmp_path):
    roster = "id,name,login\n8,Ann Lee,\nann,Ben Ray,8\n"
    ids, classroom, _ = mapped(tmp_path, roster, ["8.py", "Ann Lee.py"])
    assert ids == {"8": "Ann Lee.py", "8 (2)": "8.py"} and classroom.unlisted == ["8 (2)"]


def test_no_id_differs_from_one_of_the_roster_by_case_or_width_alone(tmp_path):
    ids, classroom, _ = mapped(tmp_path, "id,name\ns8,Ann Lee\n", ["S8.py", "s8/a.py", "\uff538.py"])
    assert [each.id for each in classroom.missing] == [] and len(ids) == 3
    assert not {unicodedata.normalize("NFKC", id).casefold() for id in ids} & {"s8"}


@pytest.mark.parametrize("name", ["7", "S7", "al", "AL", "ann@x.edu", "gh-ann", "Ann Lee", "lee ANN", "Lee, Ann"])
def test_a_plain_hand_in_may_be_named_after_anything_the_roster_knows(name, tmp_path):
    roster = "id,name,email,login,github,sis user id\n7,Ann Lee,ann@x.edu,al,gh-ann,S7\n9,Ben,b@x.edu,bn,gh-b,S9\n"
    ids, classroom, _ = mapped(tmp_path, roster, [f"{name}/a.py"])
    assert set(ids) == {"7"} and [student.id for student in classroom.missing] == ["9"]


def test_moodle_is_mapped_by_its_worksheet(tmp_path):
    ids, classroom, submissions = mapped(tmp_path, MOODLE, ["Ann Lee_11_assignsubmission_file/a.py"])
    assert set(ids) == {"ann@x.edu"} and [student.name for student in classroom.missing] == ["Ben Ray"]
    assert submissions["ann@x.edu"].identities["moodle"] == "11"
    blind = ["Participant_11_assignsubmission_file/a.py", "Participant_12_assignsubmission_file/a.py"]
    assert set(mapped(tmp_path / "blind", MOODLE, blind)[0]) == {"ann@x.edu", "ben@x.edu"}


def test_the_number_of_a_group_in_moodle_is_not_taken_for_that_of_a_student(tmp_path):
    ids, classroom, _ = mapped(tmp_path, MOODLE, ["Group A_11_assignsubmission_file/a.py"])
    assert set(ids) == {"Group A"} and classroom.unlisted == ["Group A"] and len(classroom.missing) == 2
    rows = ("Identifier,Full name,Groups", "Participant 11,Ann Lee,Group B", "Participant 12,Ben Ray,Group A")
    grouped = "\n".join([*rows, "Participant 13,Cy Woo,Group A"])
    ids, classroom, submissions = mapped(tmp_path / "b", grouped, ["Group A_11_assignsubmission_file/a.py"])
    assert set(ids) == {"Ben Ray", "Cy Woo"} and [student.name for student in classroom.missing] == ["Ann Lee"]
    assert submissions["Cy Woo"].identities == {"name": "Cy Woo", "moodle": "13"}
    assert submissions["Cy Woo"].notes == ("Submitted by a group: Ben Ray, Cy Woo.",)


GROUPED = "id,name,group,canvas id\na,Ann Lee,Project Group 1,501\nb,Ben Ray,Project Group 1,77\nc,Cy Woo,Two,78\n"


@pytest.mark.parametrize("roster", [GROUPED, "\n".join(row.rpartition(",")[0] for row in GROUPED.splitlines())])
def test_a_group_in_canvas_has_the_number_of_one_of_its_members_and_is_of_all(roster, tmp_path):
    ids, classroom, submissions = mapped(tmp_path, roster, ["projectgroup1_501_601_a.py", "two_78_602_a.py"])
    assert set(ids) == {"a", "b", "c"} and not classroom.missing
    assert submissions["b"].identities.get("canvas") in (None, "77")


def test_a_group_in_canvas_is_of_nobody_if_the_number_is_of_somebody_else(tmp_path):
    ids, classroom, submissions = mapped(tmp_path, GROUPED, ["projectgroup1_78_601_a.py"])
    assert set(ids) == {"projectgroup1"} and not classroom.missing
    assert "matched to neither" in submissions["projectgroup1"].notes[0]


IN_FRONT = ["annl_Ann Lee", "annl Ann Lee", "Ann Lee annl", "Blue-Ann Lee", "Other Group-Ann Lee", "ann@x.edu Ann Lee"]


@pytest.mark.parametrize("name", IN_FRONT)
def test_what_moodle_writes_beside_a_name_does_not_hide_it(name, tmp_path):
    rows = ("Identifier,Username,Full name,Email,Groups", "Participant 11,annl,Ann Lee,ann@x.edu,Blue")
    roster = "\n".join([*rows, "Participant 12,ben,Ben Ray,ben@x.edu,"])
    ids, _, _ = mapped(tmp_path, roster, [f"{name}_11_assignsubmission_file/a.py"])
    assert set(ids) == {"annl"}
    ids, classroom, _ = mapped(tmp_path / "b", roster, [f"{name}_12_assignsubmission_file/a.py"])
    assert classroom.unlisted == [name]


def test_those_in_no_group_in_moodle_are_a_group_if_the_roster_says_so(tmp_path):
    roster = "id,name,group\na,Ann Lee,Default group\nb,Ben Ray,Default group\nc,Cy Woo,Blue\n"
    ids, classroom, _ = mapped(tmp_path, roster, ["Default group_assignsubmission_file/a.py"])
    assert set(ids) == {"a", "b"} and [student.id for student in classroom.missing] == ["c"]


@pytest.mark.parametrize(
    "name", ["Homework 1_annl_attempt_2026-11-20-10-11-12_a.py", "5-7 - Ann Lee - Nov 20, 2026 1011 PM/a.py"]
)
def test_blackboard_and_brightspace_are_mapped_by_login_and_by_name(name, tmp_path):
    assert set(mapped(tmp_path, "id,name,login\n1,Ann Lee,annl\n2,Ben Ray,ben\n", [name])[0]) == {"1"}


def test_the_number_of_a_group_is_none_of_its_members(tmp_path):
    _, _, submissions = mapped(
        tmp_path, "id,name,group\n1,Ann Lee,Group A\n", ["Group A_11_assignsubmission_file/a.py"]
    )
    assert submissions["1"].identities == {"name": "Ann Lee"}


def test_a_number_is_looked_up_in_the_ids_only_of_those_who_have_no_other(tmp_path):
    files = ["submission_101/a.py", "submission_103/a.py", ("submission_metadata.yml", METADATA)]
    ids, _, _ = mapped(tmp_path, "id,name,SIS User ID\n0012,Zoe,77\n", files)
    assert set(ids) == {"Ann Lee"}


def test_gradescope_is_mapped_by_student_number_with_its_zeros_or_by_email(tmp_path):
    folders = [f"submission_{number}/a.py" for number in (101, 102, 103, 104)]
    files = [*folders, ("submission_metadata.yml", METADATA)]
    ids, classroom, _ = mapped(tmp_path, "SID,Name,Email\n0012,Ann Lee,\n12,Other,\nx,,CY@x.edu\n", files)
    assert ids == {"0012": "submission_101", "x": "submission_102", "Ben Ray": "submission_104"}
    assert [student.name for student in classroom.missing] == ["Other"] and classroom.unlisted == ["Ben Ray"]


def test_github_is_mapped_by_its_column_and_never_by_a_name_anyone_can_register(tmp_path):
    files = [f"hw-submissions/hw-{user}/a.py" for user in ("Ann-L", "ben-ray", "cy")]
    roster = "id,name,github\n1,Ann Lee,ann-l\n2,Ben Ray,\ncy,Cy Woo,other\n"
    ids, classroom, _ = mapped(tmp_path, roster, files)
    assert ids == {"1": "hw-Ann-L", "ben-ray": "hw-ben-ray", "cy (github cy)": "hw-cy"}
    assert classroom.unlisted == ["ben-ray", "cy (github cy)"]


def test_without_a_roster_nobody_is_missing_or_unlisted(tmp_path):
    classroom, _ = opened(build(tmp_path, ["ann.py"]))
    assert (classroom.missing, classroom.unlisted) == ([], [])


def test_a_class_of_two_thousand_is_mapped_in_a_moment(tmp_path):
    import time

    rows = "".join(f"{number},First{number} Middle von der Last{number}\n" for number in range(2_000))
    names = [f"vonderlast{number}first{number}middle_{number + 1}_{number + 5_000}_a.py" for number in range(2_000)]
    build(tmp_path / "class", names)
    start = time.process_time()
    with open_class(tmp_path / "class", roster=build(tmp_path, [("r.csv", f"id,name\n{rows}")]) / "r.csv") as classroom:
        assert not classroom.missing and not classroom.unlisted
    assert time.process_time() - start < 8  # takes a quarter of that
