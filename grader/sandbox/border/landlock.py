"""Which Landlock the kernel offers: asked where a child is confined, and where what holds is reported."""

import ctypes
import sys

CREATE_RULESET, VERSION = 444, 1
"""The system call, the same on every architecture, and the flag that makes it a question."""


def landlock_abi() -> int:
    """The version of Landlock that the kernel offers; 0 for none."""
    if sys.platform != "linux":
        return 0
    version: int = ctypes.CDLL(None).syscall(CREATE_RULESET, None, 0, VERSION)
    return max(0, version)
