"""What is passed on of what a student's code says on hidden probes: its own words may hold the data it was given.

The words of Python, torch and NumPy are passed on, with the sizes in them, and so are ours. A message with other words
is left out: then there are its type and its line.
"""

import builtins
import re
from collections.abc import Sequence
from dataclasses import replace
from functools import lru_cache

from grader.border import Fault, Note, Source
from grader.sandbox.ours.common_words import TOKEN, WORDS

FRACTION = re.compile(r"\d\.\d|\d[eE][-+]?\d")
LONGEST, MOST_NUMBERS, LONGEST_NUMBER, MOST_OWN = 400, 12, 5, 3
"""Characters of a message, numbers in it, digits of each, and words in it that are the submission's own."""
TYPES = frozenset(name for name, each in vars(builtins).items() if isinstance(each, type)) | {
    *("NotATensor", "Missing", "Carried", "Crash", "MalformedReply", "MemoryLimit", "OutOfMemoryError"),
    *("AxisError", "LinAlgError", "UFuncTypeError", "_UFuncNoLoopError", "_UFuncOutputCastingError"),
}
LEFT_OUT = "Its message is left out, since it may hold hidden data: try your code on other sizes and data."
NO_REPLY = "The code's reply cannot be read."


def is_plain(message: str, sources: Sequence[Source]) -> bool:
    """Whether a message has only common words and sizes in it, and hardly any of the submission's own names."""
    if len(message) > LONGEST or not message.isascii() or FRACTION.search(message):
        return False
    tokens = TOKEN.findall(message)
    numbers = [token for token in tokens if token.isdigit()]
    others = {token for token in tokens if not token.isdigit() and token.lower() not in WORDS} - TYPES
    bounded = len(numbers) <= MOST_NUMBERS and all(len(number) <= LONGEST_NUMBER for number in numbers)
    return bounded and len(others) <= MOST_OWN and others <= _words(sources)


def discreet(fault: Fault, sources: Sequence[Source]) -> Fault:
    """A fault on a hidden probe, without a message of the code's own; its traceback is made of the sources."""
    if not is_plain(fault.message, sources):
        fault = without_message(fault, sources)
    known = fault.type in TYPES or fault.type in _words(sources)
    trace = _trace(fault, sources) if fault.traceback else ""
    anywhere = fault.anywhere if is_plain(fault.anywhere, sources) else ""
    return replace(fault, type=fault.type if known else "Exception", traceback=trace, anywhere=anywhere)


def without_message(fault: Fault, sources: Sequence[Source]) -> Fault:
    """A fault with its place in the place of its message."""
    where = [source.where(line) for name, line in fault.through for source in sources if source.name == name]
    message = f"Raised at {where[-1]}. {LEFT_OUT}" if where else LEFT_OUT
    return replace(fault, message=message, traceback=_trace(fault, sources), anywhere=LEFT_OUT if where else "")


def discreet_notes(notes: Sequence[Note], sources: Sequence[Source]) -> tuple[Note, ...]:
    """The notes on a hidden probe that say nothing in words of the code's own."""
    return tuple(note for note in notes if is_plain(note.message, sources))


def _words(sources: Sequence[Source]) -> frozenset[str]:
    return _words_of(tuple(sources))


@lru_cache(maxsize=4)
def _words_of(sources: tuple[Source, ...]) -> frozenset[str]:
    return frozenset(word for source in sources for word in TOKEN.findall(source.text))


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
