"""`result.json`, and the JSON Schema that holds it."""

from typing import Any

import msgspec

from grader.report.safe import escaped_json
from grader.result import SCHEMA, Result


def to_json(result: Result) -> bytes:
    """The result as indented UTF-8 JSON. Numbers that are not finite come out as null."""
    return msgspec.json.format(_encoded(result), indent=2) + b"\n"


def to_line(result: Result) -> bytes:
    """The result as one line, for a file of many."""
    return _encoded(result) + b"\n"


def from_json(data: bytes) -> Result:
    """The result a file holds.

    Raises:
        msgspec.ValidationError: it is no result of this version.
    """
    return msgspec.json.decode(data, type=Result)


def schema() -> dict[str, Any]:
    """The JSON Schema of `result.json`, derived from the types."""
    (reference,), components = msgspec.json.schema_components([Result], ref_template="#/$defs/{name}")
    head = {"$schema": "https://json-schema.org/draft/2020-12/schema", "title": SCHEMA}
    return head | reference | {"$defs": components}


def _encoded(result: Result) -> bytes:
    """The result as JSON in which what would act on a terminal, or cannot be seen, is escaped."""
    try:
        data = msgspec.json.encode(result)
    except UnicodeEncodeError:
        data = msgspec.json.encode(_whole(msgspec.to_builtins(result)))
    return escaped_json(data)


def _whole(value: Any) -> Any:
    """Plain data with halves of characters, as file names may have them, written out."""
    match value:
        case str():
            return value.encode("utf-8", "backslashreplace").decode("utf-8")
        case list():
            return [_whole(each) for each in value]
        case dict():
            return {_whole(key): _whole(each) for key, each in value.items()}
    return value
