"""GitHub Actions: annotations in the log, a summary of the job, and what the Classroom reporter reads."""

from collections.abc import Iterator, Sequence

from grader.marks.rounding import points
from grader.report.export.export import Export, Given, ungraded
from grader.report.export.places import file_of
from grader.report.export.plain import why
from grader.report.export.reporter import payload
from grader.report.marks import mark_lines
from grader.report.safe import WHO, code, command, markdown, one_line
from grader.report.verdicts import GLYPHS, first_own_error, summary, title_of
from grader.result import ExerciseResult, Result, StageResult

ANNOTATIONS, SUMMARY, OUTPUT = "annotations.txt", "summary.md", "output.txt"
NO_MARK = "GitHub Classroom adds up what was judged, so a mark that you adjusted, or that is late, does not go there."
MOST_ANNOTATIONS = 10
"""A step shows no more of a kind."""
SUMMARY_LIMIT = 1_000_000
"""Bytes; a step that writes more than 1 MiB has no summary."""


def github(results: Sequence[Result], given: Given) -> Export:
    """Three files: annotations for the log, the summary in Markdown, and the step's output `result` for the Classroom
    reporter, if there is one result and it has a score."""
    root = given.environment.get("GITHUB_WORKSPACE", "")
    files = {
        ANNOTATIONS: "".join(f"{line}\n" for line in annotations(results, root)).encode(),
        SUMMARY: job_summary(results).encode(),
    }
    if len(results) != 1 or results[0].final_score is None:
        return Export(files, ungraded(results))
    if results[0].mark:
        return Export(files, remarks=(NO_MARK,))
    files[OUTPUT] = f"result={payload(results[0])}\n".encode()
    return Export(files)


def annotations(results: Sequence[Result], root: str = "") -> list[str]:
    """Workflow commands for what is not passed, at the lines where it is written; ten at most.

    Of several results, only for those that could not be judged: an instructor has no use for everyone's slips here.
    """
    lines = [line for result in results for line in _ungraded(result)]
    if len(results) == 1:
        lines += _annotations(results[0], root)
    if len(lines) > MOST_ANNOTATIONS:
        more = len(lines) - MOST_ANNOTATIONS + 1
        rest = command("notice", {"title": "grade"}, f"{more} more are in this job's summary.")
        lines = [*lines[: MOST_ANNOTATIONS - 1], rest]
    return lines


def _ungraded(result: Result) -> Iterator[str]:
    if result.status != "graded":
        who = one_line(result.submission.id, WHO)
        said = " ".join([f"{who}: a stage could not be judged, so there is no score.", *result.submission.problems])
        yield command("warning", {"title": "grade"}, one_line(said))


def _annotations(result: Result, root: str) -> Iterator[str]:
    for stage in result.stages:
        if not stage.passed and stage.verdict not in ("missing", "ungraded"):
            yield command("error", _place(result, stage, root) | {"title": stage.name}, _message(stage))


def _place(result: Result, stage: StageResult, root: str) -> dict[str, str]:
    """Of a notebook only the file: the lines of its cells are not the lines of the file."""
    file = file_of(result, stage, root)
    if file is None or stage.where is None:
        return {}
    place = {"file": one_line(file)}
    if stage.where.cell is None:
        place |= {"line": str(stage.where.first_line), "endLine": str(stage.where.last_line)}
    return place


def _message(stage: StageResult) -> str:
    cell = f"Code cell {stage.where.cell}, line {stage.where.line}: " if stage.where and stage.where.cell else ""
    return f"{cell}{stage.verdict}. {why(stage)}"


def job_summary(results: Sequence[Result]) -> str:
    """GitHub-flavoured Markdown: the stages of one result, or a row for each of several."""
    return _within(SUMMARY_LIMIT, list(_one(results[0]) if len(results) == 1 else _class(results)))


def _one(result: Result) -> Iterator[str]:
    yield f"## {markdown(result.assignment.title)}\n"
    yield f"**{_score(result.final_score, result.final_max)}** {markdown(summary(result))}\n"
    for line in mark_lines(result):
        yield f"- {code(line.whole)}"
    for problem in result.submission.problems[:20]:
        yield f"- {code(problem)}"
    for exercise in result.exercises:
        yield from _table(exercise)


def _table(exercise: ExerciseResult) -> Iterator[str]:
    yield f"\n### {markdown(exercise.title)} {_score(exercise.score, exercise.max_score)}\n"
    yield "| stage | verdict | score | why |"
    yield "| --- | --- | --: | --- |"
    for stage in exercise.stages:
        verdict = f"{GLYPHS[stage.verdict]} {stage.verdict}"
        yield f"| {code(title_of(stage))} | {verdict} | {_score(stage.score, stage.max_score)} | {code(why(stage))} |"


def _class(results: Sequence[Result]) -> Iterator[str]:
    yield f"## {markdown(results[0].assignment.title)}\n"
    yield "| student | score | passed | look first at |"
    yield "| --- | --: | --: | --- |"
    for result in results:
        first = first_own_error(result)
        asked = [stage for stage in result.stages if not stage.bonus]
        passed = f"{sum(stage.passed for stage in asked)} of {len(asked)}"
        seen = f"{code(first.name)} {first.verdict}" if first else ""
        who = code(result.submission.id, WHO)
        yield f"| {who} | {_score(result.final_score, result.final_max)} | {passed} | {seen} |"


def _within(limit: int, lines: Sequence[str]) -> str:
    """As many lines as fit, and how many do not."""
    size, kept = 0, 0
    for line in lines:
        size += len(line.encode()) + 1
        if size > limit:
            break
        kept += 1
    rest = f"\n{len(lines) - kept} more are not shown.\n" if kept < len(lines) else ""
    return "".join(f"{line}\n" for line in lines[:kept]) + rest


def _score(value: float | None, most: float) -> str:
    return f"{points(value) or '-'} / {points(most)}"
