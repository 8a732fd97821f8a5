"""Grade backward passes written by hand: every gradient against autograd, with the reason when one is wrong.

PYTEST_DONT_REWRITE: pytest would have the asserts of a package with a plugin, and complain where it comes too late.
"""

from typing import TYPE_CHECKING, Any

from grader.errors import AssignmentError, GraderError, SandboxError, UsageError
from grader.version import __version__

if TYPE_CHECKING:
    from grader.api import (
        Assignment,
        Checked,
        Result,
        call_by_name,
        check,
        compare_gradients,
        compare_with_course,
        course_batch,
        course_data,
        grade,
        load_assignment,
    )

__all__ = [
    "Assignment",
    "AssignmentError",
    "Checked",
    "GraderError",
    "Result",
    "SandboxError",
    "UsageError",
    "__version__",
    "call_by_name",
    "check",
    "compare_gradients",
    "compare_with_course",
    "course_batch",
    "course_data",
    "grade",
    "load_assignment",
]


def __getattr__(name: str) -> Any:
    if name in __all__:
        from grader import api

        return getattr(api, name)
    raise AttributeError(f"module 'grader' has no attribute {name!r}")


def __dir__() -> list[str]:
    """The public names; those that are not there yet as well, for whoever completes them."""
    return __all__
