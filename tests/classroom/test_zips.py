"""Zips made to do harm, or by programs with ideas of their own: never an exception, never a file outside."""

import errno
import io
import os
import shutil
import stat
import struct
import sys
import tempfile
import time
import zipfile
from pathlib import Path

import pytest

from grader.classroom.layout import fingerprint, open_class, read_class_submission
from grader.classroom.unpack import archive
from grader.classroom.unpack.scratch import scratch_folder
from grader.errors import UnreadableClass
from helpers.classes import files_of, opened

CODE = b"x = 1\n"


@pytest.fixture(autouse=True)
def temporary(tmp_path, monkeypatch):
    """Where zips are unpacked to, to look into; the tests see to it that nothing is left there."""
    folder = tmp_path / "temporary"
    folder.mkdir()
    monkeypatch.setattr(tempfile, "tempdir", str(folder))
    yield folder
    assert not list(folder.iterdir())


def entry(name, mode=0, method=zipfile.ZIP_DEFLATED):
    info = zipfile.ZipInfo("placeholder")
    info.filename = name
    info.compress_type = method
    info.external_attr = mode << 16
    return info


def made(file, *entries):
    """A zip of pairs of a name, or a `ZipInfo`, and bytes; names go in as they are."""
    with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as zipped:
        for name, data in entries:
            zipped.writestr(entry(name) if isinstance(name, str) else name, data)
    return file


def bytes_of(*entries):
    stream = io.BytesIO()
    made(stream, *entries)
    return stream.getvalue()


def patched(file, old, new):
    """The same bytes with some replaced, wherever they are."""
    data = file.read_bytes()
    assert old in data and len(old) == len(new)
    file.write_bytes(data.replace(old, new))
    return file


def everything_below(folder):
    return {str(path.relative_to(folder)) for path in folder.rglob("*")}


def fault_of(submission):
    (fault,) = submission.faults
    return fault.fault.message


OUTSIDE = [
    "../evil.py",
    "ann/../../evil.py",
    "/evil.py",
    "//server/share/evil.py",
    "C:\\evil.py",
    "c:evil.py",
    "..\\evil.py",
    "ann\\..\\..\\evil.py",
    "/" * 300 + "evil.py",
    "ok/../evil.py",
]


@pytest.mark.parametrize("name", OUTSIDE)
def test_a_name_that_leads_outside_is_passed_over_and_told(name, tmp_path, temporary):
    path = made(tmp_path / "class.zip", ("ann/a.py", CODE), (name, CODE))
    before = everything_below(tmp_path)
    with open_class(path) as classroom:
        assert files_of({each.id: read_class_submission(each) for each in classroom.submissions}) == {"ann": ["a.py"]}
        assert len(classroom.notes) == 1 and "leads out of the zip, so it was ignored" in classroom.notes[0]
        assert everything_below(tmp_path) - before == {
            f"temporary/{each.name}{rest}"
            for each in temporary.iterdir()
            for rest in ("", "/lock", "/files", "/files/000001.py")
        }


def test_no_name_in_a_zip_becomes_a_name_on_the_disk(tmp_path, temporary):
    names = [
        "con.py",
        "a:b.py",
        "x" * 5_000 + ".py",
        "名前/ü.py",
        "-rf.py",
        "aux/nul.ipynb",
        "a" * 20 + "/" + "b" * 300 + ".py",
    ]
    path = made(tmp_path / "class.zip", *((name, CODE) for name in names if not name.startswith("a:")))
    with open_class(path) as classroom:
        (store,) = temporary.iterdir()
        assert {file.stem for file in (store / "files").iterdir()} == {
            f"{number:06}" for number in range(1, len(names))
        }
        assert stat.S_IMODE(store.stat().st_mode) == 0o700
        assert len(classroom.submissions) == len(names) - 1


def test_names_that_collide_on_some_disks_all_survive(tmp_path):
    names = ["Ann/a.py", "ann/a.py", "ANN/a.py", "ben/A.py", "ben/a.py", "ben/a.PY", "José.py", "Jose\u0301.py"]
    path = made(tmp_path / "class.zip", *((name, f"x = {at}\n".encode()) for at, name in enumerate(names)))
    _, submissions = opened(path)
    assert {"Ann", "ann", "ANN", "ben"} < set(submissions)
    texts = {source.text for each in submissions.values() for source in each.sources}
    assert texts == {f"x = {at}\n" for at in range(len(names))}
    assert files_of(submissions)["ben"] == ["A.py", "a.PY", "a.py"]


