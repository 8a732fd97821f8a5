"""`grade doctor`: versions, and which protections are in force here."""

import os
import platform

import click

from grader.version import __version__

FORKED = "a process forked from a warm one"
STARTED = "a new Python process each time, since this system has no safe way to fork"
EXPOSED = (
    "Code that is graded here can do anything you can. That is fine for your own work; "
    "to grade other people's safely, use Linux with Landlock (5.13 or later)."
)
MEANING = {
    "landlock": "Code that is graded here can read whatever its user can; use a Linux with Landlock (5.13 or later) to "
    "keep files from it.",
    "memory-of-others": "It can look into other processes of its user by the open ways above; grade as a user who runs "
    "nothing else, or with Landlock.",
    "privileges": "It stays root, and only the other protections keep root's files from it; run the grader as an "
    "ordinary user.",
}
"""What it comes to that one of these is missing, if nothing else is; without Landlock, files can be read."""


@click.command(context_settings={"help_option_names": ["-h", "--help"]})
def doctor() -> int:
    """Show versions, and which protections are in force here."""
    import torch

    from grader.sandbox.ours import HAS_ZYGOTE, Limits, Sandbox
    from grader.sandbox.ours.allowance import ALL, IN_VAIN
    from grader.sandbox.ours.clock import IDLENESS
    from grader.sandbox.ours.session import PATIENCE

    limits = Limits()
    lines = {
        "backprop-grader": __version__,
        "Python": platform.python_version(),
        "torch": torch.__version__,
        "system": f"{platform.system()} {platform.release()} {platform.machine()}",
        "processors": str(os.cpu_count()),
        "student code runs in": FORKED if HAS_ZYGOTE else STARTED,
        "limits of a stage": f"{limits.cpu:g} s of processor time, {IDLENESS * limits.wall:g} s of waiting, "
        f"{limits.memory >> 20} MiB of memory, {limits.output >> 20} MiB of output"
        + ("" if HAS_ZYGOTE else " (memory is not limited on this system)"),
        "limits of a submission": f"{ALL * limits.cpu:g} s, or {ALL / IN_VAIN * limits.cpu:g} s that lead to nothing; "
        f"{PATIENCE * limits.cpu:g} s more to explain what is wrong",
    }
    with Sandbox(limits, start="fork") as sandbox:
        lines |= {f"isolation: {what}": state for what, state in sandbox.isolation.items()}
        missing = sandbox.gaps
    width = max(len(name) for name in lines)
    for name, value in lines.items():
        click.echo(f"{name:<{width}}  {value}")
    if missing:
        click.echo(f"\nNot in force here: {', '.join(missing)}. {_meaning(missing)}")
    return 0


def _meaning(missing: list[str]) -> str:
    """What the code may do where these protections are missing."""
    if set(missing) - {"read", *MEANING}:
        return EXPOSED
    return " ".join(MEANING[what] for what in missing if what in MEANING)
