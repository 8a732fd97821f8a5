"""Scores filled into the files that teachers download from Canvas and Moodle; everything else stays byte for byte."""

import csv
import io
import random
from dataclasses import replace
from datetime import UTC, datetime
from fractions import Fraction

import pytest

from grader.cli.main import run
from grader.errors import CannotFill, MarksThere
from grader.marks.due import parse_due
from grader.marks.late import DueDate, parse_rule
from grader.marks.mark import marked
from grader.report.export.canvas import canvas
from grader.report.export.export import Given
from grader.report.export.moodle import moodle
from grader.report.export.rows import called
from grader.report.export.sheet import number, read_sheet
from grader.report.json import to_line
from grader.result import Absent, Adjustment, AssignmentFacts
from helpers.gradebooks import CANVAS, MOODLE
from helpers.hostile_texts import HOSTILE
from helpers.results import a_result, a_stage

NOW = datetime(2026, 3, 1, tzinfo=UTC)


def points(score, most=39):
    """A stage that earned so many points of so many."""
    return [a_stage(max_score=most, score=score)]


def filled(render, file, *results, column=None, marks="replace"):
    """The file of an export as text, and the export."""
    data = file if isinstance(file, bytes) else file.encode()
    export = render(list(results), Given(NOW, {}, data, "file.csv", column, marks))
    return export.files["file.csv"].decode(), export


def out(export):
    return {each.who: each.why for each in export.left_out}


# --- Marks that are there already ----------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("render", "file", "key", "number"), [(canvas, CANVAS, "canvas", 101), (moodle, MOODLE, "moodle", 501)]
)
def test_marks_that_are_there_are_not_replaced_unless_that_is_asked_for(render, file, key, number):
    """The second student has 12 points in both files, the first has none."""
    results = [a_result(who, points(30.0), **{key: str(number + place)}) for place, who in enumerate("xy")]
    with pytest.raises(MarksThere, match=r"file.csv has 1 other mark in .* 2 scores.*--only-empty.*--replace"):
        filled(render, file, *results, marks="refuse")
    text, export = filled(render, file, *results, marks="keep")
    assert (text.count("30"), text.count("12.00")) == (1, 1) and "Left as they were: 1 other mark." in export.remarks
    text, export = filled(render, file, *results, marks="replace")
    assert (text.count("30"), text.count("12.00")) == (2, 0) and "Replaced: 1 other mark." in export.remarks
    same = [results[0], a_result("y", points(12.0), **{key: str(number + 1)})]
    assert len(filled(render, file, *same, marks="refuse")[1].remarks) == 1


# --- Canvas ---------------------------------------------------------------------------------------------------------


def test_canvas_gets_the_scores_and_nothing_else_is_touched():
    results = [a_result("x", points(26.5), canvas="101"), a_result("y", points(39.0), canvas="102")]
    text, export = filled(canvas, CANVAS, *results)
    expected = CANVAS.replace('"A ""1""",EX,,', '"A ""1""",EX,26.5,').replace("3.50,12.00", "3.50,39")
    assert text == expected and not export.left_out
    assert export.remarks == ("Scores entered in the column NameWeave (12): 2.", "Replaced: 1 other mark.")


def test_canvas_refuses_columns_called_final_and_that_is_said():
    file = CANVAS.replace("NameWeave (12)", "NameWeave Final (12)")
    _, export = filled(canvas, file, a_result("x", points(26.5), canvas="101"), column="NameWeave Final")
    assert export.remarks[-1].startswith("Canvas does not import into NameWeave Final (12)")


def test_26_of_39_is_10_of_15_and_marks_are_scaled_exactly():
    file = CANVAS.replace("10,39,5", "10,15,5")
    late = DueDate(parse_due("2026-11-30T12:00Z", ""), parse_rule("10%/day")).judged("2026-12-01T11:00Z", "", None, "")
    results = [a_result("x", points(26.0), canvas="101"), marked(a_result("y", points(26.0), canvas="102"), [], late)]
    text, _ = filled(canvas, file, *results)
    assert text == file.replace('"A ""1""",EX,,', '"A ""1""",EX,10,').replace("3.50,12.00", "3.50,9")


