"""The published solution of NameWeave as text: an exercise each, with its header line."""

from helpers.places import SOLUTIONS

EVERY_EXPRESSION, CROSS_ENTROPY, BATCH_NORM, TRAINING = (
    path.read_text(encoding="utf-8") for path in sorted(SOLUTIONS.glob("ex*.py"))
)
ONE_BY_ONE = (EVERY_EXPRESSION, CROSS_ENTROPY, BATCH_NORM)
"""The exercises in which each function answers one stage."""
