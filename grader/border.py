"""What comes back from a student's code: an answer or a fault for each probe, and never an object of theirs."""

import bisect
import re
from collections.abc import Iterable
from dataclasses import dataclass, field
from functools import cached_property
from typing import TYPE_CHECKING, Literal

if TYPE_CHECKING:
    import torch


HEADER = re.compile(r"^#[ \t]*grade:[ \t]*([\w.-]{1,100})/([\w.-]{1,100})", re.MULTILINE)
"""The line that says for which assignment and exercise a file is, or what follows of it until the next such line."""


def headers_of(text: str) -> list[tuple[int, str, str]]:
    """The header lines of a text: the number of each, and the assignment and exercise that it names."""
    lines = enumerate(text.split("\n"), start=1) if HEADER.search(text) else ()
    return [(number, match[1], match[2]) for number, line in lines if (match := HEADER.match(line))]


FaultVerdict = Literal["error", "timeout", "missing", "ungraded"]


@dataclass(frozen=True)
class Note:
    """Something to tell the student that costs no marks."""

    code: str
    message: str


@dataclass(frozen=True)
class Fault:
    """Why there is no answer. `verdict` is the verdict it leads to, and can be no better one."""

    verdict: FaultVerdict
    type: str
    message: str
    traceback: str = ""
    begun: bool = True
    """Something is there to talk about: no untouched stub, and not just nothing."""
    through: tuple[tuple[str, int], ...] = ()
    """The lines of the submission that an exception came through, the one that raised it last: source and line."""
    anywhere: str = ""
    """The message without the place in it, where it has one: the same, wherever in its file that stands."""

    def line_in(self, found: "Found | None") -> int | None:
        """The line of a function in which it was raised, or passed through."""
        if found is None:
            return None
        lines = [line for source, line in self.through if source == found.source]
        return next((line for line in reversed(lines) if found.first_line <= line <= found.last_line), None)


STUB = Fault("missing", "NotImplementedError", "Still the stub.", begun=False)


@dataclass(frozen=True)
class Observed:
    """What the log of one call says: operations with their counts, and what autograd had to do with it."""

    operations: dict[str, int] = field(default_factory=dict)
    differentiated: bool = False
    from_autograd: bool = False
    imaginary: bool = False
    """There were complex numbers."""
    before: bool = False
    """One or the other was so in an earlier call in the same process, which may have left derivatives there."""


@dataclass(frozen=True)
class Reading:
    """What the source of a stage makes use of: lines with words of autograd, and lines that are not on the list."""

    autograd: tuple[int, ...] = ()
    outside: tuple[tuple[int, str], ...] = ()
    unused: tuple[int, ...] = ()
    """The lines in which a training loop takes autograd's gradients in the place of these."""
    least: int = 0
    """So many operations at least run before there is a value, where every name that is given and is no size is a
    tensor."""
    unnamed: tuple[str, ...] = ()
    """The families of kernels that no word of the submission names."""


EditKind = Literal[
    "as-it-is",
    "sign",
    "axis",
    "flag",
    "transposed",
    "not-transposed",
    "other-transposed",
    "swapped",
    "bracket",
    "early-sum",
    "jacobian",
    "early-factor",
    "backwards",
    "return",
    "order",
    "alias",
    "repeats",
    "rows",
    "operator",
    "function",
    "too-much",
    "part",
    "ends",
    "line",
    "positions",
    "another",
    "number",
    "name",
    "exchanged",
    "throughout",
    "axes-order",
    "sum",
    "factor",
    "addend",
]
"""What kind of slip an edit takes back; `as-it-is` takes back none."""
AS_IT_IS: EditKind = "as-it-is"
EDITS_CAP = 2_500
"""So many edits of one stage's lines at most are tried."""


@dataclass(frozen=True)
class Edit:
    """A change of one place in a stage's lines: which of all it is, its kind, and where.

    Columns are counted in bytes; 0 and 0 where it spans lines. With `loop`, it decides what a loop goes through; with
    `twins`, the same change is made wherever something is written like this place.
    """

    number: int
    kind: EditKind
    line: int
    start: int
    end: int
    loop: bool = False
    twins: bool = False


ArisingKind = Literal[
    "log-of-zero",
    "log-of-negative",
    "divided-by-zero",
    "zero-by-zero",
    "exp-overflows",
    "power-of-zero",
    "power-of-negative",
    "root-of-negative",
    "zero-times-infinity",
    "infinities-cancel",
    "infinity-by-infinity",
    "spread-of-one",
    "written",
    "unfilled",
    "other",
]
"""What happened where a number that is not finite arose."""


@dataclass(frozen=True)
class Arising:
    """Where in the lines of a submission the first NaN or infinity arose, and of what kind of operation.

    Columns are those of an edit.
    """

    source: str
    line: int
    start: int
    end: int
    kind: ArisingKind


