"""The attacks of `tests/attacks/`, read: what each says must become of it, and the hand-in that it stands for."""

import ast
import re
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from grader.assignment import load_assignment
from grader.border import Source
from grader.result import StageResult
from helpers.places import ROOT

FOLDER = ROOT / "tests" / "attacks"
ATTACKS = sorted(FOLDER.glob("*.py"))
KEYS = ("attack", "stages", "becomes", "honest", "problem", "allow", "limits", "exercise", "supplied", "assignment")
HEAD = re.compile(rf"^# ({'|'.join(KEYS)}): (.+)\n", re.MULTILINE)
FILE = re.compile(r"^# file: (\S+)\n", re.MULTILINE)
BECOMES = re.compile(r"(?P<verdict>[\w|]+)(?: (?P<failure>[\w|]+))?(?:, (?P<status>[\w|-]+))?")
UNSEEN = frozenset({"clean", "not-checked"})
"""What the reading of the source says where nobody is told to look."""
MANY = 100
"""Operations on the course batch that no answer by hand comes near."""


@dataclass(frozen=True)
class Outcome:
    """What becomes of a stage: its verdict, the type of its failure, and what was found of its integrity."""

    verdict: str
    failure: str
    status: str

    @classmethod
    def declared(cls, text: str) -> "Outcome":
        """From a header: alternatives are separated by `|`."""
        found = BECOMES.fullmatch(text)
        assert found, f"not `VERDICT [EXCEPTION][, INTEGRITY]`: {text}"
        return cls(found["verdict"], found["failure"] or "", found["status"] or "not-checked")

    @classmethod
    def of(cls, stage: StageResult) -> "Outcome":
        return cls(stage.verdict, stage.error.type if stage.error else "", stage.integrity.status)

    def allows(self, other: "Outcome") -> bool:
        """Whether another is as declared here."""
        pairs = ((self.verdict, other.verdict), (self.failure, other.failure), (self.status, other.status))
        return all(found in declared.split("|") for declared, found in pairs)


@dataclass(frozen=True)
class Attack:
    """One file: its headers, and what is below them."""

    name: str
    heads: tuple[tuple[str, str], ...]
    text: str

    def all(self, key: str) -> list[str]:
        return [value for found, value in self.heads if found == key]

    def one(self, key: str) -> str:
        return next(iter(self.all(key)), "")

    def names(self, key: str) -> list[str]:
        return [name.strip() for name in self.one(key).split(",") if name.strip()]

    @property
    def becomes(self) -> Outcome:
        return Outcome.declared(self.one("becomes"))

    @property
    def exercises(self) -> list[str]:
        """The exercises of a call script that it speaks of."""
        named = [*self.names("stages"), *self.names("honest")]
        return list(dict.fromkeys(name.partition(".")[0] for name in named))

    def submission(self, victim: Path) -> tuple[Source, ...]:
        """The files as they are handed in, with what is supplied around the first."""
        first, *others = FILE.split(self.text)
        whole = "\n\n".join((*self._before(), first.strip("\n") + "\n", *self._after(first)))
        parts = [("attack.py", whole), *zip(others[::2], others[1::2], strict=True)]
        return tuple(Source(name, placed(text, victim)) for name, text in parts)

    def _before(self) -> list[str]:
        if course := self.one("assignment"):
            return [without(solution(course, name), defined(self.text)) for name in self.exercises]
        named = self.names("supplied")
        return [] if named == ["nothing"] else [supplied(name) for name in ("torch", *named)]

    def _after(self, first: str) -> list[str]:
        """The honest stages that are promised, as far as the attack has none of its own."""
        if self.one("assignment"):
            return []
        return [
            honest()[name]
            for name in self.names("honest")
            if not re.search(rf"^(def {name}\(|{name} =)", first, re.MULTILINE)
        ]


def read_attack(path: Path) -> Attack:
    text = path.read_text(encoding="utf-8")
    return Attack(path.stem, tuple(HEAD.findall(text)), HEAD.sub("", text))


def placed(text: str, victim: Path) -> str:
    """A text with the places that it means."""
    return text.replace("ROOT", str(ROOT)).replace("VICTIM", str(victim))


@cache
def supplied(name: str) -> str:
    """A text of `attacks/supplied/`, by name."""
    return (FOLDER / "supplied" / f"{name}.py").read_text(encoding="utf-8")


@cache
def honest() -> dict[str, str]:
    """Honest stages, by name."""
    parts = re.split(r"^(?=def )", supplied("honest"), flags=re.MULTILINE)[1:]
    return {part.removeprefix("def ").partition("(")[0]: part.strip("\n") + "\n" for part in parts}


@cache
def solution(course: str, exercise: str) -> str:
    """The solution of an exercise."""
    stub = load_assignment(course).exercise(exercise).stub
    text = (ROOT / "solutions" / course / stub).read_text(encoding="utf-8")
    return text.partition("\n")[2]


def defined(text: str) -> set[str]:
    """The functions and classes of a text."""
    return set(re.findall(r"^(?:def|class) (\w+)", text, re.MULTILINE))


def without(text: str, names: set[str]) -> str:
    """A source without some of its functions and classes."""
    kept = [node for node in ast.parse(text).body if getattr(node, "name", "") not in names]
    return "\n\n\n".join(ast.unparse(node) for node in kept)
