"""The frames that go to the student's process and those that come back."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Literal

from grader.border import Arising, CallLine, Edit, Fault, Note, Observed, Reading, Source
from grader.sandbox.border.loop import Plan

Plain = tuple[dict[str, bool | int | float | str | tuple[int | float, ...]], ...]
"""What is given besides tensors, on each probe, by name."""
Arrays = Literal["torch", "numpy", "either"]
"""What submissions are given and give back: tensors, arrays of NumPy, or those and either."""
STEP = "__step__"
"""How often a training loop has run when a slice of its body does, as far as the loop goes on so long."""
ABOVE = " (above)"
"""At the end of a function's name: of a flat stage, what the lines above its last one make."""
MANY_CHARACTERS = 4_096


@dataclass(frozen=True)
class WantedStage:
    """A stage to look for: its name, what else it may be called within its exercise, and what it may ask for."""

    name: str
    also: tuple[str, ...] = ()
    exercise: int = 0
    offered: tuple[str, ...] = ()
    gradients: tuple[str, ...] = ()
    """What of that are gradients."""
    tensor: str = ""
    only_function: bool = False
    """It cannot be a variable at top level."""


@dataclass(frozen=True)
class WantedTask:
    """A stage of a training exercise that asks for no gradient, as people write it without a function for it.

    `variables` are what they call what it returns, `methods` what makes each of that in the assignment's script, and
    `functions` what they call a function that makes it.
    """

    name: str
    kind: str
    offered: tuple[str, ...]
    returns: tuple[str, ...] = ()
    variables: dict[str, tuple[str, ...]] = field(default_factory=dict)
    methods: dict[str, str] = field(default_factory=dict)
    functions: tuple[str, ...] = ()


@dataclass(frozen=True)
class WantedTraining:
    """What to look for in the training loop and after it.

    `gradients` are the variables of the parameters' gradients, by parameter; `splits` what people call the inputs and
    outputs of the parts of the data, the assignment's own names for those of a split first; `vocabulary` what they look
    characters up in, by number and by character, the assignment's own name first.
    """

    exercise: int
    function: str
    gradients: dict[str, str]
    offered: tuple[str, ...]
    tasks: tuple[WantedTask, ...] = ()
    splits: tuple[tuple[str, str], ...] = ()
    vocabulary: tuple[tuple[str, ...], tuple[str, ...]] = ((), ())


@dataclass(frozen=True)
class Wanted:
    """What to look for in a submission; the patterns say which headings begin an exercise, or something else.

    `lines` are those of the assignment's scripts, `known` all its names, `leaves` those that a forward pass starts from
    and `sizes` the numbers among them; `gradient` makes the name of a gradient from that of a tensor.
    """

    stages: tuple[WantedStage, ...]
    headings: tuple[str, ...] = ()
    headers: tuple[str, ...] = ()
    """Of each exercise, what a header line says for it: `assignment/exercise`."""
    elsewhere: str = ""
    lines: tuple[str, ...] = ()
    known: tuple[str, ...] = ()
    leaves: tuple[str, ...] = ()
    sizes: tuple[str, ...] = ()
    gradient: str = "d{tensor}"
    training: WantedTraining | None = None
    arrays: Arrays = "torch"

    def gradients_of(self, own: str) -> tuple[str, str]:
        """What the gradient of a tensor may be called that has a name of the submission's own."""
        written = self.gradient.replace("{Tensor}", "{tensor}")
        return self.gradient.format(tensor=own, Tensor=own[:1].upper() + own[1:]), written.format(tensor=own)

    @property
    def names(self) -> tuple[str, ...]:
        return tuple(stage.name for stage in self.stages)

    @property
    def called(self) -> frozenset[str]:
        """What a call script uses: it says itself what that is given."""
        return frozenset(stage.name for stage in self.stages if stage.only_function and not stage.offered)


@dataclass(frozen=True)
class Load:
    """First frame to a child: run these sources and look for these stages; None for those that its zygote knows."""

    sources: tuple[Source, ...]
    wanted: Wanted | None
    memory_bytes: int
    cpu_seconds: float


@dataclass(frozen=True)
class Ready:
    """First frame from a child: it is confined, and looks at the sources next. Until here, what fails is our fault."""

    ready: bool = True


