"""Put a stage to a submission: find its function, offer it what it may ask for, say what is amiss where that fails."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

from grader.assignment.assignment import Exercise
from grader.assignment.hidden_probes import telling
from grader.assignment.probes import Probe
from grader.assignment.stage import Stage, Task
from grader.border import STUB, Fault, Found, Note, Reading, Reply, SourceFault
from grader.errors import did_you_mean
from grader.run.exam import Examination
from grader.sandbox.border.messages import ABOVE
from grader.sandbox.ours.question import CallQuestion, Question, on
from grader.sandbox.ours.session import Session
from grader.submission import Submission, concerns, exercise_at, header_exercises

COPY = re.compile(r"(?i)(?:^|[^a-z])(?:old|copy|backup|bak|orig(?:inal)?|draft|copy\d+)(?:[^a-z]|$)|\(\d+\)|checkpoint")
"""What a file is called that lies beside the one that counts."""


@dataclass(frozen=True)
class Asked:
    """What a submission answered to one stage, and the function that did, if there is one."""

    reply: Reply | None = None
    found: Found | None = None
    notes: tuple[Note, ...] = ()
    reading: Reading | None = None
    fault: Fault | None = None
    """Why it was not asked."""
    probes: tuple[Probe, ...] | None = None
    """What it was asked on, if not on the usual probes."""
    question: Question | CallQuestion | None = None
    """What asks on all the usual probes."""
    above: Reply | None = None
    """Where the last line takes a gradient from autograd, what the lines above it make."""


@dataclass(frozen=True)
class Sought:
    """A function that was looked for: it is there, or there is a fault, or both."""

    name: str
    found: Found | None = None
    fault: Fault | None = None
    notes: tuple[Note, ...] = ()

    @property
    def usable(self) -> tuple[str, Found] | None:
        return None if self.found is None or self.fault else (self.name, self.found)


def seek(
    name: str,
    exercise: Exercise,
    offered: Sequence[str] | None,
    session: Session,
    submission: Submission,
    beside: Mapping[str, int] | None = None,
) -> Sought:
    """Find the function, or variable, of a name.

    Args:
        name: what a stage asks for.
        exercise: whose stage.
        offered: what the function may ask for; None where a call script says what it is given.
        session: where the submission has been loaded.
        submission: what was handed in.
        beside: of each file, how much it has of what the exercise uses.
    """
    candidates = session.loaded.functions.get(name, ())
    if not candidates:
        return Sought(name, fault=_not_found(name, exercise, session, submission))
    candidates = tuple(found for found in candidates if not found.stub) or candidates
    found = _chosen(candidates, exercise, submission, beside or {})
    if broken := _broken(name, found, exercise, session, submission):
        return Sought(name, found, broken)
    fault = STUB if found.stub else None if offered is None else _unknown_argument(name, found, offered)
    return Sought(name, found, fault, tuple(_duplicates(name, candidates, found)))


def ask(
    exercise: Exercise, name: str, examination: Examination, session: Session, submission: Submission
) -> dict[str, Asked]:
    """The answers on every probe of all the stages that one function answers, by the stage's name."""
    stages = exercise.together(name)
    sought = seek(name, exercise, examination.names_offered(exercise, name), session, submission)
    if sought.usable is None:
        return {stage.name: Asked(None, sought.found, sought.notes, fault=sought.fault) for stage in stages}
    _, found = sought.usable
    reading = session.readings.get(found.source, {}).get(name)
    returns = tuple(stage.gradient for stage in stages) if len(stages) > 1 else ()
    offers = examination.offers(exercise, name)
    elements = examination.elements(exercise, stages)
    scalars = has_numbers(examination.probes[exercise.name][0], stages)
    question = Question(name, found, offers, returns, scalars=scalars, elements=elements)
    reply, probes = first_look(question, exercise, examination, session)
    lines = Question(f"{name}{ABOVE}", found.above, offers, elements=elements) if found.above else None
    above = session.ask(lines) if lines else None
    notes = (*sought.notes, *_renamed(found), *_unused(reading))
    return {
        stage.name: Asked(own, _found_for(stage, found), notes, reading, probes=probes, question=question, above=above)
        for stage, own in zip(stages, parted(reply, len(stages)), strict=True)
    }