def test_a_file_and_a_folder_of_one_name_do_not_disturb_each_other(tmp_path):
    path = made(
        tmp_path / "class.zip", ("ann/x.py", CODE), ("ann/x.py/y.py", CODE), ("ben.py/z.py", CODE), ("ben.py", CODE)
    )
    _, submissions = opened(path)
    assert files_of(submissions)["ann"] == ["x.py"]


@pytest.mark.filterwarnings("ignore:Duplicate name")
def test_of_a_name_that_is_there_twice_the_last_counts(tmp_path):
    classroom, submissions = opened(made(tmp_path / "class.zip", ("ann.py", b"x = 1\n"), ("ann.py", b"x = 2\n")))
    assert submissions["ann"].sources[0].text == "x = 2\n"
    assert classroom.notes == ["ann.py is in the zip twice; only the last one counts."]


def test_names_that_only_look_the_same_are_of_two_students(tmp_path):
    _, submissions = opened(made(tmp_path / "class.zip", ("Ann Lee.py", b"x = 1\n"), ("Ann  Lee.py", b"x = 2\n")))
    assert {id: [source.text for source in each.sources] for id, each in submissions.items()} in (
        {"Ann Lee": ["x = 1\n"], "Ann Lee (2)": ["x = 2\n"]},
        {"Ann Lee": ["x = 2\n"], "Ann Lee (2)": ["x = 1\n"]},
    )


def test_backslashes_are_folders_as_windows_means_them(tmp_path):
    path = made(tmp_path / "class.zip", ("class\\ann\\", b""), ("class\\ann\\a.py", CODE), ("class\\ben\\b.py", CODE))
    assert files_of(opened(path)[1]) == {"ann": ["a.py"], "ben": ["b.py"]}


def test_links_and_devices_in_a_zip_are_not_followed(tmp_path):
    entries = [
        (entry("ann/a.py", stat.S_IFLNK | 0o777), b"/etc/passwd"),
        (entry("ann/b.py", stat.S_IFREG | 0o644), CODE),
        (entry("ben.py", stat.S_IFIFO | 0o644), b""),
        (entry("cy", stat.S_IFLNK | 0o777), b"/"),
        (entry("cy/c.py", 0), CODE),
    ]
    _, submissions = opened(made(tmp_path / "class.zip", *entries))
    assert files_of(submissions) == {"ann": ["a.py", "b.py"], "ben": ["ben.py"], "cy": ["c.py"]}
    assert "a.py is a link, not a file" in fault_of(submissions["ann"])
    assert "ben.py is not an ordinary file" in fault_of(submissions["ben"])
    assert not [s for each in submissions.values() for s in each.sources if "passwd" in s.text or "root" in s.text]


# Names


def test_names_in_any_script_and_code_page_are_read(tmp_path):
    path = made(tmp_path / "class.zip", ("Łukasz.py", CODE), ("名前.py", CODE), ("aaaa.py", CODE), ("bbbb.py", CODE))
    patched(path, b"aaaa.py", "éé.py".encode())  # UTF-8 that is not said to be, as a Mac has it
    patched(path, b"bbbb.py", b"\x81b\x9bb.py")  # the old code page
    assert set(opened(path)[1]) == {"Łukasz", "名前", "éé", "üb¢b"}


def test_a_name_that_is_not_what_it_says_costs_nobody_else(tmp_path):
    path = patched(
        made(tmp_path / "class.zip", ("ann.py", CODE), ("ééé.py", CODE)),
        "ééé.py".encode(),
        b"\xff\xfe\xff\xfe\xff\xfe.py",
    )
    _, submissions = opened(path)
    assert submissions.pop("ann").sources and len(submissions) == 1


def test_control_characters_and_null_bytes_in_names_are_shown_as_text_or_passed_over(tmp_path):
    path = made(tmp_path / "class.zip", ("a\x1b[2J\n.py", CODE), ("bbb0.py", CODE), ("ok.py", CODE))
    patched(path, b"bbb0.py", b"bbb\0.py")
    classroom, submissions = opened(path)
    assert set(submissions) == {"a\\x1b[2J", "ok"}
    assert "null byte" in " ".join(classroom.notes) and all(note.isprintable() for note in classroom.notes)


# Bombs


def test_a_file_that_unpacks_to_too_much_is_left_out_and_costs_only_its_own_student(tmp_path, monkeypatch):
    monkeypatch.setattr(archive, "ALWAYS", 1 << 20)
    monkeypatch.setattr(archive, "RATIO", 10)
    path = made(tmp_path / "class.zip", ("ann.ipynb", b" " * (32 << 20)), ("ben.py", CODE))
    _, submissions = opened(path)
    assert fault_of(submissions["ann"]) == "ann.ipynb unpacks to more than 1 MB."
    assert submissions["ben"].sources


