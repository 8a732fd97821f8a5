"""Grade a class: the same probes for everyone, a report for each, and the books of the whole."""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from grader.batch.layout import HandIn, read_hand_in
from grader.batch.workers import work_through
from grader.errors import NotWritable
from grader.examination import Examination
from grader.grading import grade_submission, ungraded
from grader.report.class_page import render_class
from grader.report.gradebook import gradebook
from grader.report.html import render
from grader.report.json import from_json, to_line
from grader.result import Result
from grader.sandbox import Sandbox

LOST = "The grader's own process for this hand-in died."


def grade_class(
    hand_ins: Sequence[HandIn],
    examination: Examination,
    sandboxes: Sequence[Sandbox],
    out: Path,
    tick: Callable[[str], None] = lambda name: None,
    *,
    reports: bool = True,
) -> list[Result]:
    """Grade every hand-in and write `reports/`, `results.jsonl`, `gradebook.csv` and `index.html` into a folder.

    Args:
        hand_ins: of the class.
        examination: what everyone is asked.
        sandboxes: one for each worker.
        out: the folder; what is there of an earlier run is replaced.
        tick: called with the id of each student who is done.
        reports: whether to write a page for each of them.

    Raises:
        NotWritable: the folder cannot be written to.
    """
    try:
        (out / "reports" if reports else out).mkdir(parents=True, exist_ok=True)
        work = _Work(hand_ins, examination, out / "reports" if reports else None)
        for exercise in examination.exercises:
            if not exercise.training:
                examination.probes[exercise.name]  # here, and not in every worker
        numbered = dict(_results(work, sandboxes, out / "results.jsonl", tick))
        results = [numbered[number] for number in range(len(hand_ins))]
        (out / "gradebook.csv").write_text(gradebook(results), encoding="utf-8", newline="")
        page = render_class(results, [hand_in.slug if reports else None for hand_in in hand_ins])
        (out / "index.html").write_text(page, encoding="utf-8")
    except OSError as error:
        raise NotWritable(error.filename or out, error.strerror or str(error), "-o") from None
    return results


@dataclass(frozen=True)
class _Work:
    """Grades the hand-in of a number in a worker, and leaves the report in a folder, if there is one."""

    hand_ins: Sequence[HandIn]
    examination: Examination
    reports: Path | None

    def __call__(self, number: int, sandbox: Sandbox) -> bytes:
        hand_in = self.hand_ins[number]
        submission = read_hand_in(hand_in)
        graded = grade_submission(submission, self.examination, sandbox)
        if self.reports:
            sources = {source.name: source.text for source in submission.sources}
            page = render(graded.result, self.examination.assignment, sources, graded.error_maps)
            (self.reports / f"{hand_in.slug}.html").write_text(page, encoding="utf-8")
        return to_line(graded.result)


def _results(
    work: _Work, sandboxes: Sequence[Sandbox], file: Path, tick: Callable[[str], None]
) -> Iterator[tuple[int, Result]]:
    """Each result as it comes, in the file as well, so that a run that is stopped has lost nothing it had finished."""
    with file.open("wb") as lines:
        for number, line in work_through(len(work.hand_ins), sandboxes, work):
            result = (
                from_json(line)
                if line
                else ungraded(read_hand_in(work.hand_ins[number]), work.examination, LOST).result
            )
            lines.write(line or to_line(result))
            lines.flush()
            tick(result.submission.id)
            yield number, result
