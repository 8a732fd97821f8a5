"""A notebook's kernel inside the process of the test, with what `check` asks answered in there as well."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager

import pytest
from IPython.core.interactiveshell import InteractiveShell
from traitlets.config import Config

from grader.checking import check as check_module
from grader.checking.desk import Desk

RunCell = Callable[..., object]


@contextmanager
def kernel(desk: Desk) -> Iterator[RunCell]:
    """What runs a cell and gives what it shows; an exception in one fails the test."""
    shell = InteractiveShell(config=Config({"HistoryManager": {"enabled": False}}))
    shell.displayhook.write_format_data = lambda *_: None

    class Here:
        ask = staticmethod(desk.answer)

    def run(cell: str, cell_id: str | None = None) -> object:
        done = shell.run_cell(cell, store_history=True, cell_id=cell_id)
        assert done.error_before_exec is not None or done.error_in_exec is None, (cell, done.error_in_exec)
        return done.result

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(check_module, "judge_process", Here)
        patch.setattr(check_module, "_shell", lambda: shell)
        yield run
    InteractiveShell.clear_instance()
