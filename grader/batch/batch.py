"""Grade a class: the same probes for everyone, a report for each, and the books of the whole."""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace
from pathlib import Path

from grader.batch.gradebook import gradebook
from grader.batch.layout import HandIn
from grader.batch.workers import work_through
from grader.errors import NotWritable
from grader.examination import Examination
from grader.grading import Graded, grade_submission, ungraded
from grader.report.class_page import render_class
from grader.report.html import render
from grader.report.json import from_json, to_line
from grader.result import Result
from grader.sandbox import Sandbox
from grader.submission import Submission, read_submission, unreadable_submission

LOST = "The grader's own process for this hand-in died."


def grade_class(
    hand_ins: Sequence[HandIn],
    examination: Examination,
    sandboxes: Sequence[Sandbox],
    out: Path,
    tick: Callable[[str], None] = lambda name: None,
) -> list[Result]:
    """Grade every hand-in and write `reports/`, `results.jsonl`, `gradebook.csv` and `index.html` into a folder.

    Args:
        hand_ins: of the class.
        examination: what everyone is asked.
        sandboxes: one for each worker.
        out: the folder; what is there of an earlier run is replaced.
        tick: called with the id of each student who is done.

    Raises:
        NotWritable: the folder cannot be written to.
    """
    try:
        (out / "reports").mkdir(parents=True, exist_ok=True)
        numbered = dict(_results(hand_ins, examination, sandboxes, out, tick))
        results = [numbered[number] for number in range(len(hand_ins))]
        (out / "gradebook.csv").write_text(gradebook(results), encoding="utf-8", newline="")
        page = render_class(results, [hand_in.slug for hand_in in hand_ins])
        (out / "index.html").write_text(page, encoding="utf-8")
    except OSError as error:
        raise NotWritable(error.filename or out, error.strerror or str(error), "-o") from None
    return results


def _results(
    hand_ins: Sequence[HandIn],
    examination: Examination,
    sandboxes: Sequence[Sandbox],
    out: Path,
    tick: Callable[[str], None],
) -> Iterator[tuple[int, Result]]:
    """Each result as it comes, in the file as well, so that a run that is stopped has lost nothing it had finished."""

    def work(number: int, sandbox: Sandbox) -> bytes:
        return to_line(_grade(hand_ins[number], examination, sandbox, out).result)

    with (out / "results.jsonl").open("wb") as lines:
        for number, line in work_through(len(hand_ins), sandboxes, work):
            result = from_json(line) if line else ungraded(_read(hand_ins[number]), examination, LOST).result
            lines.write(line or to_line(result))
            lines.flush()
            tick(result.submission.id)
            yield number, result


def _grade(hand_in: HandIn, examination: Examination, sandbox: Sandbox, out: Path) -> Graded:
    submission = _read(hand_in)
    graded = grade_submission(submission, examination, sandbox)
    sources = {source.name: source.text for source in submission.sources}
    page = render(graded.result, examination.assignment, sources, graded.error_maps)
    (out / "reports" / f"{hand_in.slug}.html").write_text(page, encoding="utf-8")
    return graded


def _read(hand_in: HandIn) -> Submission:
    try:
        submission = read_submission(hand_in.path)
    except Exception as error:
        submission = unreadable_submission(hand_in.path, str(error))
    return replace(submission, id=hand_in.id)