def test_bytes_are_counted_as_they_come_whatever_the_zip_says(tmp_path, monkeypatch):
    monkeypatch.setattr(archive, "ALWAYS", 1 << 20)
    size = 8 << 20
    path = made(tmp_path / "class.zip", ("ann.py", b" " * size), ("ben.py", CODE))
    patched(path, struct.pack("<L", size), struct.pack("<L", 10))
    _, submissions = opened(path)
    assert "ann.py" in fault_of(submissions["ann"]) and submissions["ben"].sources


def test_when_the_room_is_used_up_the_large_files_are_left_out_and_the_small_ones_read(
    tmp_path, monkeypatch, temporary
):
    monkeypatch.setattr(archive, "MOST_OF_A_CLASS", 5 << 20)
    bombs = [(f"a{number}.py", os.urandom(1 << 20)) for number in range(10)]
    path = made(tmp_path / "class.zip", *bombs, ("zoe.py", CODE))
    with open_class(path) as classroom:
        submissions = {each.id: read_class_submission(each) for each in classroom.submissions}
        assert sum(file.stat().st_size for file in temporary.rglob("*.py")) <= 5 << 20
    assert submissions["zoe"].sources
    assert (
        sum("unpack to too much" in each.faults[0].fault.message for each in submissions.values() if each.faults) == 6
    )


def test_a_class_may_fill_half_of_what_is_free_on_the_disk(tmp_path, monkeypatch):
    monkeypatch.setattr(archive.shutil, "disk_usage", lambda path: type("Usage", (), {"free": 4 << 10}))
    _, submissions = opened(made(tmp_path / "class.zip", ("ann.py", os.urandom(4 << 10)), ("ben.py", CODE)))
    assert "unpack to too much" in fault_of(submissions["ann"]) and submissions["ben"].sources


def test_a_full_disk_is_told_in_a_sentence(tmp_path, monkeypatch):
    def full(*arguments):
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))

    monkeypatch.setattr(archive, "_pour", full)
    with pytest.raises(UnreadableClass, match="is full"):
        opened(made(tmp_path / "class.zip", ("ann.py", CODE)))


def test_a_table_of_contents_that_is_too_long_is_not_read(tmp_path, monkeypatch):
    path = made(tmp_path / "class.zip", *((f"{number}/{'x' * 200}.py", CODE) for number in range(2_000)))
    monkeypatch.setattr(archive, "CLASS_CAPS", archive.Caps(100_000, 1 << 16))
    monkeypatch.setattr("grader.classroom.layout.CLASS_CAPS", archive.CLASS_CAPS)
    with pytest.raises(
        UnreadableClass, match=r"too long a table of contents\. Unpack it yourself, and give the folder"
    ):
        opened(path)


def test_a_class_of_a_thousand_with_ten_thousand_files_works(tmp_path):
    entries = [(f"class/student{student:04}/part{part}.py", CODE) for student in range(1_000) for part in range(10)]
    path = made(tmp_path / "class.zip", *entries)
    start = time.process_time()
    with open_class(path) as classroom:
        assert len({fingerprint(each) for each in classroom.submissions}) == 1_000
        assert all(len(each.files) == 10 for each in classroom.submissions)
    assert time.process_time() - start < 20  # takes a tenth of that


# Zips that cannot be read


