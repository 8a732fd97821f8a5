"""The ways in which submissions come, the most special first; what is like none of them is plain."""

from grader.classroom.layouts import canvas, github, gradescope, moodle, nbgrader, plain
from grader.classroom.unpack.found import Layout

LAYOUTS = (gradescope.LAYOUT, nbgrader.LAYOUT, moodle.LAYOUT, canvas.LAYOUT, github.LAYOUT, plain.LAYOUT)
BY_NAME: dict[str, Layout] = {layout.name: layout for layout in LAYOUTS}
NAMES = tuple(sorted(BY_NAME))

__all__ = ["BY_NAME", "LAYOUTS", "NAMES"]
