"""What `assignment.toml` may hold: every key, beside it what it means. `docs/assignments.md` has the same words."""

from enum import Enum
from functools import cache
from typing import Annotated, Literal

import msgspec
from msgspec import Meta, field
from msgspec.structs import FieldInfo

PROBE_SIZES = (4, 12)
MOST_POINTS = 1_000_000
Count = Annotated[int, Meta(ge=0)]
Size = Annotated[int, Meta(ge=1)]
Points = Annotated[float, Meta(ge=0, le=MOST_POINTS)]
Share = Annotated[float, Meta(ge=0, le=1)]


class Holds(Enum):
    """What a text of the file is to whoever derives an assignment in other names from it."""

    NAME = "a name, as the scripts have it"
    CODE = "an expression"
    PROSE = "a text for students, with names between backticks"


Name = Annotated[str, Holds.NAME]
Code = Annotated[str, Holds.CODE]
Prose = Annotated[str, Holds.PROSE]
Hints = Prose | list[Prose]
HINTS = (
    "what `grade hint` says: a text, or a list of them, one more each time it is asked: the question to ask oneself, "
    "the rule, the rule for these shapes; never the answer"
)


class Table(msgspec.Struct, forbid_unknown_fields=True, kw_only=True):
    """A table of the file, with the keys it may have."""


@cache
def keys_of(table: type[Table]) -> tuple[FieldInfo, ...]:
    return msgspec.structs.fields(table)


class SizeTable(Table):
    course: Annotated[Size | None, Meta(description="what students see; without it, the data set decides")] = None
    probes: Annotated[tuple[Size, Size], Meta(description="the range the sizes of hidden probes are drawn from")] = (
        PROBE_SIZES
    )


class DatasetTable(Table):
    file: Annotated[str, Meta(description="the file of names, a name a line: in this folder, or in `Datasets/`")]
    shuffle_seed: Annotated[int, Meta(description="shuffles the names before they are split")]
    context: Annotated[Name, Meta(description="what the scripts call the size that says how many characters are read")]
    vocabulary: Annotated[Name, Meta(description="what they call the number of characters")]
    inputs: Annotated[Name, Meta(description="what they call the rows of characters that are read")]
    outputs: Annotated[Name, Meta(description="what they call the character that follows each row")]
    lowercase: Annotated[
        bool, Meta(description="take the names in lower case, so that capitalised ones have the same vocabulary")
    ] = False


class ProbeTable(Table):
    name: Annotated[str, Meta(description="what the report calls the probe")]
    kind: Annotated[
        Literal["consistent", "arbitrary"],
        Meta(description="`consistent`: the loss's own gradients; `arbitrary`: random ones everywhere"),
    ]
    scale: Annotated[dict[Name, float], Meta(description="factors for inputs, by name")] = {}
    steps: Annotated[Count, Meta(description="train the network for so many steps before the probe is taken")] = 0


class SlipTable(Table):
    code: Annotated[str, Meta(description="a short name of the slip, the same wherever it is known")]
    message: Annotated[Prose, Meta(description="what a student is told")]
    lines: Annotated[
        dict[Name, Code],
        Meta(
            description="the lines of the script that are different with the slip, by target; of an exercise, only "
            "their derivatives count, and for a stage of the kind `value` their values"
        ),
    ]


class OperationsTable(Table):
    solution: Annotated[
        Count, Meta(description="how many operations the solution takes, views aside; `grade verify` checks it")
    ]


class StageTable(Table):
    tensor: Annotated[Name, Meta(description="the tensor whose gradient is asked for")]
    name: Annotated[Name, Meta(description="what the stage is called, where that is not the name of its gradient")] = ""
    kind: Annotated[
        Literal["gradient", "value"],
        Meta(description="`value`: what the forward pass makes of the tensor is asked for, in a call script"),
    ] = "gradient"
    points: Annotated[Points, Meta(description="what it is worth, such as 2 or 2.5: up to two decimals")] = 1
    bonus: Annotated[bool, Meta(description="its points come on top: they are not in the maximum")] = False
    hint: Annotated[Hints, Meta(description=HINTS)] = ""
    formula: Annotated[str, Meta(description="its forward lines in LaTeX, for the notebook")] = ""
    also: Annotated[
        list[Name],
        Meta(
            description='what its variable may be called within its exercise in a flat notebook: `also = ["dlogits"]` '
            "for `dlogits_fast`"
        ),
    ] = []
    operations: Annotated[OperationsTable | None, Meta(description="how many operations it takes")] = None


