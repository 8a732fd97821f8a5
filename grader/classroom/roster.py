"""The roster of a class: a CSV that someone made, a Canvas gradebook export, or a Moodle grading worksheet."""

import csv
import io
import re
import unicodedata
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path

from grader.errors import UnreadableRoster
from grader.marks.table import TableRow, decoded
from grader.report.safe import as_name

LARGEST = 16 << 20
DELIMITERS = (",", ";", "\t")
HEADINGS = {
    "id": "id studentid studentnumber studentno idnumber universityid matriculationnumber matrikelnummer matnr sid "
    "orgdefinedid",
    "sis": "sisuserid sisid",
    "login": "login loginid username sisloginid netid anmeldename benutzername",
    "email": "email emailaddress mail emailadresse",
    "github": "github githubusername githubuser githublogin githubname",
    "canvas": "canvasid canvasuserid",
    "identifier": "identifier rosteridentifier",
    "moodle": "moodle moodleid moodleidentifier participant participantid participantnumber",
    "name": "name fullname student studentname vollständigername nomcomplet nombrecompleto",
    "first": "firstname firstnames givenname givennames forename vorname",
    "last": "lastname lastnames surname familyname nachname",
    "group": "group groups groupname team",
    "section": "section sections",
    "extension": "extension extensions extendeduntil",
    "submitted": "submitted submittedat submissiontime handedin",
}
"""What a column may be called, without case, spaces and signs."""
FIELDS = {heading: name for name, headings in HEADINGS.items() for heading in headings.split()}
BESIDE = ("section", "extension", "submitted")
"""What is said of a student that nobody is told apart by."""
ID_FROM = ("id", "sis", "login", "email", "canvas", "github", "name", "moodle")
"""The first of these that a row has is the id of the student."""
NUMBERED = re.compile(r"\D*(\d+)", re.ASCII)
PARTICIPANT = re.compile(r"([^\d@]+) (\d+)", re.ASCII)
"""`Participant 12`, in any language."""
NO_STUDENT = ("student, test", "test student")
MOST_UNUSED = 5
POINTS = " " * 4
"""Rows in an export of Canvas; the one of the points begins with blanks, whatever the language."""


@dataclass(frozen=True)
class Student:
    """Someone on the roster."""

    id: str
    name: str = ""
    identities: Mapping[str, str] = field(default_factory=dict)
    groups: tuple[str, ...] = ()
    beside: Mapping[str, str] = field(default_factory=dict, compare=False)
    """The section, the extension and when it was handed in, as far as there are such columns."""
    where: str = field(default="", compare=False)
    """The file and the line."""


@dataclass(frozen=True)
class Roster:
    """Everyone in the class, and what of the file was passed over, a sentence each."""

    students: list[Student]
    notes: list[str] = field(default_factory=list)
    used: dict[str, str] = field(default_factory=dict)
    """The headings of the columns that say something, with what they were taken for."""
    unused: list[str] = field(default_factory=list)


def read_roster(file: Path, extensions: str | None = None) -> Roster:
    """The students in a CSV file.

    Args:
        file: of which the first line has headings.
        extensions: the heading of the column of extensions, if it is called otherwise than we know.

    Raises:
        UnreadableRoster: it cannot be read, has no column that says who a student is, or none of that heading.
    """
    try:
        with file.open("rb") as stream:
            data = stream.read(LARGEST + 1)
    except OSError as error:
        raise UnreadableRoster(file, f"cannot be read ({error.strerror})") from None
    if len(data) > LARGEST:
        raise UnreadableRoster(file, f"is larger than {LARGEST >> 20} MB, too large for a roster")
    headings, rows = _table(decoded(data), file)
    cells = [row.cells for row in rows]
    columns = _columns(headings) | _participants(_columns(headings), cells) | _extensions(headings, extensions, file)
    if not set(columns.values()) & {*ID_FROM, "identifier", "first", "last"}:
        raise UnreadableRoster(file, "has no heading that says which column is the id, name or email")
    students = ((_student(columns, row.cells), f"{file}:{row.line}") for row in rows)
    roster = _roster([replace(student, where=where) for student, where in students if student])
    if not roster.students:
        raise UnreadableRoster(file, "names no students")
    shown = [as_name(heading) for heading in headings]
    used = {shown[number]: name for number, name in columns.items() if number < len(shown)}
    others = [heading for number, heading in enumerate(shown) if heading and number not in columns]
    return replace(roster, used=used, unused=others)


def columns_said(roster: Roster) -> str:
    """Which columns were used and which were not, in a sentence."""
    used = ", ".join(text if _plain(text) == name else f"{text} (as {name})" for text, name in roster.used.items())
    some = roster.unused[:MOST_UNUSED]
    more = f" and {len(roster.unused) - MOST_UNUSED} more" if len(roster.unused) > MOST_UNUSED else ""
    return f"Columns of the roster that were used: {used}; not used: {', '.join(some) or 'none'}{more}."


