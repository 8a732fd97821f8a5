"""What happens while someone works on a submission, in the terminal: a short line, or what has changed."""

import time
from collections.abc import Collection

from rich.console import Console
from rich.text import Text

from grader.report.safe import logged
from grader.report.terminal import Naming, by_name_alone, show, show_changes, show_problems, show_score
from grader.report.verdicts import score
from grader.result import Result
from grader.watching.rounds import Begun, Event, Foreseen, Gone, Part, RoundDone, Same, Slow


class Teller:
    """Prints event by event. Of a round, the line that says what was saved waits for something to say of it."""

    def __init__(self, console: Console, *, explain: bool = False, naming: Naming = by_name_alone) -> None:
        self._console, self._explain, self._naming = console, explain, naming
        self._saved: str | None = None

    def __call__(self, event: Event) -> None:
        match event:
            case Begun(files):
                self._saved = f"{_now()}  {_line(', '.join(files))}"
            case Slow():
                self._head(": still grading …")
            case Same():
                self._head(": nothing has changed.")
            case Gone(reason):
                self._saved = f"{_now()}  {_line(reason)}"
                self._head("; still watching.")
            case Part(found):
                self._head()
                show_changes(found, self._console, explain=self._explain)
            case Foreseen(result, changed):
                self._sum_up(result, changed)
            case RoundDone(is_first=True):
                show(event.graded.result, self._console, explain=self._explain, naming=self._naming)
            case RoundDone(is_foreseen=False):
                if event.found or event.problems:
                    self._head()
                show_problems(event.problems, self._console)
                show_changes(event.found, self._console, explain=self._explain)
                self._sum_up(event.graded.result, event.changed)

    def _sum_up(self, result: Result, changed: Collection[str]) -> None:
        if changed:
            self._head()
            show_score(result, self._console, changed, self._naming)
        else:
            self._head(f": no verdict has changed, {score(result.score, result.max_score)}.")

    def _head(self, rest: str = "") -> None:
        """What was saved, once for each round; alone above what has changed, or with the rest of its sentence."""
        if self._saved is not None:
            self._console.print(Text.assemble("" if rest else "\n", (self._saved, "dim"), rest))
        elif rest:
            self._console.print(Text(rest.lstrip(": ").capitalize()))
        self._saved = None


def _line(text: str) -> str:
    """Names of files on one line, whatever is in them."""
    return " ".join(logged(text).split())


def _now() -> str:
    return time.strftime("%H:%M:%S")