def test_whoever_is_excused_keeps_what_is_there_and_whoever_is_missing_gets_0_if_that_is_wanted():
    excused = marked(a_result("y", points(26.0), canvas="102"), [Adjustment("total", "excuse")], None)
    given = Given(NOW, {}, CANVAS.encode(), "file.csv", absent=[Absent("s1", "Ben", {"canvas": "101"})], missing_as=0)
    export = canvas([excused], given)
    assert export.files["file.csv"].decode() == CANVAS.replace('"A ""1""",EX,,', '"A ""1""",EX,0,')
    assert out(export) == {"y": "excused, so there is no mark"}
    assert canvas([excused], replace(given, missing_as=None)).files["file.csv"].decode() == CANVAS


@pytest.mark.parametrize("mark", ["", "\ufeff"], ids=["plain", "byte order mark"])
@pytest.mark.parametrize("end", ["\n", "\r\n", "\r"], ids=["LF", "CRLF", "CR"])
@pytest.mark.parametrize("last", [True, False], ids=["last line end", "no last line end"])
def test_canvas_files_keep_mark_and_line_ends(mark, end, last):
    file = mark + (CANVAS if last else CANVAS.removesuffix("\n")).replace("\n", end)
    text, _ = filled(canvas, file, a_result("y", points(39.0), canvas="102"))
    assert text == file.replace("12.00", "39")


def test_canvas_files_with_semicolons_and_decimal_commas_get_decimal_commas():
    file = 'Student;ID;Section;NameWeave (12)\n    Points Possible;;;39,0\n"A, B";1;x;\nC;2;x;"3,5"\n'
    text, _ = filled(canvas, file, a_result("a", points(26.5), canvas="1"), a_result("c", points(7.5), canvas="2"))
    assert text == file.replace("1;x;", "1;x;26,5").replace('"3,5"', '"7,5"')


def test_a_decimal_comma_among_commas_is_quoted():
    file = 'Student,ID,NameWeave (12)\n    Points Possible,,"39,0"\nA,1,\n'
    assert filled(canvas, file, a_result("a", points(26.5), canvas="1"))[0] == file.replace("A,1,", 'A,1,"26,5"')


def test_a_score_that_is_there_already_is_left_as_it_is_written():
    text, export = filled(canvas, CANVAS, a_result("y", points(12.0), canvas="102"))
    assert text == CANVAS and not export.left_out


@pytest.mark.parametrize(
    ("identities", "row"),
    [
        ({"canvas": "102", "name": "Ben Łukasz", "login": "ben"}, 102),
        ({"sis": "s2", "login": "ben"}, 102),
        ({"login": "ADA@x.org"}, 102),
        ({"name": "Ada  LOVELACE"}, 102),
        ({"name": "Lovelace, Ada"}, 102),
        ({"name": "Ben \u0141ukasz"}, 101),
        ({"github": "octocat", "name": "Ben Łukasz"}, 101),
    ],
)
def test_canvas_rows_are_found_by_number_then_sis_then_login_then_name(identities, row):
    text, export = filled(canvas, CANVAS, a_result("somebody", points(1.0), **identities))
    changed = [line.split('",')[1][:3] for line in set(text.splitlines()) - set(CANVAS.splitlines())]
    assert changed == [str(row)] and not export.left_out


@pytest.mark.parametrize("id", ["102", "s2", "ada@x.org", "Ada Lovelace", "lovelace, ada"])
def test_a_hand_in_without_identities_is_found_by_what_it_is_called(id):
    text, _ = filled(canvas, CANVAS, a_result(id, points(39.0)))
    assert text == CANVAS.replace("12.00", "39")


