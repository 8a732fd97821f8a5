"""What GitHub's runner takes for commands in a log."""

import re
from collections.abc import Iterator

ESCAPES = {"%0D": "\r", "%0A": "\n", "%3A": ":", "%2C": ",", "%25": "%"}


def commands(log: str) -> Iterator[tuple[str, dict[str, str], str]]:
    """Name, properties and message of what it would obey: `::name properties::message` at the start of a line, `##[`
    anywhere. After `::stop-commands::token` that is nothing, until `::token::`."""
    token = None
    for line in re.split("[\r\n]", log):
        found = re.match(r"\s*::([^\s:]+)(?: ([^\n]*?))?::(.*)", line)
        if token is not None:
            token = None if found and found[1] == token else token
        elif found and found[1] == "stop-commands":
            token = found[3]
        elif found:
            given = dict(part.split("=", 1) for part in (found[2] or "").split(",") if part)
            yield found[1], {key: _unescaped(value) for key, value in given.items()}, _unescaped(found[3])
        elif re.search(r"##(vso)?\[", line, re.IGNORECASE):
            yield "old", {}, line
    if token is not None:
        yield "stop-commands", {}, token


def _unescaped(text: str) -> str:
    for escape, character in ESCAPES.items():
        text = text.replace(escape, character)
    return text
