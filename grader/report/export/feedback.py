"""Feedback for Canvas and Moodle: a zip in which every file is called what these two find its student by."""

import io
import json
import re
import zipfile
from collections.abc import Callable, Iterator, Sequence
from pathlib import PurePosixPath

from grader.marks.mark import counted_exercise, counted_stage
from grader.marks.rounding import points
from grader.report.export.export import Export, Given, LeftOut
from grader.report.export.plain import details
from grader.report.marks import mark_lines, mark_score
from grader.report.safe import one_line, plain
from grader.report.verdicts import GLYPHS, summary, title_of
from grader.result import ExerciseResult, Result

ZIP = "feedback.zip"
OURS = b"feedback, made by grade export"
"""The comment of such a zip, by which it can be told from one that was downloaded."""
CANVAS = re.compile(r".+?_\d+_\d+_.+", re.ASCII)
MOODLE = re.compile(r"(?P<student>[^/]+?_\d+_assignsubmission_file)(?P<rest>_.*)?", re.ASCII)
REPORT = "report.html"
SAME_NAME = "somebody else handed in the same files, so feedback for one would go to all"

Named = tuple[str, bytes]
"""A file of the zip: its name and what is in it."""


def canvas_feedback(results: Sequence[Result], given: Given) -> Export:
    """A file for each student, called as one that they handed in, and of its type: Canvas gives it that name again."""
    return _zipped(results, lambda result: _for_canvas(result, given))


def moodle_feedback(results: Sequence[Result], given: Given) -> Export:
    """Everyone's report, in the folder that Moodle had their files in."""
    return _zipped(results, lambda result: _for_moodle(result, given))


def _zipped(results: Sequence[Result], made: Callable[[Result], Named | str]) -> Export:
    names = [name for result in results for name in (result.arrival.names[:1] if result.arrival else [])]
    left_out, data = [], io.BytesIO()
    with zipfile.ZipFile(data, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.comment = OURS
        for result in results:
            shared = bool(result.arrival and result.arrival.names and names.count(result.arrival.names[0]) > 1)
            file = SAME_NAME if shared else made(result)
            if isinstance(file, str):
                left_out.append(LeftOut(result.submission.id, file))
            else:
                archive.writestr(zipfile.ZipInfo(file[0]), file[1], zipfile.ZIP_DEFLATED)
    count = len(results) - len(left_out)
    return Export({ZIP: data.getvalue()}, tuple(left_out), (f"Feedback for {count} of {len(results)} students.",))


def _for_moodle(result: Result, given: Given) -> Named | str:
    found = _first(result, MOODLE)
    if found is None:
        return "it was not handed in by way of Moodle, so there is no name that Moodle would know"
    page = given.report(result)
    if page is None:
        return "there is no report; run `grade batch` without --no-html"
    flat = found["rest"] not in (None, "_")
    return (f"{found['student']}_{REPORT}" if flat else f"{found[0]}/{REPORT}"), page


def _for_canvas(result: Result, given: Given) -> Named | str:
    found = _first(result, CANVAS)
    if found is None:
        return "it was not handed in by way of Canvas, so there is no name that Canvas would know"
    name, page = found[0], given.report(result)
    kind = PurePosixPath(name).suffix.lower()
    if kind == ".zip":
        return (name, _page_in_zip(page)) if page is not None else (name, _page_in_zip(_text(result).encode(), ".txt"))
    if kind == ".ipynb":
        return name, _notebook(_text(result))
    if kind == ".py":
        return name, "".join(f"# {line}".rstrip() + "\n" for line in _text(result).splitlines()).encode()
    return name, _text(result).encode()


def _first(result: Result, pattern: re.Pattern[str]) -> re.Match[str] | None:
    names = result.arrival.names if result.arrival else []
    return next((found for name in names if (found := pattern.fullmatch(name))), None)


def _page_in_zip(page: bytes, suffix: str = ".html") -> bytes:
    data = io.BytesIO()
    with zipfile.ZipFile(data, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr(zipfile.ZipInfo(f"report{suffix}"), page, zipfile.ZIP_DEFLATED)
    return data.getvalue()


def _notebook(text: str) -> bytes:
    """A cell of text that nothing renders or runs."""
    cell = {"cell_type": "raw", "id": "feedback", "metadata": {}, "source": text.splitlines(keepends=True)}
    return json.dumps({"cells": [cell], "metadata": {}, "nbformat": 4, "nbformat_minor": 5}, indent=1).encode() + b"\n"


def _text(result: Result) -> str:
    return "\n".join(_lines(result)) + "\n"


def _lines(result: Result) -> Iterator[str]:
    yield f"{one_line(result.assignment.title)}: {mark_score(result)}"
    yield summary(result)
    yield from (one_line(line.whole, 700) for line in mark_lines(result))
    yield from (plain(problem) for problem in result.submission.problems[:20])
    for exercise in result.exercises:
        yield from _exercise(result, exercise)


def _exercise(result: Result, exercise: ExerciseResult) -> Iterator[str]:
    score, most = counted_exercise(result, exercise)
    yield f"\n{one_line(exercise.title)}: {points(score) or '-'} / {points(most)}"
    for stage in exercise.stages:
        counted = counted_stage(result, stage)
        value = "excused" if counted.excused else f"{points(counted.score) or '-'} / {points(stage.max_score)}"
        yield f"{GLYPHS[stage.verdict]} {title_of(stage)} {stage.verdict}, {value}"
        if not stage.passed and stage.begun:
            yield from (f"    {line}" for line in details(stage).splitlines())
