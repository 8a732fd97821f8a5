"""What is passed on of what a student's code says on hidden probes: its own words may hold the data it was given.

A message with sizes in it is passed on; one with fractions, or with many numbers, is left out: then there are its type
and its line. Words may spell out numbers as well: that is worth nothing, since what comes in after a report was
written is tried on newly drawn probes.
"""

import re
from collections.abc import Sequence
from dataclasses import replace

from grader.border import Fault, Note, Source

FRACTION = re.compile(r"\d\.\d|\d[eE][-+]?\d")
NUMBER = re.compile(r"\d+")
LONGEST, MOST_NUMBERS, LONGEST_NUMBER = 400, 12, 5
"""Characters of a message, numbers in it, digits of each."""
LEFT_OUT = "Its message is left out, since it may hold hidden data: try your code on other sizes and data."
NO_REPLY = "The code's reply cannot be read."


def is_plain(message: str) -> bool:
    """Whether a message has no other numbers in it than a few that may be sizes."""
    numbers = NUMBER.findall(message)
    bounded = len(numbers) <= MOST_NUMBERS and all(len(number) <= LONGEST_NUMBER for number in numbers)
    return len(message) <= LONGEST and bounded and not FRACTION.search(message)


def discreet(fault: Fault, sources: Sequence[Source]) -> Fault:
    """A fault on a hidden probe, without a message full of numbers; its traceback is made of the sources."""
    if not is_plain(fault.message):
        fault = without_message(fault, sources)
    return replace(
        fault,
        type="Exception" if NUMBER.search(fault.type) else fault.type,
        traceback=_trace(fault, sources) if fault.traceback else "",
        anywhere=fault.anywhere if is_plain(fault.anywhere) else "",
    )


def without_message(fault: Fault, sources: Sequence[Source]) -> Fault:
    """A fault with its place in the place of its message."""
    where = [source.where(line) for name, line in fault.through for source in sources if source.name == name]
    message = f"Raised at {where[-1]}. {LEFT_OUT}" if where else LEFT_OUT
    return replace(fault, message=message, traceback=_trace(fault, sources), anywhere=LEFT_OUT if where else "")


def discreet_notes(notes: Sequence[Note]) -> tuple[Note, ...]:
    """The notes on a hidden probe, but for those full of numbers."""
    return tuple(note for note in notes if is_plain(note.message))


def _trace(fault: Fault, sources: Sequence[Source]) -> str:
    """The lines of the submission that an exception came through."""
    by_name = {source.name: source.text.split("\n") for source in sources}
    lines = []
    for name, number in fault.through:
        text = by_name.get(name, [])
        if 0 < number <= len(text):
            place = next(source.where(number) for source in sources if source.name == name)
            lines.append(f'  File "{name}", {place}\n    {text[number - 1].strip()}')
    return "\n".join(lines)
