"""What one exercise asks for: gradients, values, and the tasks of a training exercise. Needs no torch."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import ClassVar, Literal

from grader.assignment.script import Script


def first_of(hints: tuple[str, ...]) -> str:
    return hints[0] if hints else ""


@dataclass(frozen=True)
class Stage:
    """One gradient to write, or one value of the forward pass."""

    name: str
    tensor: str
    points: int | float
    hints: tuple[str, ...]
    """Each gives more than the one before it."""
    bonus: bool = False
    """Whether its points are not in the maximum."""
    also: tuple[str, ...] = ()
    """What its variable may be called within its exercise, in a notebook that computes at top level."""
    formula: str = ""
    """The forward lines in LaTeX."""
    function: str = ""
    """What to call for it, where one function returns the gradients of several tensors."""
    gradient: str = ""
    """What the course calls it; in a call script, the name that is bound to it."""
    operations: int | None = None
    """How many the solution takes, views aside."""
    kind: Literal["gradient", "value"] = "gradient"
    method: str = ""
    """Of the class that is its function, the method that makes it."""

    @property
    def hint(self) -> str:
        """The first one, which stubs and reports have."""
        return first_of(self.hints)

    @property
    def asked(self) -> str:
        """The function, or variable, that answers it."""
        return self.function or self.name


@dataclass(frozen=True)
class Slip:
    """A slip that is known: the lines of a script that are different with it, by target."""

    code: str
    message: str
    lines: dict[str, str]


@dataclass(frozen=True)
class Task:
    """A stage that asks for something other than a gradient.

    A `run` trains with the gradients of its exercise, `values` are what lines of a script make, `samples` are texts
    drawn with the probabilities that a script's logits give.
    """

    name: str
    kind: Literal["run", "values", "samples"]
    points: int | float
    hints: tuple[str, ...]
    """Each gives more than the one before it."""
    text: str
    """What its stub says it is to do."""
    script: Script
    returns: tuple[str, ...]
    """The targets of the script that are returned; of `samples`, the logits."""
    slips: tuple[Slip, ...] = ()
    variables: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    """What people who write no function for it call what it returns, by what it returns."""
    bonus: bool = False
    """Whether its points are not in the maximum."""
    functions: tuple[str, ...] = ()
    """What people call a function of their own that makes it."""
    tensor: ClassVar[str] = ""
    """It asks for the gradient of none."""
    also: ClassVar[tuple[str, ...]] = ()

    @property
    def hint(self) -> str:
        """The first one, which stubs and reports have."""
        return first_of(self.hints)

    @property
    def asked(self) -> str:
        return self.name


@dataclass(frozen=True)
class Training:
    """What a training exercise calls things, and its short run. `batch` and `split`: inputs and outputs."""

    batch: tuple[str, str]
    batch_size: str
    split: tuple[str, str]
    vocabulary: str
    steps: int
    learning_rates: tuple[float, ...]
    splits: tuple[tuple[str, str], ...] = ()
    """What people who write no function call the inputs and outputs of the parts of the data."""
    by_number: tuple[str, ...] = ()
    """What they look characters up in by their number; `by_character` is for the way back."""
    by_character: tuple[str, ...] = ()
