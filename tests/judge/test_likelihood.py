"""Whether texts come with the probabilities they should: who is failed, who never is, and why it is told."""

import math

import pytest
import torch

from grader.assignment.tasks import draw_texts
from grader.border import Answer
from grader.judge.likelihood import FALSE_ALARM, complaint, threshold, transitions, weigh
from grader.judge.samples import SAMPLING_SLIPS, drawn_alike
from grader.run.tasks import FEW

LETTERS = ".abc"
LIKELY = torch.softmax(2 * torch.randn((4, 4), generator=torch.Generator().manual_seed(5), dtype=torch.float64), 1)
"""What comes after each character, in a made-up network that looks at the last one alone."""


def texts_of(probabilities, count, generator, *, moving=True):
    """Texts drawn one character after the other; if the context does not move, each as if it were the first."""
    texts = []
    for _ in range(count):
        text, last = "", 0
        while not text.endswith("."):
            drawn = int(torch.multinomial(probabilities[last], 1, generator=generator))
            text += LETTERS[drawn]
            last = drawn if moving else 0
        texts.append(text)
    return texts


def weighed(texts, **others):
    """The evidence of texts against the network, with other tables of probabilities as known slips."""

    def after(table):
        return lambda contexts: table[contexts[:, -1]].log()

    known = {code: after(table) for code, table in others.items()}
    return weigh(transitions(texts, LETTERS, 2), after(LIKELY), known)


def test_the_evidence_against_a_right_sampler_is_a_fair_bet():
    """A likelihood ratio has expectation 1, so it exceeds 20 at most once in twenty; here on samples kept small."""
    generator = torch.Generator().manual_seed(1)
    ratios = [math.exp(weighed(texts_of(LIKELY, 4, generator)).log_ratio) for _ in range(400)]
    assert 0.2 < sum(ratios) / len(ratios) < 2
    assert sum(ratio >= 20 for ratio in ratios) / len(ratios) <= 1 / 20


def test_the_threshold_keeps_to_the_rate_stated():
    assert threshold(2) == pytest.approx(math.log(2 / FALSE_ALARM)) and FALSE_ALARM == 1e-6


@pytest.mark.slow
def test_a_right_sampler_never_comes_near_the_threshold(training_examination, assignment):
    (task,) = (task for task in assignment.exercise("training").tasks if task.kind == "samples")
    for scene in training_examination.trials["training"].sampled:
        context = scene.sizes["blockSize"]
        worst = max(
            weigh(
                transitions(draw_texts(scene, task, context, 100, seed), scene.vocabulary, context),
                lambda contexts, scene=scene: scene.log_probabilities(task, contexts),
                {},
            ).log_ratio
            for seed in range(200)
        )
        assert worst < math.log(2000), "200 runs reach 2,000 with a probability of at most a tenth"


def test_what_the_reference_draws_ends_and_is_of_the_vocabulary(training_examination, assignment):
    (task,) = (task for task in assignment.exercise("training").tasks if task.kind == "samples")
    scene = training_examination.trials["training"].sampled[0]
    texts = draw_texts(scene, task, scene.sizes["blockSize"], 50, 3)
    assert len(texts) == 50 and all(text.endswith(".") and text.count(".") == 1 for text in texts)
    assert set("".join(texts)) <= set(scene.vocabulary) and len(set(texts)) > 25


@pytest.fixture
def scene(training_examination):
    return training_examination.trials["training"].sampled[0]


@pytest.fixture
def task(assignment):
    return next(task for task in assignment.exercise("training").tasks if task.kind == "samples")


WAYS = {
    "as the network does": lambda likely, contexts: likely(contexts),
    "a tenth sharper": lambda likely, contexts: torch.log_softmax(likely(contexts) * 1.1, 1),
    "a tenth flatter": lambda likely, contexts: torch.log_softmax(likely(contexts) / 1.1, 1),
    "from a context that stays": lambda likely, contexts: likely(torch.zeros_like(contexts)),
    "from a context that runs backwards": lambda likely, contexts: likely(contexts.flip(1)),
    "blind to the oldest character": lambda likely, contexts: likely(contexts * (torch.arange(contexts.shape[1]) > 0)),
}


