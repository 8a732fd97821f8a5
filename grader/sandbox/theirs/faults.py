"""In the student's process: an exception of their code as a fault, with the traceback cut down to their own lines."""

import builtins
import traceback
from collections.abc import Iterable, Mapping

from grader.border import Fault, Source
from grader.errors import nearest
from grader.sandbox.theirs.confinement import GRANTED
from grader.sandbox.theirs.places import without_places
from grader.sandbox.theirs.source.imports import PACKAGE

MESSAGE_CAP = 2_000
TRACEBACK_CAP = 8_000
FRAMES = 12
NOBODY_READS = "EOF when reading a line"
NOT_A_NUMBER = "only 0-dimensional arrays can be converted to Python scalars"
MEMORY_SIGNS = ("can't allocate memory", "Cannot allocate memory", "not enough memory")


def fault_of(error: BaseException, sources: Mapping[str, Source]) -> Fault:
    """The fault an exception amounts to, with the traceback cut down to the student's own lines."""
    kind = _clean(type(error).__name__)[:100]
    message = _text(error)
    own = _own_frames(error, sources)
    trace, through = _trace(own, sources), tuple((frame.filename, frame.lineno or 0) for frame in own)
    if isinstance(error, MemoryError) or any(sign in message for sign in MEMORY_SIGNS):
        message = "The code asked for more memory than a stage may use."
        return Fault("timeout", "MemoryLimit", message, trace, through=through)
    if isinstance(error, SystemExit):
        message = "The code called sys.exit() or quit(). Return the gradient instead."
        return Fault("error", kind, message, trace, through=through)
    if isinstance(error, SyntaxError):
        source = sources.get(error.filename or "") or Source("", "")
        said = _clean(str(error.msg))
        message = f"{said} ({source.where(error.lineno or 0)})"
        return Fault("error", kind, message, _syntax_trace(error), through=through, anywhere=said)
    return Fault("error", kind, _in_plain_words(error, message) or kind, trace, through=through)


def _in_plain_words(error: BaseException, message: str) -> str:
    """What Python says, and a little more where it says little."""
    if isinstance(error, AssertionError) and not message:
        return "an assertion of your code does not hold."
    if isinstance(error, EOFError) and message == NOBODY_READS:
        return "nobody can answer `input()` while this is graded. Write the value into the code."
    if isinstance(error, TypeError) and message == NOT_A_NUMBER:  # older versions only warn of it
        return f"{message} in this version of NumPy. If the array has one number in it, write `.item()`."
    return f"{message}{_did_you_mean(error)}"


def _did_you_mean(error: BaseException) -> str:
    """After a name that is not there, the one there that is spelled most like it."""
    try:
        near = (
            nearest(error.name, _known(error)) if isinstance(error, (NameError, AttributeError)) and error.name else []
        )
    except BaseException:  # what is listed may be anything of theirs
        return ""
    return f". Did you mean `{_clean(near[0])}`?" if near else ""


def _known(error: NameError | AttributeError) -> list[str]:
    """The names that could have stood there."""
    if isinstance(error, AttributeError):
        return [name for name in dir(error.obj) if not name.startswith("_")]
    *_, (frame, _) = traceback.walk_tb(error.__traceback__)
    return [name for name in (*frame.f_locals, *frame.f_globals, *dir(builtins)) if not name.startswith("_")]


def stub_raised(error: BaseException, sources: Iterable[str]) -> bool:
    """Whether this is the `raise NotImplementedError` of a stub, and not one from inside a library."""
    frames = traceback.extract_tb(error.__traceback__)
    return type(error) is NotImplementedError and bool(frames) and frames[-1].filename in set(sources)


def not_importable(module: str) -> str:
    """What to do about a library, or a file, that is not there."""
    if module in GRANTED:
        return f"`{module}` is not installed where you are graded: write it with torch, or ask your instructor for it."
    return (
        f"`{module}` is neither a file of your submission nor a library that you may import: hand in the folder that "
        "has it, or write it with torch, NumPy and what comes with Python."
    )


def _text(error: BaseException) -> str:
    try:
        return _clean(str(error)[:MESSAGE_CAP])
    except BaseException:
        return ""


def _clean(text: str) -> str:
    """Text as it leaves this process: half characters written out, and no folder of this machine in it."""
    return without_places(text.encode("utf-8", "backslashreplace").decode("utf-8")).replace(f"{PACKAGE}.", "")


def _own_frames(error: BaseException, sources: Mapping[str, Source]) -> list[traceback.FrameSummary]:
    try:
        return [frame for frame in traceback.extract_tb(error.__traceback__) if frame.filename in sources][-FRAMES:]
    except BaseException:
        return []


def _trace(own: Iterable[traceback.FrameSummary], sources: Mapping[str, Source]) -> str:
    try:
        frames = [_frame(frame, sources[frame.filename]) for frame in own]
        lines = traceback.format_list(traceback.StackSummary.from_list(frames))
        return _clean("".join(lines).rstrip()[:TRACEBACK_CAP])
    except BaseException:
        return ""


def _frame(frame: traceback.FrameSummary, source: Source) -> traceback.FrameSummary:
    """A line of a notebook is told by its cell."""
    cell, line = source.place(frame.lineno or 0)
    name = f"{source.name}, code cell {cell}"
    return traceback.FrameSummary(name, line, frame.name, line=frame.line) if cell else frame


def _syntax_trace(error: SyntaxError) -> str:
    return _clean("".join(traceback.format_exception_only(error)[:-1]).rstrip()[:TRACEBACK_CAP])
