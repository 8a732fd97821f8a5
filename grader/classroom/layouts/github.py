"""Clones from GitHub Classroom or Classroom 50: `SLUG-submissions/SLUG-USER/`, `CLASSROOM-ASSIGNMENT-USER/`."""

import re
from collections.abc import Collection, Sequence
from itertools import takewhile

from grader.classroom.unpack.found import Findings, FoundSubmission, Layout, passed_over_note
from grader.classroom.unpack.tree import Folder
from grader.submission import passed_over

SUBMISSIONS = "-submissions"
TEAMS = {"team", "group", "pair"}
"""A word that all repositories have, and that is the students' own all the same."""
FEW = 3
"""So few repositories may well begin with the same word of the students' own."""
SHORT_NUMBER = re.compile(r"\d{1,3}", re.ASCII)
AGAIN = re.compile(r"(?P<first>.+)-(?P<number>[1-9]\d?)", re.ASCII)
"""What GitHub Classroom calls a repository where the student has one for the assignment already: `hw1-ann-1`."""


def recognises(folder: Folder) -> bool:
    clones = sum(each.is_checkout for each in folder.folders)
    slug = _slug(folder)
    named = bool(slug) and all(_begins(each.name, slug) for each in folder.folders)
    return bool(folder.folders) and (named or 2 * clones > len(folder.folders))


def find(folder: Folder) -> Findings:
    return find_of(folder, frozenset())


def find_of(folder: Folder, users: Collection[str]) -> Findings:
    """What was handed in, in a class of which these are users, in lower case, as far as they are known."""
    prefix = _prefix(folder, users)
    repositories: dict[str, list[Folder]] = {}
    called = {_user(each.name, prefix).casefold() for each in folder.folders}
    for repository in folder.folders:
        user = _user(repository.name, prefix).casefold()
        repositories.setdefault(_owner(user, called, users), []).append(repository)
    found = [_found(each, prefix) for each in repositories.values()]
    strange = [entry.name for entry in (*folder.files, *folder.links)]
    return Findings(found, passed_over_note(strange, "they are not repositories"))


def _found(repositories: Sequence[Folder], prefix: str) -> FoundSubmission:
    """One student's work: of several repositories the one made last, unless nothing was put into it."""
    first = min(repositories, key=lambda each: len(each.name))
    by_age = sorted(repositories, key=lambda each: 0 if each is first else _times(each.name))
    user = _user(first.name, prefix)
    counting = next((each for each in reversed(by_age) if _has_source(each)), by_age[-1])
    names = ", ".join(each.name for each in by_age)
    notes = (f"There are {len(by_age)} repositories of this student ({names}); {counting.name} counts.",)
    known = {"github": user} if prefix and _begins(counting.name, prefix) else {}
    return FoundSubmission(user, (counting,), notes=notes if len(by_age) > 1 else (), identities=known)


def _times(name: str) -> int:
    match = AGAIN.fullmatch(name)
    return int(match["number"]) if match else 0


def _has_source(repository: Folder) -> bool:
    return any(file.is_source or file.is_archive for _, file in repository.below(passed_over))


def _owner(user: str, called: Collection[str], users: Collection[str]) -> str:
    """Whose repository it is, in lower case: `ann-1` is ann's, if she has one and nobody on the roster is called so."""
    match = AGAIN.fullmatch(user)
    if match is None or match["first"] not in called or user in users:
        return user
    return match["first"]


def _user(repository: str, prefix: str) -> str:
    return repository[len(prefix) :] if _begins(repository, prefix) and len(repository) > len(prefix) else repository


def _begins(name: str, slug: str) -> bool:
    return name.casefold().startswith(slug.casefold())


def _slug(folder: Folder) -> str:
    """What every repository's name begins with, if the folder is named as `gh classroom` names it."""
    return f"{folder.name.removesuffix(SUBMISSIONS)}-" if folder.name.endswith(SUBMISSIONS) else ""


def _prefix(folder: Folder, users: Collection[str]) -> str:
    """What is in front of the students' names: the assignment's, as the folder, else the roster, else the names say."""
    names = [each.name for each in folder.folders]
    for slug in filter(None, (_slug(folder), f"{folder.name}-")):
        if all(_begins(name, slug) for name in names):
            return slug
    if len(names) < 2:
        return ""
    common = _common([name.split("-") for name in names])
    prefixes = ["".join(f"{word}-" for word in common[:count]) for count in range(1, len(common) + 1)]
    known = {prefix: sum(_user(name, prefix).casefold() in users for name in names) for prefix in prefixes}
    if any(known.values()):
        return max(known, key=lambda prefix: known[prefix])
    return prefixes[_own(common, names) - 1] if common else ""


def _common(names: Sequence[Sequence[str]]) -> list[str]:
    """The words that all begin with, other than the last one of any."""
    places = zip(*(words[:-1] for words in names), strict=False)
    return [words[0] for words in takewhile(lambda words: len({word.casefold() for word in words}) == 1, places)]


def _own(common: Sequence[str], names: Sequence[str]) -> int:
    """How many of the common words are the assignment's: all, but for `team` and what few students have in common.

    A word before that has a number in it is where the name of an assignment ends.
    """
    rests = [name.split("-")[len(common) :] for name in names]
    numbers = all(len(rest) == 1 and SHORT_NUMBER.fullmatch(rest[0]) for rest in rests)
    last = common[-1].casefold() if common else ""
    if len(common) > 1 and (last in TEAMS or (numbers and not any(map(str.isdigit, last)))):
        return len(common) - 1
    numbered = [place for place, word in enumerate(common, 1) if any(map(str.isdigit, word))]
    return numbered[-1] if numbered and len(names) <= FEW else len(common)


LAYOUT = Layout("github", recognises, find)
