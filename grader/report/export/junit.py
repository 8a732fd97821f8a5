"""JUnit XML, as GitLab and Jenkins read it: a test suite for each student, a test case for each stage."""

from collections import Counter
from collections.abc import Iterator, Sequence
from xml.etree import ElementTree

from grader.marks.rounding import points
from grader.report.export.export import Export, Given
from grader.report.export.places import file_of
from grader.report.export.plain import details, why
from grader.report.marks import mark_lines
from grader.report.safe import LINE, TEXT, WHO, one_line, plain
from grader.report.verdicts import title_of
from grader.result import Result, StageResult

FILE_LIMIT, JOB_LIMIT = 28_000_000, 90_000_000
"""Bytes. GitLab passes over a file of 30 MB and what goes beyond 100 MB in a job."""
LENGTHS = (TEXT, LINE, 80)
"""Characters of a text; the shorter ones where the whole is over the limit."""
HEAD, TAIL = b'<?xml version="1.0" encoding="UTF-8"?>\n<testsuites name="grade">\n', b"</testsuites>\n"


def junit(results: Sequence[Result], given: Given) -> Export:
    """`junit.xml`, and `junit-2.xml` and so on where one file would be larger than GitLab reads.

    What is not passed is a failure, what could not be judged an error.
    """
    root = given.environment.get("GITHUB_WORKSPACE") or given.environment.get("CI_PROJECT_DIR") or ""
    suites: list[bytes] = []
    for most in LENGTHS:
        suites = [_suite(result, name, root, most) for name, result in zip(_names(results), results, strict=True)]
        if sum(map(len, suites)) <= JOB_LIMIT:
            break
    numbered = enumerate(_packed(suites, FILE_LIMIT), 1)
    return Export({f"junit-{number}.xml" if number > 1 else "junit.xml": data for number, data in numbered})


def _names(results: Sequence[Result]) -> Iterator[str]:
    """`student.assignment`, different for everyone: of two test cases that are called the same, GitLab drops one."""
    taken: Counter[str] = Counter()
    for result in results:
        who = one_line(result.submission.id, WHO)
        taken[who] += 1
        while taken[who] > 1:
            who = f"{who} ({taken[who]})"
            taken[who] += 1
        yield f"{who}.{one_line(result.assignment.name)}"


def _suite(result: Result, name: str, root: str, most: int) -> bytes:
    verdicts = Counter(
        "left out" if s.is_left_out else "ungraded" if s.verdict == "ungraded" else "passed" if s.passed else "failed"
        for s in result.stages
    )
    suite = ElementTree.Element(
        "testsuite",
        name=name,
        tests=str(len(result.stages)),
        failures=str(verdicts["failed"]),
        errors=str(verdicts["ungraded"]),
        skipped=str(verdicts["left out"]),
        time=f"{result.seconds:.3f}",
    )
    properties = ElementTree.SubElement(suite, "properties")
    facts = {
        "score": points(result.final_score),
        "max_score": points(result.final_max),
        "grader": result.grader.version,
    }
    if result.mark:
        facts |= {"judged": points(result.score), "mark": " ".join(line.whole for line in mark_lines(result))}
    for key, value in facts.items():
        ElementTree.SubElement(properties, "property", name=key, value=one_line(value))
    for stage in result.stages:
        suite.append(_case(stage, name, file_of(result, stage, root), most))
    ElementTree.indent(suite)
    return ElementTree.tostring(suite, encoding="unicode").encode() + b"\n"


def _case(stage: StageResult, suite: str, file: str | None, most: int) -> ElementTree.Element:
    case = ElementTree.Element("testcase", classname=suite, name=title_of(stage), time=f"{stage.seconds:.3f}")
    if file:
        case.set("file", one_line(file))
    if stage.is_left_out:
        ElementTree.SubElement(case, "skipped", message="a bonus that is not written")
    elif not stage.passed:
        kind = "error" if stage.verdict == "ungraded" else "failure"
        message = why(stage, min(most, LINE)) or stage.verdict
        ElementTree.SubElement(case, kind, type=stage.verdict, message=message).text = details(stage, most)
    if stage.printed:
        ElementTree.SubElement(case, "system-out").text = plain(stage.printed, most)
    return case


def _packed(suites: Sequence[bytes], limit: int) -> Iterator[bytes]:
    """The suites in as few files as they fit into."""
    parts, size = [HEAD], len(HEAD) + len(TAIL)
    for suite in suites:
        if size + len(suite) > limit and len(parts) > 1:
            yield b"".join([*parts, TAIL])
            parts, size = [HEAD], len(HEAD) + len(TAIL)
        parts.append(suite)
        size += len(suite)
    yield b"".join([*parts, TAIL])
