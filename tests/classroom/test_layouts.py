"""A class in the layout of whatever collected it: recognised, told apart, and nobody takes a place of others."""

import os
import shutil
import stat
import subprocess
import sys
import time
import zipfile

import pytest

from grader.classroom.layout import ClassSubmission, describe, fingerprint, open_class, read_class_submission
from grader.classroom.layouts.gradescope import LOADER
from grader.cli.main import run
from grader.errors import PathNotFound, UnknownName, UnreadableClass
from helpers.classes import METADATA, build, files_of, opened

CLASSES = {
    "plain": (
        ["ann.py", "ben/ex1.py", "ben/ex2.py", "Čyril Ωmega.ipynb", "notes.txt"],
        {"ann": ["ann.py"], "ben": ["ex1.py", "ex2.py"], "Čyril Ωmega": ["Čyril Ωmega.ipynb"]},
    ),
    "canvas": (
        [
            "leeann_11_501_ex1.py",
            "leeann_11_502_ex2_of_2024_03.py",
            "rayben_LATE_12_503_hw.ipynb",
            "woocy_13_504_1_2_3.py",
            "grades.csv",
        ],
        {"leeann": ["ex1.py", "ex2_of_2024_03.py"], "rayben": ["hw.ipynb"], "woocy": ["1_2_3.py"]},
    ),
    "moodle": (
        [
            "Ann Lee_11_assignsubmission_file/ex1.py",
            "Ann Lee_11_assignsubmission_file/ex2.py",
            "Ben Ray_12_assignsubmission_file_/hw.ipynb",
            "Group A_7_assignsubmission_file_/sub/hw.py",
        ],
        {"Ann Lee": ["ex1.py", "ex2.py"], "Ben Ray": ["hw.ipynb"], "Group A": ["sub/hw.py"]},
    ),
    "gradescope": (
        [
            *(
                f"assignment_9_export/submission_{number}/{name}"
                for number in (101, 102, 103, 104)
                for name in ("a.py",)
            ),
            ("assignment_9_export/submission_metadata.yml", METADATA),
        ],
        {"Ann Lee": ["a.py"], "Ben Ray": ["a.py"], "Cy Woo": ["a.py"]},
    ),
    "github": (
        [
            *(f"hw1-submissions/hw1-{user}/{name}" for user in ("ann-lee", "ben") for name in ("ex1.py", "README.md")),
            "hw1-submissions/hw1-ben/.git/hooks/post.py",
            "hw1-submissions/hw1-ben/.github/scripts/x.py",
        ],
        {"ann-lee": ["ex1.py"], "ben": ["ex1.py"]},
    ),
    "blackboard": (
        [
            "Homework 1_ann_lee_attempt_2026-11-20-10-11-12_ex1.py",
            "Homework 1_ann_lee_attempt_2026-11-20-10-11-12_my_ex2.py",
            "Homework 1_ann_lee_attempt_2026-11-20-10-11-12.txt",
            "Homework 1_bob_lee_attempt_2026-11-20-10-11-12_hw.ipynb",
            "Homework 1_bob_lee_attempt_2026-11-20-10-11-12.txt",
        ],
        {"ann_lee": ["ex1.py", "my_ex2.py"], "bob_lee": ["hw.ipynb"]},
    ),
    "brightspace": (
        [
            "12345-67890 - Ann Lee - Nov 20, 2026 1011 PM/ex1.py",
            "12345-67890 - Ann Lee - Nov 20, 2026 1011 PM/ex2.py",
            "12346-67890 - Ben Ray-Woo - Nov 20, 2026 911 AM/hw.ipynb",
            "index.html",
        ],
        {"Ann Lee": ["ex1.py", "ex2.py"], "Ben Ray-Woo": ["hw.ipynb"]},
    ),
    "ilias": (
        [
            "Exercise 1/Lee_Ann_annl_301/ex1.py",
            "Exercise 1/Van Dyk_Ben Tom_bvd_302/20261120101112_hw.py",
            "Exercise 1/Van Dyk_Ben Tom_bvd_302/20261121101112_hw.py",
        ],
        {"Ann Lee": ["ex1.py"], "Ben Tom Van Dyk": ["hw.py"]},
    ),
    "nbgrader": (
        [
            "course/submitted/ann/ps1/hw.ipynb",
            ("course/submitted/ann/ps1/timestamp.txt", "2024-03-02 10:00:00 UTC"),
            "course/submitted/ben/ps1/hw.ipynb",
            "course/source/ps1/hw.ipynb",
        ],
        {"ann": ["hw.ipynb"], "ben": ["hw.ipynb"]},
    ),
}


def zipped(folder, file, prefix=""):
    with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as archive:
        for path in sorted(folder.rglob("*")):
            archive.write(path, f"{prefix}{path.relative_to(folder)}")
    return file


@pytest.mark.parametrize("form", ["folder", "zip", "zip of a folder"])
@pytest.mark.parametrize("layout", CLASSES)
def test_every_layout_is_recognised_in_a_folder_and_in_a_zip(layout, form, tmp_path):
    files, expected = CLASSES[layout]
    path = build(tmp_path / "class", files)
    if form != "folder":
        path = zipped(path, tmp_path / "class.zip", "" if form == "zip" else "class/")
        with zipfile.ZipFile(path, "a") as archive:
            archive.writestr("__MACOSX/class/._ann.py", b"\0\5\x16\7")
            archive.writestr(".DS_Store", b"Bud1")
    classroom, submissions = opened(path)
    assert classroom.layout == layout
    assert files_of(submissions) == expected
    assert not [submission for submission in submissions.values() if submission.faults]