def test_what_is_no_zip_or_a_damaged_one_is_told_in_a_sentence(tmp_path):
    good = bytes_of(("ann.py", CODE), ("ben.py", CODE))
    for at, data in enumerate([b"", b"no zip", b"PK\3\4", good[:-30], good[: len(good) // 2], b"Rar!\x1a\7\0"]):
        path = tmp_path / f"{at}.zip"
        path.write_bytes(data)
        with pytest.raises(
            UnreadableClass, match=r"cannot be read as a zip .*\. Unpack it yourself, and give the folder\.$"
        ):
            opened(path)


def test_no_flipped_bytes_make_it_raise_anything_else_or_write_outside(tmp_path):
    import random

    draw = random.Random(7)
    good = bytes_of(("class/ann/a.py", CODE * 50), ("class/../b.py", CODE), ("class/c.zip", bytes_of(("d.py", CODE))))
    path = tmp_path / "class.zip"
    before = everything_below(tmp_path) | {"class.zip"}
    for _ in range(600):
        data = bytearray(good)
        for _ in range(draw.randint(1, 6)):
            data[draw.randrange(len(data))] = draw.randrange(256)
        path.write_bytes(data)
        try:
            opened(path)
        except Exception as error:
            assert type(error).__name__ == "UnreadableClass", error
            assert "\n" not in str(error) and str(error).isprintable()
    assert everything_below(tmp_path) == before


def test_encrypted_files_are_told_one_by_one_and_an_encrypted_class_at_once(tmp_path):
    path = made(tmp_path / "class.zip", ("ann.py", CODE), ("ben.py", CODE))
    data = bytearray(path.read_bytes())
    for signature, offset in ((b"PK\3\4", 6), (b"PK\1\2", 8)):
        data[data.index(signature) + offset] |= 1
    path.write_bytes(data)
    _, submissions = opened(path)
    assert fault_of(submissions["ann"]) == "ann.py is encrypted." and submissions["ben"].sources
    for signature, offset in ((b"PK\3\4", 6), (b"PK\1\2", 8)):
        data[data.rindex(signature) + offset] |= 1
    path.write_bytes(data)
    with pytest.raises(UnreadableClass, match=r"is encrypted\. Unpack it yourself, and give the folder"):
        opened(path)


@pytest.mark.parametrize("method", [zipfile.ZIP_BZIP2, zipfile.ZIP_LZMA, 9, 99])
def test_compression_that_is_not_read_is_told(method, tmp_path):
    known = method in (zipfile.ZIP_BZIP2, zipfile.ZIP_LZMA)
    path = made(tmp_path / "class.zip", (entry("ann.py", method=method if known else 8), CODE), ("ben.ipynb", b"{}"))
    if not known:
        data = bytearray(path.read_bytes())
        data[8:10] = data[data.index(b"PK\1\2") + 10 : data.index(b"PK\1\2") + 12] = struct.pack("<H", method)
        path.write_bytes(data)
    assert "compressed in a way the grader cannot read" in fault_of(opened(path)[1]["ann"])


def test_a_damaged_file_costs_only_itself(tmp_path):
    path = made(tmp_path / "class.zip", (entry("ann.py", method=zipfile.ZIP_STORED), b"damage = 1\n"), ("ben.py", CODE))
    _, submissions = opened(patched(path, b"damage", b"demage"))
    assert fault_of(submissions["ann"]) == "ann.py is damaged in the zip." and submissions["ben"].sources


# A hand-in that is a zip itself


def test_a_hand_in_may_be_a_zip_in_a_folder_or_a_zip_of_a_class(tmp_path):
    inner = bytes_of(
        ("homework/ex1.py", CODE), ("homework/ex2.py", CODE), ("homework/tests/t.py", CODE), ("__MACOSX/._x.py", b"\0")
    )
    folder = tmp_path / "class"
    (folder / "ben").mkdir(parents=True)
    (folder / "ann.zip").write_bytes(inner)
    (folder / "ben" / "hw.zip").write_bytes(inner)
    (folder / "ben" / "more.py").write_bytes(CODE)
    path = made(tmp_path / "class.zip", ("ann.zip", inner), ("ben/hw.zip", inner), ("ben/more.py", CODE))
    for place in (folder, path):
        assert files_of(opened(place)[1]) == {
            "ann": ["ann.zip/homework/ex1.py", "ann.zip/homework/ex2.py"],
            "ben": ["hw.zip/homework/ex1.py", "hw.zip/homework/ex2.py", "more.py"],
        }


def test_zips_are_opened_in_the_layouts_of_course_systems_too(tmp_path):
    inner = bytes_of(("ex1.py", CODE))
    for name in (
        "leeann_11_501_hw.zip",
        "Ann Lee_11_assignsubmission_file_/hw.zip",
        "Ann Lee_11_assignsubmission_file_hw.zip",
    ):
        other = name.replace("Ann Lee_11", "Ben Ray_12").replace("leeann_11_501", "rayben_12_502")
        _, submissions = opened(made(tmp_path / "class.zip", (name, inner), (other, inner)))
        assert [list(each.files) for each in submissions.values()] == [["hw.zip/ex1.py"]] * 2


def test_a_zip_in_a_zip_in_a_hand_in_is_not_opened(tmp_path):
    inner = bytes_of(("deep.zip", bytes_of(("ex1.py", CODE))), ("ex2.py", CODE))
    _, submissions = opened(made(tmp_path / "class.zip", ("ann.zip", inner), ("ben.py", CODE)))
    assert fault_of(submissions["ann"]).startswith("ann.zip/deep.zip is a zip inside a zip.")
    assert submissions["ann"].sources[0].name == "ann.zip/ex2.py"


def test_a_hand_in_full_of_bombs_costs_only_its_student_and_little_room(tmp_path, monkeypatch, temporary):
    monkeypatch.setattr("grader.classroom.unpack.contents.MOST_OF_A_SUBMISSION", 4 << 20)
    bomb = bytes_of(*((f"{number}.py", b" " * (3 << 20)) for number in range(2)))
    path = made(tmp_path / "class.zip", *((f"ann/{number}.zip", bomb) for number in range(30)), ("zoe.py", CODE))
    with open_class(path) as classroom:
        ann, zoe = (read_class_submission(each) for each in classroom.submissions)
        assert sum(file.stat().st_size for file in temporary.rglob("*.py")) <= 4 << 20
    told = [fault.fault.message for fault in ann.faults]
    assert zoe.sources and len([text for text in told if "unpack to too much" in text]) == 19
    assert "a submission can have at most 10 zips" in told[-1]


def test_a_hostile_zip_of_a_student_is_a_fault_of_that_hand_in(tmp_path):
    links = bytes_of(*((entry(f"{number}.py", stat.S_IFLNK), b"/") for number in range(99)))
    many = bytes_of(*((f"{number}.txt", b"") for number in range(5_001)))
    long = bytes_of(*((f"{number}{'x' * 300}.txt", b"") for number in range(4_000)))
    outside = bytes_of(("../../evil.py", CODE), ("/etc/evil.py", CODE), ("ok.py", CODE))
    submissions = {
        "links": links,
        "many": many,
        "long": long,
        "outside": outside,
        "none": b"no zip",
        "empty": b"",
        "nothing": bytes_of(),
    }
    _, submissions = opened(
        made(tmp_path / "class.zip", *((f"{name}.zip", data) for name, data in submissions.items()))
    )
    assert len(submissions["links"].faults) == 20 and submissions["links"].notes[0].startswith("99 files in it")
    assert "contains 5,001 files" in fault_of(submissions["many"])
    assert "too long a table of contents" in fault_of(submissions["long"])
    assert "cannot be read as a zip" in fault_of(submissions["none"])
    assert "cannot be read as a zip" in fault_of(submissions["empty"])
    assert list(submissions["outside"].files) == ["outside.zip/ok.py"]
    assert len(submissions["outside"].notes) == 2 and "leads out" in submissions["outside"].notes[0]
    assert "only nothing.zip. Hand in your work as" in fault_of(submissions["nothing"])


# The temporary folder


def test_what_was_unpacked_goes_away_also_when_grading_fails(tmp_path, temporary):
    with pytest.raises(RuntimeError), open_class(made(tmp_path / "class.zip", ("ann.py", CODE), ("b.py", CODE))):
        assert len(list(temporary.rglob("*.py"))) == 2
        raise RuntimeError


@pytest.mark.skipif(sys.platform == "win32", reason="no lock that the system lets go of")
def test_what_a_killed_run_left_goes_away_with_the_next_and_nothing_else(tmp_path, temporary):
    path = made(tmp_path / "class.zip", ("ann.py", CODE))
    with scratch_folder() as used:
        (abandoned,) = temporary.iterdir()
        shutil.copytree(abandoned, temporary / "grade-abandoned")
        (temporary / "grade-of-others").mkdir()
        (temporary / "grade-link").symlink_to(temporary / "grade-of-others")
        (temporary / "mine").mkdir()
        (temporary / "mine" / "lock").touch()
        with open_class(path):
            left = {each.name for each in temporary.iterdir()}
            assert {"grade-of-others", "grade-link", "mine", abandoned.name} < left and len(left) == 5
        assert used.is_dir()
    assert {each.name for each in temporary.iterdir()} == {"grade-of-others", "grade-link", "mine"}
    (temporary / "grade-link").unlink()
    for name in ("grade-of-others", "mine"):
        shutil.rmtree(temporary / name)


@pytest.mark.skipif(not hasattr(os, "fork"), reason="no fork")
def test_a_process_that_was_forked_meanwhile_takes_nothing_away(tmp_path, temporary):
    context = open_class(made(tmp_path / "class.zip", ("ann.py", CODE), ("b.py", CODE)))
    context.__enter__()
    child = os.fork()
    if not child:
        try:
            context.__exit__(None, None, None)
        finally:
            os._exit(0)
    os.waitpid(child, 0)
    assert len(list(temporary.rglob("*.py"))) == 2
    context.__exit__(None, None, None)


def test_the_place_shown_is_in_the_zip_and_the_same_every_time(tmp_path):
    path = made(tmp_path / "class.zip", ("class/ann/a.py", CODE), ("class/ben.py", CODE))
    (first, second) = opened(path)[1], opened(path)[1]
    assert {id: each.path for id, each in first.items()} == {
        "ann": Path(path, "class", "ann"),
        "ben": Path(path, "class", "ben.py"),
    }
    assert first == second
