"""Put a task to a submission, the stages that ask for no gradient: a training run, values, samples."""

import random
from collections.abc import Sequence
from dataclasses import dataclass, replace

import torch

from grader.assignment.assignment import Exercise
from grader.assignment.probes import Probe, number_from
from grader.assignment.stage import Task
from grader.assignment.tasks import PUBLIC, Scene, Trials, offered_to
from grader.border import Found, Reply, Trained
from grader.judge.integrity import of_run, of_source
from grader.judge.judgement import Judgement, not_asked
from grader.judge.samples import drawn_alike, judge_samples
from grader.judge.step import judge_step
from grader.judge.training_run import judge_run
from grader.judge.values import judge_values
from grader.run.ask import Asked, Sought, seek
from grader.run.exam import Examination
from grader.run.finding import Finding
from grader.sandbox.border.loop import Plan
from grader.sandbox.border.messages import MANY_CHARACTERS, STEP, Draw
from grader.sandbox.ours import Session
from grader.sandbox.ours.offers import Offers
from grader.sandbox.ours.question import Course, Question
from grader.submission import Submission

STEPS = 3
"""How many steps of a training loop an update is tried in."""
GRADIENT_SIZE = 1_000.0
"""So large that a step with any rate is not lost in the rounding of the parameters."""
WATCHED_FIRST, WATCHED = 3, 12
"""So many steps of a run are logged, at its beginning and anywhere."""
NAMES, SHOWN = 150, 20
"""How many are drawn in the hidden scene, where nearly all that is wrong is found; and after training, to be shown."""
FEW = 300
"""So many characters of the hidden scene are drawn first: enough, if the reference draws the very same ones."""


@dataclass(frozen=True)
class Tasks:
    """The tasks of one exercise, put to one submission."""

    exercise: Exercise
    examination: Examination
    session: Session
    submission: Submission

    @property
    def _trials(self) -> Trials:
        return self.examination.trials[self.exercise.name]

    def put(self, task: Task) -> Finding:
        """What comes of one task."""
        sought = self._seek(task.asked, offered_to(self.examination.assignment, self.exercise, task))
        if sought.usable is None:
            return Finding(task, not_asked(sought.fault), Asked(found=sought.found))
        _, found = sought.usable
        reading = self.session.readings.get(found.source, {}).get(task.asked)
        asked = Asked(found=found, notes=sought.notes, reading=reading)
        if task.kind == "run":
            trained: list[Trained] = []
            judged = self._run(task, found, trained)
            return Finding(task, replace(judged, integrity=of_run(trained, reading)), asked)
        judged, question, reply = (self._values if task.kind == "values" else self._samples)(task, found)
        asked = replace(asked, reply=reply, question=question)
        return Finding(task, replace(judged, integrity=of_source(reading)), asked)

    def _seek(self, name: str, offered: Sequence[str]) -> Sought:
        return seek(name, self.exercise, offered, self.session, self.submission)

    def _values(self, task: Task, found: Found) -> tuple[Judgement, Question, Reply]:
        probes = self._trials.probes(task)
        hidden = _hidden(probes)
        returns = task.returns if len(task.returns) > 1 else ()
        offers = Offers([probe.values for probe in probes], hidden)
        question = Question(task.asked, found, offers, returns, scalars=True)
        reply = self.session.ask(question)
        return judge_values(task, probes, reply), question, reply

    def _samples(self, task: Task, found: Found) -> tuple[Judgement, Question, Reply]:
        """Of a few texts, or of many where the few are not the very ones that the reference draws."""
        dataset = self.examination.assignment.dataset
        assert dataset
        scenes, context = self._trials.sampled, dataset.context
        hidden = _hidden(scenes)
        offers = Offers([scene.offer(task) | {"generator": 0} for scene in scenes], hidden)
        seed = number_from(f"{self._trials.seed}/{task.name}")

        def question(characters: int) -> Question:
            counts = tuple(NAMES if number in hidden else SHOWN for number in range(len(scenes)))
            enough = tuple(characters if number in hidden else MANY_CHARACTERS for number in range(len(scenes)))
            return Question(task.asked, found, offers, draw=Draw(counts, seed, enough))

        few = question(FEW)
        reply = self.session.ask(few)
        same = {number for number in hidden if drawn_alike(task, scenes[number], context, reply.answers[number], seed)}
        if same != hidden and not any(answer.fault for answer in reply.answers):
            reply, same = self.session.ask(question(MANY_CHARACTERS)), set()
        return judge_samples(task, scenes, context, reply, same), few, reply

    def _run(self, task: Task, found: Found, heard: list[Trained]) -> Judgement:
        """The judgement of a run; all its reports are added to what was heard."""
        opening = self._trials.opening
        if found.flat:
            return self._step(task, found, heard)
        name = self.exercise.stages[0].asked
        backward = self._seek(name, self.examination.names_offered(self.exercise, name))

        course = replace(
            self._course(task, found, opening.plan),
            reports=opening.checkpoints,
            watched=self._watched(task, opening.plan.steps),
        )

        def train(course: Course) -> Sequence[Trained]:
            trained = self.session.train(course)
            heard.extend(trained)
            return trained

        own = train(replace(course, backward=backward.usable)) if backward.usable else None
        run, (probe,) = self._trials.run, self._trials.probes(task)
        return judge_run(run, probe, own, lambda: train(replace(course, given=run.gradients)))

    def _course(self, task: Task, found: Found, plan: Plan) -> Course:
        """A run with the student's update, from where the short run begins; who gives the gradients is not said yet."""
        opening = self._trials.opening
        return Course(
            plan=plan,
            rows=(opening.rows.inputs, opening.rows.outputs),
            start=opening.start,
            update=(task.asked, found),
            backward=None,
            returns=tuple(stage.gradient for stage in self.exercise.stages),
        )

    def _watched(self, task: Task, steps: int) -> tuple[int, ...]:
        """The steps of a run whose operations are logged: the first ones, and others that nobody can know."""
        draw = random.Random(number_from(f"{self._trials.seed}/{task.name}/watched"))
        others = draw.sample(range(steps), min(steps, WATCHED))
        return tuple(sorted({*range(min(steps, WATCHED_FIRST)), *others}))

    def _step(self, task: Task, found: Found, heard: list[Trained]) -> Judgement:
        """The update as it stands in a training loop: in its first step, and in others."""
        opening = self._trials.opening
        generator = torch.Generator().manual_seed(number_from(f"{self._trials.seed}/{task.name}/step"))
        judged = []
        for step in self.examination.steps(STEPS):
            plan = replace(opening.plan, steps=1, numbers={**opening.plan.numbers, STEP: step})
            gradients = GRADIENT_SIZE * torch.randn(sum(start.numel() for start in opening.start), generator=generator)
            course = self._course(task, found, plan)
            trained = self.session.train(replace(course, given=gradients[None], reports=(1,), watched=(0,)))
            heard.extend(trained)
            judged.append(judge_step(opening.plan, opening.start, gradients, trained))
        failed = [result for result in judged if not result.passed]
        return replace((failed or judged)[0], probes=[probe for result in judged for probe in result.probes])


def _hidden(asked_on: Sequence[Probe | Scene]) -> set[int]:
    """The numbers of those that nobody is to learn anything about."""
    return {number for number, each in enumerate(asked_on) if each.name not in PUBLIC}