@pytest.mark.parametrize("layout", CLASSES)
def test_a_layout_can_be_insisted_on(layout, tmp_path):
    path = build(tmp_path / "class", CLASSES[layout][0])
    assert opened(path, layout=layout)[0].layout == layout
    assert opened(path, layout="plain")[0].layout == "plain"


@pytest.mark.parametrize("layout", [name for name in CLASSES if name != "plain"])
def test_what_is_not_laid_out_as_insisted_on_is_told_in_a_sentence(layout, tmp_path):
    path = build(tmp_path / "class", CLASSES["plain"][0])
    with pytest.raises(UnreadableClass, match=f"not have the layout of {layout}.*--layout"):
        opened(path, layout=layout)


# Canvas


def test_canvas_keeps_the_late_flag_the_name_and_the_number_of_the_user(tmp_path):
    names = ["leeann_11_501_ex1.py", "rayben_LATE_12_503_hw.py", "olderexport_late_13_504_hw.py"]
    classroom, submissions = opened(build(tmp_path, names))
    assert {id: each.late for id, each in submissions.items()} == {"leeann": False, "rayben": True, "olderexport": True}
    assert submissions["rayben"].identities == {"name": "rayben", "canvas": "12"}
    assert next(iter(describe(classroom))) == "3 submissions (canvas), 2 late."


def test_of_one_file_in_canvas_the_newest_attempt_counts_and_different_files_all_belong(tmp_path):
    stub = "# grade: nameweave/{}\n".format
    files = [
        ("leeann_11_501_ex1.py", "old = 1"),
        ("leeann_11_502_ex2.py", "x = 2"),
        ("leeann_LATE_11_507_ex1-1.py", "new = 1"),
        ("rayben_12_503_part-1.py", stub("every-expression")),
        ("rayben_12_504_part-2.py", stub("cross-entropy")),
        ("rayben_12_506_part-3.py", stub("cross-entropy")),
        ("woocy_13_511_a.py", "late = 1"),
        ("woocy_13_510_a.py", "early = 1"),
    ]
    _, submissions = opened(build(tmp_path, files))
    assert files_of(submissions) == {
        "leeann": ["ex1-1.py", "ex2.py"],
        "rayben": ["part-1.py", "part-3.py"],
        "woocy": ["a.py"],
    }
    assert submissions["leeann"].notes == ("ex1.py was submitted again as ex1-1.py; the newest counts.",)
    assert submissions["leeann"].late and "late = 1" in submissions["woocy"].sources[0].text


def test_parts_that_students_number_themselves_are_no_attempts(tmp_path):
    _, submissions = opened(build(tmp_path, ["leeann_11_501_ex-1.py", "leeann_11_502_ex-2.py"]))
    assert files_of(submissions) == {"leeann": ["ex-1.py", "ex-2.py"]}


def headed(name, exercise):
    return name, f"# grade: nameweave/{exercise}\n"


ATTEMPTS = {
    "parts of one's own, twice": (["1_ex-1.py", "2_ex-2.py", "3_ex-1-1.py", "4_ex-2-1.py"], ["ex-1-1.py", "ex-2-1.py"]),
    "the same with headers": (
        [headed("1_ex-1.py", "a"), headed("2_ex-2.py", "b"), headed("3_ex-1-1.py", "a"), headed("4_ex-2-1.py", "b")],
        ["ex-1-1.py", "ex-2-1.py"],
    ),
    "a header that was lost": ([headed("1_ex1.py", "a"), "2_ex1-1.py"], ["ex1-1.py"]),
    "a header that was found": (["1_ex1.py", headed("2_ex1-1.py", "a")], ["ex1-1.py"]),
    "parts and a whole": ([headed("1_p-1.py", "a"), headed("2_p-2.py", "b"), "3_p.py"], ["p-1.py", "p-2.py", "p.py"]),
    "what is imported": ([("1_ex1-1.py", "from rules import x"), "2_rules-1.py"], ["ex1-1.py", "rules.py"]),
}


@pytest.mark.parametrize("case", ATTEMPTS)
def test_a_number_that_canvas_adds_is_told_from_one_of_the_students_own(case, tmp_path):
    names, read = ATTEMPTS[case]
    files = [("leeann_11_" + each[0], each[1]) if isinstance(each, tuple) else f"leeann_11_{each}" for each in names]
    _, submissions = opened(build(tmp_path, [*files, "rayben_12_9_hw.py"]))
    assert files_of(submissions)["leeann"] == read


def test_text_in_canvas_is_passed_over_and_told(tmp_path):
    names = ["leeann_11_text.html", "rayben_12_503_hw.py", "rayben_12_link.html", "woocy_LATE_13_504_text.html"]
    _, submissions = opened(build(tmp_path, names))
    assert files_of(submissions) == {"leeann": [], "rayben": ["hw.py"], "woocy": []}
    assert "and no file" in submissions["leeann"].notes[0] and "besides the files" in submissions["rayben"].notes[0]
    assert submissions["woocy"].late


