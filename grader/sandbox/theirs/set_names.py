"""In the student's process: no object is told by a name with two underscores what it is.

`setattr` on an object of one's own is on the list, whatever the name, and NumPy and Python ask an object by such names:
where in memory its array is, and how a copy of it is made.
"""

import builtins
import logging
import types
from typing import Any

from grader.sandbox.theirs.source.vocabulary import DUNDERS

HARMLESS = DUNDERS | {"__annotations__", "__module__", "__type_params__", "__wrapped__"}
"""What `functools.wraps` sets as well."""
OTHERS = (type, types.FunctionType, types.ModuleType)
"""What libraries set such names on; on these, what a name may be stands in the source."""


def watch_setattr() -> None:
    """Let `setattr` refuse such a name, and a record of a log, which is told names and values as well."""
    put, make = builtins.setattr, logging.Logger.makeRecord

    def setattr(thing: Any, name: str, value: Any, /) -> None:
        if _is_barred(name) and not issubclass(type(thing), OTHERS):
            raise ValueError(f"setattr: {name} cannot be set on an object")
        put(thing, name, value)

    def make_record(
        logger: Any,
        name: Any,
        level: Any,
        fn: Any,
        lno: Any,
        msg: Any,
        args: Any,
        exc_info: Any,
        func: Any = None,
        extra: Any = None,
        sinfo: Any = None,
    ) -> logging.LogRecord:
        told = dict(extra or ())
        if any(map(_is_barred, told)):
            raise ValueError("a record of a log cannot have such a name")
        return make(logger, name, level, fn, lno, msg, args, exc_info, func, told, sinfo)

    builtins.setattr = setattr
    logging.Logger.makeRecord = make_record  # type: ignore[assignment,method-assign]


def _is_barred(name: Any) -> bool:
    is_text = issubclass(type(name), str)
    return is_text and str.startswith(name, "__") and str.endswith(name, "__") and name not in HARMLESS
