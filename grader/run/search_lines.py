"""What is wrong with the stages of an exercise, looked for in the student's own lines. It decides nothing."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass

from grader.assignment.assignment import Exercise
from grader.assignment.stage import Stage
from grader.border import ArisingKind, Source
from grader.errors import SandboxError
from grader.judge.judgement import Judgement
from grader.judge.why.arising import arisen
from grader.judge.why.costs import cost, is_doubtful
from grader.result import Diagnosis
from grader.run.ask_calls import CallRun
from grader.run.exam import Examination
from grader.run.finding import EXPLAINED, Finding
from grader.run.locate_slip import Workshop, located, workshop_of, workshops_of_calls
from grader.run.trace_nonfinite import arising_in
from grader.sandbox.ours import Session

NO_TIME = "There was not enough time to search your lines for a slip."
SURE: frozenset[ArisingKind] = frozenset({"written", "unfilled", "exp-overflows"})
"""What needs no edit to be the reason: an edit could make up for it, and be another one."""


@dataclass(frozen=True)
class Search:
    """The search through the lines that answer the stages of one exercise."""

    exercise: Exercise
    findings: Mapping[str, Finding]
    examination: Examination
    session: Session
    sources: Mapping[str, Source]
    """Of the submission, by name."""
    calls: CallRun | None = None

    def explain(self, puzzling: Callable[[Judgement], bool]) -> None:
        """Say of puzzling stages what was found, in the order of the backward pass: time may not last for all of them.

        Args:
            puzzling: which are.
        """
        order = self.exercise.backward_order
        asked = [f for f in self.findings.values() if f.trials and (puzzling(f.judgement) or _is_supposed(f.judgement))]
        asked.sort(key=lambda f: (not puzzling(f.judgement), order.index(f.stage.name)))
        stages = [finding.stage for finding in asked]
        for function in dict.fromkeys(stage.asked for stage in stages):
            wrong = [stage for stage in self.exercise.together(function) if stage in stages]
            for workshop in self._workshops(wrong):
                own = [stage for stage in wrong if stage in workshop.stages]
                if workshop.elsewhere:
                    self._locate_slips(workshop, [stage for stage in own if not self._is_explained(stage)])
                else:
                    self._explain(workshop, own)

    def _is_explained(self, stage: Stage) -> bool:
        return self.findings[stage.name].judgement.diagnosis is not None

    def _workshops(self, wrong: Sequence[Stage]) -> Iterable[Workshop]:
        if self.calls:
            return workshops_of_calls(wrong, self.calls, self.findings)
        return [workshop_of(wrong[0].asked, self.exercise, self.findings, self.examination, self.session)]

    def _explain(self, workshop: Workshop, wrong: Sequence[Stage]) -> None:
        """Where no edit puts a stage right, the place says most in which its NaN or infinity arose."""
        arising = {stage: arising_in(workshop, stage) for stage in wrong}
        sure = [stage for stage, fact in arising.items() if fact and fact.kind in SURE]
        self._locate_slips(workshop, [stage for stage in wrong if stage not in sure])
        for stage, fact in arising.items():
            finding = self.findings[stage.name]
            if fact and finding.judgement.diagnosis is None:
                finding.add(diagnosis=arisen(fact, self.sources[fact.source]), pattern="")

    def _locate_slips(self, workshop: Workshop, wrong: Sequence[Stage]) -> None:
        try:
            found = located(workshop, wrong, self.sources)
        except SandboxError:
            for finding in (self.findings[stage.name] for stage in wrong):
                if finding.judgement.diagnosis is None:
                    finding.note(NO_TIME)
            return
        for name, diagnosis in found.items():
            if _is_better(diagnosis, self.findings[name].judgement.diagnosis):
                self.findings[name].mend(diagnosis)


def _is_supposed(judgement: Judgement) -> bool:
    """Whether an edit may say more than what is only supposed."""
    told = judgement.diagnosis
    return judgement.verdict in EXPLAINED and told is not None and is_doubtful(told)


def _is_better(diagnosis: Diagnosis, told: Diagnosis | None) -> bool:
    return told is None or cost(diagnosis) < cost(told)
