"""What a source has for another assignment, below a header line of that."""

import ast
from collections.abc import Sequence

from grader.border import Source
from grader.sandbox.border.messages import Wanted
from grader.sandbox.theirs.source.headings import ELSEWHERE, header_lines

DEFINITIONS = (ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef)


def without_other_work(source: Source, body: Sequence[ast.stmt], wanted: Wanted) -> list[ast.stmt]:
    """The statements of a source without functions and classes for another assignment that have the name of one for
    this: in Python, the last of a name counts, wherever it stands."""
    headers = header_lines(source, body, wanted)
    if not any(header.exercise == ELSEWHERE for header in headers):
        return list(body)

    def is_elsewhere(node: ast.stmt) -> bool:
        above = [header.exercise for header in headers if header.line <= node.lineno]
        return above[-1:] == [ELSEWHERE]

    own = {node.name for node in body if isinstance(node, DEFINITIONS) and not is_elsewhere(node)}
    again = own & {*wanted.names}
    return [node for node in body if not (isinstance(node, DEFINITIONS) and node.name in again and is_elsewhere(node))]
