"""The frames that go to the student's process and those that come back."""

from dataclasses import dataclass

from grader.answer import Fault, Note, Observed, Reading, Source


@dataclass(frozen=True)
class WantedStage:
    """A stage to look for: its name, what else it may be called within its exercise, and what it may ask for."""

    name: str
    also: tuple[str, ...] = ()
    exercise: int = 0
    offered: tuple[str, ...] = ()


@dataclass(frozen=True)
class Wanted:
    """What to look for in a submission; the patterns say which headings begin an exercise, or something else."""

    stages: tuple[WantedStage, ...]
    headings: tuple[str, ...] = ()
    elsewhere: str = ""

    @property
    def names(self) -> tuple[str, ...]:
        return tuple(stage.name for stage in self.stages)


@dataclass(frozen=True)
class Load:
    """First frame to a child: run these sources and look for these stages."""

    sources: tuple[Source, ...]
    wanted: Wanted
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
class Ask:
    """Call one function once per probe. Tensors come in the body, under `{probe}/{name}`; plain numbers here."""

    number: int
    source: str
    function: str
    numbers: tuple[dict[str, int | float], ...]


@dataclass(frozen=True)
class Told:
    """One answer; its tensor, if there is one, comes in the body."""

    number: int
    probe: int
    fault: Fault | None
    notes: tuple[Note, ...]
    seconds: float
    observed: Observed | None = None


@dataclass(frozen=True)
class Order:
    """What the zygote is asked: to `fork` a child (two descriptors come along), or to `end` the one there is."""

    verb: str


@dataclass(frozen=True)
class Done:
    """The zygote's answer: the child's process id, or its exit code (less the number of the signal that ended it)."""

    pid: int = 0
    exit_code: int = 0
