"""What one student handed in, as text; nothing in it is run here."""

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path

from grader.border import Fault, Source, SourceFault


@dataclass(frozen=True)
class Submission:
    """The Python files of one submission. A file that cannot be read as text is a fault instead of a source; one of no
    file says why there is none."""

    id: str
    path: Path
    sources: tuple[Source, ...]
    faults: tuple[SourceFault, ...]
    hints: dict[str, str]
    """The first lines of the files that are faults, as far as they can be read."""
    late: bool = False
    notes: tuple[str, ...] = ()
    """What the instructor should know of how it was handed in, a sentence each."""
    identities: Mapping[str, str] = field(default_factory=dict)
    """What other systems call the student, by system: `name`, `email`, `canvas`, `moodle`, `sis`, `login`, `github`."""

    @cached_property
    def by_name(self) -> dict[str, Source]:
        """The files that can be read as text."""
        return {source.name: source for source in self.sources}

    @cached_property
    def texts(self) -> dict[str, str]:
        """Their texts, by name."""
        return {source.name: source.text for source in self.sources}

    @property
    def sha256(self) -> str:
        digest = hashlib.sha256()
        for source in self.sources:
            digest.update(f"{source.name}\0{source.text}\0".encode())
        return digest.hexdigest()

    @property
    def files(self) -> tuple[str, ...]:
        broken = [fault.source for fault in self.faults if fault.source]
        return tuple(sorted([source.name for source in self.sources] + broken))


def unreadable_submission(path: Path, message: str) -> Submission:
    """A submission of which nothing can be read."""
    name = encodable(path.name)
    fault = unreadable(name, "UnreadableSubmission", encodable(message))
    return Submission(encodable(path.stem), path, (), (fault,), {name: ""})


def encodable(name: str) -> str:
    """The name of a file, with bytes that are no UTF-8 written out: no other program could read it as it is."""
    return name.encode("utf-8", "backslashreplace").decode("utf-8")


def unreadable(name: str, kind: str, message: str) -> SourceFault:
    """A file whose text cannot be had."""
    return SourceFault(name, Fault("error", kind, message))
