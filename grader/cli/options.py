"""Kinds of option values that several commands take, with words of their own for what is not one."""

import math
from typing import Any

import click

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
