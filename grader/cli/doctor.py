"""`grade doctor`: versions, and which protections are in force here."""

import os
import platform

import click

from grader.version import __version__


@click.command(context_settings={"help_option_names": ["-h", "--help"]})
def doctor() -> int:
    """Versions, and which protections are in force here."""
    import torch

    from grader.sandbox import Limits, Sandbox

    limits = Limits()
    lines = {
        "backprop-grader": __version__,
        "Python": platform.python_version(),
        "torch": torch.__version__,
        "system": f"{platform.system()} {platform.release()} {platform.machine()}",
        "processors": str(os.cpu_count()),
        "limits of a stage": f"{limits.cpu:g} s of processor time, {limits.wall:g} s in all, "
        f"{limits.memory >> 20} MiB of memory, {limits.output >> 20} MiB of output",
    }
    with Sandbox(limits, start="fork") as sandbox:
        lines |= {f"isolation: {what}": state for what, state in sandbox.isolation.items()}
    width = max(len(name) for name in lines)
    for name, value in lines.items():
        click.echo(f"{name:<{width}}  {value}")
    return 0
