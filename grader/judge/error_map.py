"""The error of one answer as a small picture: rows of numbers between 0 and 1, for a heatmap."""

import torch

from grader.result import ErrorMap

MOST_ROWS, MOST_COLUMNS = 48, 96


def error_map(answer: torch.Tensor, reference: torch.Tensor) -> ErrorMap:
    """The map of an answer of the reference's shape; all axes but the last are laid out as rows."""
    distance = (answer.double() - reference).abs()
    finite = torch.isfinite(distance)
    largest = distance[finite].max().item() if bool(finite.any()) else 0.0
    shares = torch.where(finite, distance / (largest or 1.0), torch.ones(()).double())
    grid = shares.reshape(-1, reference.shape[-1] if reference.ndim else 1)
    size = (min(grid.shape[0], MOST_ROWS), min(grid.shape[1], MOST_COLUMNS))
    small = torch.nn.functional.adaptive_max_pool2d(grid[None], size)[0]
    return ErrorMap(small.tolist(), largest, tuple(reference.shape))
