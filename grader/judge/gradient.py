"""From the answers of one stage on every probe to its verdict, and the sentence that goes with it."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

import torch

from grader.assignment.probes import COURSE, Probe
from grader.assignment.tolerance import Expectation
from grader.border import Answer
from grader.judge.compare import Comparison, compare, equal, finite, largest_difference, told, worst_element
from grader.judge.judgement import Judgement, fault_sentence, unplaced
from grader.result import PASSED, Budget, Chained, Integrity, ProbeResult, Verdict, Warned, Worst

VIEWS = frozenset(
    "_reshape_alias _unsafe_view alias as_strided detach diagonal expand lift_fresh movedim permute reshape select "
    "slice split squeeze t transpose unbind unsqueeze view".split()
)
NOT_CHECKED = Integrity()
LONGEST_AXIS = 99_999
SURELY_CLOSE = 9e-9
"""`torch.allclose` lets every element be off by 1e-8, and takes longer than all else that is asked of an answer."""
CHAINED_TOLERANCE = 1e-3
"""In the chained run rounding adds up over all the stages before."""
UNDECIDED = (
    "The grader cannot tell whether this is right: on every probe, all that would show it is on a tie or a kink, where "
    "more than one gradient is right. That is no fault of yours: tell your instructor, whom `grade verify` tells more."
)


@dataclass(frozen=True)
class Trial:
    """One probe, the answer given on it, and how the two compare."""

    probe: Probe
    expectation: Expectation
    answer: Answer
    comparison: Comparison | None
    undecided: bool = False
    """What would tell whether it is right is on a tie or a kink, on every probe, and autograd gives something else."""

    @property
    def verdict(self) -> Verdict:
        if self.answer.fault:
            return self.answer.fault.verdict
        assert self.comparison
        return self.comparison.verdict

    @property
    def passed(self) -> bool:
        return self.verdict in PASSED

    @property
    def unplaced(self) -> "Trial | None":
        """The same without the place in the message of its fault; None where there is none in it."""
        fault = self.answer.fault
        if fault is None or not fault.anywhere:
            return None
        return replace(self, answer=replace(self.answer, fault=unplaced(fault)))


def trials_of(
    name: str, probes: Sequence[Probe], answers: Sequence[Answer], growth: Sequence[float] = ()
) -> list[Trial]:
    """Each answer beside what was expected of it.

    Args:
        name: what the probes call the expectation: the stage's name.
        probes: what was asked, the course batch first.
        answers: one for each probe.
        growth: on each probe, how many times as large as it should be is what cancels in it.
    """
    times = growth or [1.0] * len(probes)
    expected = [probe.expected[name].grown(more) for probe, more in zip(probes, times, strict=True)]
    lenient = not is_decided(probes, expected)
    return [_trial(*one, lenient=lenient) for one in zip(probes, expected, answers, strict=True)]


def _trial(probe: Probe, expectation: Expectation, answer: Answer, *, lenient: bool) -> Trial:
    if answer.tensor is None:
        return Trial(probe, expectation, answer, None)
    comparison = compare(answer.tensor, expectation)
    autograds = not lenient or compare(answer.tensor, expectation.strict).verdict in PASSED
    return Trial(probe, expectation, answer, comparison, undecided=not autograds)


def is_decided(probes: Sequence[Probe], expected: Sequence[Expectation]) -> bool:
    """Whether what is right on the probes is earned: something tells on one of the kind that asks for the most."""
    kinds = [probe.kind for probe in probes]
    most = next((kind for kind in ("arbitrary", "consistent") if kind in kinds), COURSE)
    return any(each.tells for kind, each in zip(kinds, expected, strict=True) if kind == most)


def judge_gradient(
    trials: Sequence[Trial], printed: str = "", solution: int | None = None, own_work: Integrity = NOT_CHECKED
) -> Judgement:
    """The judgement of one gradient, or of a value that is compared like one.

    Args:
        trials: on the course batch first.
        printed: what the code printed meanwhile.
        solution: how many operations the solution takes, if the assignment says so.
        own_work: whether it is the student's; what comes from autograd is forbidden.
    """
    course = trials[0]
    verdict, decisive = decide(trials)
    if own_work.status == "forbidden":
        verdict, decisive = "forbidden", course
    exact, approximate, max_diff = _compared_with_exact(course)
    tensor = course.answer.tensor
    return Judgement(
        verdict=verdict,
        message=_message(verdict, decisive),
        exact=exact,
        approximate=approximate,
        max_diff=max_diff,
        shape=None if tensor is None else list(tensor.shape),
        expected_shape=list(course.expectation.gradient.shape),
        worst=_worst(course),
        warnings=_warnings(trials, verdict),
        integrity=own_work,
        operations=_operations(course.answer),
        budget=_budget(solution, course.answer),
        probes=[_probe_result(trial) for trial in trials],
        fault=decisive.answer.fault,
        seconds=round(sum(trial.answer.seconds for trial in trials), 6),
        printed=printed,
        begun=decisive.answer.fault is None or decisive.answer.fault.begun,
        anywhere=_message(verdict, decisive.unplaced) if decisive.unplaced else "",
    )


def chained(answer: Answer, expectation: Expectation) -> Chained:
    """How an answer fares that was made from the student's own upstream gradients."""
    if answer.fault or answer.tensor is None:
        return Chained(answer.fault.verdict if answer.fault else "error", None)
    comparison = compare(answer.tensor, expectation, CHAINED_TOLERANCE)
    return Chained(comparison.verdict, _max_diff(comparison, expectation))


