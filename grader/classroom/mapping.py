"""Who on the roster handed in what: by what course systems call them, failing that by name, never by a guess."""

import unicodedata
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field, replace
from itertools import permutations

from grader.classroom.class_submission import ClassSubmission
from grader.classroom.roster import Roster, Student, name_words
from grader.result import Arrival

NUMBERS = ("canvas", "moodle", "sis", "login", "email", "github")
"""What tells students apart in other systems."""
ALSO_ID = ("sis", "login", "email")
"""Of those, what may stand in the roster's column of ids."""
TOKENS = ("id", "sis", "login", "email", "github")
"""What a plain file or folder may be named after, other than the student's name."""
MOST_WORDS = 5
"""A longer name is compared in its own order, and with the words of its end in front."""
BY_NUMBER, BY_TOKEN, BY_NAME, BY_GROUP = 4, 3, 2, 1


@dataclass(frozen=True)
class Mapped:
    """Submissions with the ids and identities of the roster, submissions of nobody on it, and who handed in nothing."""

    listed: list[ClassSubmission]
    unlisted: list[ClassSubmission]
    missing: list[Student]


@dataclass(frozen=True)
class _Match:
    """The students a submission is of: none if that is not clear, several for a group."""

    students: tuple[Student, ...] = ()
    strength: int = 0
    note: str = ""
    considered: tuple[Student, ...] = ()
    """Those it may be of, where that is not clear."""


@dataclass(frozen=True)
class _Index:
    """The students of a roster by everything that a submission may call them."""

    numbers: dict[tuple[str, str], list[Student]] = field(default_factory=dict)
    words: dict[tuple[str, ...], list[Student]] = field(default_factory=dict)
    joined: dict[str, list[Student]] = field(default_factory=dict)
    groups: dict[str, list[Student]] = field(default_factory=dict)
    """By the letters of a group's name, as Canvas runs them together."""

    def named(self, name: str) -> list[Student]:
        """By the words of a name in any order; failing that, by its letters, as Canvas runs them together."""
        words = tuple(name_words(name))
        return (words and self.words.get(tuple(sorted(words)))) or self.joined.get("".join(words), [])


def map_class(submissions: Sequence[ClassSubmission], roster: Roster) -> Mapped:
    """Give every submission the id that its student has on the roster."""
    index = _index(roster.students)
    matches = _without_rivals([_match(submission, index) for submission in submissions])
    seen = {student.id for match in matches for student in (*match.students, *match.considered)}
    pairs = list(zip(submissions, matches, strict=True))
    return Mapped(
        listed=[each for submission, match in pairs for each in _mapped(submission, match)],
        unlisted=[_noted(submission, match.note) for submission, match in pairs if not match.students],
        missing=[student for student in roster.students if student.id not in seen],
    )


def without_shared_numbers(submissions: Sequence[ClassSubmission]) -> list[ClassSubmission]:
    """What two submissions call their student tells neither: someone may have named a file after someone else."""
    counts = Counter((key, text) for each in submissions for key, text in each.identities.items() if key in NUMBERS)
    return [
        _without(each, {key for key, text in each.identities.items() if counts[key, text] > 1}) for each in submissions
    ]


def _without(submission: ClassSubmission, shared: set[str]) -> ClassSubmission:
    if not shared:
        return submission
    numbers = ", ".join(f"{key} {submission.identities[key]}" for key in sorted(shared))
    known = {key: text for key, text in submission.identities.items() if key not in shared}
    return replace(
        _noted(submission, f"Another submission has {numbers} as well, so this number was ignored for both."),
        identities=known,
    )


def _index(students: Sequence[Student]) -> _Index:
    index = _Index()
    for student in students:
        for key, text in {**student.identities, "id": student.id}.items():
            index.numbers.setdefault((key, folded(text)), []).append(student)
        words = tuple(name_words(student.name))
        for known in {tuple(sorted(known)) for known in _with_more(student, words)} if words else ():
            index.words.setdefault(known, []).append(student)
        for joined in {"".join(order) for order in _orders(words)}:
            index.joined.setdefault(joined, []).append(student)
        for group in student.groups:
            index.groups.setdefault("".join(name_words(group)), []).append(student)
    return index


def _with_more(student: Student, name: tuple[str, ...]) -> Iterator[tuple[str, ...]]:
    """A name as it is, and with what Moodle may put in front: what else the student is called, or the group."""
    yield name
    others = [student.id, *(student.identities[key] for key in ALSO_ID if key in student.identities), *student.groups]
    yield from ((*name_words(other), *name) for other in others)


def _orders(words: tuple[str, ...]) -> Iterator[tuple[str, ...]]:
    if len(words) <= MOST_WORDS:
        yield from permutations(words)
    else:
        yield from (words[cut:] + words[:cut] for cut in range(len(words)))


