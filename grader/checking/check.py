"""`check`: what the kernel of a notebook, or any Python, calls. It needs no torch: another process judges."""

import inspect
import os
import sys
import sysconfig
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from grader.checking.cells import cells_run
from grader.checking.messages import CheckOrder, CheckReply
from grader.checking.process import judge_process
from grader.errors import NoSourceHere

MAIN = "__main__"
LIBRARIES = {"site-packages", "dist-packages"}
"""Folders that pip installs into."""


class Checked:
    """What `check` found; a notebook shows it, and so does `print`."""

    def __init__(self, reply: CheckReply) -> None:
        self._reply = reply

    @property
    def passed(self) -> bool:
        """Whether all stages that were asked for are right."""
        return self._reply.passed

    def __repr__(self) -> str:
        return self._reply.text

    def _repr_html_(self) -> str:
        return self._reply.html


def check(*stages: object, assignment: str | os.PathLike[str] | None = None) -> Checked:
    """Say of stages what `grade` would say of them: the verdict, the reason, the line.

    In a notebook it judges the cells that have run, of each the last run; elsewhere, the file that the functions are
    from. Your code is judged in a process of its own, confined as for `grade`.

    Args:
        stages: functions, classes, variables, or the names of stages or exercises; by default, all there is.
        assignment: its name or folder; by default it is recognised.

    Raises:
        NoSourceHere: neither is this a notebook, nor is there a file.
        SandboxError: the process that judges cannot be started, or has ended.
    """
    shell = _shell()
    file = _file_of(stages, in_notebook=shell is not None)
    names: Mapping[str, object] = shell.user_ns if shell else vars(sys.modules[MAIN])
    order = CheckOrder(
        wanted=[_names_of(each, names) for each in stages],
        folder=os.getcwd(),
        cells=cells_run(shell) if shell and file is None else None,
        file=file,
        assignment=None if assignment is None else os.fspath(assignment),
    )
    return Checked(judge_process().ask(order))


def _shell() -> Any:
    """IPython's, where this is run by it."""
    get_ipython = getattr(sys.modules.get("IPython"), "get_ipython", None)
    return get_ipython() if get_ipython else None


def _file_of(stages: tuple[object, ...], *, in_notebook: bool) -> str | None:
    """The file to judge; None for what has run in cells.

    Raises:
        NoSourceHere: there is neither.
    """
    modules = [str(each.__module__) for each in stages if inspect.isfunction(each) or inspect.isclass(each)]
    name = next((name for name in modules if name != MAIN and not _is_library(name)), MAIN)
    if name == MAIN and in_notebook:
        return None
    file = getattr(sys.modules.get(name), "__file__", None)
    if not file or not Path(file).is_file():
        raise NoSourceHere
    return str(Path(file).resolve())


def _is_library(module: str) -> bool:
    """Whether a module is none of the student's: then what counts of it is its name."""
    file = Path(getattr(sys.modules.get(module), "__file__", None) or "")
    return bool(LIBRARIES & {*file.parts}) or file.is_relative_to(sysconfig.get_path("stdlib"))


def _names_of(each: object, names: Mapping[str, object]) -> list[str]:
    """What something may be called as a stage."""
    if isinstance(each, str):
        return [each]
    own = [each.__name__] if inspect.isfunction(each) or inspect.isclass(each) else []
    bound = [name for name, value in names.items() if value is each and each is not None and not name.startswith("_")]
    return [*own, *bound]