def test_anonymous_hand_ins_have_no_number_of_a_user(tmp_path):
    names = [
        "anon_12345_501_ex1.py",
        "anon_LATE_aB3dE_503_hw.py",
        "anon_xyz_LATE_77_503_2.py",
        "LATE_anon_k3x9z_7_1.py",
    ]
    _, submissions = opened(build(tmp_path, names))
    assert {id: (each.late, dict(each.identities)) for id, each in submissions.items()} == {
        "anon_12345": (False, {}),
        "anon_aB3dE": (True, {}),
        "anon_xyz": (True, {}),
        "anon_k3x9z": (True, {}),
    }


def test_the_upload_of_a_quiz_is_a_file_like_any_other(tmp_path):
    _, submissions = opened(build(tmp_path, ["leeann_11_question_77_501_ex1.py", "rayben_12_question_77_502_a_b.py"]))
    assert files_of(submissions) == {"leeann": ["ex1.py"], "rayben": ["a_b.py"]}


def test_a_name_made_up_to_look_like_another_user_takes_nothing_from_them(tmp_path):
    names = ["leeann_11_501_ex1.py", "evil_11_999_x_14_777_ex1.py", "rayben_12_503_hw.py"]
    _, submissions = opened(build(tmp_path, names))
    assert files_of(submissions) == {"leeann": ["ex1.py"], "evil": ["x_14_777_ex1.py"], "rayben": ["hw.py"]}
    assert "canvas" not in submissions["leeann"].identities and "canvas" not in submissions["evil"].identities
    assert "Another submission has canvas 11 as well" in submissions["leeann"].notes[0]


def test_two_students_of_one_name_are_two(tmp_path):
    _, submissions = opened(build(tmp_path, ["wangwei_11_501_a.py", "wangwei_12_502_a.py"]))
    assert set(submissions) == {"wangwei (canvas 11)", "wangwei (canvas 12)"}


def test_files_of_a_plain_class_that_only_look_a_little_like_canvas_are_plain(tmp_path):
    classroom, submissions = opened(build(tmp_path, ["hw_2024_1_ann.py", "hw_2024_1_ben.py", "hw_2024_1_cy.py"]))
    assert classroom.layout == "plain" and len(submissions) == 3


# Moodle


def test_moodle_keeps_name_and_number_and_tells_of_text(tmp_path):
    names = [
        "Ann Lee_11_assignsubmission_file/hw.py",
        "Ann Lee_11_assignsubmission_onlinetext/onlinetext.html",
        "Ben Ray_12_assignsubmission_onlinetext/onlinetext.html",
    ]
    _, submissions = opened(build(tmp_path, names))
    assert files_of(submissions) == {"Ann Lee": ["hw.py"], "Ben Ray": []}
    assert submissions["Ann Lee"].identities == {"name": "Ann Lee", "moodle": "11"}
    assert submissions["Ben Ray"].notes == ("Text was submitted and no file; it was not graded.",)


def test_moodle_without_folders_has_the_same_in_front_of_each_file(tmp_path):
    names = [
        "Ann Lee_11_assignsubmission_file_ex1.py",
        "Ann Lee_11_assignsubmission_file_my_ex_2.py",
        "Ben Ray_12_assignsubmission_file_ex1.py",
        "Ben Ray_12_assignsubmission_onlinetext_onlinetext.html",
    ]
    classroom, submissions = opened(build(tmp_path, names))
    assert classroom.layout == "moodle"
    assert files_of(submissions) == {"Ann Lee": ["ex1.py", "my_ex_2.py"], "Ben Ray": ["ex1.py"]}
    assert not classroom.notes


def test_those_in_no_group_have_no_number_in_moodle_and_are_told_apart_by_the_roster(tmp_path):
    names = ["Default group_assignsubmission_file/a.py", "Group A_7_assignsubmission_file/a.py"]
    classroom, submissions = opened(build(tmp_path, names))
    assert classroom.layout == "moodle" and set(submissions) == {"Default group", "Group A"}
    assert "the roster's column `group`" in submissions["Default group"].notes[0]


@pytest.mark.parametrize("word", ["Participant", "Teilnehmer", "参加者"])
def test_blind_hand_ins_in_moodle_have_a_number_and_no_name(word, tmp_path):
    names = [f"{word}_{number}_assignsubmission_file/hw.py" for number in (11, 12)]
    _, submissions = opened(build(tmp_path, names))
    assert {id: dict(each.identities) for id, each in submissions.items()} == {
        f"{word} 11": {"moodle": "11"},
        f"{word} 12": {"moodle": "12"},
    }


# Gradescope


def gradescope(tmp_path, text, numbers=(101, 102)):
    files = [f"submission_{number}/a.py" for number in numbers]
    return build(tmp_path / "export", [*files, ("submission_metadata.yml", text)])


def test_gradescope_takes_the_newest_submission_of_each_member_of_a_group(tmp_path):
    classroom, submissions = opened(gradescope(tmp_path, METADATA, (101, 102, 103, 104)))
    assert {id: each.identities["gradescope"] for id, each in submissions.items()} == {
        "Ann Lee": "submission_101",  # the later one, where its zone is told
        "Ben Ray": "submission_104",
        "Cy Woo": "submission_102",
    }
    assert (
        submissions["Ann Lee"].identities["sis"] == "0012" and submissions["Ann Lee"].identities["email"] == "ann@x.edu"
    )
    assert submissions["Ann Lee"].notes == ("Submitted 2 times; the newest counts (submission_101).",)
    assert submissions["Cy Woo"].notes == ("Submitted by a group: Ben Ray, Cy Woo.",)
    assert not classroom.notes