def texts_drawn(scene, task, way, generator):
    """Texts drawn one character after the other, as a student does it."""
    texts = []
    while sum(map(len, texts)) < FEW:
        context, text = [0] * scene.sizes["blockSize"], ""
        while not text.endswith("."):
            likely = way(lambda contexts: scene.log_probabilities(task, contexts), torch.tensor([context])).exp()
            drawn = int(torch.multinomial(likely.float(), 1, generator=generator))
            context, text = [*context[1:], drawn], text + scene.vocabulary[drawn]
        texts.append(text)
    return Answer(texts=texts)


@pytest.mark.parametrize("seed", range(3))
@pytest.mark.parametrize("way", WAYS)
def test_texts_are_the_references_own_only_with_its_probabilities(scene, task, way, seed):
    answer = texts_drawn(scene, task, WAYS[way], torch.Generator().manual_seed(seed))
    assert drawn_alike(task, scene, "blockSize", answer, seed) is (way == "as the network does")


def test_texts_of_another_generator_are_not_the_references_own(scene, task):
    answer = texts_drawn(scene, task, WAYS["as the network does"], torch.Generator().manual_seed(1))
    assert not drawn_alike(task, scene, "blockSize", answer, 2)


@pytest.mark.parametrize("texts", [("ab",), ("?.",), ("..",), ("", "."), ("a.", "a.")])
def test_what_can_be_no_samples_is_not_the_references_own(scene, task, texts):
    assert not drawn_alike(task, scene, "blockSize", Answer(texts=texts), 1)


def test_a_text_becomes_a_character_after_each_context():
    drawn = transitions(["ab.", "."], LETTERS, 2)
    assert drawn.contexts.tolist() == [[0, 0], [0, 1], [1, 2], [0, 0]]
    assert drawn.characters.tolist() == [1, 2, 0, 0] and drawn.first.tolist() == [True, False, False, True]


def without_empty():
    """The network, whose first character is never the end. The table cannot say so of the first character alone."""
    generator = torch.Generator().manual_seed(2)
    return [text for text in texts_of(LIKELY, 1500, generator) if text != "."]


def power(exponent):
    return torch.softmax(LIKELY.log() * exponent, 1)


WRONG = {
    "uniform": torch.full((4, 4), 0.25),
    "sharpened": power(2),
    "flattened": power(0.5),
    "known": LIKELY[:, [0, 3, 1, 2]],
}


@pytest.mark.parametrize("code", WRONG)
def test_another_way_to_draw_is_found_out_and_named(code):
    texts = texts_of(WRONG[code], 400, torch.Generator().manual_seed(2))
    evidence = weighed(texts, known=WRONG["known"])
    assert evidence.best == code and evidence.log_ratio > threshold(2)


def test_a_context_that_stays_is_found_out_and_named():
    texts = texts_of(LIKELY, 400, torch.Generator().manual_seed(2), moving=False)
    evidence = weighed(texts)
    assert evidence.best == "context-stays" and evidence.log_ratio > threshold(2)


def test_an_end_that_never_comes_first_is_found_out_and_named():
    evidence = weighed(without_empty())
    assert evidence.best == "no-empty" and evidence.log_ratio > threshold(2)


def test_what_no_slip_explains_is_failed_without_a_name():
    odd = LIKELY[[2, 3, 0, 1]]
    evidence = weighed(texts_of(odd, 400, torch.Generator().manual_seed(2)))
    assert evidence.best not in SAMPLING_SLIPS and evidence.log_ratio > threshold(2)


@pytest.mark.parametrize(
    ("texts", "said"),
    [
        (["ab.", "c."], None),
        (["ab.", "xy."], "contains 'x', which is not in the vocabulary"),
        (["ab.", "c"], "does not end in '.'"),
        (["ab.", ""], "does not end in '.'"),
        (["ab.", "a.b."], "goes on after '.'"),
        (["ab."], None),
        (["ab.", "ab."], "All 2 names are the same"),
        (["a" * 50], "The name '" + "a" * 27 + "...' does not end"),
    ],
)
def test_texts_that_can_be_no_samples_are_told_why(texts, said):
    found = complaint(texts, LETTERS)
    assert found is None if said is None else said in found
