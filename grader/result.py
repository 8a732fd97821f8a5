"""The result of grading one submission: the fields of `result.json`, as they are written there.

`null` stands for what does not apply and for numbers that are not finite.
"""

from dataclasses import dataclass, field
from typing import Literal

SCHEMA: Literal["backprop-grader/result/v1"] = "backprop-grader/result/v1"

Verdict = Literal[
    "exact",
    "approximate",
    "shape",
    "shortcut",
    "overfit",
    "wrong",
    "nonfinite",
    "error",
    "timeout",
    "forbidden",
    "missing",
    "ungraded",
]
Points = int | float
"""What something is worth: a whole number where it is one."""
PASSED: frozenset[str] = frozenset({"exact", "approximate", "shape"})


@dataclass(frozen=True)
class Warned:
    """Something to tell the student that costs no marks."""

    code: str
    message: str


@dataclass(frozen=True)
class Worst:
    """The element that is furthest off on the course batch."""

    index: list[int]
    got: float | None
    expected: float | None


@dataclass(frozen=True)
class Diagnosis:
    """The named cause of a wrong verdict."""

    code: str
    message: str
    other: str = field(default="", compare=False)
    """Another slip that explains the same answers."""
    distance: float | None = field(default=None, compare=False)
    """How far the answer is from what the slip gives, at most, as a share of the largest element."""
    line: int | None = field(default=None, compare=False)
    """The line of the submission where the slip is; of a notebook, with its cells written one below the other."""
    general: str = field(default="", compare=False)
    """The same without the place and the student's own text, for those who make the same slip elsewhere."""
    anywhere: str = field(default="", compare=False)
    """The message without the place alone, where it has one."""
    slips: int = field(default=1, compare=False)
    """How many slips it takes to explain the answer."""


@dataclass(frozen=True)
class Budget:
    """How many operations an answer took, views aside, beside the solution's number and the limit, if there is one."""

    used: int
    solution: int
    limit: int | None = None


@dataclass(frozen=True)
class Chained:
    """What the stage gives when it is fed the student's own gradients, all the way from the loss."""

    verdict: Verdict
    max_diff: float | None


@dataclass(frozen=True)
class Integrity:
    """Whether the value is the student's own work, as far as that was looked at."""

    status: Literal["clean", "review", "forbidden", "not-checked"] = "not-checked"
    lines: list[int] = field(default_factory=list)
    message: str = ""


@dataclass(frozen=True)
class ProbeResult:
    """One probe, as evidence for the mark: error and tolerance are relative to the largest reference element.

    Of samples, they are logarithms of likelihood ratios: the evidence against the sampler, and what it takes.
    """

    name: str
    kind: Literal["course", "consistent", "arbitrary"]
    sizes: dict[str, int]
    error: float | None
    tolerance: float
    passed: bool
    left_out: int = 0
    """Elements that are on a tie or a kink there, and are not compared."""


@dataclass(frozen=True)
class Failure:
    """An exception, a limit or a crash: its type, a sentence, and the student's own lines of the traceback.

    `line` is the line of the stage in which it was raised, or passed through, counted as in `Where`.
    """

    type: str
    message: str
    traceback: str = ""
    line: int | None = None


@dataclass(frozen=True)
class Where:
    """The lines of a stage in the submission, counted from 1; of a notebook, in its cells written one below the other.

    `cell` is the code cell of the first line, counted from 1, and `line` its line in there.
    """

    file: str
    first_line: int
    last_line: int
    cell: int | None = None
    line: int | None = None


@dataclass(frozen=True)
class Departure:
    """The first step after which a training run is not where autograd's run is, and which parameters are not."""

    step: int
    parameters: list[str]


@dataclass(frozen=True)
class LossCurve:
    """The loss of a short training run and of the same run with autograd, as averages over equal numbers of steps."""

    steps: int
    own: list[float | None]
    reference: list[float | None]
    departed: Departure | None = None