BOMB = "a: &a [x,x,x,x,x,x,x,x,x]\n" + "".join(
    f"{new}: &{new} [{','.join([f'*{old}'] * 9)}]\n" for old, new in zip("abcdefgh", "bcdefghi", strict=True)
)
MERGES = "a: &a {k: v}\n" + "".join(
    f"{new}: &{new} {{<<: [{','.join([f'*{old}'] * 9)}]}}\n" for old, new in zip("abcdefgh", "bcdefghi", strict=True)
)
USELESS = {
    "bomb": (BOMB, None),
    "merges": (MERGES, None),
    "bomb of submitters": (BOMB + "submission_101:\n  :submitters: *i\n", None),
    "itself": ("&a\nsubmission_101: *a\n", None),
    "deep": ("[" * 100_000, "is not valid YAML"),
    "steps": ("- " * 5_000 + "x", "is not valid YAML"),
    "code": ("!!python/object/apply:os.system ['touch /tmp/owned']", "is not a table"),
    "control": ("a: \x07", "is not valid YAML"),
    "binary": ("\0\0\0", "is not valid YAML"),
    "keys": ("? [a, b]\n: c", "is not valid YAML"),
    "empty": ("", "is not a table"),
    "huge": ("a: " + "x" * (17 << 20), "is larger than 16 MB"),
    "other types": ("submission_101: {':submitters': [1, [2], {':name': [3]}], ':created_at': {}}", None),
}


def counted(monkeypatch, owner, name):
    """What a method is called with, once for each call."""
    original, calls = getattr(owner, name), []

    def call(self, *arguments, **keywords):
        calls.append(arguments)
        return original(self, *arguments, **keywords)

    monkeypatch.setattr(owner, name, call)
    return calls


@pytest.mark.parametrize("case", USELESS)
def test_metadata_of_no_use_leaves_the_names_of_the_folders(case, tmp_path, monkeypatch):
    text, told = USELESS[case]
    made = counted(monkeypatch, LOADER, "construct_object")
    classroom, submissions = opened(gradescope(tmp_path, text))
    assert len(made) <= min(len(text), 20_000)
    assert set(submissions) == {"submission_101", "submission_102"}
    assert [note for note in classroom.notes if told and told in note] or not told


def test_gradescope_without_metadata_is_recognised_by_its_folders(tmp_path):
    classroom, submissions = opened(build(tmp_path, ["submission_1/a.py", "submission_2/a.py"]))
    assert classroom.layout == "gradescope" and set(submissions) == {"submission_1", "submission_2"}
    assert "is missing" in classroom.notes[0]


# Blackboard and Brightspace


def test_the_newest_attempt_in_blackboard_counts_and_no_name_of_a_file_makes_it_somebody_elses(tmp_path):
    attempt = "Homework 1_{}_attempt_2026-11-{}-10-11-12_{}".format
    names = [
        (attempt("ann", 20, "ex1.py"), "old = 1"),
        (attempt("ann", 21, "ex1.py"), "new = 1"),
        attempt("ben", 20, attempt("ann", 29, "ex1.py")),
    ]
    _, submissions = opened(build(tmp_path, names))
    assert set(submissions) == {"ann", "ben"} and submissions["ann"].sources[0].text == "new = 1"
    assert submissions["ann"].notes == ("Submitted 2 times; the newest counts (2026-11-21-10-11-12).",)


@pytest.mark.parametrize(
    "name",
    ["Homework 1_ann_attempt_2026-11-{}-10-11-12_ex1.py", "5-7 - Ann Lee - Nov {}, 2026 1011 AM/ex1.py"],
    ids=["blackboard", "brightspace"],
)
def test_of_several_attempts_all_can_be_judged_for_the_best(name, tmp_path):
    other = name.replace("ann", "ben").replace("5-7 - Ann Lee", "6-7 - Ben Ray").format(20)
    build(tmp_path, [*((name.format(day), f"day = {day}") for day in (20, 22, 21)), other])
    with open_class(tmp_path, attempt="best") as classroom:
        tried = [each for each in classroom.submissions if each.id in ("ann", "Ann Lee")]
        texts = {each.arrival.attempt: read_class_submission(each).sources[0].text for each in tried}
        assert {each.arrival.attempts for each in tried} == {3}
        assert texts == {3: "day = 22", 2: "day = 21", 1: "day = 20"}


@pytest.mark.parametrize("form", ["/ex1.py", " - ex1.py"])
def test_the_newest_submission_in_brightspace_counts(form, tmp_path):
    times = ("Dec 1, 2026 901 AM", "Nov 30, 2026 1011 PM", "Nov 30, 2026 211 PM")
    files = [(f"5-7 - Ann Lee - {time}{form}", f"text = {time!r}") for time in times]
    _, submissions = opened(build(tmp_path, [*files, f"6-7 - Ben Ray - {times[0]}{form}"]))
    assert times[0] in submissions["Ann Lee"].sources[0].text
    assert submissions["Ann Lee"].notes == (f"Submitted 3 times; the one of {times[0]} counts.",)