def decide(trials: Sequence[Trial]) -> tuple[Verdict, Trial]:
    """The verdict, and the trial that it rests on. The course batch decides first."""
    course = trials[0]
    for trial in trials:
        if trial.verdict == "ungraded":
            return "ungraded", trial
    if not course.passed:
        return course.verdict, course
    failed: dict[str, Verdict] = {"consistent": "overfit", "arbitrary": "shortcut"}
    for kind, verdict in failed.items():
        for trial in trials:
            if trial.probe.kind == kind and not trial.passed:
                return verdict, trial
    for trial in trials:
        if trial.undecided:
            return "ungraded", trial
    for trial in trials:
        if trial.verdict == "shape":
            return "shape", trial
    return course.verdict, course


def _message(verdict: Verdict, trial: Trial) -> str:
    match verdict:
        case "exact" | "approximate":
            return ""
        case "shape":
            return f"The values are right, but the shape is {_shapes(trial)}."
        case "overfit":
            sizes = ", ".join(f"{name}={size}" for name, size in trial.probe.sizes.items())
            return (
                f"This is right on the course batch but fails with other sizes and data ({sizes}). {_complaint(trial)}"
            )
        case "shortcut":
            rule = "This is right for this loss only. The rule for an expression holds for any upstream gradient"
            return f"{rule}, and with an arbitrary one this fails. {_complaint(trial)}"
        case "forbidden":
            return "This value comes from autograd or from a ready-made backward kernel. Write the rule yourself."
        case "ungraded" if trial.undecided:
            return UNDECIDED
        case "missing":
            return trial.answer.fault.message if trial.answer.fault else "Not written yet."
    return _complaint(trial)


def _complaint(trial: Trial) -> str:
    """What is wrong with one answer, in a sentence."""
    fault, comparison, tensor = trial.answer.fault, trial.comparison, trial.answer.tensor
    if fault:
        return fault_sentence(fault)
    assert comparison and tensor is not None
    if comparison.aligned is None:
        return f"The shape is {_shapes(trial)}."
    if comparison.verdict == "nonfinite":
        count = int((~torch.isfinite(comparison.aligned)).sum())
        first = _first_nonfinite(comparison.aligned)
        return f"NaN or infinity in {count} of {tensor.numel()} elements; the first is at {first}."
    if trial.probe.kind != COURSE:
        error = told(comparison.error, trial.probe.kind)
        return f"It is off by up to {_number(error)} of the largest element."
    worst = _worst(trial)
    assert worst
    return f"It is furthest off at {worst.index}: got {_number(worst.got)}, expected {_number(worst.expected)}."


