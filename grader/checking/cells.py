"""The cells that the kernel of a notebook has run. Runs in that kernel, and changes nothing there."""

from collections.abc import Mapping, Sequence
from functools import cache
from typing import Any


class CellIds:
    """Which of the notebook's cells each run was of, by the number of the run, as far as the front end says so."""

    def __init__(self, shell: Any) -> None:
        self._shell = shell
        self.by_run: dict[int, str] = {}
        shell.events.register("pre_run_cell", self.note)

    def note(self, info: Any) -> None:
        """Called by IPython before it runs a cell."""
        if info.store_history and (cell_id := getattr(info, "cell_id", None)):
            self.by_run[len(_history(self._shell))] = cell_id  # the number it is about to get


@cache
def cell_ids(shell: Any) -> CellIds:
    """What is noted from the first call on."""
    return CellIds(shell)


def cells_run(shell: Any) -> list[str]:
    """The cells of a shell as they were typed, at the numbers of their runs, from 1 on."""
    return settled(_history(shell), cell_ids(shell).by_run)[1:]


def _history(shell: Any) -> list[str]:
    """What was typed, by the number of the run; nothing has number 0."""
    history: list[str] = shell.history_manager.input_hist_raw
    return history


def settled(runs: Sequence[str], ids: Mapping[int, str]) -> list[str]:
    """Of each cell that ran more than once, the last run alone, in its own place; the others are empty.

    Args:
        runs: what ran, by the number of the run.
        ids: of which cell each was; where that is not known, a cell is known by its text.
    """
    kept: list[str] = []
    cells, texts, unknown = set[str](), set[str](), set[str]()
    for number, text in reversed(list(enumerate(runs))):
        cell = ids.get(number)
        ran_again = text in texts if cell is None else cell in cells or text in unknown
        kept.append("" if ran_again else text)
        texts.add(text)
        unknown.update([text] if cell is None else [])
        cells.update([] if cell is None else [cell])
    return kept[::-1]
