"""Our side: start a student's process, ask it, and believe nothing that comes back before it is checked."""

from grader.sandbox.border.limits import Limits
from grader.sandbox.ours.sandbox import HAS_ZYGOTE, Sandbox
from grader.sandbox.ours.session import Session

__all__ = ["HAS_ZYGOTE", "Limits", "Sandbox", "Session"]