class TaskTable(Table):
    name: Annotated[Name, Meta(description="the function to write")]
    kind: Annotated[
        Literal["run", "values", "samples"],
        Meta(
            description="`run` trains; `values` are what lines of a script make; `samples` are texts drawn with a "
            "script's logits"
        ),
    ]
    points: Annotated[Points, Meta(description="what it is worth, such as 2 or 2.5: up to two decimals")] = 1
    bonus: Annotated[bool, Meta(description="its points come on top: they are not in the maximum")] = False
    hint: Annotated[Hints, Meta(description=HINTS)] = ""
    text: Annotated[Prose, Meta(description="what the stub says of it")] = ""
    script: Annotated[str, Meta(description="the reference, where it is not the exercise's forward script")] = ""
    returns: Annotated[list[Name], Meta(description="the targets of the script that are returned")] = []
    slips: Annotated[list[SlipTable], Meta(description="known slips")] = []
    variables: Annotated[
        dict[Name, list[str]], Meta(description="what people who write no function call what it returns")
    ] = {}
    functions: Annotated[list[str], Meta(description="what they call a function of their own for it")] = []


class TrainingTable(Table):
    batch: Annotated[tuple[Name, Name], Meta(description="what the scripts call inputs and outputs of a batch")]
    batch_size: Annotated[Name, Meta(description="the size that says how many rows a batch has")]
    split: Annotated[tuple[Name, Name], Meta(description="what the scripts call inputs and outputs of a split")]
    learning_rates: Annotated[list[float], Meta(description="each for an equal part of the run")]
    steps: Annotated[Size, Meta(description="of the short run")] = 200
    vocabulary: Annotated[Name, Meta(description="what the scripts call the text of all characters")] = "vocabulary"
    splits: Annotated[
        list[tuple[str, str]], Meta(description="what people who write no functions call the parts of the data")
    ] = []
    by_number: Annotated[list[str], Meta(description="what they look characters up in by their number")] = []
    by_character: Annotated[list[str], Meta(description="what they look numbers up in by the character")] = []


class ExerciseTable(Table):
    name: Annotated[str, Meta(description="what the command line calls it")]
    title: Annotated[str, Meta(description="what the report and the notebook call it")]
    script: Annotated[str, Meta(description="its forward script")]
    stub: Annotated[str, Meta(description="the file students fill in")]
    stages: Annotated[list[StageTable], Meta(description="the gradients to write, in order")]
    text: Annotated[Prose, Meta(description="what the notebook says of it, in Markdown")] = ""
    heading: Annotated[
        str,
        Meta(
            description="a regular expression for the headings and comments that begin it in a flat notebook; by "
            "default its number in the title (`Exercise 2`), or the title if it has several words"
        ),
    ] = ""
    calls: Annotated[
        str,
        Meta(
            description="its call script: how students' functions and classes are used; the stages are called "
            "`exercise.name`"
        ),
    ] = ""
    given: Annotated[
        list[Name],
        Meta(
            description="with a call script, what of the solution stands in the stub as well: functions, classes, or "
            "methods as `Class.method`; every `__init__` does"
        ),
    ] = []
    function: Annotated[
        Name,
        Meta(
            description="one function returns the gradients of all its stages, in their order, and is given those of "
            "all they feed into but its own; the stages are called `function.gradient`"
        ),
    ] = ""
    operations: Annotated[OperationsTable | None, Meta(description="how many that function takes")] = None
    cuts: Annotated[
        list[Name],
        Meta(description="tensors without a stage that gradients are asked from: the graph is cut there too"),
    ] = []
    sizes: Annotated[
        dict[Name, Size], Meta(description="of its course batch, where they differ from the assignment's")
    ] = {}
    probes: Annotated[list[ProbeTable], Meta(description="its own, in place of the assignment's")] = []
    slips: Annotated[list[SlipTable], Meta(description="known slips in any of its stages")] = []
    ties: Annotated[
        Literal["avoid", "keep"],
        Meta(
            description="`keep`: on a tie or a kink, such as zeros before a ReLU, PyTorch's convention alone is right; "
            "otherwise, elements that are on one are not compared"
        ),
    ] = "avoid"
    straight_through: Annotated[
        bool,
        Meta(description="its gradients differ from the derivatives on purpose: `grade verify` does not compare them"),
    ] = False
    tasks: Annotated[list[TaskTable], Meta(description="stages that ask for no gradient")] = []
    training: Annotated[TrainingTable | None, Meta(description="makes it a training exercise")] = None