def test_dates_in_another_language_are_not_put_in_an_order(tmp_path):
    names = [f"5-7 - Ann Lee - {day} märz, 2026 1011/ex1.py" for day in (1, 2)]
    _, submissions = opened(build(tmp_path, names))
    assert "it is not clear which is the newest" in submissions["Ann Lee"].notes[0]


def test_a_single_student_may_have_any_folders(tmp_path):
    names = ["ex1/a.py", "ex2/b.py", "submission_3/c.py", "leeann_11_501_ex1.py/d.py"]
    _, submissions = opened(build(tmp_path / "submission", names), layout="single")
    assert files_of(submissions) == {"submission": sorted(names)}


# GitHub and nbgrader


def test_clones_are_named_by_what_follows_the_words_they_all_begin_with(tmp_path):
    names = [
        f"{repository}/{name}"
        for repository in ("cs-hw1-ann-lee", "cs-hw1-ann", "cs-hw1-bo")
        for name in ("a.py", ".git/config")
    ]
    classroom, submissions = opened(build(tmp_path, names))
    assert classroom.layout == "github"
    assert {id: each.identities["github"] for id, each in submissions.items()} == {
        "ann-lee": "ann-lee",
        "ann": "ann",
        "bo": "bo",
    }


REPOSITORIES = {
    "teams": (["hw1-team-1", "hw1-team-2"], {"team-1", "team-2"}),
    "numbers": (["backprop-squad-1", "backprop-squad-2"], {"squad-1", "squad-2"}),
    "a first name": (["hw1-ann-smith", "hw1-ann-lee"], {"ann-smith", "ann-lee"}),
    "capitals": (["hw1-ann-smith", "hw1-ann-lee", "Hw1-bob"], {"ann-smith", "ann-lee", "bob"}),
    "a course and an assignment": ([f"cs101-backprop-{user}" for user in "abcd"], {"a", "b", "c", "d"}),
    "made again": (["hw1-x", "hw1-x-1", "hw1-X-2", "hw1-y"], {"x", "y"}),
    "one student's": (["hw1-x", "hw1-x-1"], {"x"}),
}


@pytest.mark.parametrize("case", REPOSITORIES)
def test_what_repositories_begin_with_is_the_assignments_alone(case, tmp_path):
    names, users = REPOSITORIES[case]
    _, submissions = opened(build(tmp_path, [f"{name}/{file}" for name in names for file in ("a.py", ".git/config")]))
    assert {id: each.identities["github"] for id, each in submissions.items()} == {user: user for user in users}


def test_of_several_repositories_of_a_student_the_newest_with_something_in_it_counts(tmp_path):
    files = [("hw1-x/a.py", "old = 1"), ("hw1-x-1/a.py", "new = 1"), "hw1-x-2/.git/config", "hw1-y/a.py"]
    _, submissions = opened(build(tmp_path, [*files, "hw1-x/.git/config", "hw1-x-1/.git/config"]))
    assert submissions["x"].sources[0].text == "new = 1" and "hw1-x-1 counts" in submissions["x"].notes[0]


def test_the_roster_tells_users_from_the_words_of_the_assignment(tmp_path):
    roster = tmp_path / "roster.csv"
    roster.write_text("roster_identifier,github_username\nA,ann-smith\nB,Ann-lee\nC,ann-lee-1\n", encoding="utf-8")
    names = [f"p-backprop-{user}/.git/config" for user in ("ann-smith", "ann-lee", "ann-lee-1")]
    classroom, submissions = opened(build(tmp_path / "class", names), roster=roster)
    assert set(submissions) == {"A", "B", "C"} and not classroom.unlisted


def test_nothing_in_a_git_folder_is_read_and_git_is_not_run(tmp_path, monkeypatch):
    trap = "[core]\n\tfsmonitor = touch owned\n"
    files = [("class/hw-ann/.git/config", trap), ("class/hw-ann/.git/a.py", "x = 1"), "class/hw-bo/.git/b.py"]
    build(tmp_path, [*files, "class/hw-ann/src/a.py"])
    monkeypatch.setattr(subprocess, "Popen", None)
    _, submissions = opened(tmp_path / "class")
    assert files_of(submissions) == {"ann": ["src/a.py"], "bo": []}
    assert not (tmp_path / "owned").exists()


NBGRADER = ["ann/ps1/a.ipynb", "ann/ps2/a.ipynb", "ben/ps2/a.ipynb", ("ann/ps1/timestamp.txt", "2024-03-02")]


def test_nbgrader_with_several_assignments_asks_which_one(tmp_path):
    with pytest.raises(UnreadableClass, match=r"has several assignments \(ps1, ps2\).*nameweave.*Give a folder"):
        opened(build(tmp_path, NBGRADER), assignment="nameweave")


def test_nbgrader_takes_the_assignment_of_that_name(tmp_path):
    _, submissions = opened(build(tmp_path, NBGRADER), assignment="PS2")
    assert set(submissions) == {"ann", "ben"}
    assert opened(tmp_path, assignment="ps1")[1].keys() == {"ann"}


