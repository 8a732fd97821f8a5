"""Train with a student's own gradients, for real, beside the same run with autograd."""

import threading
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import torch

from grader.assignment.assignment import Assignment
from grader.assignment.dataset import Dataset
from grader.assignment.probes import Start, course_start
from grader.assignment.short_run import training_rows
from grader.assignment.stage import Task
from grader.assignment.tasks import Scene, draw_texts, offered_to, real_scene
from grader.assignment.training import parameters_of, plan_of
from grader.border import Answer, Found
from grader.errors import NothingToTrain
from grader.run.ask import Sought, seek
from grader.run.interrupts import insistent_interrupts
from grader.sandbox.border.loop import Loop, unflattened, with_autograd
from grader.sandbox.border.messages import Draw
from grader.sandbox.ours import Session
from grader.sandbox.ours.offers import Offers
from grader.sandbox.ours.question import Course, Question
from grader.submission import Submission

NAMES = 20
STEPS_AT_ONCE = 50
"""Of the autograd run, before it looks whether it is to stop."""

Report = Callable[["Side", "Side"], None]
"""Called now and then with how far the two runs have come, the student's first."""


@dataclass
class Side:
    """One of the two runs. Seconds are those of the loop alone."""

    parameters: list[torch.Tensor]
    losses: list[float] = field(default_factory=list)
    seconds: float = 0.0

    @property
    def speed(self) -> float:
        """Steps per second."""
        return len(self.losses) / self.seconds if self.seconds else 0.0


@dataclass(frozen=True)
class Outcome:
    """What came of training; `problems` say what did not go as it should."""

    own: Side
    autograd: Side
    losses: Mapping[str, tuple[float, float]]
    """By split, with the student's own functions and gradients, and the reference's with autograd's."""
    names: list[str]
    problems: list[str]
    interrupted: bool


