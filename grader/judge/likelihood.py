"""Whether texts were drawn with the probabilities they should be, with a bound on the rate of false alarms.

The evidence against the reference is a likelihood ratio: how much better other ways to draw predict what came, each
character from those before it. If the reference is right, the ratio is expected to be 1 whatever the others are, so it
reaches a million in at most one of a million runs (Ville's inequality for nonnegative martingales; Ville 1939). That
holds for any sample size, and without any approximation.
"""

import math
from collections import defaultdict
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

import torch

FALSE_ALARM = 1e-6
"""A correct sampler is failed at most this often."""
DOUBT = 20.0
"""A slip is named only if the evidence against it, in its turn, is less than this."""
SHARE = 0.95
"""Of an alternative that rules something out; the rest is the reference, so that no single character decides."""
WEIGHT = 20.0
"""How many characters' worth the reference counts when an alternative learns from what was drawn before."""


@dataclass(frozen=True)
class Drawn:
    """Texts as transitions: the context before each character, and the character, as indices."""

    contexts: torch.Tensor
    characters: torch.Tensor
    first: torch.Tensor
    """Whether a character is the first of its text."""


@dataclass(frozen=True)
class Evidence:
    """The logarithm of the likelihood ratio, and the alternative that explains the texts; empty if none does."""

    log_ratio: float
    best: str


def threshold(tests: int) -> float:
    """How large the logarithm has to be, where so many tests share the rate of false alarms."""
    return math.log(tests / FALSE_ALARM)


def transitions(texts: Sequence[str], vocabulary: str, context: int) -> Drawn:
    """What was drawn, each character with the `context` characters before it."""
    index = {character: place for place, character in enumerate(vocabulary)}
    contexts, characters, first = [], [], []
    for text in texts:
        window = [0] * context
        for place, character in enumerate(text):
            contexts.append(window)
            characters.append(index[character])
            first.append(place == 0)
            window = [*window[1:], index[character]]
    return Drawn(torch.tensor(contexts), torch.tensor(characters), torch.tensor(first))


def complaint(texts: Sequence[str], vocabulary: str, *, quoted: bool = True) -> str | None:
    """What is wrong with the texts themselves, in a sentence, which may quote one of them."""
    end = vocabulary[0]
    for text in texts:
        shown = f"The name {text if len(text) <= 30 else text[:27] + '...'!r}" if quoted else "A name"
        if unknown := next((character for character in text if character not in vocabulary), None):
            what = repr(unknown) if quoted else "a character"
            return f"{shown} contains {what}, which is not in the vocabulary."
        if not text.endswith(end):
            return f"{shown} does not end in {end!r}: draw until you get {end!r}, and keep it."
        if end in text[:-1]:
            return f"{shown} goes on after {end!r}: stop as soon as you draw {end!r}."
    if len(texts) > 1 and len(set(texts)) == 1:
        return (
            f"All {len(texts)} names are the same: draw with the `generator` you are given, and do not make a new one."
        )
    return None


def weigh(
    drawn: Drawn,
    log_probabilities: Callable[[torch.Tensor], torch.Tensor],
    others: Mapping[str, Callable[[torch.Tensor], torch.Tensor]],
) -> Evidence:
    """The evidence against the reference.

    Args:
        drawn: what came.
        log_probabilities: of the reference: from contexts (rows, context) to float64 (rows, vocabulary).
        others: the same under each slip that is known, by its code.
    """
    log_p = log_probabilities(drawn.contexts)
    start = torch.zeros_like(drawn.contexts)
    alternatives = {
        "uniform": torch.full_like(log_p, -math.log(log_p.shape[1])),
        "greedy": _mixed(torch.nn.functional.one_hot(log_p.argmax(1), log_p.shape[1]).double().log(), log_p),
        "sharpened": torch.log_softmax(log_p * 2, 1),
        "flattened": torch.log_softmax(log_p / 2, 1),
        "no-empty": _mixed(_without_empty(log_p, drawn.first), log_p),
        "context-stays": _mixed(log_probabilities(start), log_p),
        "context-reversed": _mixed(log_probabilities(drawn.contexts.flip(1)), log_p),
        "characters": _tilted(log_p, drawn.characters),
        **{code: _mixed(other(drawn.contexts), log_p) for code, other in others.items()},
    }
    total, best = _ratio(drawn, log_p, alternatives)
    if best in alternatives:
        learnt = {"characters": _tilted(alternatives[best], drawn.characters)}
        unexplained, _ = _ratio(drawn, alternatives[best], learnt)
        best = best if unexplained < math.log(DOUBT) else ""
    return Evidence(total, best)


def _ratio(drawn: Drawn, log_p: torch.Tensor, alternatives: Mapping[str, torch.Tensor]) -> tuple[float, str]:
    """The logarithm of the mean likelihood ratio of alternatives to a reference, and the best of them."""
    taken = drawn.characters[:, None]
    reference = float(log_p.gather(1, taken).sum())
    ratios = {name: float(log_q.gather(1, taken).sum()) - reference for name, log_q in alternatives.items()}
    ratios["contexts"] = _learnt(log_p, drawn)
    total = float(torch.logsumexp(torch.tensor(list(ratios.values()), dtype=torch.float64), 0)) - math.log(len(ratios))
    return total, max(ratios, key=lambda name: ratios[name])


def _mixed(log_q: torch.Tensor, log_p: torch.Tensor) -> torch.Tensor:
    return torch.logaddexp(log_q + math.log(SHARE), log_p + math.log(1 - SHARE))


def _without_empty(log_p: torch.Tensor, first: torch.Tensor) -> torch.Tensor:
    log_q = log_p.clone()
    log_q[first, 0] = -math.inf
    return torch.log_softmax(log_q, 1)


def _tilted(log_p: torch.Tensor, characters: torch.Tensor) -> torch.Tensor:
    """The reference, with each character as much more or less likely as it has been so far."""
    came = torch.nn.functional.one_hot(characters, log_p.shape[1]).double()
    weights = (came.cumsum(0) - came + WEIGHT) / (log_p.exp().cumsum(0) - log_p.exp() + WEIGHT)
    return torch.log_softmax(log_p + weights.log(), 1)


def _learnt(log_p: torch.Tensor, drawn: Drawn) -> float:
    """The log ratio of an alternative that learns what comes after each context."""
    seen = defaultdict[tuple[int, ...], int](int)
    """How often each context has come, and each with the character after it."""
    ratio = 0.0
    likely = log_p.gather(1, drawn.characters[:, None])[:, 0].exp().tolist()
    for context, character, p in zip(drawn.contexts.tolist(), drawn.characters.tolist(), likely, strict=True):
        before, with_it = tuple(context), (*context, character)
        ratio += math.log((seen[with_it] + WEIGHT * p) / (seen[before] + WEIGHT)) - math.log(p)
        seen[before] += 1
        seen[with_it] += 1
    return ratio