def test_who_is_not_there_by_number_is_not_looked_for_by_name():
    text, export = filled(canvas, CANVAS, a_result("ada@x.org", points(39.0), canvas="999", name="Ada Lovelace"))
    assert text == CANVAS and out(export) == {"ada@x.org": "file.csv has no row for them"}


def test_two_hand_ins_for_one_row_and_one_for_two_rows_are_left_out_and_told():
    results = [a_result("ada@x.org", points(39.0)), a_result("y", points(1.0), canvas="102"), a_result("Dan Doe")]
    text, export = filled(canvas, CANVAS, *results)
    assert text == CANVAS and out(export) == {
        "ada@x.org": "ada@x.org and y share one row of file.csv",
        "y": "ada@x.org and y share one row of file.csv",
        "Dan Doe": "file.csv has 2 rows that could be theirs",
    }


def test_who_has_no_score_or_an_impossible_one_keeps_what_is_there():
    results = [
        a_result("ada", [a_stage(verdict="ungraded")], canvas="102"),
        a_result("ben", points(40.0), canvas="101"),
        a_result("dan", points(-1.0), canvas="104"),
        a_result("cas", points(39.0), canvas="103"),
    ]
    text, export = filled(canvas, CANVAS, *results)
    assert text == CANVAS and out(export) == {
        "ada": "a stage could not be judged, so there is no score",
        "ben": "the score 40 is not between 0 and 39",
        "dan": "the score -1 is not between 0 and 39",
        "cas": "excused in file.csv",
    }
    assert [each.ungraded for each in export.left_out] == [True, False, False, False]


@pytest.mark.parametrize(
    ("possible", "written"), [("100", "67.95"), ("10.0", "6.79"), ("3,9", "2.65"), ("0", "26.5"), ("", "26.5")]
)
def test_scores_are_scaled_to_the_points_that_canvas_has(possible, written):
    file = f'Student,ID,NameWeave (12)\n    Points Possible,,"{possible}"\nA,1,9\n'
    text, export = filled(canvas, file, a_result("a", points(26.5), canvas="1"))
    assert text.splitlines()[-1].replace('"', "") == f"A,1,{written.replace('.', ',') if ',' in possible else written}"
    assert ("scaled" if possible not in ("0", "") else "does not give") in export.remarks[1]


def test_halves_of_a_cent_are_rounded_up():
    file = "Student,ID,NameWeave (12)\n    Points Possible,,1\nA,1,\n"
    assert filled(canvas, file, a_result("a", points(1.0, most=8), canvas="1"))[0].endswith("A,1,0.13\n")


@pytest.mark.parametrize(
    ("column", "heading"),
    [
        (None, "NameWeave (12)"),
        ("Homework (11)", "Homework (11)"),
        ("Homework", "Homework (11)"),
        (" NameWeave Retake ", "NameWeave Retake (13)"),
    ],
)
def test_the_column_is_the_one_named_or_the_one_called_as_the_assignment(column, heading):
    _, export = filled(canvas, CANVAS, a_result("ada", points(1.0), canvas="102"), column=column)
    assert export.remarks[0] == f"Scores entered in the column {heading}: 1."


@pytest.mark.parametrize(
    ("file", "column", "said"),
    [
        (CANVAS, "Final Score (read only)", "no column for 'Final Score"),
        (CANVAS, "Section", "no column for 'Section'"),
        (CANVAS, "New (14)", "Choose one with --column: 'Homework (11)', 'NameWeave (12)', 'NameWeave Retake (13)'"),
        (CANVAS.replace("NameWeave (12)", "NameWeave A (12)"), None, "several columns for 'nameweave'"),
        (CANVAS.replace("NameWeave", "Other"), None, "no column for 'nameweave'"),
        ("Name,Number\nA,1\n", None, "no columns Student and ID"),
        (CANVAS.encode("utf-16"), None, "not UTF-8"),
        (CANVAS.encode("cp1250"), None, "not UTF-8"),
        ("", None, "no table"),
        ("one\n", None, "no table"),
    ],
)
def test_a_canvas_file_or_column_that_cannot_be_used_is_told(file, column, said):
    with pytest.raises(CannotFill, match=said.replace("(", r"\(").replace(")", r"\)")):
        filled(canvas, file, a_result("ada", points(1.0), canvas="102"), column=column)


