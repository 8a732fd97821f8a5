"""Families of operations that nobody runs without a word for them in the code."""

from collections.abc import Collection, Iterable

FAMILIES = {
    "softmax": ("softmax", "softmax softmin entropy attention transformer categorical multinomial"),
    "nll_loss": ("nll_loss", "nll entropy"),
    "attention": ("attention", "attention transformer"),
    "layer_norm": ("layer_norm", "norm transformer"),
    "batch_norm": ("batch_norm", "norm"),
    "group_norm": ("group_norm", "norm"),
    "convolution": ("conv", "conv"),
    "linalg": ("linalg", "linalg norm inv det solve chol svd qr eig lstsq matrix rank cond lu cross dist cosine chain"),
}
"""By name: a part of what its operations are called, and words one of which is in any code that runs one of them."""


def unnamed(texts: Iterable[str]) -> tuple[str, ...]:
    """The families that no word of these sources leads to."""
    code = "\n".join(texts).lower()
    return tuple(name for name, (_, words) in FAMILIES.items() if not any(word in code for word in words.split()))


def among(operations: Collection[str], families: Iterable[str]) -> list[str]:
    """The operations that belong to one of these families."""
    text = "\n".join(operations)
    parts = [part for name in families if name in FAMILIES and (part := FAMILIES[name][0]) in text]
    return [operation for operation in operations if any(part in operation for part in parts)] if parts else []
