"""Put a call script to a submission: every line that has what it needs is run, and answers the stages that it binds."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, replace
from functools import cached_property

from grader.assignment.assignment import Exercise
from grader.assignment.calls import CallScript, Origin
from grader.assignment.stage import Stage
from grader.border import Answer, CallLine, Fault, Found, Reading
from grader.run.ask import Asked, Sought, first_look, parted, seek
from grader.run.exam import Examination
from grader.sandbox.border.messages import Calls
from grader.sandbox.ours.offers import Offers
from grader.sandbox.ours.question import CallQuestion
from grader.sandbox.ours.session import Session
from grader.submission import Submission


@dataclass
class CallRun:
    """One call script, put to one submission."""

    exercise: Exercise
    script: CallScript
    examination: Examination
    session: Session
    submission: Submission

    def ask(self) -> dict[str, Asked]:
        """The answers on every probe, by the stage's name."""
        asked = {stage.name: self._unasked(stage) for stage in self.exercise.stages}
        for part, end in enumerate(self.script.parts):
            stages = [stage for stage in self.exercise.answered_by(part) if self._may_be_made(stage)]
            if stages:
                asked |= self._put(part, end, stages)
        return asked

    def has(self, origin: Origin) -> bool:
        """Whether it is there to be edited."""
        return origin.name in self._homes

    def is_stub(self, stage: Stage) -> bool:
        """Whether a class has its method, or all of them, as given out: where a stage is wrong then, it is yet to be
        written.

        A method that is called last may rightly do nothing, as `eval` often does; then the stage is right.
        """
        found = self._sought[stage.function].found
        if found is None:
            return False
        methods = {stage.method} if stage.method else found.places.keys() - {"__init__"}
        return bool(methods) and methods <= {*found.stubs}

    def values(self, stages: Sequence[Stage], offers: Offers) -> tuple[Answer, ...]:
        """What the script binds to some stages, with other things given than on the probes, in one go."""
        return self.session.ask(self._question(len(self.script.lines), stages, offers)).answers

    def question_of(self, stages: Sequence[Stage], part: int, edited: Origin) -> CallQuestion:
        """What asks for stages of one part; with that, one function or method can be edited."""
        offers = self.examination.call_offers(self.exercise, part)
        asked = self._question(self.script.parts[part], stages, offers)
        name = f"{edited.name}.{edited.method}" if edited.method else edited.name
        return replace(asked, function=name, source=self._homes[edited.name])

    def _question(self, end: int, stages: Sequence[Stage], offers: Offers) -> CallQuestion:
        calls = Calls(self.script.lines[:end], self._homes, self.examination.assignment.arrays)
        return CallQuestion(calls, offers, tuple(stage.gradient for stage in stages))

    def _put(self, part: int, end: int, stages: Sequence[Stage]) -> dict[str, Asked]:
        offers = self.examination.call_offers(self.exercise, part)
        elements = self.examination.elements(self.exercise, stages)
        question = replace(self._question(end, stages, offers), elements=elements)
        reply, probes = first_look(question, self.exercise, self.examination, self.session)
        return {
            stage.name: replace(self._unasked(stage), reply=own, probes=probes, question=question, fault=None)
            for stage, own in zip(stages, parted(reply, len(stages)), strict=True)
        }

    def _unasked(self, stage: Stage) -> Asked:
        """What is known of a stage before it is asked, and why it is not, if that is so."""
        sought = self._sought[stage.function]
        fault = self._lacking.get(stage.gradient) or sought.fault
        return Asked(None, _place(stage, sought.found), sought.notes, self._reading(stage), fault)

    def _may_be_made(self, stage: Stage) -> bool:
        return stage.gradient not in self._lacking and self._sought[stage.function].found is not None

    @cached_property
    def _sought(self) -> dict[str, Sought]:
        """What the script uses of the submission: functions and classes by name."""
        found = self.session.loaded.functions
        beside = Counter(each.source for name in self.script.written for each in found.get(name, ()) if not each.stub)
        return {
            name: seek(name, self.exercise, None, self.session, self.submission, beside) for name in self.script.written
        }

    @cached_property
    def _homes(self) -> dict[str, str]:
        return {name: sought.found.source for name, sought in self._sought.items() if sought.found}

    @cached_property
    def _lacking(self) -> dict[str, Fault]:
        """What no line can bind, since a function or class is not there, by name."""
        lacking: dict[str, Fault] = {}
        for line in self.script.lines:
            if fault := self._fault_of(line, lacking):
                lacking |= {name: fault for name in line.binds}
        return lacking

    def _fault_of(self, line: CallLine, lacking: dict[str, Fault]) -> Fault | None:
        for name in line.reads:
            sought = self._sought.get(name)
            if sought and sought.found is None:
                return sought.fault
            if name in lacking and name not in self.script.stages:
                return replace(lacking[name], message=f"It needs `{name}`. {lacking[name].message}")
        return None

    def _reading(self, stage: Stage) -> Reading | None:
        """Of all that the script uses up to a stage: what one function makes, another may hand on."""
        last = max(place for place, line in enumerate(self.script.lines) if stage.gradient in line.binds)
        used = {name for line in self.script.lines[: last + 1] for name in line.reads if name in self._homes}
        readings = [self.session.readings.get(self._homes[name], {}).get(name) for name in sorted(used)]
        known = [reading for reading in readings if reading]
        if len(known) < len(readings):
            return None
        autograd = sorted({line for reading in known for line in reading.autograd})
        outside = sorted({use for reading in known for use in reading.outside})
        return Reading(tuple(autograd), tuple(outside))


def _place(stage: Stage, found: Found | None) -> Found | None:
    """Of a class, the method that makes the stage."""
    if found is None or stage.method not in found.places:
        return found
    first, last = found.places[stage.method]
    return replace(found, first_line=first, last_line=last)
