"""`grade train`: train with one's own gradients, and see what names come of it."""

import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

import click

from grader.cli.files import check_place, write
from grader.cli.options import Whole, recognised
from grader.garbage import without_collecting
from grader.run.interrupts import insistent_interrupts
from grader.run.request import make_request

if TYPE_CHECKING:
    from grader.report.training_page import TrainingFacts
    from grader.run.train import Outcome, Side

STEPS = 20_000
CURVE_POINTS = 200
PARTS = 10
"""The loss is told after each of so many parts of the run."""


@click.command(context_settings={"help_option_names": ["-h", "--help"]})
@click.argument("path", type=click.Path(path_type=Path), default=Path())
@click.option(
    "--steps", type=Whole(min=1), metavar="N", default=STEPS, show_default=True, help="How many batches to train on."
)
@recognised
@click.option("--names", type=click.Path(path_type=Path), metavar="FILE", help="Other names to train on, one per line.")
@click.option(
    "--html",
    "html_file",
    type=click.Path(path_type=Path),
    default=Path("training.html"),
    show_default=True,
    metavar="FILE",
    help="Where to write the page; the curve (.svg) and the parameters (.safetensors) go next to it.",
)
def train(path: Path, steps: int, assignment: str | None, names: Path | None, html_file: Path) -> int:
    """Train the network with the gradients of your own `backward`, next to the same run with loss.backward(), and
    sample names from it. Ctrl-C stops the training early and keeps what it has so far."""
    check_place(html_file, "--html")
    request = make_request(path, assignment, at_work=True)

    with without_collecting():
        from grader.sandbox.ours import Limits, Sandbox

    with insistent_interrupts(), Sandbox(Limits(), start="fork") as sandbox:
        sandbox.prepare()
        from grader.assignment.dataset import load_dataset
        from grader.run.exam import wanted_of
        from grader.run.own_work import own_work
        from grader.run.train import Trainer

        dataset = load_dataset(request.assignment, names)
        submission = own_work(request.submission, request.assignment)
        with sandbox.open(submission.sources, wanted_of(request.assignment)) as session:
            trainer = Trainer(request.assignment, dataset, submission, session)
            with _progress(steps) as report:
                outcome = trainer.train(steps, report)
    facts = _facts(outcome, request.assignment.title, request.submission.id, steps)
    _print(facts, outcome)
    _write(facts, outcome, trainer.parameter_names, html_file)
    return 0 if len(outcome.own.losses) == steps or outcome.interrupted else 1


def _facts(outcome: "Outcome", title: str, id: str, steps: int) -> "TrainingFacts":
    from grader.report.training_page import RunFacts, TrainingFacts
    from grader.sandbox.border.loop import thinned

    done = len(outcome.own.losses)

    def facts(side: "Side", place: int, names: list[str]) -> RunFacts:
        losses = {split: pair[place] for split, pair in outcome.losses.items()}
        curve = thinned(side.losses[:done], done, CURVE_POINTS)
        return RunFacts(len(side.losses), side.seconds, curve, losses.get("training"), losses.get("validation"), names)

    own, autograd = facts(outcome.own, 0, outcome.names), facts(outcome.autograd, 1, [])
    return TrainingFacts(title, id, steps, own, autograd, outcome.problems)


def _print(facts: "TrainingFacts", outcome: "Outcome") -> None:
    from grader.report.safe import logged
    from grader.report.verdicts import number4

    for problem in facts.problems:
        click.echo(f"! {logged(problem)}", err=True)
    if outcome.interrupted:
        click.echo(f"Stopped after {facts.own.steps:,} of {facts.steps:,} steps; these are the results so far.")
    faster = facts.own.speed / facts.autograd.speed if facts.autograd.speed else 0.0
    own, autograd = facts.own, facts.autograd
    rows = (
        ("", "your gradients", "loss.backward()", ""),
        ("steps", f"{own.steps:,}", f"{autograd.steps:,}", ""),
        ("training loss", number4(own.training_loss), number4(autograd.training_loss), ""),
        ("validation loss", number4(own.validation_loss), number4(autograd.validation_loss), ""),
        ("steps per second", f"{own.speed:,.0f}", f"{autograd.speed:,.0f}", f"   ({faster:.2f} times as fast)"),
    )
    lines = (f"{name:18}{mine:>16}{theirs:>18}{remark}" for name, mine, theirs, remark in rows)
    click.echo("\n" + "\n".join(lines) + "\n")
    if facts.own.names:
        click.echo(logged("  ".join(facts.own.names)))


def _write(facts: "TrainingFacts", outcome: "Outcome", names: tuple[str, ...], html_file: Path) -> None:
    import safetensors.torch

    from grader.report.training_page import curve_file, training_page

    parameters = {name: value.contiguous() for name, value in zip(names, outcome.own.parameters, strict=True)}
    write(html_file, training_page(facts).encode("utf-8"), "--html")
    write(html_file.with_suffix(".svg"), curve_file(facts).encode("utf-8"), "--html")
    write(html_file.with_suffix(".safetensors"), safetensors.torch.save(parameters), "--html")
    click.echo(f"\nPage: {html_file}   curve: {html_file.with_suffix('.svg')}")


@contextmanager
def _progress(steps: int) -> Iterator[Callable[["Side", "Side"], None]]:
    """A bar for each run where there is a terminal, and a line for every tenth everywhere."""
    from rich.console import Console
    from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn

    console = Console(stderr=True, highlight=False)
    columns = (
        TextColumn("{task.description:>15}"),
        BarColumn(),
        MofNCompleteColumn(),
        TextColumn("loss {task.fields[loss]}"),
        TextColumn("{task.fields[speed]:,.0f} steps/s"),
        TimeRemainingColumn(),
    )
    with Progress(*columns, console=console, transient=True, disable=not sys.stderr.isatty()) as progress:
        bars = [progress.add_task(name, total=steps, loss="-", speed=0.0) for name in ("your gradients", "autograd")]
        told = 0

        def report(own: "Side", autograd: "Side") -> None:
            nonlocal told
            for bar, side in zip(bars, (own, autograd), strict=True):
                progress.update(bar, completed=len(side.losses), loss=_recent(side.losses), speed=side.speed)
            while told < PARTS and len(own.losses) >= steps * (told + 1) // PARTS:
                told += 1
                end = steps * told // PARTS
                mean = _mean(own.losses[steps * (told - 1) // PARTS : end])
                console.print(f"{end:>9,} / {steps:,}  loss {mean}  {own.speed:,.0f} steps/s")

        yield report


def _recent(losses: list[float]) -> str:
    return _mean(losses[-1000:])


def _mean(losses: list[float]) -> str:
    return f"{sum(losses) / len(losses):.4f}" if losses else "-"
