"""Workflows of code hosts: for a student's own repository, and for one that holds the submissions of a class."""

from grader.ci.texts import text_of
from grader.version import __version__

PLACES = {"github": ".github/workflows/grade.yml", "gitlab": ".gitlab-ci.yml"}
"""Where a host looks for it, from the top of the repository."""


def workflow(host: str, assignment: str | None, *, of_class: bool) -> dict[str, str]:
    """The file by name.

    Args:
        host: one of PLACES.
        assignment: its name or its folder in the repository, as on a command line; by default, it is recognised.
        of_class: whether the repository holds the submissions of a class.
    """
    chosen = "" if assignment is None else f" --assignment {assignment}"
    name = f"{host}-class.yml" if of_class else f"{host}.yml"
    return {PLACES[host]: text_of(name, VERSION=__version__, ASSIGNMENT=chosen)}