def parted(reply: Reply, count: int) -> list[Reply]:
    """The reply for each of the stages that are answered together."""
    return [Reply(reply.answers[place::count], reply.printed) for place in range(count)]


def first_look(
    question: Question | CallQuestion, exercise: Exercise, examination: Examination, session: Session
) -> tuple[Reply, tuple[Probe, ...] | None]:
    """The answers on the probes that tell whether they are right, and these probes, where they are not all."""
    probes = examination.probes[exercise.name]
    places = telling(probes)
    shown = tuple(probes[place] for place in places) if len(places) < len(probes) else None
    return session.ask(on(question, places)), shown


def second_look(asked: Sequence[Asked], exercise: Exercise, examination: Examination, session: Session) -> list[Asked]:
    """The same with the answers on all the probes, of the stages that one question asks for. What takes too long is
    not asked again."""
    question, first = asked[0].question, telling(examination.probes[exercise.name])
    assert question
    rest = [place for place in range(len(question.offers)) if place not in first]
    answers = [answer for own in asked if own.reply for answer in own.reply.answers]
    late = next((answer for answer in answers if answer.fault and answer.fault.verdict == "timeout"), None)
    more = Reply((late,) * len(rest) * len(asked)) if late else session.ask(on(question, rest))
    return [
        replace(own, reply=_in_order((first, own.reply), (rest, again)), probes=None)
        for own, again in zip(asked, parted(more, len(asked)), strict=True)
        if own.reply
    ]


def _in_order(*parts: tuple[Sequence[int], Reply]) -> Reply:
    """One reply of several on different probes, with the answers in the order of the places given with each."""
    answers = {place: answer for places, reply in parts for place, answer in zip(places, reply.answers, strict=True)}
    return replace(parts[0][1], answers=tuple(answers[place] for place in sorted(answers)))


def has_numbers(probe: Probe, stages: Sequence[Stage]) -> bool:
    """Whether a gradient is a single number: then one of Python's will do as well."""
    return any(probe.expected[stage.name].gradient.dim() == 0 for stage in stages)


def _found_for(stage: Stage, found: Found) -> Found:
    """Where one of several stages is made that are answered together."""
    if stage.gradient not in found.places:
        return found
    first, last = found.places[stage.gradient]
    return replace(found, first_line=first, last_line=last)


def _unused(reading: Reading | None) -> list[Note]:
    if reading is None or not reading.unused:
        return []
    text = (
        "These gradients count, but your training loop does not use them: it "
        "takes what `loss.backward()` left in `.grad`."
    )
    return [Note("unused", text)]


def _renamed(found: Found) -> list[Note]:
    """What the submission calls things of the forward pass, where that was seen from its lines."""
    if not found.own_names:
        return []
    names = ", ".join(f"`{own}` is `{name}`" for own, name in sorted(found.own_names.items()))
    return [Note("renamed", f"Your forward pass has its own names, and they were used here: {names}.")]


def _chosen(
    candidates: Sequence[Found], exercise: Exercise, submission: Submission, beside: Mapping[str, int]
) -> Found:
    """The function below a header that names the exercise, else in the file with most of what it uses, else the last
    one that is no copy by its name.
    """
    if len(candidates) == 1:
        return candidates[0]
    texts = submission.texts
    kept = [each for each in candidates if exercise_at(texts[each.source], each.first_line) == exercise.name]
    most = max(beside.get(each.source, 0) for each in candidates)
    kept = kept or [each for each in candidates if beside.get(each.source, 0) == most]
    return ([found for found in kept if not COPY.search(found.source)] or kept)[-1]


def _duplicates(name: str, candidates: Sequence[Found], found: Found) -> list[Note]:
    notes = []
    if found.definitions > 1:
        text = f"{name} is defined {found.definitions} times in {found.source}; only the last one counts."
        notes.append(Note("duplicate", text))
    if len(candidates) > 1:
        files = ", ".join(candidate.source for candidate in candidates)
        notes.append(Note("duplicate-file", f"{name} is defined in {files}; only the one in {found.source} counts."))
    return notes


