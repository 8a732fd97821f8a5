"""`result.json`, and the JSON Schema that holds it."""

from typing import Any

import msgspec

from grader.result import SCHEMA, Result


def to_json(result: Result) -> bytes:
    """The result as indented UTF-8 JSON. Numbers that are not finite come out as null."""
    return msgspec.json.format(msgspec.json.encode(result), indent=2) + b"\n"


def to_line(result: Result) -> bytes:
    """The result as one line, for a file of many."""
    return msgspec.json.encode(result) + b"\n"


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
