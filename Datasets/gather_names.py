"""Gather romanised Indian given and family names into Indian_Names.txt.

The names come from the data of two packages, indian-names and Faker, read in full.
The facts at the head of README.md are rewritten to match.
"""

import hashlib
import re
import string
from collections.abc import Iterator
from importlib import import_module
from importlib.metadata import version
from importlib.resources import files
from pathlib import Path
from pkgutil import iter_modules

HERE = Path(__file__).resolve().parent
NAMES = HERE / "Indian_Names.txt"
README = HERE / "README.md"

SOURCES = ("indian-names", "Faker")
INDIAN_NAMES_FILES = ("first.female.names", "first.male.names", "last.names")
FAKER_PERSONS = "faker.providers.person"

MIN_NAMES = 2_000
ROMANISED = re.compile(r"[a-z]{2,}")
FACTS = re.compile(r"(?<=<!-- facts -->\n).*?(?=<!-- end of facts -->)", re.DOTALL)


def from_indian_names() -> Iterator[str]:
    for file in INDIAN_NAMES_FILES:
        text = files("indian_names").joinpath(file).read_text(encoding="utf-8")
        # Lines are padded with blanks to a fixed width, and the first holds the number of names.
        count, *names = text.split()
        if int(count) != len(names):
            raise ValueError(f"{file} announces {count} names and holds {len(names)}")
        yield from names


def from_faker() -> Iterator[str]:
    people = import_module(FAKER_PERSONS)
    for module in iter_modules(people.__path__):
        if module.name.endswith("_IN"):
            provider = import_module(f"{FAKER_PERSONS}.{module.name}").Provider
            yield from provider.first_names
            yield from provider.last_names


def gather() -> list[str]:
    lowered = {name.lower() for source in (from_indian_names, from_faker) for name in source()}
    # Most of Faker's Indian providers write in Indian scripts, so this also leaves those out.
    return sorted(name for name in lowered if ROMANISED.fullmatch(name))


def check(names: list[str]) -> None:
    missing = set(string.ascii_lowercase) - set("".join(names))
    if len(names) < MIN_NAMES or missing:
        raise ValueError(f"{len(names)} names, letters missing: {sorted(missing)}")


def facts(names: list[str], data: bytes) -> str:
    sources = ", ".join(f"`{source}=={version(source)}`" for source in SOURCES)
    return (
        "| | |\n"
        "|---|---|\n"
        f"| Names | {len(names):,} |\n"
        f"| SHA-256 | `{hashlib.sha256(data).hexdigest()}` |\n"
        f"| Made from | {sources} |\n"
    )


def rewrite_readme(new_facts: str) -> None:
    text, found = FACTS.subn(lambda _: new_facts, README.read_text(encoding="utf-8"))
    if found != 1:
        raise ValueError(f"{README.name} should hold one block of facts and holds {found}")
    README.write_text(text, encoding="utf-8", newline="\n")


def main() -> None:
    names = gather()
    check(names)
    data = ("\n".join(names) + "\n").encode()
    NAMES.write_bytes(data)
    new_facts = facts(names, data)
    rewrite_readme(new_facts)
    print(new_facts, end="")


if __name__ == "__main__":
    main()