def _match(submission: ClassSubmission, index: _Index) -> _Match:
    known = {key: text for key, text in submission.identities.items() if key in NUMBERS}
    name = submission.identities.get("name", "" if known else submission.id)
    named = index.named(name) or ("moodle" in known and _behind_group(name, index)) or []
    if not known and "name" not in submission.identities:
        tokens = _distinct(student for key in TOKENS for student in index.numbers.get((key, folded(name)), []))
        return _clear(tokens, BY_TOKEN) or _clear(named, BY_NAME) or _group(name, index)
    numbered = _distinct(student for key, text in known.items() for student in _numbered(key, text, index))
    if group := None if named or "moodle" in known else _of_group(name, numbered, index):
        return group
    if "name" in submission.identities and "moodle" in known:
        numbered = [student for student in numbered if student in named or not student.name]
    if numbered and len(named) == 1 and named[0] not in numbered:
        return _disagreeing(numbered, named)
    named = [student for student in named if not _differs(submission, student)]
    return _clear(numbered, BY_NUMBER) or _clear(named, BY_NAME) or _group(name or submission.id, index)


def _behind_group(name: str, index: _Index) -> list[Student]:
    """By what follows a hyphen: Moodle writes `Group A-Ann Lee` where a class is divided into groups."""
    parts = name.split("-")
    behind = ("-".join(parts[cut:]) for cut in range(1, min(len(parts), MOST_WORDS)))
    return next((found for part in behind if (found := index.named(part))), [])


def _of_group(name: str, numbered: Sequence[Student], index: _Index) -> _Match | None:
    """A match with a group that is named and whose member the number is of: Canvas writes one of them for all."""
    match = _group(name, index)
    if not match.students or not numbered:
        return None
    if any(student in match.students for student in numbered):
        return match
    return _disagreeing(numbered, match.students)


def _disagreeing(numbered: Sequence[Student], named: Sequence[Student]) -> _Match:
    note = (
        f"By its number this is {_says(numbered)} on the roster, but by its "
        f"name {_says(named)}; it was matched to neither."
    )
    return _Match(note=note, considered=(*numbered, *named))


def _numbered(key: str, text: str, index: _Index) -> list[Student]:
    """By the number of one system; in the column of ids only if the student has no other number in that system."""
    ids = index.numbers.get(("id", folded(text)), []) if key in ALSO_ID else []
    return index.numbers.get((key, folded(text))) or [student for student in ids if key not in student.identities]


def _differs(submission: ClassSubmission, student: Student) -> bool:
    """Whether some system calls the two differently: then they only have a name in common."""
    theirs = student.identities
    return any(
        key in theirs and folded(theirs[key]) != folded(submission.identities[key])
        for key in NUMBERS
        if key in submission.identities
    )


def _clear(students: Sequence[Student], strength: int) -> _Match | None:
    """A match, if there is one student; that there is none for sure, if there are several."""
    if len(students) == 1:
        return _Match(tuple(students), strength)
    if not students:
        return None
    return _Match(
        note=f"This could be any of {_says(students)} on the roster; it was matched to none.",
        considered=tuple(students),
    )


def _group(name: str, index: _Index) -> _Match:
    members = index.groups.get("".join(name_words(name)), [])
    if not members:
        return _Match()
    names = ", ".join(student.name or student.id for student in members)
    return _Match(tuple(members), BY_GROUP, f"Submitted by a group: {names}.")


def _without_rivals(matches: Sequence[_Match]) -> list[_Match]:
    """A student has one submission: the one with the strongest reason, and none if two have equal ones."""
    claims = Counter((student.id, match.strength) for match in matches for student in match.students)
    best: dict[str, int] = {}
    for id, strength in claims:
        best[id] = max(best.get(id, 0), strength)
    alone = {(id, strength) for (id, strength), count in claims.items() if count == 1 and strength == best[id]}
    return [_kept(match, [each for each in match.students if (each.id, match.strength) in alone]) for match in matches]


def _kept(match: _Match, students: Sequence[Student]) -> _Match:
    lost = [student for student in match.students if student not in students]
    if not lost:
        return match
    note = (
        f"Another submission belongs to {_says(lost)} as well, so this one was not matched to that row of the roster."
    )
    return replace(match, students=tuple(students), note=f"{match.note} {note}".strip(), considered=tuple(lost))


def _mapped(submission: ClassSubmission, match: _Match) -> Iterator[ClassSubmission]:
    """One submission for each student; what a group is called elsewhere is none of its members' name."""
    own = {} if match.strength == BY_GROUP else submission.identities
    for student in match.students:
        known = {**own, **({"name": student.name} if student.name else {}), **student.identities}
        noted = _noted(submission, match.note)
        arrival = _arrival(noted.arrival, student)
        yield replace(noted, id=student.id, identities=known, arrival=arrival, roster_line=student.where)


def _arrival(arrival: Arrival, student: Student) -> Arrival:
    """What the roster says counts where it says anything: an instructor has written it."""
    says = student.beside
    return replace(
        arrival,
        submitted=says.get("submitted") or arrival.submitted,
        section=says.get("section", ""),
        groups=list(student.groups),
        extension=says.get("extension", ""),
    )


def _noted(submission: ClassSubmission, note: str) -> ClassSubmission:
    return replace(submission, notes=(*submission.notes, note)) if note else submission


def _distinct(students: Iterable[Student]) -> list[Student]:
    return list({student.id: student for student in students}.values())


def _says(students: Sequence[Student]) -> str:
    return ", ".join(f"{student.name} ({student.id})" if student.name else student.id for student in students[:5])


def folded(text: str) -> str:
    """Text as it is compared: without regard to case, and to how its characters are written."""
    return unicodedata.normalize("NFKC", text).casefold().strip()
