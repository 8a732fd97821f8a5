"""The page of a training run: what came of the student's own gradients, beside autograd's."""

from dataclasses import dataclass, field

from markupsafe import Markup

from grader.report.page import loss_curves, page


@dataclass(frozen=True)
class RunFacts:
    """One of the two runs. Losses are means over equal numbers of steps; seconds are those of the loop alone."""

    steps: int
    seconds: float
    curve: list[float | None]
    training_loss: float | None = None
    validation_loss: float | None = None
    names: list[str] = field(default_factory=list)

    @property
    def speed(self) -> float:
        """Steps per second."""
        return self.steps / self.seconds if self.seconds else 0.0


@dataclass(frozen=True)
class TrainingFacts:
    """Everything there is to say about a training run."""

    title: str
    id: str
    steps: int
    own: RunFacts
    autograd: RunFacts
    problems: list[str] = field(default_factory=list)


def training_page(facts: TrainingFacts) -> str:
    """The page, one HTML file that needs nothing else."""
    drawing = Markup(_svg(facts, alone=False))
    return page("training.html.j2", ["page.css"], facts=facts, drawing=drawing)


def curve_file(facts: TrainingFacts) -> str:
    """The loss curves alone, as an SVG file; empty if there is nothing to draw."""
    return _svg(facts, alone=True)


def _svg(facts: TrainingFacts, *, alone: bool) -> str:
    return loss_curves(facts.own.curve, facts.autograd.curve, facts.own.steps, alone=alone)
