"""The judgement of texts that were drawn: whether they come with the probabilities of the network."""

from collections.abc import Callable, Collection, Sequence
from dataclasses import replace

import torch

from grader.assignment.stage import Slip, Task
from grader.assignment.tasks import PUBLIC, Scene
from grader.border import Answer, Reply
from grader.judge.altered import failure_of, named
from grader.judge.compare import told
from grader.judge.judgement import Judgement, not_asked
from grader.judge.likelihood import Evidence, complaint, threshold, transitions, weigh
from grader.result import Diagnosis, ProbeResult

NAMES_SHOWN = 20

SAMPLING_SLIPS = {
    "uniform": "Every character comes equally often: draw with the probabilities, which are the softmax of the logits.",
    "greedy": "You always take the most likely character: draw at random instead, with torch.multinomial.",
    "sharpened": "Likely characters come too often, as if you had doubled the logits.",
    "flattened": "Likely characters come too rarely, as if you had halved the logits.",
    "no-empty": "Your names never end at once: an empty name is rare, but the network does draw one now and then.",
    "context-stays": "The context never changes: move it on by one after each character.",
    "context-reversed": "The context runs backwards: put each new character at its end, and drop the first one.",
}


def drawn_alike(task: Task, scene: Scene, context: str, answer: Answer, seed: int) -> bool:
    """Whether texts are the very ones that the reference draws with `torch.multinomial` and a generator of that seed.

    Whatever the likelihood ratio finds out about departs from them, most of it within three names. Whoever draws in
    another way departs too, so that this shows what is right and nothing about what is wrong.
    """
    if answer.fault or complaint(answer.texts, scene.vocabulary):
        return False
    drawn = transitions(answer.texts, scene.vocabulary, scene.sizes[context])
    generator = torch.Generator().manual_seed(seed)
    rows = scene.log_probabilities(task, drawn.contexts).exp().float()
    expected = (int(torch.multinomial(row, 1, generator=generator)) for row in rows)
    return all(one == other for one, other in zip(expected, drawn.characters.tolist(), strict=True))


def judge_samples(
    task: Task, scenes: Sequence[Scene], context: str, reply: Reply, alike: Collection[int] = ()
) -> Judgement:
    """The judgement of texts drawn in each scene.

    Args:
        task: of samples.
        scenes: what they were drawn in.
        context: the size that says how many characters are looked at.
        reply: the texts.
        alike: the numbers of scenes in which they are the reference's own.
    """
    fault = next((answer.fault for answer in reversed(reply.answers) if answer.fault), None)
    if fault:
        explained = (slip for slip in task.slips if _fails_alike(slip, task, scenes, reply.answers, context))
        return replace(not_asked(fault), printed=reply.printed, diagnosis=named(next(explained, None)))
    message, probes = "", []
    diagnosis: Diagnosis | None = None
    for number, (scene, answer) in enumerate(zip(scenes, reply.answers, strict=True)):
        wrong = complaint(answer.texts, scene.vocabulary, quoted=scene.name in PUBLIC)
        evidence = Evidence(0.0, "") if number in alike else None
        if not wrong and not evidence:
            drawn = transitions(answer.texts, scene.vocabulary, scene.sizes[context])
            runs = [slip for slip in task.slips if _failure(slip, task, scene, context) is None]
            slips = {slip.code: _log_probabilities(task, scene, slip) for slip in runs}
            evidence = weigh(drawn, _log_probabilities(task, scene), slips)
            if evidence.log_ratio >= threshold(len(scenes)):
                wrong = "The names are not drawn with the network's probabilities."
                known = SAMPLING_SLIPS | {slip.code: slip.message for slip in task.slips}
                if diagnosis is None and evidence.best in known:
                    diagnosis = Diagnosis(evidence.best, known[evidence.best])
        message = wrong or message
        ratio = told(max(evidence.log_ratio, 0.0), scene.kind) if evidence else None
        probes.append(ProbeResult(scene.name, scene.kind, scene.sizes, ratio, threshold(len(scenes)), not wrong))
    return Judgement(
        verdict="wrong" if message else "approximate",
        message=message,
        diagnosis=diagnosis,
        probes=probes,
        seconds=round(sum(answer.seconds for answer in reply.answers), 6),
        printed=reply.printed,
        names=list(reply.answers[-1].texts[:NAMES_SHOWN]),
    )


def _log_probabilities(task: Task, scene: Scene, slip: Slip | None = None) -> Callable[[torch.Tensor], torch.Tensor]:
    script = task.script.altered(slip.lines) if slip else task.script
    return lambda contexts: scene.log_probabilities(task, contexts, script)


def _fails_alike(slip: Slip, task: Task, scenes: Sequence[Scene], answers: Sequence[Answer], context: str) -> bool:
    """Whether the slip fails with the same words in every scene."""
    for scene, answer in zip(scenes, answers, strict=True):
        failure = _failure(slip, task, scene, context)
        if failure is None or answer.fault is None or not answer.fault.message.startswith(failure):
            return False
    return True


def _failure(slip: Slip, task: Task, scene: Scene, context: str) -> str | None:
    """The words with which the slip fails for one context, if it does."""
    contexts = torch.zeros((1, scene.sizes[context]), dtype=torch.int64)
    return failure_of(task.script.altered(slip.lines).text, scene.given | scene.computed | scene.rows(contexts))
