"""Clones from GitHub Classroom or Classroom 50: `SLUG-submissions/SLUG-USER/`, `CLASSROOM-ASSIGNMENT-USER/`."""

from collections.abc import Sequence
from itertools import takewhile

from grader.classroom.unpack.found import Findings, FoundSubmission, Layout, passed_over_note
from grader.classroom.unpack.tree import Folder

SUBMISSIONS = "-submissions"


def recognises(folder: Folder) -> bool:
    clones = sum(each.is_checkout for each in folder.folders)
    slug = _slug(folder)
    named = bool(slug) and all(each.name.startswith(slug) for each in folder.folders)
    return bool(folder.folders) and (named or 2 * clones > len(folder.folders))


def find(folder: Folder) -> Findings:
    prefix = _prefix([each.name for each in folder.folders], _slug(folder))
    found = []
    for repository in folder.folders:
        user = repository.name.removeprefix(prefix)
        known = {"github": user} if prefix and user != repository.name else {}
        found.append(FoundSubmission(user or repository.name, (repository,), identities=known))
    strange = [entry.name for entry in (*folder.files, *folder.links)]
    return Findings(found, passed_over_note(strange, "they are not repositories"))


def _slug(folder: Folder) -> str:
    """What every repository's name begins with, if the folder is named as `gh classroom` names it."""
    return f"{folder.name.removesuffix(SUBMISSIONS)}-" if folder.name.endswith(SUBMISSIONS) else ""


def _prefix(names: Sequence[str], slug: str) -> str:
    """What is in front of the students' names: that slug, or else what all repositories begin with, up to a hyphen."""
    if slug and all(name.startswith(slug) for name in names):
        return slug
    first = [name.split("-")[:-1] for name in names]
    common = [words[0] for words in takewhile(lambda words: len(set(words)) == 1, zip(*first, strict=False))]
    return "".join(f"{word}-" for word in common) if len(names) > 1 else ""


LAYOUT = Layout("github", recognises, find)