class Trainer:
    """A submission with what it takes to train."""

    def __init__(
        self, assignment: Assignment, dataset: Dataset | None, submission: Submission, session: Session
    ) -> None:
        """
        Raises:
            NothingToTrain: the assignment has no training exercise, or the submission lacks a function for it.
        """
        exercise = next((exercise for exercise in assignment.exercises if exercise.training), None)
        if exercise is None or dataset is None:
            raise NothingToTrain(
                assignment.name, "it has no training exercise; choose another assignment with --assignment."
            )
        self._assignment, self._exercise, self._dataset = assignment, exercise, dataset
        self._submission, self._session = submission, session
        self._start = course_start(assignment, dataset, exercise)
        gradients = exercise.stages[0]
        self._backward = self._needed(gradients.asked, [*self._start.inputs, *exercise.script.targets])
        self._update_task = next(task for task in exercise.tasks if task.kind == "run")
        self._update = self._needed(self._update_task.asked, offered_to(assignment, exercise, self._update_task))

    @property
    def parameter_names(self) -> tuple[str, ...]:
        """What is trained, in order."""
        return self._exercise.parameters

    def train(self, steps: int, report: Report) -> Outcome:
        """Run both; Ctrl-C ends them and keeps what there is."""
        exercise = self._exercise
        plan = plan_of(exercise, self._start.sizes, steps, self._assignment.seed)
        rows = training_rows(self._assignment, self._start.sizes, self._dataset)
        start = parameters_of(exercise, self._start.inputs)
        own, autograd = Side(start), Side(start)
        course = Course(
            plan=plan,
            rows=(rows.inputs, rows.outputs),
            start=start,
            update=(self._update_task.asked, self._update),
            backward=(exercise.stages[0].asked, self._backward),
            returns=tuple(stage.gradient for stage in exercise.stages),
        )
        beside = _Beside(with_autograd(plan, (rows.inputs, rows.outputs), start), autograd)
        problems: list[str] = []
        interrupted = False
        try:
            with insistent_interrupts():
                beside.start()
                for trained in self._session.watch(course):
                    if trained.fault:
                        problems.append(f"Training stopped at step {len(own.losses) + 1}: {trained.fault.message}")
                        beside.stop()
                        break
                    assert trained.losses is not None and trained.parameters is not None
                    own.losses += trained.losses.tolist()
                    own.seconds = trained.seconds
                    own.parameters = unflattened(trained.parameters, start)
                    report(own, autograd)
                while beside.is_alive():
                    beside.join(0.1)
                    report(own, autograd)
        except KeyboardInterrupt:
            interrupted = True
        finally:
            beside.stop()
            beside.join()
        if interrupted:
            self._session.close()
        return self._results(own, autograd, problems, interrupted=interrupted)

    def _needed(self, name: str, offered: list[str]) -> Found:
        sought = self._seek(name, offered)
        if sought.usable is None:
            reason = sought.fault.message if sought.fault else "it is missing."
            raise NothingToTrain(self._submission.path, f"{name}: {reason} Write `{name}` first.")
        return sought.usable[1]

    def _seek(self, name: str, offered: list[str]) -> Sought:
        return seek(name, self._exercise, offered, self._session, self._submission)

    def _results(self, own: Side, autograd: Side, problems: list[str], *, interrupted: bool) -> Outcome:
        """Go on with the student's own functions for the rest; where one fails, ours takes its place."""
        splits = {"training": self._dataset.training, "validation": self._dataset.validation}
        scenes = {name: (self._scene(own, part), self._scene(autograd, part)) for name, part in splits.items() if part}
        computed: dict[str, Any] = {}
        losses: dict[str, tuple[float, float]] = {}
        names: list[str] = []
        if not all(bool(torch.isfinite(parameter).all()) for parameter in own.parameters):
            problems.append("The parameters became infinite or NaN, so there are no losses and no names.")
            scenes = {}
        for task in self._exercise.tasks:
            for split, (mine, theirs) in scenes.items():
                if task.kind == "values":
                    values = self._values(task, mine, computed, problems)
                    if all(value.ndim == 0 for value in values.values()):
                        (loss,), (reference,) = values.values(), (theirs.computed[name] for name in task.returns)
                        losses[split] = float(loss), float(reference)
                    else:
                        computed |= values
                elif task.kind == "samples" and not names:
                    names = self._names(task, mine, computed, problems)
        return Outcome(own, autograd, losses, names, list(dict.fromkeys(problems)), interrupted)

    def _scene(self, side: Side, part: Sequence[str]) -> Scene:
        parameters = dict(zip(self._exercise.parameters, side.parameters, strict=True))
        values = {name: value.detach() for name, value in parameters.items()}
        start = Start(self._start.sizes, {**self._start.inputs, **values})
        return real_scene(self._assignment, self._exercise, start, self._dataset, "trained", "course", part)

    def _values(
        self, task: Task, scene: Scene, computed: Mapping[str, Any], problems: list[str]
    ) -> dict[str, torch.Tensor]:
        returns = task.returns if len(task.returns) > 1 else ()
        answers = self._ask(task, {**scene.offer(task), **computed}, problems, returns=returns, scalars=True)
        tensors = [answer.tensor for answer in answers if answer.tensor is not None]
        if len(tensors) < len(task.returns):
            return {name: scene.computed[name] for name in task.returns}
        return {name: tensor.float() for name, tensor in zip(task.returns, tensors, strict=True)}

    def _names(self, task: Task, scene: Scene, computed: Mapping[str, Any], problems: list[str]) -> list[str]:
        seed = self._assignment.seed
        given = {**scene.offer(task), **computed, "generator": 0}
        answers = self._ask(task, given, problems, draw=Draw((NAMES,), seed))
        if answers and answers[0].texts:
            return list(answers[0].texts)
        assert self._assignment.dataset
        return draw_texts(scene, task, self._start.sizes[self._assignment.dataset.context], NAMES, seed)

    def _ask(self, task: Task, given: Mapping[str, Any], problems: list[str], **how: Any) -> tuple[Answer, ...]:
        """What the student's function answers; nothing where there is none, or it fails, which is noted."""
        sought = self._seek(task.asked, list(given))
        fault = sought.fault
        answers: tuple[Answer, ...] = ()
        if sought.usable:
            answers = self._session.ask(Question(task.asked, sought.usable[1], Offers([given]), **how)).answers
            fault = next((answer.fault for answer in answers if answer.fault), None)
        if fault:
            problems.append(f"{task.asked}: {fault.message} The grader's own was used instead.")
        return () if fault else answers


class _Beside(threading.Thread):
    """The autograd run, which goes on while the student's process trains."""

    def __init__(self, loop: Loop, side: Side) -> None:
        super().__init__(daemon=True)
        self._loop, self._side = loop, side
        self._stopped = threading.Event()

    def stop(self) -> None:
        self._stopped.set()

    def run(self) -> None:
        torch.set_num_threads(1)
        while not self._loop.done and not self._stopped.is_set():
            start = time.perf_counter()
            for _ in range(STEPS_AT_ONCE):
                if not self._loop.done:
                    self._loop.step()
            self._side.seconds += time.perf_counter() - start
            self._side.losses = self._loop.losses[:]
            self._side.parameters = self._loop.parameters