def test_nbgrader_takes_the_assignment_that_says_its_name_inside_whatever_one_student_writes(tmp_path):
    said = '{"cells": [{"cell_type": "code", "source": ["# grade: nameweave/every-expression\\n"]}]}'
    files = [(f"{student}/ps2/hw.ipynb", said) for student in ("ann", "ben", "cy")]
    files += [(f"{student}/ps1/hw.ipynb", said if student == "ann" else "{}") for student in ("ann", "ben", "cy")]
    build(tmp_path, [*files, ("ann/ps2/timestamp.txt", "")])
    _, submissions = opened(tmp_path, assignment="nameweave")
    assert {submission.path.name for submission in submissions.values()} == {"ps2"}


# Plain, and what is around a class


def test_a_file_and_a_folder_of_one_name_are_one_hand_in(tmp_path):
    _, submissions = opened(build(tmp_path, ["ann.py", "ann.ipynb", "ann/ex2.py", "ben.py"]))
    assert files_of(submissions) == {"ann": ["ann.ipynb", "ann.py", "ann/ex2.py"], "ben": ["ben.py"]}
    assert submissions["ann"].notes == ("Submitted as ann and ann.ipynb and ann.py; all of them were read.",)


def test_what_cannot_be_a_hand_in_is_passed_over_in_one_sentence(tmp_path):
    classroom, submissions = opened(build(tmp_path, ["ann.py", *(f"{number}.txt" for number in range(9))]))
    assert set(submissions) == {"ann"}
    assert len(classroom.notes) == 1 and "0.txt, 1.txt, 2.txt, 3.txt, 4.txt and 4 more" in classroom.notes[0]


WRAPPED = {
    "folders": (["in/x/ann/a.py", "in/x/ben/a.py"], {"ann", "ben"}),
    "the same name": (["in/class/ann.py", "in/class/ben.py"], {"ann", "ben"}),
    "a copy of the name": (["class (1)/ann.py", "class (1)/ben.py"], {"ann", "ben"}),
    "a student": (["ann/ex1.py", "ann/ex2.py"], {"ann"}),
    "one exercise twice": ([(f"hw/{who}.py", "# grade: nameweave/batch-norm\n") for who in "ab"], {"a", "b"}),
    "exercises": ([(f"ann/{what}.py", f"# grade: nameweave/{what}\n") for what in "ab"], {"ann"}),
    "zips": (["hw/ann.zip", "hw/ben.zip"], {"ann", "ben"}),
    "nothing": (["ann/notes.txt"], {"ann"}),
}


@pytest.mark.parametrize("case", WRAPPED)
def test_a_folder_around_the_class_is_seen_through_and_a_lone_student_is_one(case, tmp_path):
    files, ids = WRAPPED[case]
    classroom, submissions = opened(build(tmp_path / "class", files))
    assert set(submissions) == ids
    assert bool(classroom.notes) == (case not in ("nothing",))


def test_one_zip_in_a_folder_is_the_class_if_it_looks_like_one_and_else_a_student(tmp_path):
    for name, files, ids in (
        ("a", CLASSES["canvas"][0], set(CLASSES["canvas"][1])),
        ("b", ["ex1.py", "ex2.py"], {"handin"}),
    ):
        folder = tmp_path / name
        folder.mkdir()
        zipped(build(tmp_path / f"{name}-source", files), folder / "handin.zip")
        assert opened(folder)[1].keys() == ids


def test_a_class_that_is_no_class_is_told(tmp_path):
    (tmp_path / "class").mkdir()
    with pytest.raises(UnknownName, match=r"no layout 'canvs'\. Did you mean canvas"):
        opened(tmp_path, layout="canvs")
    with pytest.raises(PathNotFound):
        opened(tmp_path / "absent")
    with pytest.raises(UnreadableClass, match="no Python file, notebook or folder"):
        opened(tmp_path / "class")
    with pytest.raises(UnreadableClass, match="is a single file"):
        opened(build(tmp_path, ["a.py"]) / "a.py")


OUTPUT = ["grades.sqlite", "index.html", "gradebook.csv", "results.jsonl", "summary.json", "reports/ann.html", "x.py"]


@pytest.mark.parametrize("out", ["graded", "in/graded", ".", None])
def test_our_own_output_is_no_student(out, tmp_path):
    place = {None: "old/"}.get(out, f"{out}/")
    build(tmp_path / "class", ["ann.py", "ben/a.py", *(f"{place}{name}" for name in OUTPUT[: 6 if out == "." else 7])])
    classroom, submissions = opened(tmp_path / "class", out=out and tmp_path / "class" / out)
    assert set(submissions) == {"ann", "ben"}
    assert [note for note in classroom.notes if "earlier run" in note] == (
        [] if out else ["Ignored, because an earlier run wrote its results there: old."]
    )


def test_the_folder_for_results_is_no_student_before_it_is_written_and_a_student_with_it_inside_is_one(tmp_path):
    build(tmp_path / "class", ["ann/a.py", "ann/graded/index.html", "ben/a.py", "cy/notes.txt"])
    _, submissions = opened(tmp_path / "class", out=tmp_path / "class" / "ann" / "graded")
    assert files_of(submissions) == {"ann": ["a.py"], "ben": ["a.py"], "cy": ["notes.txt"]}