@dataclass(frozen=True)
class StageResult:
    """The judgement of one stage."""

    name: str
    tensor: str
    verdict: Verdict
    score: float | None
    max_score: Points
    message: str = ""
    exact: bool = False
    approximate: bool = False
    max_diff: float | None = None
    shape: list[int] | None = None
    expected_shape: list[int] | None = None
    worst: Worst | None = None
    diagnosis: Diagnosis | None = None
    pattern: str = ""
    """What the error looks like, where there is no diagnosis."""
    evidence: list[str] = field(default_factory=list)
    """The numbers behind it, a sentence each."""
    chained: Chained | None = None
    warnings: list[Warned] = field(default_factory=list)
    integrity: Integrity = field(default_factory=Integrity)
    probes: list[ProbeResult] = field(default_factory=list)
    error: Failure | None = None
    operations: dict[str, int] = field(default_factory=dict)
    budget: Budget | None = None
    seconds: float = 0.0
    printed: str = ""
    """On the course batch."""
    where: Where | None = None
    curve: LossCurve | None = None
    """Of a training run."""
    names: list[str] = field(default_factory=list)
    """Some of what was sampled."""
    place: int = 0
    """In the order of the backward pass through its exercise."""
    begun: bool = True
    """False of a stage that nobody has touched: the stub as it was given out, or nothing of its name."""
    anywhere: str = ""
    """The message without the place in it, where it has one."""
    bonus: bool = False
    """Whether its points are not in the maximum of its exercise, and of the whole."""

    @property
    def passed(self) -> bool:
        return self.verdict in PASSED

    @property
    def is_left_out(self) -> bool:
        """A bonus that is not written: nobody has to."""
        return self.bonus and self.verdict == "missing"


@dataclass(frozen=True)
class ExerciseResult:
    """The stages of one exercise, in the order of the assignment."""

    name: str
    title: str
    score: float | None
    max_score: Points
    stages: list[StageResult]


@dataclass(frozen=True)
class AssignmentFacts:
    """`origin`: it comes with the grader, its folder was given, or it was in the folder of the submission itself."""

    name: str
    title: str
    sha256: str
    origin: Literal["grader", "given", "submission"] = "grader"


@dataclass(frozen=True)
class DatasetFacts:
    """How many names there are, altogether and in each part, and how many characters, the end mark among them."""

    names: int
    characters: int
    training: int
    validation: int
    test: int


@dataclass(frozen=True)
class SubmissionFacts:
    id: str
    path: str
    sha256: str
    files: list[str]
    problems: list[str] = field(default_factory=list)
    """Files and lines that could not be read or run, a sentence each."""
    style: Literal["functions", "flat"] = "functions"
    """Whether its stages are functions, or variables computed at top level."""
    late: bool = False
    notes: list[str] = field(default_factory=list)
    """What the instructor should know of how it was handed in, a sentence each: the newest of three attempts."""
    identities: dict[str, str] = field(default_factory=dict)
    """What other systems call the student, by system: `name`, `email`, `canvas`, `moodle`, `sis`, `login`, `github`."""
    elsewhere: str = ""
    """The assignment that it is for, where that is another one than it was graded as."""
    unread: bool = False
    """Whether there is nothing in it that could be graded, for a reason that its problems say."""


@dataclass(frozen=True)
class GraderFacts:
    version: str
    torch: str
    seed: str
    isolation: dict[str, str]


@dataclass(frozen=True)
class Element:
    """One element of an answer on the course batch, and the share of the largest error that it is off by."""

    index: list[int]
    got: float
    expected: float
    share: float


@dataclass(frozen=True)
class ErrorMap:
    """Where one answer is off on the course batch, for a heatmap.

    A cell of its rows stands for a block of elements, by the one that is furthest off. All axes but the last are laid
    out as rows. `largest` is an absolute error; `off` is how many elements are off by more than a hundredth of it.
    """

    rows: list[list[Element]]
    block: tuple[int, int]
    worst: list[Element]
    off: int
    largest: float
    shape: tuple[int, ...]


