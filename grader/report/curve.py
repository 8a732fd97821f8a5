"""Loss curves as a drawing: two lines over the steps of a run, with axes that are read without a ruler."""

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

WIDTH, HEIGHT = 560, 260
LEFT, RIGHT, TOP, BOTTOM = 44, 12, 32, 30
TICKS = 4
STEPS = (1, 2, 2.5, 5, 10)


@dataclass(frozen=True)
class CurveLine:
    """One curve; a line breaks where the loss is not finite."""

    label: str
    path: str


@dataclass(frozen=True)
class Curves:
    """What the template draws. Ticks are a place and its text."""

    lines: list[CurveLine]
    across: list[tuple[float, str]]
    up: list[tuple[float, str]]
    width: int = WIDTH
    height: int = HEIGHT
    left: int = LEFT
    right: int = WIDTH - RIGHT
    top: int = TOP
    bottom: int = HEIGHT - BOTTOM


def draw_curves(curves: Mapping[str, Sequence[float | None]], steps: int) -> Curves | None:
    """The drawing of curves by their labels, each evenly over the steps; None if there is nothing to draw."""
    values = [loss for losses in curves.values() for loss in losses if loss is not None]
    if not values or steps < 1:
        return None
    low, high = min(values), max(values)
    high = high if high > low else low + 1
    right, bottom = WIDTH - RIGHT, HEIGHT - BOTTOM

    def y(loss: float) -> float:
        return round(bottom - (bottom - TOP) * (loss - low) / (high - low), 1)

    def path(losses: Sequence[float | None]) -> str:
        parts, pen = [], "M"
        longest = max(len(each) for each in curves.values())
        for place, loss in enumerate(losses):
            x = round(LEFT + (right - LEFT) * (place + 0.5) / longest, 1)
            parts += [] if loss is None else [f"{pen}{x} {y(loss)}"]
            pen = "M" if loss is None else "L"
        return "".join(parts)

    across = [(LEFT + (right - LEFT) * step / steps, f"{step:,.0f}") for step in _ticks(0, steps)]
    up = [(y(loss), f"{loss:.4g}") for loss in _ticks(low, high)]
    return Curves([CurveLine(label, path(losses)) for label, losses in curves.items()], across, up)


def _ticks(low: float, high: float) -> list[float]:
    """Round numbers from low to high, a few of them."""
    rough = (high - low) / TICKS
    unit = 10.0 ** math.floor(math.log10(rough))
    step = next(step * unit for step in STEPS if step * unit >= rough * 0.999)
    first = math.ceil(low / step - 1e-9)
    return [step * number for number in range(first, math.floor(high / step + 1e-9) + 1)]