@pytest.mark.parametrize("form", ["folder", "zip", "zips"])
def test_what_systems_leave_behind_is_nobody_and_a_checkpoint_counts_where_it_is_all_there_is(form, tmp_path):
    junk = [".DS_Store", "desktop.ini", "Thumbs.db", ".ipynb_checkpoints/ann-checkpoint.ipynb", "__pycache__/a.py"]
    work = ["ann/.ipynb_checkpoints/hw-checkpoint.ipynb", "ben/.ipynb_checkpoints/hw-checkpoint.ipynb", "ben/hw.ipynb"]
    path = build(tmp_path / "class", [*junk, *work, "ann/desktop.ini"])
    if form == "zip":
        path = zipped(path, tmp_path / "class.zip")
    elif form == "zips":
        for name in ("ann", "ben"):
            zipped(path / name, path / f"{name}.zip")
            shutil.rmtree(path / name)
    classroom, submissions = opened(path)
    read = {id: [file.rpartition("/")[2] for file in files] for id, files in files_of(submissions).items()}
    assert read == {"ann": ["hw-checkpoint.ipynb"], "ben": ["hw.ipynb"]} and not classroom.notes
    assert "a copy in .ipynb_checkpoints (hw-checkpoint.ipynb)" in submissions["ann"].notes[0]
    assert not submissions["ben"].notes


# Hostile names and files


def test_names_are_shown_on_one_line_without_control_characters(tmp_path):
    names = ["a\x1b[2J\nb\u202e.py", "=cmd()|' C calc'!A0.py", "::error::x.py", "<b>.py", "名前.py", "x" * 200 + ".py"]
    classroom, submissions = opened(build(tmp_path, names))
    assert len(submissions) == 6
    for text in [*submissions, *(name for each in submissions.values() for name in each.files), *classroom.notes]:
        assert text.isprintable() and len(text) <= 150, text
    assert {"=cmd()|' C calc'!A0", "名前"} < set(submissions)


@pytest.mark.skipif(sys.platform != "linux", reason="names that are no text")
def test_names_that_are_no_text_are_read_and_can_be_written(tmp_path):
    name = os.fsencode(tmp_path) + b"/\xff\xfe"
    os.mkdir(name)
    with open(name + b"/\xe9.py", "w", encoding="utf-8") as file:
        file.write("x = 1\n")
    _, submissions = opened(tmp_path)
    ((id, submission),) = submissions.items()
    assert submission.sources[0].text == "x = 1\n"
    f"{id}{submission.files}{submission.path}".encode()


def test_slugs_are_safe_on_any_disk(tmp_path):
    names = ["con", "NUL", "lpt1", "-rf", "Ann", "ann", "a n n", "a_n_n", "..a", "名前", "x" * 140]
    with open_class(build(tmp_path, [f"{name}.py" for name in names])) as classroom:
        slugs = [submission.slug for submission in classroom.submissions]
    assert len({slug.lower() for slug in slugs}) == len(slugs) == 10  # `..a` begins with a dot, so it is hidden
    assert all(slug.isascii() and "." not in slug and not slug.startswith("-") and len(slug) < 90 for slug in slugs)
    assert not {slug.lower() for slug in slugs} & {"con", "nul", "lpt1"}


def test_links_lead_nowhere_and_links_inside_a_hand_in_are_read(tmp_path):
    (tmp_path / "secret.py").write_text("SECRET = 1\n", encoding="utf-8")
    folder = build(tmp_path / "class", ["ann/real.py", "ben/b.py"])
    (folder / "ann" / "out.py").symlink_to(tmp_path / "secret.py")
    (folder / "ann" / "other.py").symlink_to(folder / "ben" / "b.py")
    (folder / "ann" / "inside.py").symlink_to("real.py")
    (folder / "ann" / "loop.py").symlink_to("loop.py")
    (folder / "ann" / "zero.py").symlink_to("/dev/zero")
    (folder / "link.py").symlink_to(tmp_path / "secret.py")
    (folder / "folder").symlink_to(tmp_path)
    classroom, submissions = opened(folder)
    assert set(submissions) == {"ann", "ben"}
    assert {source.name for source in submissions["ann"].sources} == {"real.py", "inside.py"}
    assert {fault.source for fault in submissions["ann"].faults} == {"out.py", "other.py", "loop.py", "zero.py"}
    assert classroom.notes == ["Ignored, because they are links: folder, link.py."]


def test_a_link_in_the_download_of_canvas_is_passed_over(tmp_path):
    build(tmp_path, ["leeann_11_501_ex1.py", "rayben_12_502_ex1.py"])
    (tmp_path / "evil_13_503_ex1.py").symlink_to("leeann_11_501_ex1.py")
    classroom, submissions = opened(tmp_path)
    assert set(submissions) == {"leeann", "rayben"} and "evil_13_503_ex1.py" in classroom.notes[0]


def test_pipes_are_not_waited_for_and_closed_folders_are_told(tmp_path):
    build(tmp_path, ["ann/a.py", "ben/b.py", "cy/sub/c.py"])
    os.mkfifo(tmp_path / "ann" / "pipe.py")
    os.mkfifo(tmp_path / "pipe.py")
    if os.getuid():
        (tmp_path / "ben").chmod(0)
        (tmp_path / "cy" / "sub").chmod(0)
    try:
        _, submissions = opened(tmp_path)
    finally:
        (tmp_path / "ben").chmod(stat.S_IRWXU)
        (tmp_path / "cy" / "sub").chmod(stat.S_IRWXU)
    assert files_of(submissions)["ann"] == ["a.py"]
    if os.getuid():
        assert "cannot be opened (Permission denied)" in submissions["ben"].faults[0].fault.message
        assert "cannot be opened" in submissions["cy"].faults[0].fault.message