@dataclass(frozen=True)
class Answer:
    """One returned gradient, rebuilt on our side from bytes, dtype and shape; or the fault in its place."""

    tensor: "torch.Tensor | None" = None
    fault: Fault | None = None
    notes: tuple[Note, ...] = ()
    seconds: float = 0.0
    observed: Observed | None = None
    texts: tuple[str, ...] = ()
    in_their_words: bool = False
    """What the fault says comes from the process of the student's code."""


@dataclass(frozen=True)
class Trained:
    """How far a training run has come: the losses since the last report, and all parameters as one flat tensor."""

    step: int
    losses: "torch.Tensor | None" = None
    parameters: "torch.Tensor | None" = None
    seconds: float = 0.0
    fault: Fault | None = None
    observed: Observed | None = None
    """The logs of the steps that were watched so far, as one and without their operations."""


@dataclass(frozen=True)
class Reply:
    """The answers of one stage, one for each probe it was asked on, and what the code printed meanwhile."""

    answers: tuple[Answer, ...]
    printed: str = ""


@dataclass(frozen=True)
class CallLine:
    """One statement of a call script: the names it reads, those it binds, and those it calls a method of."""

    source: str
    number: int
    reads: tuple[str, ...]
    binds: tuple[str, ...]
    owners: tuple[str, ...] = ()
    shares: bool = False
    """It is a `global` statement: what it reads is a variable of the files of the submission as well."""


def shared_by(lines: Iterable[CallLine]) -> tuple[str, ...]:
    """What lines of a call script give, and is a variable of the files of the submission as well."""
    return tuple(name for line in lines if line.shares for name in line.reads)


@dataclass(frozen=True)
class Source:
    """One file of a submission, as text. Of a notebook, the text is its code with everything else as comments."""

    name: str
    text: str
    cells: tuple[int, ...] = ()
    """The lines on which the code cells of a notebook begin; each is parsed by itself."""

    def place(self, line: int) -> tuple[int, int]:
        """The code cell of a line and the line in it, both counted from 1; cell 0 in a file that has none."""
        number = bisect.bisect_right(self.cells, line)
        return number, line - self.cells[number - 1] + 1 if number else line

    def where(self, line: int) -> str:
        """A line in words: of a notebook, the code cell and the line in it."""
        cell, number = self.place(line)
        return f"code cell {cell}, line {number}" if cell else f"line {number}"

    @cached_property
    def names_in_text(self) -> dict[str, int]:
        """The names that cells of text assign as code would, each with the line within its cell."""
        found: dict[str, int] = {}
        begun, start = False, 0
        for number, line in enumerate(self.text.split("\n") if self.cells else (), start=1):
            if line.startswith("# %%"):
                begun, start = line.startswith(("# %% [markdown]", "# %% [raw]")), number
            elif begun and "=" in line and "==" not in line:
                found.setdefault(line[2:].partition("=")[0].strip(), number - start)
        return found


@dataclass(frozen=True)
class Found:
    """A function for a stage, found by running a source: what it asks for, and where it stands."""

    source: str
    parameters: tuple[str, ...] = ()
    required: tuple[str, ...] = ()
    takes_all: bool = False
    first_line: int = 0
    last_line: int = 0
    definitions: int = 1
    stub: bool = False
    """It is as it was given out."""
    reads: tuple[str, ...] = ()
    """What its lines read of what it asks for."""
    flat: bool = False
    """It is a variable at top level, made a function of what its statements take from outside."""
    places: dict[str, tuple[int, int]] = field(default_factory=dict)
    """The first and last line of each of several variables, or of the methods of a class."""
    stubs: tuple[str, ...] = ()
    """The methods that are as they were given out."""
    above: "Found | None" = None
    """What the lines above make, where the last one reads a gradient from a tensor."""
    own_names: dict[str, str] = field(default_factory=dict)
    """What the submission's forward pass calls some of what is given."""


@dataclass(frozen=True)
class SourceFault:
    """A source, or one statement of it, that could not be run."""

    source: str
    fault: Fault
    binds: tuple[str, ...] | None = None
    """The names it would have bound; None where nothing of the source could be run."""
    at_top: tuple[str, ...] = ()
    """Of a Python file in which some lines are no Python: the names that those were to bind at top level."""


AbsenceKind = Literal["blank", "similar", "unbound", "other-function"]


@dataclass(frozen=True)
class Absence:
    """What there is in the place of a stage that is looked for as a variable.

    `blank`: the name is bound to `None`, `similar`: there is one that is spelled much like it, `unbound`: nothing,
    `other-function`: a function of that name that asks for other things.
    """

    kind: AbsenceKind
    name: str
    line: int = 0


@dataclass(frozen=True)
class Loaded:
    """What running the sources brought up: functions by the stage's name, in the order of the sources."""

    functions: dict[str, tuple[Found, ...]]
    faults: tuple[SourceFault, ...]
    absent: dict[str, tuple[str, Absence]] = field(default_factory=dict)
    """For a stage that is not there, what is, and in which source."""
