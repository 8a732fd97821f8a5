"""Classes of any size for the tests of the class page: mixed from a few hand-ins that were really graded."""

import random
from dataclasses import replace

from grader.run.grade import grade_submission, ungraded
from grader.submission import read_submission
from helpers.places import MISTAKES, SOLUTIONS, STUBS
from helpers.solution import TRAINING
from helpers.submissions import submission_of

SPOILT = ("parameter - learning", "parameter + learning")
CHEAT = """
def {name}(logits):
    x = logits.clone().requires_grad_()
    x.exp().sum().backward()
    return x.grad
"""
FIRST_NAMES = (
    "Ada Ben Cleo Dana Eli Fay Gus Hana Ivo Jo Kim Lea Max Nia Oto Pia Quin Rui Sol Tia Uma Vik Wen Xia Yan".split()
)
LAST_NAMES = (
    "Abel Bauer Cruz Dietz Evans Fuchs Gupta Hahn Ito Jansen Khan Lang Mori Nowak Okafor Peters Roth Sato".split()
)


def graded_samples(examination, training_examination, sandbox):
    """Real results over all exercises, by what they are: `right`, `mistakes`, `stubs`, `cheat`, `ungraded`."""
    names = [stage.name for exercise in examination.exercises for stage in exercise.stages]
    cheat = "import os\nimport torch\n" + "".join(CHEAT.format(name=name) for name in names)
    spoilt = TRAINING.replace("parameter - learning", "parameter + learning")
    submissions = {
        "right": (read_submission(SOLUTIONS), read_submission(SOLUTIONS / "ex4_training.py")),
        "mistakes": (read_submission(MISTAKES), submission_of(spoilt, "ex4.py")),
        "stubs": (read_submission(STUBS), read_submission(STUBS / "ex4_training.py")),
        "cheat": (submission_of(cheat, "cheat.py"), submission_of(cheat, "cheat.py")),
    }
    samples = {}
    for key, (first, second) in submissions.items():
        samples[key] = _joined(
            grade_submission(first, examination, sandbox).result,
            grade_submission(second, training_examination, sandbox).result,
        )
    lost = [
        ungraded(submissions["right"][0], each, "The process was lost.").result
        for each in (examination, training_examination)
    ]
    return samples | {"ungraded": _joined(*lost)}


def _joined(first, second):
    return totalled(replace(first, exercises=[*first.exercises, *second.exercises]))


def totalled(result):
    """A result with its totals added up anew."""
    scores = [stage.score for stage in result.stages]
    lost = any(score is None for score in scores)
    return replace(
        result,
        score=None if lost else float(sum(scores)),
        max_score=sum(stage.max_score for stage in result.stages),
        status="partly" if lost else "graded",
    )


def fake_class(samples, students, seed=1, cheats=0.02, lost=0.005):
    """Results with ids, names and verdicts drawn at random, each stage as hard as it happens to be."""
    draw = random.Random(seed)
    hard = {stage.name: draw.uniform(0.1, 0.6) for stage in samples["right"].stages}
    return [_student(samples, number, draw, hard, cheats, lost) for number in range(students)]


def _student(samples, number, draw, hard, cheats, lost):
    skill, diligence = draw.random(), draw.choice((1, 1, 1, 0.98, 0.9, 0.4))
    exercises = []
    for place, exercise in enumerate(samples["right"].exercises):
        stages = []
        for position, stage in enumerate(exercise.stages):
            key = "mistakes" if draw.random() < 1.6 * hard[stage.name] * (1 - skill) else "right"
            key = "stubs" if draw.random() > diligence else key
            key = "cheat" if draw.random() < cheats / 10 else key
            key = "ungraded" if draw.random() < lost / 10 else key
            stages.append(samples[key].exercises[place].stages[position])
        exercises.append(replace(exercise, stages=stages, score=None))
    name = f"{draw.choice(FIRST_NAMES)} {draw.choice(LAST_NAMES)}"
    submission = replace(
        samples["right"].submission,
        id=f"s{number:04d}",
        identities={"name": name, "email": f"s{number:04d}@example.org"},
        late=draw.random() < 0.06,
        notes=["The newest of 3 attempts."] if draw.random() < 0.1 else [],
        problems=["ex2_cross_entropy.py is empty. Did you save it?"] if draw.random() < 0.02 else [],
    )
    return totalled(replace(samples["right"], exercises=exercises, submission=submission))