def _unknown_argument(name: str, found: Found, offered: Sequence[str]) -> Fault | None:
    unknown = [each for each in found.required if each not in offered]
    if not unknown:
        return None
    guess = did_you_mean(unknown[0], offered, cutoff=0.5)
    message = (
        f"`{unknown[0]}` is not something a stage can ask for.{guess} "
        f"You can ask for {', '.join(sorted(offered, key=str.lower))}."
    )
    return Fault("error", "UnknownArgument", message)


def _not_found(name: str, exercise: Exercise, session: Session, submission: Submission) -> Fault:
    """Why there is no such stage: what was meant to hold it could not be run, or it is not there."""
    for broken in session.loaded.faults:
        if name in (broken.binds or ()):
            return located(broken)
    for broken in submission.faults:
        if concerns(submission.hints[broken.source], exercise.name):
            return broken.fault
    return _absence(name, exercise, session, submission)


def _broken(name: str, found: Found, exercise: Exercise, session: Session, submission: Submission) -> Fault | None:
    """Why what is there does not count: it stands again in lines that are no Python, or was written in a file that
    cannot be read, and what is there is an untouched stub."""
    for broken in session.loaded.faults:
        again = broken.source == found.source and name in broken.at_top
        if again or (found.stub and name in (broken.at_top or broken.binds or ())):
            return located(broken)
    untouched = found.stub and all(each.stub for many in session.loaded.functions.values() for each in many)
    for broken in submission.faults if found.stub else ():
        named = header_exercises(submission.hints[broken.source])
        if exercise.name in named or (untouched and not named):
            return broken.fault
    return None


def _absence(name: str, exercise: Exercise, session: Session, submission: Submission) -> Fault:
    """That a stage is not there, with what there is in its place, and what was looked for."""
    seen, place, then = _seen_instead(name, exercise, session, submission)
    _, absence = session.loaded.absent.get(name, ("", None))
    kind = "" if exercise.calls else "function "
    nothing = f"variable `{absence.name}` for it" if absence else f"{kind}{name}"
    message = f"{seen}{place}{then}" or f"There is no {nothing}."
    return Fault("missing", "Missing", message, begun=bool(seen), anywhere=f"{seen}{then}")


def _seen_instead(name: str, exercise: Exercise, session: Session, submission: Submission) -> tuple[str, str, str]:
    """What there is in its stead, in a sentence whose middle is a place; nothing where there is nothing to say."""
    for source in submission.sources:
        if line := source.names_in_text.get(name):
            seen = f"`{name}` is in a text cell of {source.name}"
            return seen, f" (line {line} of its text)", ". Turn it into a code cell."
    source_name, absence = session.loaded.absent.get(name, ("", None))
    if absence is None:
        flat = any(found.flat for each in session.loaded.functions.values() for found in each)
        task = next((task for task in exercise.tasks if task.name == name), None)
        return _looked_for(task) if flat and (task or name in exercise.functions) else "", "", ""
    place = f" ({submission.by_name[source_name].where(absence.line)})"
    match absence.kind:
        case "blank":
            return f"Not written yet: `{absence.name}` is still `None`", place, "."
        case "similar":
            seen = f"There is no {name}. Did you mean {absence.name}? If so, rename it to {name}."
            return seen, "", ""
        case "other-function":
            then = f" asks for other arguments than {name} is given; `grade show {name}` lists those."
            return f"Your `{absence.name}`", place, then
    return "", "", ""


def _looked_for(task: Task | None) -> str:
    """What was looked for in the place of a function of the training exercise; None is the one with the gradients."""
    match task and task.kind:
        case None:
            return "The grader found no loop in which you compute the gradients of the parameters by hand."
        case "run":
            return "The grader found nothing in your training loop that changes the parameters."
        case "samples":
            return "The grader found nothing after your training loop that draws a text."
    return f"The grader found nothing after your training loop that makes {' and '.join(task.returns if task else ())}."


def located(broken: SourceFault) -> Fault:
    """A fault of a file, with the file named in its sentence."""
    fault = broken.fault
    anywhere = fault.anywhere and f"{broken.source}: {fault.anywhere}"
    return Fault(fault.verdict, fault.type, f"{broken.source}: {fault.message}", fault.traceback, anywhere=anywhere)