@dataclass(frozen=True)
class Read:
    """Second frame from a child, before any source has run: what each stage of each source makes use of."""

    readings: dict[str, dict[str, Reading]]


@dataclass(frozen=True)
class Draw:
    """Call a function for so many texts, by probe, with a `generator` of this seed."""

    counts: tuple[int, ...]
    seed: int
    enough: tuple[int, ...] = ()
    """Characters by probe, ends counted twice; after so many, no more texts are drawn. By default, a lot."""

    def room(self, probe: int) -> int:
        """How many characters are enough."""
        return self.enough[probe] if self.enough else MANY_CHARACTERS

    def satisfied(self, probe: int, texts: Sequence[str]) -> bool:
        """Whether these are as many as were asked for, and no more."""
        sizes = [len(text) + 1 for text in texts]
        before_last, room = sum(sizes[:-1]), self.room(probe)
        enough = len(texts) == self.counts[probe] or sum(sizes) >= room
        return enough and len(texts) <= self.counts[probe] and before_last < room


@dataclass(frozen=True)
class Train:
    """Run the training loop. `gradients` says whose function gives them: source and name; None if they come along.

    The body has `rows/inputs` and `rows/outputs`, the parameters as `start/{name}`, and `gradients` if they come along.
    Progress is told after the steps in `reports`; if there are none, every so many seconds. In the steps that are
    `watched`, counted from 0, operations are logged.
    """

    plan: Plan
    gradients: tuple[str, str] | None
    reports: tuple[int, ...] = ()
    watched: tuple[int, ...] = ()


@dataclass(frozen=True)
class Tries:
    """Which edits to try, and what of the answers is wanted: one of the things returned, if it has so many elements.

    They are edits of the lines as those in `after` leave them.
    """

    first: int
    last: int
    place: int
    elements: int
    after: tuple[int, ...] = ()


@dataclass(frozen=True)
class Calls:
    """The lines of a call script to run, and the source of each function and class that they use.

    A name that is given as well as bound goes on with what is given. `arrays` are those of the assignment.
    """

    lines: tuple[CallLine, ...]
    homes: dict[str, str]
    arrays: Arrays


@dataclass(frozen=True)
class Ask:
    """Call one function once per probe. Tensors come in the body, under `{probe}/{name}`; the rest here.

    `returns` are the names of what it returns, if that is several things; with `scalars`, plain numbers will do. With
    `calls`, a call script is run in its place, and `returns` are names that it binds. With `edited`, it is the function
    as the edits of those numbers have it, one after the other; with `tries`, as each edit has it in turn, on one probe.
    With `traced`, the answer is where the NaN or infinity arose that is in one of the things returned, on one probe.
    """

    number: int
    source: str
    function: str
    plain: Plain = ()
    returns: tuple[str, ...] = ()
    scalars: bool = False
    draw: Draw | None = None
    train: Train | None = None
    tries: Tries | None = None
    edited: tuple[int, ...] | None = None
    calls: Calls | None = None
    traced: int | None = None


@dataclass(frozen=True)
class Told:
    """One answer; its tensor, if there is one, comes in the body. Answers are counted through probes and returns."""

    number: int
    place: int
    fault: Fault | None
    notes: tuple[Note, ...]
    seconds: float
    observed: Observed | None = None
    texts: tuple[str, ...] = ()


@dataclass(frozen=True)
class Edited:
    """The edits with an answer of the right size; the body has `answers`, flat, one row for each of them."""

    number: int
    edits: tuple[Edit, ...]


@dataclass(frozen=True)
class Traced:
    """Where the first NaN or infinity arose; None where that was not seen."""

    number: int
    arising: Arising | None


@dataclass(frozen=True)
class Progress:
    """So many steps are done. The body has their `losses` since the last time, and all `parameters`, flat."""

    number: int
    step: int
    seconds: float
    fault: Fault | None = None
    observed: Observed | None = None


@dataclass(frozen=True)
class Order:
    """What the zygote is asked: to `fork` a child (two descriptors come along), or to `end` the one there is; or to
    `expect` sources in which these stages are looked for."""

    verb: str
    wanted: Wanted | None = None


@dataclass(frozen=True)
class Done:
    """The zygote's answer: the child's process id, or its exit code (less the number of the signal that ended it)."""

    pid: int = 0
    exit_code: int = 0
