"""What several commands take: options, and kinds of values with words of their own for what is not one."""

import math
from collections.abc import Callable
from pathlib import Path
from typing import Any

import click

from grader.cli.completion import complete_assignment, complete_exercise, complete_stage

Function = Callable[..., Any]

LONGEST = 86_400.0
"""Seconds: a day."""


class Whole(click.IntRange):
    """A whole number from a least one on."""

    name = "whole number"


class Seconds(click.FloatRange):
    """A time limit."""

    name = "number of seconds"

    def __init__(self) -> None:
        super().__init__(min=0.1, max=LONGEST)

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> Any:
        """See `ParamType`."""
        number = super().convert(value, param, ctx)
        if math.isnan(number):
            self.fail(f"{value!r} is not a {self.name}.", param, ctx)
        return number


def recognised(function: Function) -> Function:
    """The option for the assignment that a submission is for."""
    return click.option(
        "--assignment",
        metavar="NAME|DIR",
        shell_complete=complete_assignment,
        help="Which assignment this is; recognised by default.",
    )(function)


def selecting(function: Function) -> Function:
    """The options that say what is graded."""
    stage = click.option("--stage", metavar="NAME", shell_complete=complete_stage, help="Grade only this stage.")
    exercise = click.option(
        "--exercise", metavar="NAME", shell_complete=complete_exercise, help="Grade only this exercise."
    )
    return recognised(exercise(stage(function)))


def reporting(function: Function) -> Function:
    """The options for the report."""
    path = click.Path(path_type=Path)
    none = click.option("--no-html", is_flag=True, help="Write no report.")
    html = click.option(
        "--html", "html_file", type=path, metavar="FILE", help="Where to write the report (report.html)."
    )
    return html(none(function))