def test_reading_never_raises(tmp_path):
    build(tmp_path, [f"ann/{number}.py" for number in range(60)])
    _, submissions = opened(tmp_path / "ann" / "..")
    assert "has 60 Python files" in submissions["ann"].faults[0].fault.message
    gone = ClassSubmission("ann", "ann", tmp_path / "gone", late=True, notes=("x",), identities={"login": "a"})
    submission = read_class_submission(gone)
    assert (submission.id, submission.late, submission.notes, submission.identities) == (
        "ann",
        True,
        ("x",),
        {"login": "a"},
    )
    assert "does not exist" in submission.faults[0].fault.message
    assert read_class_submission(ClassSubmission("a", "a", tmp_path, files={"a.py": tmp_path / "gone.py"})).faults


def test_a_hand_in_without_code_says_what_there_is_instead(tmp_path):
    _, submissions = opened(build(tmp_path, ["ann/essay.docx", "ann/sub/scan.pdf", "ben/code.rar"]))
    (fault,) = submissions["ann"].faults
    assert fault.fault.message == (
        "There is no Python file or notebook in it, only essay.docx, scan.pdf. "
        "Hand in your work as a .py or .ipynb file."
    )
    assert "code.rar is not a zip" in submissions["ben"].faults[0].fault.message


# Fingerprints


def fingerprints(path):
    with open_class(path) as classroom:
        return {submission.id: fingerprint(submission) for submission in classroom.submissions}


def test_a_fingerprint_is_of_the_files_that_count_and_of_nothing_else(tmp_path):
    folder = build(tmp_path / "class", ["ann/a.py", "ann/data.csv", "ben.ipynb"])
    first = fingerprints(folder)
    assert fingerprints(zipped(folder, tmp_path / "class.zip")) == first
    build(folder, [("ann/data.csv", "1"), ("ann/tests/b.py", "2")])
    assert fingerprints(folder) == first
    build(folder, [("ann/a.py", "x = 1\r\n")])
    second = fingerprints(folder)
    assert second["ann"] != first["ann"] and second["ben"] == first["ben"]
    (folder / "ann" / "a.py").rename(folder / "ann" / "b.py")
    assert fingerprints(folder)["ann"] != second["ann"]


def test_a_fingerprint_is_of_everything_else_that_is_known_as_well(tmp_path):
    build(tmp_path, ["a.py"])
    base = {"id": "a", "slug": "a", "path": tmp_path / "a.py"}
    known = [
        {},
        {"id": "b"},
        {"late": True},
        {"notes": ("x",)},
        {"identities": {"login": "a"}},
        {"files": {"b.py": tmp_path / "a.py"}},
        {"files": {}},
        {"files": {}, "faults": {"b.py": "x"}},
        {"files": {"a.py": tmp_path / "gone"}},
    ]
    assert len({fingerprint(ClassSubmission(**{**base, **each})) for each in known}) == len(known)
    assert fingerprint(ClassSubmission(**base)) == fingerprint(
        ClassSubmission(**{**base, "slug": "b", "files": {"a.py": tmp_path / "a.py"}})
    )


def test_opening_a_class_imports_neither_torch_nor_what_reads_notebooks(tmp_path):
    build(tmp_path, ["ann.ipynb", ("ben.py", "x")])
    code = (
        "import sys; from pathlib import Path; from grader.classroom.layout import open_class, fingerprint\n"
        "with open_class(Path(sys.argv[1])) as found: [fingerprint(each) for each in found.submissions]\n"
        "sys.exit(bool({'torch', 'numpy', 'nbformat', 'IPython'} & set(sys.modules)))"
    )
    assert subprocess.run([sys.executable, "-c", code, str(tmp_path)], check=False).returncode == 0


def test_a_class_of_two_thousand_opens_and_is_compared_in_a_moment(tmp_path):
    text = "x = 1\n" * 500
    build(tmp_path, [(f"student{number:04}/ex{part}.py", text) for number in range(2_000) for part in range(4)])
    start = time.process_time()
    assert len(set(fingerprints(tmp_path).values())) == 2_000
    assert time.process_time() - start < 4  # takes a quarter of that


def test_the_command_tells_layout_missing_and_unlisted_and_needs_no_isolation_for_it(tmp_path, monkeypatch, capsys):
    from grader.sandbox.ours import Sandbox

    monkeypatch.setattr(Sandbox, "isolation", {"network": "not enforced"})
    roster = build(tmp_path, [("roster.csv", "id,name\n7,Ann Lee\n8,Ben Ray\n")]) / "roster.csv"
    folder = build(tmp_path / "class", ["Ann Lee.py", "Zoe.py"])
    assert run(["batch", str(folder), "-o", str(tmp_path / "out"), "--roster", str(roster)]) == 3
    told = capsys.readouterr().err
    assert (
        "2 submissions (plain)." in told
        and "Nothing submitted by Ben Ray." in told
        and "Not on the roster: Zoe." in told
    )