@pytest.mark.parametrize("text", HOSTILE.values(), ids=HOSTILE)
@pytest.mark.parametrize(("render", "file"), [(canvas, CANVAS), (moodle, MOODLE)], ids=["canvas", "moodle"])
def test_nothing_that_a_student_is_called_gets_into_a_teachers_file(render, file, text):
    results = [a_result(text, points(1.0), name=text, canvas=text, moodle=text, sis=text, login=text, email=text)]
    written, export = filled(render, file, *results)
    assert written == file and len(export.left_out) == 1
    assert (
        "\n" not in str(export.left_out[0])
        and "##[" not in str(export.left_out[0])
        and len(str(export.left_out[0])) < 200
    )


# --- Moodle ---------------------------------------------------------------------------------------------------------


def test_moodle_gets_the_scores_and_nothing_else_is_touched():
    results = [a_result("x", points(26.5), moodle="501"), a_result("y", points(39.0), moodle="502")]
    text, export = filled(moodle, MOODLE, *results)
    expected = MOODLE.replace('"Submitted for grading - ",,', '"Submitted for grading - ",26.5,').replace("12.00", "39")
    assert text == expected and not export.left_out and export.remarks[0] == "Scores entered in the column Grade: 2."


@pytest.mark.parametrize(
    ("id", "identities"),
    [
        ("x", {"moodle": "502", "name": "Ben Łukasz"}),
        ("x", {"email": "ADA@x.org"}),
        ("x", {"name": "ada lovelace"}),
        ("Participant 502", {}),
        ("502", {}),
        ("Ada Lovelace", {}),
        ("ada@x.org", {"canvas": "7"}),
    ],
)
def test_moodle_rows_are_found_by_participant_then_address_then_name(id, identities):
    text, export = filled(moodle, MOODLE, a_result(id, points(39.0), **identities))
    assert text == MOODLE.replace("12.00", "39") and not export.left_out


def test_what_students_wrote_and_feedback_identify_nobody():
    text, export = filled(moodle, MOODLE, a_result("<p>ben@x.org, fine</p>", points(39.0)))
    assert text == MOODLE and out(export) == {"<p>ben@x.org, fine</p>": "file.csv has no row for them"}


GERMAN = "ID,Name,Status,Bewertung,Bestwertung,Änderbar,Zuletzt geändert (Abgabe),Zuletzt geändert (Bewertung)\n"
FRENCH = "Identifiant,Nom,Statut,Note,Note maximale,Modifiable,Modification (travail),Dernière modification (note)\n"
JAPANESE = "ID,氏名,ステータス,評点,最大評点,変更可,最終更新日時\uff08提出\uff09,最終更新日時\uff08評点\uff09\n"


@pytest.mark.parametrize(
    ("head", "word"),
    [(GERMAN, "Teilnehmer/in "), (FRENCH, "Participant "), (JAPANESE, "参加者")],
    ids=["de", "fr", "ja"],
)
def test_a_worksheet_in_another_language_is_understood_by_what_all_have_in_common(head, word):
    file = head + f'{word}7,A,x,"1,00","100,00",y,-,-\n{word}8,B,x,,"100,00",y,-,-\n'
    text, export = filled(moodle, file, a_result("b", points(26.5), moodle="8"))
    assert text == file.replace("8,B,x,,", '8,B,x,"67,95",') and "scaled" in export.remarks[1]