@dataclass(frozen=True)
class Arrival:
    """How a submission came in a class: what its layout and the roster say beside what is judged."""

    submitted: str = ""
    """When, with an offset from UTC; empty where nothing says so."""
    says_late: bool = False
    """Whether its layout tells late submissions from others."""
    attempt: int = 0
    """Which of the attempts it is, counted from 1; 0 where that is not known."""
    attempts: int = 0
    section: str = ""
    groups: list[str] = field(default_factory=list)
    extension: str = ""
    """As the roster has it."""
    names: list[str] = field(default_factory=list)
    """What its files and folders were called as they came."""
    report: str = ""
    """The place of its report, seen from the folder of the class."""


@dataclass(frozen=True)
class Absent:
    """Somebody on the roster who handed in nothing."""

    id: str
    name: str = ""
    identities: dict[str, str] = field(default_factory=dict)
    section: str = ""
    groups: list[str] = field(default_factory=list)


@dataclass(frozen=True)
class Adjustment:
    """What an instructor says of a student's stage, of the `total`, or of being `late`."""

    stage: str
    action: Literal["set", "add", "excuse"]
    points: float = 0
    """To set or to add."""
    reason: str = ""


@dataclass(frozen=True)
class AdjustedStage:
    """The points of a stage as judged, and as they count. One that is excused counts neither way."""

    name: str
    judged: float | None
    score: float | None
    max_score: float
    excused: bool = False
    reasons: list[str] = field(default_factory=list)


@dataclass(frozen=True)
class Lateness:
    """When a submission was due and came, and what the rule says of that."""

    status: Literal["in time", "late", "unknown"]
    due: str
    """Of this student, with an offset from UTC."""
    rule: str = ""
    extended: bool = False
    submitted: str = ""
    periods: int | None = None
    """The days (or hours) begun since then; None where it is late and nothing says since when."""
    share: float = 0
    """Of the points, how much the rule takes."""
    of: Literal["score", "max"] = "score"
    """What it is a share of."""
    points: float = 0
    """How many points the rule takes."""
    hourly: bool = False


@dataclass(frozen=True)
class Mark:
    """What a student gets: the judged points, adjusted, less what lateness takes. Exact; rounded where it is shown."""

    score: float | None
    max_score: float
    adjustments: list[Adjustment] = field(default_factory=list)
    """In the order in which they are applied."""
    stages: list[AdjustedStage] = field(default_factory=list)
    """Those that are adjusted."""
    earned: float | None = None
    """Of the stages, before lateness takes from it."""
    deducted: float = 0
    """By lateness."""
    lateness: Lateness | None = None
    excused: bool = False
    """From the whole."""


@dataclass(frozen=True)
class Result:
    """Everything there is to say about one submission."""

    schema: Literal["backprop-grader/result/v1"]
    assignment: AssignmentFacts
    submission: SubmissionFacts
    grader: GraderFacts
    score: float | None
    max_score: Points
    status: Literal["graded", "partly", "ungraded"]
    seconds: float
    exercises: list[ExerciseResult]
    dataset: DatasetFacts | None = None
    """Of the names that the course batch is drawn from; None in an assignment without any."""
    arrival: Arrival | None = None
    """Of a submission of a class."""
    mark: Mark | None = None
    """Where it is more than what was judged; that stays as it is."""

    @property
    def final_score(self) -> float | None:
        """What counts: the mark, or else the score as judged."""
        return self.mark.score if self.mark else self.score

    @property
    def final_max(self) -> float:
        return self.mark.max_score if self.mark else self.max_score

    @property
    def reach(self) -> float:
        """The most that can be earned, every bonus among it."""
        return round(self.max_score + sum(stage.max_score for stage in self.stages if stage.bonus), 2)

    @property
    def is_late(self) -> bool:
        """By the due date where one was given, else by what the layout says."""
        lateness = self.mark.lateness if self.mark else None
        return lateness.status == "late" if lateness else self.submission.late

    @property
    def is_excused(self) -> bool:
        return bool(self.mark and self.mark.excused)

    @property
    def stages(self) -> list[StageResult]:
        return [stage for exercise in self.exercises for stage in exercise.stages]

    @property
    def exit_code(self) -> int:
        """0 all passed (a bonus may be missing), 1 something not passed, 3 something could not be judged."""
        if self.status != "graded":
            return 3
        return 0 if all(stage.passed or stage.is_left_out for stage in self.stages) else 1
