"""Workflows of code hosts: for a student's own repository, and for one that holds the submissions of a class."""

from collections.abc import Mapping
from hashlib import sha256

from grader.ci.texts import text_of
from grader.version import __version__

PLACES = {"github": ".github/workflows/grade.yml", "gitlab": ".gitlab-ci.yml"}
"""Where a host looks for it, from the top of the repository."""


RULES = {
    "github": ("      - run: |\n", " " * 10),
    "gitlab": ("    - |\n", " " * 6),
}
"""How a step of several lines begins, and how far its lines are indented."""
CHANGED = "echo 'The assignment is not the one that this workflow was written for. Write it again with `grade ci`.'"


def workflow(
    host: str, assignment: str | None, *, of_class: bool, rules: Mapping[str, bytes], index: str | None = None
) -> dict[str, str]:
    """The file by name.

    Args:
        host: one of PLACES.
        assignment: its name or its folder in the repository, as on a command line; by default, it is recognised.
        of_class: whether the repository holds the submissions of a class.
        rules: the files in the repository that say how is graded, by their paths there. Whoever is graded may be able
            to push to them, so the workflow grades by them only as they are now.
        index: where pip gets torch from; by default, where it gets everything from.
    """
    chosen = "" if assignment is None else f" --assignment {assignment}"
    name = f"{host}-class.yml" if of_class else f"{host}.yml"
    unchanged = _unchanged(host, rules) if rules else ""
    text = text_of(name, VERSION=__version__, ASSIGNMENT=chosen, RULES=unchanged, INDEX=from_index(index))
    return {PLACES[host]: text}


def from_index(index: str | None) -> str:
    """What pip is told of where to get torch from."""
    return f" --index-url {index}" if index else ""


def _unchanged(host: str, rules: Mapping[str, bytes]) -> str:
    """A step that fails if one of the files has changed."""
    first, indent = RULES[host]
    sums = [f"{sha256(data).hexdigest()}  {path}" for path, data in rules.items()]
    lines = ["sha256sum --check --strict --quiet - <<'END' || {", *sums, "END", f"  {CHANGED}", "  exit 1", "}"]
    return first + "".join(f"{indent}{line}\n" for line in lines)