def test_where_the_grade_is_not_clear_it_can_be_named():
    file = "ID,Nimi,Hinne,Maksimum,Viimati muudetud\nOsaleja 7,A,,39,-\n"
    with pytest.raises(CannotFill, match="it is not clear which one"):
        filled(moodle, file, a_result("a", points(26.5), moodle="7"))
    text, _ = filled(moodle, file, a_result("a", points(26.5), moodle="7"), column="Hinne")
    assert text == file.replace("A,,39", "A,26.5,39")


def test_a_long_text_in_a_worksheet_costs_no_time():
    with pytest.raises(CannotFill, match="no column has Participant"):
        filled(moodle, MOODLE.replace("Participant 501", "x" * 1_000_000), a_result("a", points(1.0), moodle="501"))


@pytest.mark.parametrize(
    ("file", "said"),
    [
        (MOODLE.replace("Participant", "x"), None),
        (MOODLE.replace("Participant 501", "Participant 502"), "no column has Participant and a number"),
        (MOODLE.replace('"Participant 50', '"50'), "no column has Participant and a number"),
        (MOODLE.replace("Last modified (grade)", "Changed"), "it is not clear which one"),
        (MOODLE.replace("12.00", "Good"), "it is not clear which one"),
        (MOODLE.splitlines()[0], "no column has Participant"),
    ],
)
def test_a_file_that_is_no_worksheet_is_told(file, said):
    result = a_result("a", points(26.5), moodle="501")
    if said is None:
        assert not filled(moodle, file, result)[1].left_out
    else:
        with pytest.raises(CannotFill, match=said):
            filled(moodle, file, result)


def test_without_a_maximum_the_score_is_written_as_it_is_and_that_is_told():
    file = "Identifier,Grade,Last modified (grade)\nParticipant 7,,-\nParticipant 8,,-\n"
    text, export = filled(moodle, file, a_result("a", points(26.5), moodle="7"))
    assert text == file.replace("7,,", "7,26.5,") and "does not give the maximum points" in export.remarks[1]


# --- tables ---------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "text",
    [
        'a,b\n"x ""y"", z",2\n',
        'a;b\r\n"line 1\r\nline 2";"""\r\n',
        'a\tb\n"\t"\t\n\n,\n',
        '\ufeff"a","b"\r"c"d,"e\r',
        "a,b",
        'a,b\n"unclosed,2\nc,d\n',
    ],
)
def test_a_table_that_nothing_is_filled_into_comes_back_as_it_was(text):
    sheet = read_sheet(text.encode(), "file.csv")
    assert sheet.filled({}) == text.encode()
    spans = [cell for row in sheet.rows for cell in row]
    assert all(len(text[cell.start : cell.end].strip('"')) <= len(cell.text) + 4 for cell in spans)


@pytest.mark.parametrize("delimiter", [",", ";", "\t"])
def test_what_separates_cells_is_told_by_the_first_two_headings(delimiter):
    sheet = read_sheet(f'"a{delimiter}, ;"{delimiter}b;c,d;e;f,g'.encode(), "file.csv")
    assert sheet.delimiter == delimiter and sheet.headings[0] == f"a{delimiter}, ;"


def test_cells_are_read_as_they_were_meant():
    sheet = read_sheet(b'a,b\n"x ""y"",\nz",2\n\nlast', "file.csv")
    assert [[cell.text for cell in row] for row in sheet.rows] == [["a", "b"], ['x "y",\nz', "2"], [""], ["last"]]