class AssignmentTable(Table):
    name: Annotated[str, Meta(description="what the command line calls it")]
    title: Annotated[str, Meta(description="what the report and the notebook call it")]
    inputs: Annotated[str, Meta(description="the script that makes parameters and batch")]
    seed: Annotated[int, Meta(description="of the generator that makes the course batch")]
    sizes: Annotated[
        dict[Name, Size | SizeTable], Meta(description="by name, a number or a table; students are given them")
    ]
    exercises: Annotated[list[ExerciseTable], Meta(description="in order")]
    gradient: Annotated[
        str, Meta(description="what gradients are called: `d{tensor}` for `dcounts`, `d{Tensor}` for `dCounts`")
    ] = "d{tensor}"
    arrays: Annotated[
        Literal["torch", "numpy", "either"],
        Meta(
            description="what students are given: `numpy` for float64 arrays; with `either` they may return tensors "
            "all the same"
        ),
    ] = "torch"
    dataset: Annotated[DatasetTable | None, Meta(description="a file of names")] = None
    probes: Annotated[
        list[ProbeTable], Meta(description="the hidden probes; by default two of each kind with other data")
    ] = field(
        default_factory=lambda: [
            ProbeTable(name="other data", kind="consistent"),
            ProbeTable(name="more data", kind="consistent"),
            ProbeTable(name="arbitrary upstream", kind="arbitrary"),
            ProbeTable(name="other arbitrary upstream", kind="arbitrary"),
        ]
    )
    credit: Annotated[
        dict[str, Share],
        Meta(description="the share of its points a verdict earns, where it differs from the README's"),
    ] = {}
    elsewhere: Annotated[
        str, Meta(description="a regular expression for the headings that end the last exercise in a flat notebook")
    ] = ""


class CalledTable(Table):
    splits: Annotated[list[tuple[str, str]] | None, Meta(description="the parts of the data")] = None
    by_number: Annotated[list[str] | None, Meta(description="what they look characters up in by their number")] = None
    by_character: Annotated[list[str] | None, Meta(description="what they look numbers up in by the character")] = None
    variables: Annotated[
        dict[str, list[str]], Meta(description="what tasks return, by what it is called in this assignment")
    ] = {}
    functions: Annotated[
        dict[str, list[str]], Meta(description="functions of their own, by the task they are written for")
    ] = {}


class DerivedTable(Table):
    name: Annotated[str, Meta(description="what the command line calls it")]
    title: Annotated[str, Meta(description="what the report and the notebook call it")]
    derived_from: Annotated[
        str, Meta(description="the other assignment: the name of one that ships, or its folder, seen from this one")
    ]
    rename: Annotated[
        dict[str, str],
        Meta(description="sizes, tensors, data, stages and functions: what each is called there, and here"),
    ]
    gradient: Annotated[str, Meta(description="what gradients are called, if not as there")] = ""
    sizes: Annotated[
        dict[str, dict[str, Size]], Meta(description="of course batches, where they differ from there, by exercise")
    ] = {}
    called: Annotated[
        CalledTable | None, Meta(description="what people who write no functions call things, if not as there")
    ] = None
