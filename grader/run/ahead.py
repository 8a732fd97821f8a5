"""What a submission is tried on, made while its sandbox gets ready: probes here, trials in a process of its own."""

import os
import pickle
import sys
from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from functools import cached_property, partial
from multiprocessing.connection import Connection, Pipe
from pathlib import Path

from grader.assignment.assignment import Exercise
from grader.assignment.hidden_probes import telling
from grader.assignment.probes import Probe
from grader.assignment.short_run import Opening, ShortRun
from grader.assignment.stage import Task
from grader.assignment.tasks import Scene, Trials
from grader.run.exam import Examination, examine
from grader.run.request import Request
from grader.sandbox.border.limits import end_with_parent, ignore_endings


def examination_for(request: Request, names: Path | None, seed: str | None) -> Examination:
    """What the submission of a request is asked, ready for it; see `examine`."""
    examination = examine(request.assignment, request.selected, names=names, seed=seed)
    return ready_for(examination, [*request.submission.texts.values()])


def ready_for(examination: Examination, texts: Sequence[str]) -> Examination:
    """The same, with all drawn that a submission will be asked by the look of its texts; what is not is drawn later.

    This process has to have a single thread.
    """
    begun = [exercise for exercise in examination.exercises if _may_answer(texts, exercise, examination)]
    if any(exercise.training for exercise in begun):
        examination = with_trials_ahead(examination)
    for exercise in begun:
        probes = examination.probes[exercise.name]
        for place in telling(probes):
            probes[place]
    return examination


def _may_answer(texts: Sequence[str], exercise: Exercise, examination: Examination) -> bool:
    """Whether texts may have something of an exercise. Of a training exercise, the names of its functions show it; of
    its loop, that gradients are no functions there."""
    if exercise.training is None or any(name in text for name in exercise.functions for text in texts):
        return True
    gradients = [stage.asked for each in examination.exercises if not each.training for stage in each.gradients]
    return not any(f"def {name}(" in text for name in gradients for text in texts)


def with_trials_ahead(examination: Examination) -> Examination:
    """The same, with trials that another process begins to make at once, where there can be one and a processor for it.

    This process has to have a single thread.
    """
    can_fork = sys.platform == "linux" and len(os.sched_getaffinity(0)) > 1
    return replace(examination, trials=_begun(examination.trials)) if examination.trials and can_fork else examination


def _begun(trials: Mapping[str, Trials]) -> Mapping[str, Trials]:
    maker = _Maker(trials)
    return {name: _Ahead(here, partial(maker.made, name)) for name, here in trials.items()}


class _Ahead(Trials):
    """Trials that another process makes: it is waited for where they are needed, and not for what a run begins with."""

    def __init__(self, here: Trials, made: Callable[[], Trials]) -> None:
        self._here, self._made, self.seed = here, made, here.seed

    @cached_property
    def opening(self) -> Opening:
        return self._here.opening

    @cached_property
    def run(self) -> ShortRun:
        return self._made().run

    @cached_property
    def scenes(self) -> list[Scene]:
        return self._made().scenes

    def probes(self, task: Task) -> tuple[Probe, ...]:
        return self._made().probes(task)


class _Maker:
    """The process that makes trials; without it, they make themselves."""

    def __init__(self, trials: Mapping[str, Trials]) -> None:
        self._trials = trials
        coming, sending = Pipe(duplex=False)
        self._coming: Connection | None = coming
        self.pid = os.fork()
        if self.pid == 0:
            _send(trials, sending)
        sending.close()

    def made(self, name: str) -> Trials:
        """The trials of one exercise, once they are there."""
        if self._coming:
            with self._coming as coming:
                self._coming = None
                self._trials = _received(coming) or self._trials
            os.waitpid(self.pid, 0)
        return self._trials[name]


def _send(trials: Mapping[str, Trials], sending: Connection) -> None:
    """Make them and end; what goes wrong shows where they are made again."""
    try:
        os.closerange(3, sending.fileno())
        os.closerange(sending.fileno() + 1, 1 << 16)
        ignore_endings()
        end_with_parent()
        for each in trials.values():
            each.make()
        sending.send_bytes(pickle.dumps(dict(trials), protocol=5))
    finally:
        os._exit(0)


def _received(coming: Connection) -> Mapping[str, Trials]:
    try:
        made: Mapping[str, Trials] = pickle.loads(coming.recv_bytes())
    except (EOFError, OSError):  # it ended before, or amid what it sent
        return {}
    return made