@pytest.mark.parametrize("seed", range(40))
def test_of_any_table_only_the_filled_cells_change(seed):
    """Python's own reader is the oracle."""
    draw = random.Random(seed)
    delimiter, end = draw.choice(",;\t"), draw.choice(["\n", "\r\n"])
    signs = 'ab1.,;\t"\n =é' + "'"
    cells = [["".join(draw.choices(signs, k=draw.randrange(5))) for _ in range(4)] for _ in range(6)]
    cells[0] = ["a", "b;,", "c", "d"]
    out = io.StringIO(newline="")
    quoting = draw.choice([csv.QUOTE_MINIMAL, csv.QUOTE_ALL, csv.QUOTE_NONNUMERIC])
    csv.writer(out, delimiter=delimiter, lineterminator=end, quoting=quoting).writerows(cells)
    sheet = read_sheet(out.getvalue().encode(), "file.csv")
    assert [[cell.text for cell in row] for row in sheet.rows] == cells
    places = {(draw.randrange(1, 6), draw.randrange(4)): Fraction(draw.randrange(1, 200), 4) for _ in range(3)}
    text = sheet.filled(places).decode()
    found = list(csv.reader(io.StringIO(text, newline=""), delimiter=delimiter))
    for (row, column), score in places.items():
        assert number(found[row][column]) == score
        found[row][column] = cells[row][column]
    assert found == cells


@pytest.mark.parametrize(
    ("one", "other"), [("Lovelace,  Ada", "ada lovelace"), ("e\u0301a", "\u00e9A"), (" a\tb ", "A B")]
)
def test_names_are_compared_as_people_would(one, other):
    assert called(one) == called(other)


# --- the command ----------------------------------------------------------------------------------------------------


@pytest.fixture
def folder(tmp_path):
    results = [a_result("ada@x.org", points(39.0)), a_result("nobody", points(1.0))]
    (tmp_path / "results.jsonl").write_bytes(b"".join(map(to_line, results)))
    (tmp_path / "canvas.csv").write_bytes(CANVAS.encode())
    (tmp_path / "moodle.csv").write_bytes(MOODLE.encode())
    return tmp_path


def test_the_filled_copy_is_beside_the_teachers_file_which_is_kept(folder, capsys):
    both = ["--to", f"canvas={folder}/canvas.csv", "--to", f"moodle={folder}/moodle.csv"]
    assert run(["export", str(folder), "--replace", *both]) == 1
    assert (folder / "canvas.csv").read_bytes() == CANVAS.encode()
    assert (folder / "canvas-filled.csv").read_bytes() == CANVAS.replace("12.00", "39").encode()
    assert (folder / "moodle-filled.csv").read_bytes() == MOODLE.replace("12.00", "39").encode()
    told = capsys.readouterr().err
    assert "left out nobody: canvas.csv has no row for them" in told and "Scores entered in the column" in told


def test_the_filled_copy_goes_where_one_says_but_never_over_the_teachers_file(folder, capsys):
    canvas_file = f"canvas={folder}/canvas.csv"
    assert run(["export", str(folder), "--replace", "--to", canvas_file, "-o", f"{folder}/new.csv"]) == 1
    assert (folder / "new.csv").read_bytes() == CANVAS.replace("12.00", "39").encode()
    (folder / "link.csv").symlink_to(folder / "canvas.csv")
    for place in ("canvas.csv", "./sub/../canvas.csv", "link.csv"):
        (folder / "sub").mkdir(exist_ok=True)
        assert run(["export", str(folder), "--replace", "--to", canvas_file, "-o", f"{folder}/{place}"]) == 2
        assert "it is the file that the export is made from" in capsys.readouterr().err
    assert (folder / "canvas.csv").read_bytes() == CANVAS.encode()
    assert run(["export", str(folder), "--replace", "--to", canvas_file, "-o", "-"]) == 1
    assert capsys.readouterr().out == CANVAS.replace("12.00", "39") and not list(folder.glob("*-filled*"))


def test_results_of_two_assignments_are_not_mixed_in_one_column(folder, capsys):
    other = replace(a_result("ben"), assignment=AssignmentFacts("makemore", "makemore", "0"))
    with (folder / "results.jsonl").open("ab") as file:
        file.write(to_line(other))
    assert run(["export", str(folder), "--to", f"canvas={folder}/canvas.csv"]) == 2
    assert "makemore and nameweave" in capsys.readouterr().err