def _extensions(headings: Sequence[str], wanted: str | None, file: Path) -> dict[int, str]:
    if wanted is None:
        return {}
    places = [number for number, heading in enumerate(headings) if heading.strip() == wanted.strip()]
    if len(places) != 1:
        there = ", ".join(repr(as_name(heading)) for heading in headings)
        many = "several columns" if places else "no column"
        raise UnreadableRoster(file, f"has {many} {wanted!r} for --extensions ({there})")
    return {places[0]: "extension"}


def _table(text: str, file: Path) -> tuple[list[str], list[TableRow]]:
    """Headings and rows, with whichever delimiter shows most of the headings."""
    tables = []
    for delimiter in DELIMITERS:
        try:
            reader = csv.reader(io.StringIO(text, newline=""), delimiter=delimiter)
            rows = [TableRow(reader.line_num, row) for row in reader if any(row)]
        except csv.Error:
            continue
        if rows:
            tables.append((rows[0].cells, rows[1:]))
    if not tables:
        raise UnreadableRoster(file, "is empty" if not text.strip() else "is not CSV")
    return max(tables, key=lambda table: len(_columns(table[0])))


def _columns(headings: Sequence[str]) -> dict[int, str]:
    """What the columns hold that say something, by their numbers; of two for the same, the first."""
    plain = [_plain(each) for each in headings]
    fields = [FIELDS.get(heading, "") for heading in plain]
    if "student" in plain and {"section", "sisloginid", "sisuserid"} & set(plain):  # an export of Canvas's gradebook
        fields = ["canvas" if heading == "id" else name for heading, name in zip(plain, fields, strict=True)]
    if "canvasuserid" in plain and "groupname" in plain:  # an export of Canvas's groups
        fields = ["sis" if heading == "userid" else name for heading, name in zip(plain, fields, strict=True)]
    return {number: name for number, name in enumerate(fields) if name and name not in fields[:number]}


def _plain(heading: str) -> str:
    return "".join(filter(str.isalnum, unicodedata.normalize("NFKC", heading).casefold()))


def _participants(columns: Mapping[int, str], rows: Sequence[Sequence[str]]) -> dict[int, str]:
    """The column of a Moodle worksheet that says `Participant 12`, of which the heading is in Moodle's language."""
    for number in range(max(map(len, rows), default=0)):
        matches = [PARTICIPANT.fullmatch(row[number].strip()) for row in rows if number < len(row)]
        found = [match.groups() for match in matches if match]
        alike = len({word for word, _ in found}) == 1 and len(set(found)) == len(found) == len(rows) > 1
        if alike and columns.get(number, "id") in ("id", "identifier"):
            return {number: "identifier"}
    return {}


def _student(columns: Mapping[int, str], row: Sequence[str]) -> Student | None:
    cells = {name: as_name(row[number]) for number, name in columns.items() if number < len(row)}
    cells = {name: text for name, text in cells.items() if text}
    given = " ".join(cells.pop(part, "") for part in ("first", "last")).strip()
    if given:
        cells.setdefault("name", given)
    if cells.get("name", "").casefold() in NO_STUDENT or row[0].startswith(POINTS):
        return None
    beside = {name: cells.pop(name) for name in BESIDE if name in cells}
    groups = tuple(text.strip() for text in re.split("[,;]", cells.pop("group", "")) if text.strip())
    if match := NUMBERED.fullmatch(cells.pop("moodle", "")):
        cells["moodle"] = match[1]
    identifier = cells.pop("identifier", "")
    if match := PARTICIPANT.fullmatch(identifier):
        cells["moodle"] = match[2]
    elif identifier:
        cells.setdefault("id", identifier)
    id = next((_readable(key, cells[key]) for key in ID_FROM if key in cells), None)
    if id is None:
        return None
    known = {key: text for key, text in cells.items() if key != "id"}
    return Student(id, cells.get("name", ""), known, groups, beside)


def _readable(key: str, text: str) -> str:
    return f"Participant {text}" if key == "moodle" else text


def _roster(rows: Sequence[Student]) -> Roster:
    """One student for each id: Canvas has those in two sections twice."""
    students: dict[str, Student] = {}
    notes = []
    for student in rows:
        first = students.setdefault(student.id, student)
        if first != student:
            notes.append(f"{student.id} is on the roster twice; only the first row counts.")
    return Roster(list(students.values()), notes)


def name_words(name: str) -> Iterator[str]:
    """The words of a name without case and signs."""
    text = unicodedata.normalize("NFKC", name).casefold()
    yield from "".join(letter if unicodedata.category(letter)[0] in "LMN" else " " for letter in text).split()