def _shapes(trial: Trial) -> str:
    assert trial.answer.tensor is not None
    shape, wanted = tuple(trial.answer.tensor.shape), tuple(trial.expectation.gradient.shape)
    if trial.probe.kind != COURSE and max(shape, default=0) > LONGEST_AXIS:
        return f"one of {len(shape)} axes, far too large, instead of {wanted}"
    return f"{shape} instead of {wanted}"


def _first_nonfinite(tensor: torch.Tensor) -> list[int]:
    return [int(i) for i in (~torch.isfinite(tensor)).nonzero()[0]]


def _number(number: float | None) -> str:
    return "NaN or infinity" if number is None else f"{number:.4g}"


def _compared_with_exact(course: Trial) -> tuple[bool, bool, float | None]:
    """What the notebook's line says: whether the answer is equal to autograd's, whether nearly so, and how far off."""
    tensor, exact, comparison = course.answer.tensor, course.expectation.exact, course.comparison
    if comparison and comparison.verdict == "exact":
        return True, True, 0.0
    if tensor is None or exact is None:
        return False, False, None
    off = _max_diff(comparison, course.expectation)
    surely = off is not None and off < SURELY_CLOSE and tensor.dtype == exact.dtype == torch.float32
    near = tensor.shape == exact.shape and (surely or torch.allclose(tensor.float(), exact.float()))
    return equal(tensor, exact), near, off


def _max_diff(comparison: Comparison | None, expectation: Expectation) -> float | None:
    if comparison is None or comparison.aligned is None or expectation.exact is None:
        return None
    return largest_difference(comparison.aligned, expectation.exact)


def _worst(trial: Trial) -> Worst | None:
    comparison = trial.comparison
    if comparison is None or comparison.aligned is None or not comparison.aligned.numel():
        return None
    assert comparison.distance is not None
    return worst_element(comparison.aligned, trial.expectation.right_for(comparison.aligned), comparison.distance)


def _warnings(trials: Sequence[Trial], verdict: Verdict) -> list[Warned]:
    noted = {note.code: Warned(note.code, note.message) for trial in trials for note in trial.answer.notes}
    if verdict == "shape":
        noted["shape"] = Warned(
            "shape", "There is an axis of length 1 too many or too few; keepdims=True keeps the axis you sum over."
        )
    if verdict in PASSED and (count := _differently(trials[0])):
        are = "is" if count == 1 else "are"
        where = f"{count} of its elements {are} on a tie or a kink of the course batch"
        noted["tie"] = Warned("tie", f"{where}, where autograd gives another number; either is right.")
    return list(noted.values())


def _differently(course: Trial) -> int:
    """How many elements are not what autograd makes of a tie or a kink."""
    comparison, expected = course.comparison, course.expectation
    if comparison is None or comparison.aligned is None or expected.jumps is None:
        return 0
    off = (comparison.aligned.double() - expected.gradient).abs() > expected.tolerance * expected.scale
    return int((off & expected.jumps).sum())


def _probe_result(trial: Trial) -> ProbeResult:
    error = trial.comparison.error if trial.comparison else None
    return ProbeResult(
        name=trial.probe.name,
        kind=trial.probe.kind,
        sizes=trial.probe.sizes,
        error=None if error is None else told(finite(error), trial.probe.kind),
        tolerance=trial.expectation.tolerance,
        passed=trial.passed,
        left_out=trial.expectation.left_out,
    )


def _operations(answer: Answer) -> dict[str, int]:
    return answer.observed.operations if answer.observed else {}


def _budget(solution: int | None, answer: Answer) -> Budget | None:
    """None where the assignment says nothing of operations, or there is no log."""
    if solution is None or answer.observed is None:
        return None
    return Budget(counted(answer.observed.operations), solution)


def counted(operations: Mapping[str, int]) -> int:
    """How many operations a log has, without those that only look at the same numbers in another shape."""
    return sum(count for name, count in operations.items() if name.removeprefix("aten.").partition(".")[0] not in VIEWS)
