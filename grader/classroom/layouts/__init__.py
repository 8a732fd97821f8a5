"""The ways in which submissions come, the most special first; what is like none of them is plain."""

from grader.classroom.layouts import (
    blackboard,
    brightspace,
    canvas,
    github,
    gradescope,
    ilias,
    moodle,
    nbgrader,
    plain,
    single,
)
from grader.classroom.unpack.found import Layout

LAYOUTS = (
    gradescope.LAYOUT,
    nbgrader.LAYOUT,
    moodle.LAYOUT,
    blackboard.LAYOUT,
    brightspace.LAYOUT,
    canvas.LAYOUT,
    github.LAYOUT,
    ilias.LAYOUT,
    plain.LAYOUT,
)
"""Those that are recognised."""
BY_NAME: dict[str, Layout] = {layout.name: layout for layout in (*LAYOUTS, single.LAYOUT)}
NAMES = tuple(sorted(BY_NAME))

__all__ = ["BY_NAME", "LAYOUTS", "NAMES"]
