"""In the student's process: no object is told by a name with two underscores what it is.

`setattr` on an object of one's own is on the list, whatever the name, and NumPy and Python ask an object by such names:
where in memory its array is, and how a copy of it is made.
"""

import builtins
import types
from typing import Any

from grader.sandbox.theirs.source.vocabulary import DUNDERS

HARMLESS = DUNDERS | {"__annotations__", "__module__", "__type_params__", "__wrapped__"}
"""What `functools.wraps` sets as well."""
OTHERS = (type, types.FunctionType, types.ModuleType)
"""What libraries set such names on; on these, what a name may be stands in the source."""


def watch_setattr() -> None:
    """Let `setattr` refuse such a name."""
    put = builtins.setattr

    def setattr(thing: Any, name: str, value: Any, /) -> None:
        if issubclass(type(name), str) and str.startswith(name, "__") and str.endswith(name, "__"):
            if name not in HARMLESS and not issubclass(type(thing), OTHERS):
                raise ValueError(f"setattr: {name} cannot be set on an object")
        put(thing, name, value)

    builtins.setattr = setattr
